"""On time by the national portal's rule and by dates only: every branch by its name."""

import re
from datetime import datetime
from typing import Any

import pytest

from hub.record.event import Event
from hub.record.moments import ZONE, as_text
from hub.record.on_time import Term, Verdict, by_dates, by_the_portal
from schedules.calendar.term import Terms
from schedules.calendar.vietnam import vietnam
from schedules.calendar.working_time import WorkingTime

FIVE_DAYS = Term(5, "working_days", Terms(WorkingTime(vietnam())))


def utc(local: str) -> str:
    return as_text(datetime.fromisoformat(local).replace(tzinfo=ZONE))


RECEIVED, DUE = utc("2026-05-20T08:00"), utc("2026-05-27T17:00")
BEFORE, SAME_DAY, AFTER = utc("2026-05-27T17:00"), utc("2026-05-27T17:30"), utc("2026-05-28T08:00")
PERIOD_END = utc("2026-05-31T23:59:59")


def dossier(status: str = "completed", **values: Any) -> dict[str, Any]:
    return {"status": status, "received_at": RECEIVED, "due_at": DUE} | values


def said(verdict: Verdict) -> tuple[str, str]:
    assert verdict.reason.vi
    assert verdict.reason.en
    return verdict.verdict, verdict.reason.code


def portal(values: dict[str, Any], *timeline: Event, period_end: str = PERIOD_END, term: Term | None = None) -> Any:
    return said(by_the_portal(values, timeline, period_end, term))


def dates(values: dict[str, Any], *timeline: Event, period_end: str = PERIOD_END) -> Any:
    return said(by_dates(values, timeline, period_end))


def test_portal_completed_by_the_due_time_is_on_time() -> None:
    assert portal(dossier(completed_at=BEFORE)) == ("on_time", "finished")


def test_portal_completed_later_on_the_due_day_is_late() -> None:
    assert portal(dossier(completed_at=SAME_DAY)) == ("late", "finished")


def test_portal_takes_the_completion_before_the_handing_over() -> None:
    assert portal(dossier("returned", completed_at=BEFORE, returned_at=AFTER)) == ("on_time", "finished")


def test_portal_takes_the_handing_over_where_no_completion_is_told() -> None:
    assert portal(dossier("returned", returned_at=AFTER)) == ("late", "finished")


def test_portal_finds_the_completion_in_the_timeline_before_the_handing_over_in_the_fields() -> None:
    assert portal(dossier("returned", returned_at=AFTER), Event(BEFORE, "completed")) == ("on_time", "finished")


@pytest.mark.parametrize("status", ["stopped", "withdrawn"])
def test_portal_ends_a_stopped_or_withdrawn_dossier_when_it_was_stopped(status: str) -> None:
    assert portal(dossier(status), Event(BEFORE, status)) == ("on_time", "finished")
    assert portal(dossier(status), Event(AFTER, status)) == ("late", "finished")
    assert portal(dossier(status, refused_at=AFTER)) == ("late", "finished")


@pytest.mark.parametrize("status", ["stopped", "withdrawn"])
def test_portal_does_not_count_what_was_stopped_before_it_was_accepted(status: str) -> None:
    never = dossier(status, refused_at=AFTER)
    del never["received_at"]
    assert portal(never) == dates(never) == ("not_counted", "never_accepted")


@pytest.mark.parametrize("status", ["registered", "not_accepted"])
def test_what_was_never_accepted_is_not_counted(status: str) -> None:
    assert portal(dossier(status)) == dates(dossier(status)) == ("not_counted", "never_accepted")


def test_portal_counts_more_than_one_request_for_supplements_as_overdue() -> None:
    twice = [{"requested_at": RECEIVED, "received_at": BEFORE}, {"requested_at": BEFORE}]
    assert portal(dossier(completed_at=BEFORE, supplements=twice)) == ("late", "asked_more_than_once")


def test_portal_ends_what_waits_for_a_supplement_when_it_was_asked_for() -> None:
    assert portal(dossier("supplement_requested", supplements=[{"requested_at": BEFORE}])) == ("on_time", "waits")
    assert portal(dossier("supplement_requested", supplements=[{"requested_at": AFTER}])) == ("late", "waits")
    assert portal(dossier("supplement_requested"), Event(AFTER, "supplement_requested")) == ("late", "waits")


def test_portal_judges_by_the_period_where_nobody_says_when_the_supplement_was_asked_for() -> None:
    assert portal(dossier("supplement_requested")) == ("late", "unfinished")


def test_portal_subtracts_the_time_waited_for_a_supplement_that_came() -> None:
    waited = [{"requested_at": utc("2026-05-21T08:00"), "received_at": utc("2026-05-22T08:00")}]
    assert portal(dossier(completed_at=AFTER, supplements=waited)) == ("on_time", "finished")
    too_late = utc("2026-05-28T17:00:01")
    assert portal(dossier(completed_at=too_late, supplements=waited)) == ("late", "finished")


def test_portal_subtracts_nothing_from_a_due_date_that_was_moved_for_the_supplement_already() -> None:
    waited = [{"requested_at": utc("2026-05-21T08:00"), "received_at": utc("2026-05-22T08:00"), "due_after": DUE}]
    assert portal(dossier(completed_at=AFTER, supplements=waited)) == ("late", "finished")


@pytest.mark.parametrize(("period_end", "verdict"), [(BEFORE, "on_time"), (AFTER, "late")])
def test_portal_judges_what_is_not_finished_at_the_end_of_the_period(period_end: str, verdict: str) -> None:
    assert portal(dossier("processing"), period_end=period_end) == (verdict, "unfinished")


def no_due_date(status: str = "completed", **values: Any) -> dict[str, Any]:
    return dossier(status, due_at="", **values)


def test_portal_compares_what_was_spent_with_the_term_where_there_is_no_due_date() -> None:
    assert portal(no_due_date(completed_at=BEFORE), term=FIVE_DAYS) == ("on_time", "term_finished")
    assert portal(no_due_date(completed_at=AFTER), term=FIVE_DAYS) == ("late", "term_finished")
    assert portal(no_due_date("processing"), period_end=BEFORE, term=FIVE_DAYS) == ("on_time", "term_unfinished")


def test_what_was_spent_is_told_with_its_unit() -> None:
    verdict = by_the_portal(no_due_date(completed_at=BEFORE), (), PERIOD_END, FIVE_DAYS)
    assert re.search(r"đã dùng \d+ ngày làm việc trên thời hạn 5 ngày làm việc\.", verdict.reason.vi)


def test_portal_takes_the_time_waited_off_what_was_spent_of_the_term() -> None:
    waited = [{"requested_at": utc("2026-05-21T08:00"), "received_at": utc("2026-05-22T08:00")}]
    assert portal(no_due_date(completed_at=AFTER, supplements=waited), term=FIVE_DAYS) == ("on_time", "term_finished")


def test_portal_cannot_judge_without_due_date_and_term() -> None:
    assert portal(no_due_date(completed_at=BEFORE)) == ("unknown", "no_due_date")
    without_start = no_due_date(completed_at=BEFORE, received_at="")
    assert portal(without_start, term=FIVE_DAYS) == ("unknown", "no_due_date")


def test_what_ended_nobody_knows_when_cannot_be_judged() -> None:
    assert portal(dossier("completed")) == dates(dossier("completed")) == ("unknown", "no_end")


def test_by_dates_the_whole_due_day_is_on_time() -> None:
    assert dates(dossier(completed_at=SAME_DAY)) == ("on_time", "finished")
    assert dates(dossier(completed_at=AFTER)) == ("late", "finished")


def test_by_dates_days_are_vietnam_s() -> None:
    end_of_day, next_day = utc("2026-05-27T23:59:59"), utc("2026-05-28T00:00:00")
    assert dates(dossier(completed_at=end_of_day)) == ("on_time", "finished")
    assert dates(dossier(completed_at=next_day)) == ("late", "finished")


def test_by_dates_no_due_date_is_on_time() -> None:
    assert dates(no_due_date(completed_at=AFTER)) == ("on_time", "no_due_date")


def test_by_dates_what_waits_or_was_withdrawn_is_on_time() -> None:
    assert dates(dossier("supplement_requested")) == ("on_time", "waits")
    assert dates(dossier("withdrawn", refused_at=AFTER)) == ("on_time", "withdrawn")


@pytest.mark.parametrize(("period_end", "verdict"), [(SAME_DAY, "on_time"), (AFTER, "late")])
def test_by_dates_what_is_not_finished_is_judged_at_the_end_of_the_period(period_end: str, verdict: str) -> None:
    assert dates(dossier("payment_requested"), period_end=period_end) == (verdict, "unfinished")


REOPENED = (Event(utc("2026-05-22T08:00"), "completed"), Event(utc("2026-05-25T08:00"), "processing"))


def test_a_completion_before_a_reopening_is_not_the_end() -> None:
    returned, now = dossier("returned"), Event(AFTER, "returned")
    assert portal(returned, *REOPENED, now) == dates(returned, *REOPENED, now) == ("late", "finished")
    assert portal(returned, *REOPENED) == dates(returned, *REOPENED) == ("unknown", "no_end")
    again = Event(BEFORE, "completed")
    assert portal(returned, *REOPENED, again, now) == dates(returned, *REOPENED, again, now) == ("on_time", "finished")


@pytest.mark.parametrize("status", ["stopped", "withdrawn"])
def test_what_was_completed_once_and_given_up_later_ended_when_it_was_given_up(status: str) -> None:
    given_up = dossier(status, refused_at=AFTER)
    assert portal(given_up, *REOPENED) == ("late", "finished")
    assert portal(dossier(status, refused_at=AFTER, completed_at=BEFORE), REOPENED[0]) == ("late", "finished")
    assert portal(dossier(status), *REOPENED, Event(AFTER, status)) == ("late", "finished")
