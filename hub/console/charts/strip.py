"""The last runs of a connector in one line: each mark tells by its height and shape, too, how its run ended."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import count

from flask import g
from flask_babel import gettext as _
from markupsafe import Markup

from hub.console import words
from hub.console.charts import svg
from hub.record.run_state import RunState

_STEP, _WIDE, _TALL = 6, 4, 24
_MOST = 50
_UNDER_WAY = frozenset({RunState.QUEUED, RunState.RUNNING})


def run_strip(outcomes: Sequence[str], most: int = _MOST) -> Markup:
    """How the last runs ended, the oldest first: states as in `runs.state`. Empty where there was none."""
    shown = [RunState(state) for state in outcomes[-most:]]
    if not shown:
        return Markup("")
    numbers = g.setdefault("strips", count(1))
    title = _("%(num)s lượt gần nhất: %(outcomes)s", num=len(shown), outcomes=_told(shown))
    return svg.picture(_STEP * most, _TALL, title, _marks(shown), name=f"strip-{next(numbers)}", class_="strip")


def _told(states: Sequence[RunState]) -> str:
    counted = Counter(states)
    return ", ".join(f"{words.RUN_STATE[state]} {counted[state]}" for state in RunState if counted[state])


def _marks(states: Sequence[RunState]) -> Iterator[Markup]:
    """One shape for each way to end: a page has a hundred strips of fifty runs."""
    drawn: dict[str, list[str]] = {}
    for place, state in enumerate(states):
        for class_, d in _mark(place * _STEP, state):
            drawn.setdefault(class_, []).append(d)
    return (svg.path("".join(shapes), class_) for class_, shapes in drawn.items())


@lru_cache(maxsize=512)  # for every place and state: the same few are drawn again and again
def _mark(x: int, state: RunState) -> tuple[tuple[str, str], ...]:
    """Succeeded: a tall bar. Failed: a short one under a cross. Interrupted: half a bar. Else: an outline."""
    if state is RunState.SUCCEEDED:
        return (("mark-succeeded", f"M{x} 2h{_WIDE}v20h-{_WIDE}z"),)
    if state is RunState.FAILED:
        short = f"M{x} 10h{_WIDE}v12h-{_WIDE}z"
        return ("mark-failed-cross", f"M{x} 2l4 5m0 -5l-4 5"), ("mark-failed", short)
    if state is RunState.INTERRUPTED:
        return (("mark-interrupted", f"M{x} 14h{_WIDE}v8h-{_WIDE}z"),)
    outline = f"M{x}.5 9.5h{_WIDE - 1}v12h-{_WIDE - 1}z"
    return (("mark-open" if state in _UNDER_WAY else "mark-cancelled", outline),)
