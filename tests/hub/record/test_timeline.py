"""A timeline as it is read."""

import pytest

from hub.record.event import Event, events_of, inferred
from hub.record.merge import Source
from hub.record.status import USUAL_MOVES, Status, is_usual
from hub.record.timeline import timeline

FIRST, SECOND, THIRD = (f"2026-05-2{day}T00:00:00Z" for day in range(3))


def read(*told: Event) -> list[tuple[str, str | None, str | None]]:
    return [(step.event.at, step.event.status, step.unusual_after) for step in timeline(told)]


def guess(at: str, status: str) -> Event:
    return Event(at, status, inferred=True)


def test_a_status_that_is_seen_again_is_shown_once_at_its_first_time() -> None:
    assert read(guess(SECOND, "processing"), guess(FIRST, "processing")) == [(FIRST, "processing", None)]


def test_a_status_that_comes_back_is_shown_again_and_flagged_where_that_is_unusual() -> None:
    told = [guess(FIRST, "processing"), guess(SECOND, "returned"), guess(THIRD, "processing")]
    assert read(*told) == [
        (FIRST, "processing", None),
        (SECOND, "returned", None),
        (THIRD, "processing", "returned"),
    ]


@pytest.mark.parametrize("at", [FIRST, THIRD])
def test_a_step_that_is_told_goes_before_what_only_shows(at: str) -> None:
    step = Event(SECOND, "completed", name="Ký duyệt")
    assert [one.event for one in timeline([guess(at, "completed"), step])] == [step]


def test_a_step_that_two_records_tell_is_one() -> None:
    step = Event(FIRST, "accepted", name="Tiếp nhận")
    assert len(timeline([step, Event(FIRST, "accepted", name="Tiếp nhận")])) == 1


def test_at_one_instant_statuses_come_in_their_usual_order() -> None:
    told = [Event(FIRST, "completed"), Event(FIRST, "accepted")]
    assert read(*told) == [(FIRST, "accepted", None), (FIRST, "completed", None)]


def test_an_event_without_the_later_columns_is_known_by_what_it_was_known_by_before() -> None:
    event = Event("2026-05-20T01:00:00Z", "processing", "Thụ lý", "Vũ Thị Hạnh", "Một cửa")
    assert event.fingerprint.hex() == "71b6a96f8fcf9ce3e372a0170fb04ea3"
    assert Event(event.at, event.status, title="Chuyên viên").fingerprint != Event(event.at, event.status).fingerprint


@pytest.mark.parametrize(
    ("changed_at", "values", "at"),
    [
        (SECOND, {"status": "completed", "completed_at": FIRST}, SECOND),
        ("", {"status": "completed", "completed_at": FIRST, "received_at": SECOND}, FIRST),
        ("", {"status": "processing", "received_at": FIRST}, THIRD),
    ],
)
def test_a_status_that_only_shows_is_dated_by_the_source_where_it_says_when(
    changed_at: str, values: dict[str, str], at: str
) -> None:
    assert inferred(Source("a", "1", 0, "agency", changed_at, values), None, THIRD) == guess(at, values["status"])


def test_a_step_told_with_the_status_needs_no_guess() -> None:
    values = {"status": "completed", "events": [{"at": FIRST, "status": "completed", "title": "Trưởng phòng"}]}
    assert inferred(Source("a", "1", 0, "agency", SECOND, values), None, THIRD) is None
    assert [event.title for event in events_of(values)] == ["Trưởng phòng"]


def test_every_status_has_its_usual_moves_and_staying_is_always_usual() -> None:
    assert set(USUAL_MOVES) == set(Status)
    assert all(is_usual(status, status) and is_usual(None, status) for status in Status)
    assert not is_usual("returned", "processing")
