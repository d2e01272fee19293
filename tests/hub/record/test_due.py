"""Every due date of a dossier with its reason: what sources said, and what the hub computes beside it."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.record.catalogue import Procedure, Span
from hub.record.due import Change, DueDate, due_dates, why_nothing_is_computed
from hub.record.due_policy import Policy, policy_on
from hub.record.due_waits import Wait, waits
from hub.record.event import Event
from hub.record.moments import ZONE, as_text
from hub.record.on_time import Term, by_dates, by_the_portal
from hub.record.standing import due_at
from hub.record.status import Status
from schedules.calendar.term import Terms
from schedules.calendar.vietnam import vietnam
from schedules.calendar.working_time import WorkingTime

CITY = Terms(WorkingTime(vietnam()))


def utc(local: str) -> str:
    return as_text(datetime.fromisoformat(local).replace(tzinfo=ZONE))


def five_days(policy: str = "") -> Procedure:
    return Procedure("1.001193", "x", term=5, term_unit="working_days", supplement_policy=policy)


RECEIVED = utc("2026-05-20T15:30")
ASKED, CAME = utc("2026-05-21T10:00"), utc("2026-05-25T09:00")


def told(values: dict[str, Any], procedure: Procedure | None = None, *changes: Change) -> list[DueDate]:
    claims = {str(values.get("due_at", "")): "mot-cua"}
    return due_dates({"received_at": RECEIVED, **values}, [], procedure, CITY, changes, claims)


def short(found: list[DueDate]) -> list[tuple[str, str, str]]:
    return [(one.reason.code, one.at, one.said_by) for one in found]


def test_what_the_source_promises_and_what_the_hub_computes_stand_side_by_side() -> None:
    found = told({"due_at": utc("2026-05-26T17:00")}, five_days())
    assert short(found) == [
        ("promised", utc("2026-05-26T17:00"), "mot-cua"),
        ("term", utc("2026-05-27T17:00"), ""),
    ]
    assert [one.current for one in found] == [True, False]
    assert found[1].steps[0].code == "hours"
    assert "5 ngày làm việc" in found[1].reason.vi
    assert "5 working days" in found[1].reason.en


def test_nothing_is_told_where_nothing_is_known() -> None:
    assert told({}) == []


@pytest.mark.parametrize(
    ("policy", "at"),
    [
        ("restart", "2026-06-01T17:00"),  # five working days from Monday 25 May
        ("from_complete", "2026-06-01T17:00"),
        ("extend", "2026-05-28T17:00"),  # two working days of waiting after 26 May
    ],
)
def test_what_a_supplement_does_to_the_due_date_by_each_policy(policy: str, at: str) -> None:
    asked = [{"requested_at": ASKED, "received_at": CAME}]
    found = told({"due_at": utc("2026-05-26T17:00"), "supplements": asked}, five_days(policy))
    assert short(found)[-1] == (policy, utc(at), "")
    assert found[-1].policy == policy
    assert found[-1].steps


def test_without_a_promise_waiting_is_added_to_what_the_hub_computed() -> None:
    found = told({"supplements": [{"requested_at": ASKED, "received_at": CAME}]}, five_days("extend"))
    assert short(found) == [("term", utc("2026-05-27T17:00"), ""), ("extend", utc("2026-05-29T17:00"), "")]


def test_a_supplement_that_did_not_come_computes_nothing() -> None:
    found = told({"supplements": [{"requested_at": ASKED}]}, five_days())
    assert [one.reason.code for one in found] == ["term"]


def test_the_source_s_own_new_date_after_a_supplement_stands_beside_the_computed_one() -> None:
    asked = {
        "requested_at": ASKED,
        "received_at": CAME,
        "due_before": utc("2026-05-27T17:00"),
        "due_after": utc("2026-06-02T17:00"),
    }
    found = told({"due_at": utc("2026-06-02T17:00"), "supplements": [asked]}, five_days("restart"))
    assert short(found) == [
        ("promised", utc("2026-05-27T17:00"), "mot-cua"),
        ("supplement", utc("2026-06-02T17:00"), "mot-cua"),
        ("term", utc("2026-05-27T17:00"), ""),
        ("restart", utc("2026-06-01T17:00"), ""),
    ]
    assert [one.current for one in found] == [False, True, False, False]
    assert "17:00 27/05/2026" in found[1].reason.vi


def test_a_date_that_moved_without_a_supplement_is_an_extension_and_a_second_one_is_flagged() -> None:
    first, second, third = (utc(f"2026-05-{day}T17:00") for day in (27, 28, 29))
    seen_early, seen_late = utc("2026-05-25T08:00"), utc("2026-05-28T16:00")
    found = told(
        {"due_at": third},
        None,
        Change(first, second, seen_early, "mot-cua"),
        Change(second, third, seen_late, "nop-ho-so"),
    )
    assert short(found) == [
        ("promised", first, "mot-cua"),
        ("extended", second, "mot-cua"),
        ("extended_again", third, "nop-ho-so"),
    ]
    assert "19(9)" not in found[1].reason.vi
    assert "19(9)" in found[2].reason.vi
    assert [one.current for one in found] == [False, False, True]


def test_a_first_date_that_came_later_and_one_that_was_brought_forward_are_no_extensions() -> None:
    first, earlier, later = (utc(f"2026-05-{day}T17:00") for day in (27, 26, 28))
    seen = utc("2026-05-21T08:00")
    found = told(
        {"due_at": later},
        None,
        Change("", first, seen, "a"),
        Change(first, earlier, seen, "a"),
        Change(earlier, later, seen, "a"),
    )
    assert [one.reason.code for one in found] == ["promised", "brought_forward", "extended"]


def test_a_date_of_another_source_is_no_extension() -> None:
    first, second = utc("2026-05-27T17:00"), utc("2026-05-28T17:00")
    change = Change(first, second, utc("2026-05-25T08:00"), "nop-ho-so")
    claims = {second: "nop-ho-so", first: "mot-cua"}
    found = due_dates({"due_at": second}, [], None, CITY, [change], claims)
    assert short(found) == [("promised", first, "mot-cua"), ("other_source", second, "nop-ho-so")]
    assert "mot-cua vẫn hẹn 17:00 27/05/2026" in found[1].reason.vi


def test_a_change_that_a_supplement_explains_is_told_once() -> None:
    first, second = utc("2026-05-27T17:00"), utc("2026-06-02T17:00")
    asked = [{"requested_at": ASKED, "received_at": CAME, "due_after": second}]
    found = told({"due_at": second, "supplements": asked}, None, Change(first, second, utc("2026-05-25T10:00"), "a"))
    assert [one.reason.code for one in found] == ["promised", "supplement"]


def test_a_date_that_nobody_explains_is_told_as_what_is_promised_now() -> None:
    asked = [{"requested_at": ASKED, "due_before": utc("2026-05-27T17:00")}]
    found = told({"due_at": utc("2026-06-03T17:00"), "supplements": asked})
    assert [one.reason.code for one in found] == ["promised", "promised_now"]


def test_the_order_of_arrival_of_supplements_does_not_matter() -> None:
    rows = [
        {"requested_at": ASKED, "received_at": CAME},
        {"requested_at": utc("2026-05-26T10:00"), "received_at": utc("2026-05-27T10:00")},
    ]
    assert told({"supplements": rows}, five_days("extend")) == told({"supplements": rows[::-1]}, five_days("extend"))


def test_a_due_date_in_a_year_that_is_not_decided_carries_its_warning() -> None:
    found = due_dates({"received_at": utc("2026-12-29T09:00")}, [], five_days(), CITY)
    assert [warning.code for warning in found[0].warnings] == ["unconfirmed_year"]


@pytest.mark.parametrize(
    ("day", "policy"),
    [
        ("2018-01-01", "restart"),
        ("2026-08-04", "restart"),
        ("2026-08-05", "from_complete"),
        ("2027-01-01", "from_complete"),
    ],
)
def test_which_policy_holds_goes_by_the_day_of_reception(day: str, policy: str) -> None:
    assert policy_on(date.fromisoformat(day), five_days()).policy == policy


def test_what_a_procedure_says_itself_goes_before_the_decrees() -> None:
    rule = policy_on(date(2026, 9, 1), five_days("extend"))
    assert (rule.policy, rule.source_vi) == (Policy.EXTEND, "danh mục thủ tục")
    dated = Procedure("x", "x", Span(date(2026, 1, 1)), supplement_policy="extend")
    assert policy_on(date(2026, 9, 1), dated).since == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("values", "procedure", "missing"),
    [
        ({}, five_days(), "no_reception"),
        ({"received_at": RECEIVED}, None, "no_procedure"),
        ({"received_at": RECEIVED}, Procedure("x", "x"), "no_term"),
        ({"received_at": RECEIVED}, Procedure("x", "x", term=5), "no_term"),
    ],
)
def test_why_nothing_is_computed_is_said(values: dict[str, str], procedure: Procedure | None, missing: str) -> None:
    said = why_nothing_is_computed(values, procedure)
    assert said is not None
    assert said.code == missing
    assert due_dates(values, [], procedure, CITY) == []


def test_nothing_is_missing_where_the_hub_can_compute() -> None:
    assert why_nothing_is_computed({"received_at": RECEIVED}, five_days()) is None


def test_without_a_list_of_supplements_the_timeline_tells_when_it_waited() -> None:
    timeline = [
        Event("2026-05-20T01:00:00Z", "accepted"),
        Event("2026-05-21T01:00:00Z", "supplement_requested"),
        Event("2026-05-21T02:00:00Z", name="a note"),
        Event("2026-05-21T03:00:00Z", "supplement_requested"),
        Event("2026-05-22T01:00:00Z", "processing"),
        Event("2026-05-23T01:00:00Z", "supplement_requested"),
    ]
    assert waits({}, timeline) == [
        Wait("2026-05-21T01:00:00Z", "2026-05-22T01:00:00Z"),
        Wait("2026-05-23T01:00:00Z", ""),
    ]
    assert waits({"supplements": [{"requested_at": "x"}]}, timeline) == [Wait("x", "")]


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)).map(lambda at: as_text(at.replace(tzinfo=ZONE)))
OPTIONAL = st.one_of(st.just(""), MOMENTS)
ROWS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("requested_at", "received_at", "due_before", "due_after"), MOMENTS),
)
CHANGES = st.builds(Change, OPTIONAL, OPTIONAL, MOMENTS, st.sampled_from(["a", "b"]))
PROCEDURES = st.one_of(
    st.none(),
    st.builds(
        Procedure,
        st.just("x"),
        st.just("x"),
        term=st.one_of(st.none(), st.integers(0, 40)),
        term_unit=st.sampled_from(["working_days", "calendar_days", "working_hours", "calendar_hours", ""]),
        supplement_policy=st.sampled_from(["restart", "extend", "from_complete", ""]),
    ),
)


@given(
    received=OPTIONAL,
    due=OPTIONAL,
    rows=st.lists(ROWS, max_size=3),
    changes=st.lists(CHANGES, max_size=3),
    procedure=PROCEDURES,
    status=st.sampled_from(Status),
)
def test_whatever_sources_say_no_word_is_lost_and_one_date_holds(
    received: str,
    due: str,
    rows: list[dict[str, str]],
    changes: list[Change],
    procedure: Procedure | None,
    status: Status,
) -> None:
    values = {"status": status, "received_at": received, "due_at": due, "supplements": rows}
    found = due_dates(values, [], procedure, CITY, changes, {due: "a"} if due else {})
    said = {one.at for one in found if not one.steps}
    assert said >= {row["due_after"] for row in rows if "due_after" in row}
    assert said >= {change.after for change in changes if change.after}
    now = due_at(values)
    assert [one.at for one in found if one.current] == ([now] if now else [])
    computable = why_nothing_is_computed(values, procedure) is None
    assert any(one.reason.code == "term" for one in found) == computable
    longest = Term(5, "working_days", CITY)
    for verdict in (by_the_portal(values, [], RECEIVED, longest), by_dates(values, [], RECEIVED)):
        assert verdict.verdict in {"on_time", "late", "not_counted", "unknown"}
        assert verdict.reason.vi
