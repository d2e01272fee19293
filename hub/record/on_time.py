"""Whether a dossier is on time, by two rules that exist: the national portal's, to the second, and by dates only.

Both are pure; every branch answers with a code and a sentence. Source: domain §5 and §4.5, docs/due-dates.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hub.record.due_terms import Terms
from hub.record.due_waits import Happening, Wait, waits
from hub.record.due_words import Sentence, moment, term
from hub.record.moments import ZONE
from hub.record.standing import due_at, ended_at
from hub.record.status import Status

ON_TIME, LATE, NOT_COUNTED, UNKNOWN = "on_time", "late", "not_counted", "unknown"

_NOT_YET = frozenset({Status.REGISTERED, Status.NOT_ACCEPTED})
_GIVEN_UP = frozenset({Status.STOPPED, Status.WITHDRAWN})
_FINISHED = frozenset({Status.COMPLETED, Status.RETURNED}) | _GIVEN_UP


@dataclass(frozen=True, slots=True)
class Verdict:
    """`on_time`, `late`, `not_counted` or `unknown`, and why; `end` is the time that was compared (UTC text)."""

    verdict: str
    reason: Sentence
    end: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """The longest that a procedure may take, and whose working time counts it."""

    amount: int
    unit: str
    terms: Terms


def by_the_portal(
    values: Mapping[str, Any], timeline: Sequence[Happening], period_end: str, longest: Term | None = None
) -> Verdict:
    """The national portal's own rule. `period_end` (UTC text) stands for the end of what is not finished.

    `longest` is the procedure's term, for dossiers without a due date; None where the catalogue has none.
    """
    asked = waits(values, timeline)
    if (early := _not_judged(values) or _asked_twice(asked)) is not None:
        return early
    end, why = _portal_end(values, timeline, asked, period_end)
    if not end:
        return Verdict(UNKNOWN, why)
    due = due_at(values)
    if not due:
        return _by_term(values, asked, end, why, longest)
    waited = _waited(asked, due, end)
    verdict = ON_TIME if _time(end) - waited <= _time(due) else LATE
    than = ("không muộn hơn", "not later than") if verdict == ON_TIME else ("muộn hơn", "later than")
    less = (" (đã trừ thời gian chờ bổ sung)", " (less the time waited for supplements)") if waited else ("", "")
    vi = f"{why.vi}{less[0]}, {than[0]} hẹn trả {moment(due)}."
    return Verdict(verdict, Sentence(why.code, vi, f"{why.en}{less[1]}, {than[1]} the due date {moment(due)}."), end)


def by_dates(values: Mapping[str, Any], timeline: Sequence[Happening], period_end: str) -> Verdict:
    """The provincial rule: days are compared and not times; without a due date everything is on time.

    What waits for its applicant or was withdrawn counts as on time (report II.06a).
    """
    if (early := _not_judged(values)) is not None:
        return early
    due, status = due_at(values), values.get("status")
    if status == Status.SUPPLEMENT_REQUESTED:
        return Verdict(ON_TIME, Sentence("waits", "Đang chờ bổ sung.", "It waits for a supplement."))
    if status == Status.WITHDRAWN:
        return Verdict(ON_TIME, Sentence("withdrawn", "Công dân rút hồ sơ.", "It was withdrawn."))
    if not due:
        return Verdict(ON_TIME, Sentence("no_due_date", "Không có ngày hẹn trả.", "It has no due date."))
    if status in _FINISHED:
        end, code = ended_at(values, timeline), "finished"
    else:
        end, code = period_end, "unfinished"
    if not end:
        return Verdict(UNKNOWN, _no_end())
    verdict = ON_TIME if _day(end) <= _day(due) else LATE
    vi = f"{_END_VI[code]} ngày {_day(end):%d/%m/%Y}, hẹn trả ngày {_day(due):%d/%m/%Y}."
    en = f"{_END_EN[code]} on {_day(end):%d/%m/%Y}, due on {_day(due):%d/%m/%Y}."
    return Verdict(verdict, Sentence(code, vi, en), end)


_END_VI = {"finished": "Kết thúc", "unfinished": "Chưa xong, xét đến", "waits": "Yêu cầu bổ sung"}
_END_EN = {"finished": "Ended", "unfinished": "Not finished, judged", "waits": "A supplement was asked for"}


def _not_judged(values: Mapping[str, Any]) -> Verdict | None:
    """Only what was accepted is judged."""
    status = values.get("status")
    if status in _NOT_YET or (status in _GIVEN_UP and not values.get("received_at")):
        why = Sentence(
            "never_accepted", "Hồ sơ không được tiếp nhận nên không tính.", "Never accepted, so not counted."
        )
        return Verdict(NOT_COUNTED, why)
    return None


def _asked_twice(asked: Sequence[Wait]) -> Verdict | None:
    if len(asked) < 2:
        return None
    why = Sentence(
        "asked_more_than_once",
        f"Yêu cầu bổ sung {len(asked)} lần: Cổng tính là quá hạn.",
        f"Supplements were asked for {len(asked)} times: the portal counts that as overdue.",
    )
    return Verdict(LATE, why)


def _portal_end(
    values: Mapping[str, Any], timeline: Sequence[Happening], asked: Sequence[Wait], period_end: str
) -> tuple[str, Sentence]:
    """The time that counts as the end, and what it is."""
    status = values.get("status")
    if status in _FINISHED:
        code, end = "finished", ended_at(values, timeline)
    elif status == Status.SUPPLEMENT_REQUESTED and asked and asked[-1].requested:
        code, end = "waits", asked[-1].requested
    else:
        code, end = "unfinished", period_end
    if not end:
        return "", _no_end()
    return end, Sentence(code, f"{_END_VI[code]} lúc {moment(end)}", f"{_END_EN[code]} at {moment(end)}")


def _no_end() -> Sentence:
    return Sentence("no_end", "Nguồn không cho biết kết thúc khi nào.", "No source says when it ended.")


def _waited(asked: Sequence[Wait], due: str, end: str) -> timedelta:
    """The waiting time that is subtracted. A due date that was moved for a supplement holds it already."""
    moved = {wait.due_after for wait in asked}
    returned = [wait for wait in asked if wait.returned and wait.received <= end]
    if due in moved:
        return timedelta()
    waited = (_time(wait.received) - _time(wait.requested) for wait in returned)
    return sum((max(one, timedelta()) for one in waited), timedelta())


def _by_term(
    values: Mapping[str, Any], asked: Sequence[Wait], end: str, why: Sentence, longest: Term | None
) -> Verdict:
    """Without a due date: what was spent, less what was waited, against the longest that the procedure may take."""
    start = values.get("received_at")
    if longest is None or not start:
        vi, en = "Không có ngày hẹn trả và không rõ thời hạn của thủ tục.", "No due date, and no known term."
        return Verdict(UNKNOWN, Sentence("no_due_date", vi, en), end)
    spent = longest.terms.spent(_time(str(start)), _time(end), longest.unit)
    for wait in asked:
        if wait.returned and wait.received <= end:
            spent -= longest.terms.spent(_time(wait.requested), _time(wait.received), longest.unit)
    verdict = ON_TIME if spent <= longest.amount else LATE
    vi, en = term(longest.amount, longest.unit)
    code, unit = f"term_{why.code}", vi.partition(" ")[2]
    said = Sentence(
        code,
        f"{why.vi}: đã dùng {_number(spent)} {unit} trên thời hạn {vi}.",
        f"{why.en}: {_number(spent)} spent of a term of {en}.",
    )
    return Verdict(verdict, said, end)


def _number(spent: float) -> str:
    return f"{spent:.2f}".rstrip("0").rstrip(".")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(text: str) -> date:
    return _time(text).astimezone(ZONE).date()
