"""Pictures with a row for each connector: how much of something there is, and when its source was late."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from hub.console.charts import svg
from hub.console.charts.period import Part

_WIDE, _LEFT, _RIGHT = 760, 210, 150
_ROW, _LETTERS = 22, 30
_MOST_TOLD = 1000  # cells that say each for itself under a pointer how late it was


@dataclass(frozen=True, slots=True)
class Amount:
    """One row: how much, and what stands behind its bar."""

    label: str
    value: float
    told: str


@dataclass(frozen=True, slots=True)
class Late:
    """One row: which share of each part its source was late, 0 to 1, and what stands behind."""

    label: str
    shares: Sequence[float]
    told: str


def amounts(name: str, title: str, more: str, found: Sequence[Amount]) -> Markup:
    """Bars, the longest first."""
    largest = max((each.value for each in found), default=0) or 1
    marks: list[Markup] = []
    for place, each in enumerate(found):
        y = place * _ROW + 4
        width = max((_WIDE - _LEFT - _RIGHT) * each.value / largest, 2)
        marks += [_label(y, each.label), svg.bar(_LEFT, y + 2, width, 13, "amount")]
        marks.append(svg.words(_LEFT + width + 6, y + 13, each.told))
    return svg.picture(_WIDE, len(found) * _ROW + 6, title, marks, name=name, more=more)


def heat(name: str, title: str, more: str, parts: Sequence[Part], found: Sequence[Late]) -> Markup:
    """A cell for each part: filled as high as the share of it that was late, so it needs no colour to be read."""
    step = (_WIDE - _LEFT - _RIGHT) / len(parts)
    told_apart = len(parts) * len(found) <= _MOST_TOLD
    marks: list[Markup] = []
    for place, each in enumerate(found):
        y = place * _ROW + 4
        marks += [_label(y, each.label), svg.bar(_LEFT, y, step * len(parts), _ROW - 5, "kept")]
        marks += _cells(parts, each, y, step) if told_apart else _row(each, y, step)
        marks.append(svg.words(_WIDE - _RIGHT + 6, y + 13, each.told))
    end = len(found) * _ROW + 16
    marks += _times(parts, step, end)
    return svg.picture(_WIDE, end + 18, title, marks, name=name, more=more)


def _cells(parts: Sequence[Part], late: Late, y: float, step: float) -> Iterator[Markup]:
    for place, share in enumerate(late.shares):
        if share > 0:
            told = f"{late.label} · {parts[place].told} · {share:.0%}"
            yield svg.element("path", svg.element("title", told), d=_cell(place, share, y, step), class_="late")


def _row(late: Late, y: float, step: float) -> Iterator[Markup]:
    """All cells of a row in one: thousands of them by themselves would make a page that no telephone likes."""
    cells = "".join(_cell(place, share, y, step) for place, share in enumerate(late.shares) if share > 0)
    if cells:
        yield svg.element("path", svg.element("title", f"{late.label} · {late.told}"), d=cells, class_="late")


def _cell(place: int, share: float, y: float, step: float) -> str:
    tall = _ROW - 5
    height = max(3, tall * min(share, 1))
    wide = step - 0.8
    return f"M{_LEFT + place * step + 0.4:.1f} {y + tall - height:.1f}h{wide:.1f}v{height:.1f}h-{wide:.1f}z"


def _times(parts: Sequence[Part], step: float, y: float) -> Iterator[Markup]:
    every = -(-len(parts) // 6)
    before = ""
    for place, part in enumerate(parts):
        if place % every == 0:
            x = _LEFT + place * step
            yield svg.line(x, y - 14, x, y - 8, "axis")
            yield svg.words(x, y + 3, part.short)
            if not part.whole_days and part.day != before:
                yield svg.words(x, y + 16, part.day)
                before = part.day


def _label(y: float, text: str) -> Markup:
    short = text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"
    return svg.element("text", svg.element("title", text), short, x=_LEFT - 8, y=y + 13, text_anchor="end")
