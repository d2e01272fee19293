"""Every due date of a dossier with its reason: what its sources promised, what changed it, and what the hub computes.

A source's word is never replaced by ours: both stand in the list, each saying whose it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hub.record.catalogue import Procedure
from hub.record.due_policy import Policy, Rule, policy_on
from hub.record.due_terms import Explained, Reckoned, Terms
from hub.record.due_waits import Happening, Wait, waits
from hub.record.due_words import Sentence, moment, term
from hub.record.moments import ZONE, as_text
from hub.record.standing import due_at

_NOTICE = timedelta(days=1)  # an extension is told at least so long before the due date: Decree 61/2018 Art. 19(9)


@dataclass(frozen=True, slots=True)
class Change:
    """A due date that became another one, as the hub saw it: UTC texts, `before` and `after` empty for none."""

    before: str
    after: str
    seen_at: str
    connector: str


@dataclass(frozen=True, slots=True)
class DueDate:
    """One due date. `said_by` is the connector whose source says it; empty where the hub computed it."""

    at: str  # UTC text
    reason: Sentence
    said_by: str = ""
    policy: str = ""  # of a computed one after a supplement
    steps: tuple[Explained, ...] = ()
    warnings: tuple[Explained, ...] = ()
    current: bool = False  # the one that holds: what the sources promise now


def due_dates(
    values: Mapping[str, Any],
    timeline: Sequence[Happening],
    procedure: Procedure | None,
    terms: Terms,
    changes: Sequence[Change] = (),
    claims: Mapping[str, str] | None = None,
) -> list[DueDate]:
    """What the sources said, in the order in which they said it, and then what the hub computes.

    `changes` are the due dates that the hub saw, oldest first; `claims` says for what is promised now (UTC text), the
    believed date first, which connector says it. Empty claims: nobody knows who.

    Raises:
        ValueError: the calendar cannot be reckoned with (a day outside of it, or no working day).
    """
    asked = waits(values, timeline)
    now = due_at(values)
    said = [*_promised(asked, changes, now, claims or {})]
    last = max((place for place, one in enumerate(said) if one.at == now), default=-1)
    said = [_with_current(one) if place == last else one for place, one in enumerate(said)]
    first = said[0].at if said else ""
    return [*said, *_computed(values, asked, procedure, terms, first)]


def why_nothing_is_computed(values: Mapping[str, Any], procedure: Procedure | None) -> Sentence | None:
    """What is missing for the hub to compute a due date; None where nothing is."""
    if not values.get("received_at"):
        return Sentence("no_reception", "Không rõ thời điểm tiếp nhận.", "It is not known when it was received.")
    if procedure is None:
        return Sentence(
            "no_procedure",
            "Thủ tục chưa có trong danh mục tại ngày tiếp nhận.",
            "The catalogue has no such procedure on the day of reception.",
        )
    if procedure.term is None or not procedure.term_unit:
        return Sentence(
            "no_term",
            "Danh mục chưa ghi thời hạn giải quyết của thủ tục.",
            "The catalogue does not say how long the procedure may take.",
        )
    return None


def _promised(
    asked: Sequence[Wait], changes: Sequence[Change], now: str, claims: Mapping[str, str]
) -> Iterator[DueDate]:
    speaker = next(iter(claims.values()), "")
    first, by = _first(asked, changes, now, speaker)
    by = claims.get(first, by)
    if not first:
        return
    yield DueDate(first, Sentence("promised", "Nguồn hẹn trả.", "Promised by the source."), by)
    told, at, extensions = {first}, first, 0
    for said in _in_order(asked, changes):
        after = said.due_after if isinstance(said, Wait) else said.after
        if not after or after in told:
            continue
        if isinstance(said, Wait):
            yield DueDate(after, _by_supplement(said, at), speaker)
        elif claims.get(said.before, said.connector) != said.connector:
            yield DueDate(after, _by_another(said, claims[said.before]), said.connector)
        else:
            extensions += after > said.before
            yield DueDate(after, _by_change(said, extensions), said.connector)
        told.add(after)
        at = after
    if now not in told and now:
        yield DueDate(now, Sentence("promised_now", "Nguồn hiện hẹn trả.", "What the source promises now."), speaker)


def _in_order(asked: Sequence[Wait], changes: Sequence[Change]) -> list[Wait | Change]:
    """What moved a due date, as it was said. A date that a supplement explains is told of that one alone."""
    by_supplements = {wait.due_after for wait in asked}
    others = [change for change in changes if change.after not in by_supplements]
    return sorted([*asked, *others], key=_said_at)


def _said_at(said: Wait | Change) -> str:
    return (said.received or said.requested) if isinstance(said, Wait) else said.seen_at


def _first(asked: Sequence[Wait], changes: Sequence[Change], now: str, speaker: str) -> tuple[str, str]:
    """What was promised first, and by whom."""
    for change in changes:
        if change.before:
            return change.before, speaker
        if change.after:
            return change.after, change.connector
    return next((wait.due_before for wait in asked if wait.due_before), now), speaker


def _by_supplement(wait: Wait, before: str) -> Sentence:
    asked = f" lúc {moment(wait.requested)}" if wait.requested else ""
    asked_en = f" of {moment(wait.requested)}" if wait.requested else ""
    before = wait.due_before or before
    return Sentence(
        "supplement",
        f"Nguồn hẹn lại sau yêu cầu bổ sung{asked}; trước đó hẹn {moment(before)}.",
        f"Set anew by the source after the request for a supplement{asked_en}; before it was {moment(before)}.",
    )


def _by_another(change: Change, other: str) -> Sentence:
    """No extension: who promised the date before still does."""
    before, seen = moment(change.before), moment(change.seen_at)
    return Sentence(
        "other_source",
        f"Nguồn khác hẹn ngày này, hub thấy lúc {seen}; {other} vẫn hẹn {before}.",
        f"Another source promises this, seen by the hub at {seen}; {other} still promises {before}.",
    )


def _by_change(change: Change, extensions: int) -> Sentence:
    before, seen = moment(change.before) if change.before else "–", moment(change.seen_at)
    if not change.before:
        return Sentence(
            "promised_later", f"Nguồn hẹn trả, hub thấy lúc {seen}.", f"Promised; seen by the hub at {seen}."
        )
    if change.after < change.before:
        return Sentence(
            "brought_forward",
            f"Nguồn hẹn sớm hơn, hub thấy lúc {seen}; trước đó hẹn {before}.",
            f"Brought forward by the source, seen by the hub at {seen}; before it was {before}.",
        )
    vi = f"Nguồn gia hạn không theo yêu cầu bổ sung, hub thấy lúc {seen}; trước đó hẹn {before}."
    en = f"Extended by the source without a supplement, seen by the hub at {seen}; before it was {before}."
    if _late(change):
        vi += " Thấy muộn hơn một ngày trước ngày hẹn cũ (Nghị định 61/2018, Điều 19(9))."
        en += " Seen later than a day before the old due date (Decree 61/2018 Art. 19(9))."
    if extensions == 1:
        return Sentence("extended", vi, en)
    vi += " Đã gia hạn hơn một lần."
    return Sentence("extended_again", vi, en + " Extended more than once: the decree allows one.")


def _late(change: Change) -> bool:
    return _time(change.seen_at) > _time(change.before) - _NOTICE


def _with_current(one: DueDate) -> DueDate:
    return DueDate(one.at, one.reason, one.said_by, one.policy, one.steps, one.warnings, current=True)


def _computed(
    values: Mapping[str, Any], asked: Sequence[Wait], procedure: Procedure | None, terms: Terms, promised: str
) -> Iterator[DueDate]:
    """The term of the catalogue from reception, and what each supplement that came makes of it."""
    if procedure is None or procedure.term is None or why_nothing_is_computed(values, procedure):
        return
    amount, unit, received = procedure.term, procedure.term_unit, str(values["received_at"])
    vi, en = term(amount, unit)
    started = terms.due(_time(received), amount, unit)
    why = Sentence("term", f"Hub tính: {vi} từ khi tiếp nhận.", f"Computed: {en} from reception.")
    yield _reckoned(started, why)
    rule = policy_on(_day(received), procedure)
    before = promised or as_text(started.at)
    for wait in asked:
        if wait.returned:
            reckoned = _after(wait, rule, terms, procedure, before)
            before = as_text(reckoned.at)
            yield _reckoned(reckoned, _by_policy(wait, rule, (vi, en)), rule.policy)


def _after(wait: Wait, rule: Rule, terms: Terms, procedure: Procedure, before: str) -> Reckoned:
    unit = procedure.term_unit
    if rule.policy is Policy.EXTEND:
        return terms.extended(_time(before), _time(wait.requested), _time(wait.received), unit)
    return terms.due(_time(wait.received), procedure.term or 0, unit)


def _by_policy(wait: Wait, rule: Rule, amount: tuple[str, str]) -> Sentence:
    asked, came = moment(wait.requested), moment(wait.received)
    vi, en = {
        Policy.RESTART: (
            f"thời hạn {amount[0]} tính lại từ khi nhận đủ bổ sung lúc {came}",
            f"the term of {amount[1]} begins anew when the supplement comes, at {came}",
        ),
        Policy.FROM_COMPLETE: (
            f"thời hạn {amount[0]} chỉ tính từ khi hồ sơ đầy đủ lúc {came}",
            f"the term of {amount[1]} only begins with the complete dossier, at {came}",
        ),
        Policy.EXTEND: (
            f"cộng thêm thời gian chờ bổ sung từ {asked} đến {came}",
            f"the time waited for the supplement is added, from {asked} to {came}",
        ),
    }[rule.policy]
    return Sentence(rule.policy, f"Hub tính: {vi} ({rule.source_vi}).", f"Computed: {en} ({rule.source_en}).")


def _reckoned(found: Reckoned, why: Sentence, policy: str = "") -> DueDate:
    return DueDate(as_text(found.at), why, "", policy, tuple(found.steps), tuple(found.warnings))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(text: str) -> date:
    return _time(text).astimezone(ZONE).date()
