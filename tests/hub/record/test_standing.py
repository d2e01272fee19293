"""Where a dossier stands against its due date, and when the work on it ended."""

import pytest

from hub.record.standing import Moment, Standing, due_at, ended_at, standing

NOW = Moment("2026-05-20T03:00:00Z", "2026-05-23T03:00:00Z")
PAST, SOON, LATER = "2026-05-20T02:59:59Z", "2026-05-23T03:00:00Z", "2026-05-23T03:00:01Z"


@pytest.mark.parametrize(
    ("status", "ended", "due", "stands"),
    [
        ("processing", "", LATER, Standing.IN_TIME),
        ("processing", "", SOON, Standing.NEAR_DUE),
        ("processing", "", "2026-05-20T03:00:00Z", Standing.NEAR_DUE),  # this very second it is still in time
        ("accepted", "", PAST, Standing.OVERDUE),
        ("registered", "", "", Standing.NO_DUE_DATE),
        ("supplement_requested", "", PAST, Standing.WAITING),
        ("payment_requested", "", "", Standing.WAITING),
        ("completed", PAST, PAST, Standing.DONE_ON_TIME),
        ("returned", SOON, PAST, Standing.DONE_LATE),
        ("completed", "", PAST, Standing.DONE),
        ("completed", PAST, "", Standing.DONE),
        ("stopped", SOON, PAST, Standing.DONE_LATE),
        ("not_accepted", SOON, PAST, Standing.DONE),
    ],
)
def test_where_a_dossier_stands(status: str, ended: str, due: str, stands: Standing) -> None:
    assert standing(status, ended, due, NOW) is stands


@pytest.mark.parametrize(
    ("values", "ended"),
    [
        ({"status": "completed", "completed_at": "1", "returned_at": "2", "refused_at": "3"}, "1"),
        ({"status": "returned", "returned_at": "2", "refused_at": "3"}, "2"),
        ({"status": "stopped", "refused_at": "3"}, "3"),
        ({"status": "stopped", "completed_at": "1", "refused_at": "3"}, "3"),  # what was completed was opened again
        ({"status": "completed", "refused_at": "3"}, ""),
        ({"status": "withdrawn"}, ""),
        ({"status": "processing", "completed_at": "1"}, ""),  # opened again: it is being worked on
        ({}, ""),
    ],
)
def test_the_end_is_taken_in_the_portal_s_order_and_only_of_what_has_ended(values: dict[str, str], ended: str) -> None:
    assert ended_at(values) == ended


def test_a_due_date_of_the_dossier_goes_before_one_of_its_supplements() -> None:
    supplements = [
        {"requested_at": "2", "due_after": "b"},
        {"requested_at": "1", "due_after": "a"},
        {"requested_at": "3"},
    ]
    assert due_at({"due_at": "x", "supplements": supplements}) == "x"
    assert due_at({"supplements": supplements}) == "b"
    assert due_at({}) == ""
