"""The log of reads: what is changed, removed, inserted or moved in it is found, by whoever has the key."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from hub.store import reads
from hub.store.database import Database, StoreError
from hub.store.reads import Action, Read, SealKeys
from hub.store.reads_found import Sought, page, walk
from hub.store.reads_kept import prune
from hub.store.reads_verified import Verdict, verify

NOW = datetime(2026, 11, 23, 3, 0, 0, 123456, tzinfo=UTC)
KEYS = SealKeys.derived([b"k" * 32])


def read(number: int, *dossiers: int, at: datetime | None = None, client: str = "cổng", **more: object) -> Read:
    what = {"filter": {"status": "processing"}, "groups": ["name", "contact"]}
    when = at or NOW + timedelta(seconds=number)
    rest = {"person": "cán bộ 7", "address": "10.0.0.7", "purpose": "một cửa", "request": f"r{number}"} | more
    action = Action.LIST if len(dossiers) > 1 else Action.ONE
    return Read(when, client, action, dossiers, len(dossiers), what, **rest)  # type: ignore[arg-type]


def fill(database: Database, count: int = 9, keys: SealKeys = KEYS) -> None:
    lines = [(at * 100, read(at, at, at + 1) if at % 3 else read(at, at)) for at in range(1, count + 1)]
    for start in range(0, len(lines), 4):
        reads.take_in(database, keys, "a spool", lines[start : start + 4])


def do(database: Database, *statements: str) -> None:
    with database.write() as connection:
        for statement in statements:
            connection.execute(text(statement))


def wrong(database: Database, **how: object) -> tuple[int | None, str]:
    found = verify(database, KEYS, **how)  # type: ignore[arg-type]
    return found.wrong, found.sentence


def test_what_was_written_is_verified_and_read_back(database: Database) -> None:
    fill(database)
    head = reads.head_of(database)
    assert verify(database, KEYS) == Verdict(9, 1, 9, head.seal)
    newest = page(database, Sought(), None, 2)
    assert [row.id for row in newest] == [9, 8]
    assert (newest[0].dossiers, newest[1].dossiers, newest[1].records) == ([9], [8, 9], 2)
    assert (newest[0].at, newest[0].client, newest[0].person) == (NOW + timedelta(seconds=9), "cổng", "cán bộ 7")
    assert [row.id for row in walk(database, Sought(client="cổng"))] == list(range(1, 10))


def test_an_empty_log_is_as_it_should_be(database: Database) -> None:
    assert verify(database, KEYS) == Verdict(0, 0, 0, bytes(32))
    assert verify(database, KEYS, since=NOW).wrong is None
    assert prune(database, KEYS, NOW, NOW) == 0


def test_lines_are_taken_in_once(database: Database) -> None:
    lines = [(at, read(at, at)) for at in (0, 50, 90)]
    assert reads.take_in(database, KEYS, "s", lines[:2]) == 2
    assert reads.take_in(database, KEYS, "s", lines) == 1
    assert reads.take_in(database, KEYS, "s", lines) == 0
    assert reads.take_in(database, KEYS, "another", lines) == 3
    assert verify(database, KEYS).rows == 6


@pytest.mark.parametrize(
    "change",
    [
        "client = 'ai đó'",
        "person = NULL",
        "address = '10.0.0.8'",
        "action = 'page'",
        "purpose = ''",
        "records = 1",
        "request = 'r6'",
        "spool = 'b'",
        "line = 501",
        "what = '{}'",
        "what = 'no JSON'",
        "dossier_id = 5",
        "dossiers = NULL",
        "seal = (SELECT seal FROM (SELECT seal FROM reads WHERE id = 4) AS other)",
    ],
)
def test_a_changed_row_is_named(database: Database, change: str) -> None:
    fill(database)
    do(database, f"UPDATE reads SET {change} WHERE id = 5")
    assert wrong(database)[0] == 5


def test_a_changed_time_is_named(database: Database) -> None:
    fill(database)
    later = "'2027-01-01 00:00:00.000000'" if database.is_sqlite else "at + interval '1 microsecond'"
    do(database, f"UPDATE reads SET at = {later} WHERE id = 5")
    assert wrong(database)[0] == 5


def test_a_removed_row_is_named(database: Database) -> None:
    fill(database)
    do(database, "DELETE FROM reads WHERE id IN (4, 5)")
    assert wrong(database) == (4, "rows 4 to 5 were removed")


def test_the_first_row_is_missed(database: Database) -> None:
    fill(database)
    do(database, "DELETE FROM reads WHERE id = 1")
    assert wrong(database) == (1, "row 1 was removed")


def test_a_removed_row_whose_place_was_filled_is_named(database: Database) -> None:
    fill(database)
    up = [f"UPDATE reads SET id = {at - 1} WHERE id = {at}" for at in range(6, 10)]
    do(database, "DELETE FROM reads WHERE id = 5", *up, "UPDATE reads_head SET last = 8")
    assert wrong(database)[0] == 5


def test_an_inserted_row_is_named(database: Database) -> None:
    fill(database)
    copy = (
        "INSERT INTO reads SELECT {to}, at, client, person, address, action, purpose, dossier_id, dossiers, records, "
        "what, request, 'forged', line, seal FROM reads WHERE id = 9"
    )
    do(database, copy.format(to=10))
    assert wrong(database) == (10, "row 10 stands behind the head (9): it was inserted")
    do(database, "UPDATE reads_head SET last = 10")
    assert wrong(database)[0] == 10


def test_rows_that_changed_places_are_named(database: Database) -> None:
    fill(database)
    do(database, *(f"UPDATE reads SET id = {to} WHERE id = {at}" for at, to in ((4, 99), (6, 4), (99, 6))))
    assert wrong(database)[0] == 4


def test_a_chain_made_with_another_key_is_none(database: Database) -> None:
    fill(database, keys=SealKeys.derived([b"f" * 32]))
    assert wrong(database)[0] == 1


def test_an_end_that_was_cut_off_is_noticed_by_the_head_and_with_a_forged_head_by_an_anchor(database: Database) -> None:
    fill(database)
    kept = reads.head_of(database)
    do(database, "DELETE FROM reads WHERE id > 7")
    assert wrong(database) == (8, "the rows from 8 to 9 were removed from the end")
    do(database, "UPDATE reads_head SET last = 7, seal = (SELECT seal FROM reads WHERE id = 7)")
    assert wrong(database)[0] is None  # nothing in the database tells
    assert wrong(database, anchors={9: kept.seal})[0] == 8
    reads.take_in(database, KEYS, "later", [(at, read(at, at)) for at in (1, 2, 3)])
    assert wrong(database)[0] is None
    assert wrong(database, anchors={9: kept.seal}) == (9, "row 9 had another seal when its anchor was written down")
    assert wrong(database, anchors={9: kept.seal}, since=NOW + timedelta(days=1))[0] == 9


def test_a_head_with_another_seal_than_the_last_row_is_noticed(database: Database) -> None:
    fill(database)
    do(database, "UPDATE reads_head SET seal = first_seal")
    assert wrong(database) == (9, "the head has another seal than the last row: one of them was changed")


def test_a_head_that_is_gone_is_said(database: Database) -> None:
    fill(database)
    do(database, "DELETE FROM reads_head")
    with pytest.raises(StoreError, match="the head of the log of reads is gone"):
        verify(database, KEYS)
    with pytest.raises(StoreError, match="the head of the log of reads is gone"):
        reads.take_in(database, KEYS, "s", [(0, read(1, 1))])


def test_the_chain_goes_on_with_a_new_key_and_is_verified_with_both(database: Database) -> None:
    fill(database)
    both = SealKeys.derived([b"n" * 32, b"k" * 32])
    reads.take_in(database, both, "s", [(at, read(at, at)) for at in (1, 2)])
    assert verify(database, both).wrong is None
    assert verify(database, KEYS).wrong == 10
    assert verify(database, SealKeys.derived([b"n" * 32])).wrong == 1


def test_a_part_is_verified_from_a_day_on(database: Database) -> None:
    fill(database)
    since = NOW + timedelta(seconds=6)
    assert verify(database, KEYS, since=since).rows == 4
    do(database, "UPDATE reads SET client = 'x' WHERE id = 3")
    assert verify(database, KEYS, since=since).wrong is None
    assert verify(database, KEYS).wrong == 3


def test_the_oldest_go_as_a_whole_and_the_rest_is_still_verified(database: Database) -> None:
    fill(database)
    old = reads.head_of(database)
    assert prune(database, KEYS, NOW + timedelta(seconds=5), NOW) == 4
    assert prune(database, KEYS, NOW + timedelta(seconds=5), NOW) == 0
    found = verify(database, KEYS)
    assert (found.wrong, found.first, found.rows, found.last) == (None, 5, 6, 10)  # with the row that says so
    assert wrong(database, anchors={9: old.seal})[0] is None
    assert page(database, Sought(), None, 1)[0].action == Action.RETENTION
    assert prune(database, KEYS, NOW + timedelta(days=1), NOW + timedelta(days=2)) == 6
    found = verify(database, KEYS)
    assert (found.wrong, found.first, found.last) == (None, 11, 11)


def test_who_removes_the_oldest_and_moves_the_head_is_found_out(database: Database) -> None:
    fill(database)
    first = "UPDATE reads_head SET first = 4, first_seal = (SELECT seal FROM reads WHERE id = 4)"
    do(database, first, "DELETE FROM reads WHERE id <= 4")
    assert wrong(database) == (4, "the rows up to 4 are gone, and no sealed note says that they were kept long enough")


def test_so_is_who_has_only_a_part_verified(database: Database) -> None:
    fill(database)
    assert prune(database, KEYS, NOW + timedelta(seconds=3), NOW) == 2
    since = NOW + timedelta(seconds=8)
    assert verify(database, KEYS, since=since).wrong is None
    first = "UPDATE reads_head SET first = 4, first_seal = (SELECT seal FROM reads WHERE id = 4)"
    do(database, first, "DELETE FROM reads WHERE id <= 4")
    assert wrong(database, since=since)[0] == 4


def test_a_row_of_a_clock_that_was_ahead_keeps_none_from_going(database: Database) -> None:
    times = [NOW - timedelta(days=40), NOW + timedelta(days=4000), NOW - timedelta(days=39), NOW]
    reads.take_in(database, KEYS, "s", list(enumerate(read(1, 1, at=at) for at in times)))
    assert prune(database, KEYS, NOW - timedelta(days=30), NOW) == 3
    years_ago = NOW - timedelta(days=4000)
    assert prune(database, KEYS, years_ago - timedelta(days=30), years_ago) == 0  # now it is this clock that is wrong


def test_what_is_told_to_stop_removes_no_more(database: Database) -> None:
    fill(database)
    assert prune(database, KEYS, NOW + timedelta(seconds=5), NOW, lambda: True) == 0
    assert verify(database, KEYS).first == 5
    assert prune(database, KEYS, NOW + timedelta(seconds=5), NOW) == 4


def test_what_was_left_by_a_kill_while_removing_goes_the_next_time(database: Database) -> None:
    fill(database)
    prune(database, KEYS, NOW + timedelta(seconds=3), NOW)
    names = "at, client, person, address, action, purpose, dossier_id, dossiers, records, what, request"
    do(database, f"INSERT INTO reads SELECT 2, {names}, 'left', line, seal FROM reads WHERE id = 9")
    assert verify(database, KEYS).wrong is None
    assert prune(database, KEYS, NOW + timedelta(seconds=3), NOW) == 1


def test_who_saw_a_dossier_is_found_in_single_reads_and_in_lists(database: Database) -> None:
    across = 1 << 56  # with 0 before it, its bytes hold those of 1 at another place
    lines = [read(1, 7), read(2, 8, 7), read(3, 8, 9), read(4, 0, across), read(5, 1)]
    reads.take_in(database, KEYS, "s", list(enumerate(lines)))
    assert [row.id for row in page(database, Sought(dossiers=(7,)), None, 10)] == [2, 1]
    assert [row.id for row in page(database, Sought(dossiers=(9, 7)), None, 2)] == [3, 2]
    assert [row.id for row in page(database, Sought(dossiers=(1,)), None, 10)] == [5]
    assert [row.id for row in walk(database, Sought(dossiers=(8,)))] == [2, 3]
    between = Sought(dossiers=(7,), since=NOW + timedelta(seconds=2), until=NOW + timedelta(seconds=3))
    assert [row.id for row in page(database, between, None, 10)] == [2]


def test_reads_are_found_by_who_how_and_what_was_looked_for(database: Database) -> None:
    sought = Read(NOW, "b", Action.LIST, (1,), 1, {"filter": {"q": {"traces": ["ab%_12"]}}}, "người khác")
    reads.take_in(database, KEYS, "s", [(1, read(1, 1)), (2, sought)])
    by_who = (Sought(client="b"), Sought(person="người khác"))
    for asked in (*by_who, Sought(action=Action.LIST), Sought(traces=("ab%_12",))):
        assert [row.id for row in page(database, asked, None, 10)] == [2]
    assert page(database, Sought(traces=("abxx12",)), None, 10) == []
    assert [row.id for row in page(database, Sought(), 2, 10)] == [1]


def test_what_no_database_can_hold_is_made_to_fit(database: Database) -> None:
    odd = read(1, 1, client="c" * 500, person="\ud800", address="::1" * 99, purpose="a\0b" * 999, request="r" * 99)
    long = {"filter": {"agency": "x" * 9000}, "groups": ["name"]}
    lines = reads.lines(odd, odd.what) + reads.lines(odd, long) + reads.lines(read(2, *range(2500)), {})
    reads.take_in(database, KEYS, "s", [(at, reads.read_line(line)) for at, line in enumerate(lines)])
    assert verify(database, KEYS).wrong is None
    first, second, *others = walk(database, Sought())
    assert (first.person, first.purpose[:3], len(first.client)) == ("?", "a�b", 80)
    assert second.what == {"groups": ["name"], "cut": True}
    assert [(len(row.dossiers), row.records) for row in others] == [(1000, 1000), (1000, 1000), (500, 500)]


def test_a_line_that_is_none_is_refused() -> None:
    kept = read(3, 1, 2)
    (line,) = reads.lines(kept, kept.what)
    assert reads.read_line(line) == kept
    for other in (b"", b"{}", b"[1]", line[:-30], b'["x","a",null,"","list","",[],0,{},""]', b"null"):
        with pytest.raises(ValueError, match=r".*"):
            reads.read_line(other)
