"""Asking a department's system for a person at the console: within seconds, one question at a time, fenced in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from flask import current_app
from flask_babel import gettext as _

from connectors.errors import ConnectorError
from connectors.fence import fenced
from hub.console.connectors.writing import local_systems
from hub.console.faults import meaning
from hub.console.visitor import visitor
from hub.inspection.bounded import SECONDS, Bounded, TooMany, TooSlow
from hub.inspection.check import Step, check
from hub.inspection.discovery import CannotDescribe
from hub.inspection.line import Line
from hub.inspection.reach import fence
from hub.inspection.scaffolding import NothingToGuessFrom

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no answer: for a person, and the technical sentence."""

    what: str
    then: str = ""
    technical: str = ""
    code: str = ""  # of the connector's error


class NoAnswer(Exception):
    """The system was asked and could not be read."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.what)
        self.trouble = trouble


def ask(question: Callable[[], T]) -> T:
    """What a question of the system answers.

    Raises:
        NoAnswer: see there.
    """
    looks = cast("Bounded", current_app.extensions["hub.looks"])
    try:
        return looks.ask(visitor().name, _inside(question))
    except TooSlow:
        raise NoAnswer(_slow()) from None
    except TooMany:
        raise NoAnswer(
            Trouble(_("Lần hỏi trước chưa xong."), _("Hãy đợi một phút rồi bấm lại; mỗi người hỏi một việc một lúc."))
        ) from None
    except ConnectorError as error:
        what, then = meaning(error.code)
        raise NoAnswer(Trouble(str(what), str(then), f"{error} {error.hint}", error.code)) from None
    except (CannotDescribe, NothingToGuessFrom) as error:
        what = _("Hệ thống chưa có gì để xem.")
        raise NoAnswer(Trouble(what, _("Hãy đưa một tệp trả lời mẫu, hoặc thử lại sau."), str(error))) from None


def checked(line: Line) -> tuple[list[Step], Trouble | None]:
    """Every step that passed, also where the next one hangs."""
    steps: list[Step] = []

    def go_on() -> None:
        _each(line, steps)

    try:
        ask(go_on)
    except NoAnswer as no:
        return list(steps), no.trouble
    last = steps[-1] if steps else None
    if last is None or last.passed:
        return steps, None
    what, then = meaning(last.code)
    return steps[:-1], Trouble(str(what), str(then), f"{last.sentence} {last.hint or ''}")


def _each(line: Line, steps: list[Step]) -> None:
    for step in check(line):
        steps.append(step)  # noqa: PERF402  # one by one: whoever waits no longer takes what there is


def _inside(question: Callable[[], T]) -> Callable[[], T]:
    """Whoever keeps the hub may ask any address; a department none of the hub's own."""
    if visitor().scope.agencies is None:
        return question
    kept = fence(local_systems())

    def asked() -> T:
        with fenced(kept):
            return question()

    return asked


def _slow() -> Trouble:
    return Trouble(
        _("Hệ thống của cơ quan chưa trả lời sau %(seconds)s giây.", seconds=int(SECONDS)),
        _("Hãy kiểm tra địa chỉ và tường lửa từ máy chủ hub, rồi thử lại sau ít phút."),
    )
