"""The keeper's days: a file is kept whole, again changes nothing, and what it no longer says is gone."""

from datetime import UTC, date, datetime

import pytest

from hub.store import calendar
from hub.store.calendar import Difference
from hub.store.database import Database
from schedules.calendar.days import Kind
from schedules.calendar.table import read

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def load(database: Database, text: str, origin: str = "nghi.csv") -> Difference:
    with database.write() as connection:
        return calendar.load(connection, read("day,kind,name\n" + text, origin), origin, NOW)


def days_said(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as connection:
        return [tuple(row)[:3] for row in connection.execute(calendar._ALL)]  # type: ignore[misc]


def kind_of(database: Database, day: str) -> Kind | None:
    with database.read() as connection:
        special = calendar.calendar_of(connection).special(date.fromisoformat(day))
    return special.kind if special else None


FIRST = "2027-02-05,holiday,Tết\n2027,confirmed,QĐ 9\n2027-11-24,working,Chưa có luật\n"


def test_what_is_loaded_holds_at_once(database: Database) -> None:
    assert kind_of(database, "2027-11-24") is Kind.HOLIDAY
    found = load(database, FIRST)
    assert (len(found.added), found.changed, found.removed, found.unchanged) == (3, (), (), 0)
    assert kind_of(database, "2027-11-24") is Kind.WORKING
    with database.read() as connection:
        assert calendar.calendar_of(connection).confirmed(2027) == "QĐ 9"


def test_loading_again_changes_nothing_and_compiles_nothing_anew(database: Database) -> None:
    load(database, FIRST)
    with database.read() as connection:
        before = calendar.calendar_of(connection)
    again = load(database, FIRST)
    assert not again
    assert again.unchanged == 3
    with database.read() as connection:
        assert calendar.calendar_of(connection) is before


def test_a_line_that_a_file_no_longer_has_is_removed_and_one_that_changed_is_shown_with_both(
    database: Database,
) -> None:
    load(database, FIRST)
    load(database, "2027-09-03,holiday,Quốc khánh\n", "quoc-khanh.csv")
    found = load(database, "2027-02-05,working,Tết\n2027-09-03,working,Không nghỉ\n")
    assert [line.day for line in found.removed] == ["2027", "2027-11-24"]
    assert [(before.kind, before.origin, after.kind) for before, after in found.changed] == [
        ("holiday", "nghi.csv", "working"),
        ("holiday", "quoc-khanh.csv", "working"),
    ]
    assert days_said(database) == [("2027-02-05", "working", "Tết"), ("2027-09-03", "working", "Không nghỉ")]


def test_an_empty_file_takes_back_what_it_said(database: Database) -> None:
    load(database, FIRST)
    assert len(load(database, "").removed) == 3
    assert days_said(database) == []


def test_a_difference_is_shown_without_being_made(database: Database) -> None:
    with database.read() as connection:
        assert calendar.difference(connection, read("day,kind,name\n" + FIRST, "nghi.csv"), "nghi.csv")
    assert days_said(database) == []


def test_a_load_that_is_broken_off_leaves_nothing(database: Database) -> None:
    def broken_off() -> None:
        with database.write() as connection:
            calendar.load(connection, read("day,kind,name\n" + FIRST, "nghi.csv"), "nghi.csv", NOW)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        broken_off()
    assert days_said(database) == []
