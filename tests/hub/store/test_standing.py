"""The database finds the dossiers that stand in a state: the same ones that the record's own rule names."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import insert, text

from hub.record.standing import Moment, Standing, standing
from hub.record.status import Status
from hub.store import schema
from hub.store.database import Database
from hub.store.dossiers import page
from hub.store.filters import Due, Filter
from hub.store.finding import Sort, place_of
from hub.store.tables import dossiers

NOW = datetime(2026, 5, 20, 3, tzinfo=UTC)
AT = Moment.at(NOW)
TIMES = ("", "2026-05-20T02:59:59Z", "2026-05-20T03:00:00Z", "2026-05-23T03:00:00Z", "2026-05-23T03:00:01Z")
ENDS = ("", "2026-05-20T02:59:58Z", "2026-05-20T02:59:59Z", "2026-05-24T00:00:00Z")
# Only what has ended has an end: hub.record.standing.ended_at.
ROWS = [
    (status, ended, due)
    for status, ended, due in product(Status, ENDS, TIMES)
    if not ended or standing(status, ended, due, AT) in {Standing.DONE, Standing.DONE_ON_TIME, Standing.DONE_LATE}
]


def fill(database: Database) -> None:
    rows = [
        {
            "code": str(number),
            "agency": "a",
            "status": status,
            "received_on": as_of(number),
            "due_at": due,
            "ended_at": ended,
            "search": "",
            "values": {"code": str(number), "status": status},
            "first_seen_at": NOW,
            "changed_at": NOW,
            "position": number + 1,
        }
        for number, (status, ended, due) in enumerate(ROWS)
    ]
    with database.write() as connection:
        connection.execute(insert(dossiers), rows)


def as_of(number: int) -> str:
    """Many share one time of reception, so that pages have to be cut between equal ones."""
    return (NOW - timedelta(days=number // 7)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_every_dossier_stands_in_the_one_state_that_the_record_says(database: Database) -> None:
    fill(database)
    found = {state: {row.code for row in page(database, Filter(due=Due(state, AT)), limit=1000)} for state in Standing}
    said = {str(number): standing(*row, AT) for number, row in enumerate(ROWS)}
    assert found == {state: {code for code, stands in said.items() if stands is state} for state in Standing}
    assert all(found.values())


def test_pages_of_a_state_together_are_the_list_of_it(database: Database) -> None:
    fill(database)
    wanted = Filter(due=Due(Standing.OVERDUE, AT))
    whole = [row.code for row in page(database, wanted, limit=1000)]
    paged: list[str] = []
    after = None
    while found := page(database, wanted, after, 2):
        paged += [row.code for row in found]
        after = place_of(found[-1], Sort.RECEIVED)
    assert paged == whole


def test_a_state_and_another_filter_hold_together(database: Database) -> None:
    fill(database)
    wanted = Filter(status="accepted", due=Due(Standing.OVERDUE, AT))
    assert {row.values["status"] for row in page(database, wanted)} == {"accepted"}
    assert page(database, Filter(status="completed", due=Due(Standing.OVERDUE, AT))) == []


@pytest.mark.parametrize(
    ("status", "values", "due", "ended"),
    [
        (
            "completed",
            '{"due_at": "2026-05-29T10:00:00Z", "completed_at": "2026-05-28T10:00:00Z", "x": "Đặng"}',
            29,
            28,
        ),
        ("returned", '{"returned_at": "2026-05-27T10:00:00Z"}', None, 27),
        ("processing", '{"due_at": "2026-05-29T10:00:00Z", "completed_at": "2026-05-28T10:00:00Z"}', 29, None),
        ("registered", "{}", None, None),
    ],
)
def test_what_an_older_hub_stored_is_told_its_due_date_and_its_end(
    database: Database, status: str, values: str, due: int | None, ended: int | None
) -> None:
    schema.downgrade(database, "0002")
    columns = 'code, agency, status, received_on, search, "values", first_seen_at, changed_at'
    stored = {"status": status, "values": values, "at": "2026-05-20 00:00:00"}
    with database.write() as connection:
        connection.execute(
            text(f"INSERT INTO dossiers ({columns}) VALUES ('1', 'a', :status, '', '', :values, :at, :at)"), stored
        )
    schema.upgrade(database)
    with database.read() as connection:
        row = connection.execute(text("SELECT due_at, ended_at FROM dossiers")).one()
    assert list(row) == [f"2026-05-{day}T10:00:00Z" if day else "" for day in (due, ended)]
