"""The change feed of one client: what it holds in the end is what its list shows, whatever moved meanwhile."""

import os
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from sqlalchemy import event

from hub.record.shown import Place, place, shown
from hub.store import changes, feed, finding
from hub.store.changes import Changed, Kind, changes_after, followed
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.feed import UnknownPosition
from hub.store.filters import Filter
from hub.store.finding import by_id
from hub.store.looking_up import codes_of_dossiers
from hub.store.scope import ALL, Scope
from tests.hub.store.moving import (
    AGENCIES,
    CODES,
    FIELDS,
    PROCEDURES,
    STATUSES,
    World,
    any_scope,
    any_values,
    listed,
    place_of,
    said,
)

HISTORIES = int(os.environ.get("HUB_HISTORIES", "3"))  # on each database
STEPS = 25  # of one history
A, B, C = AGENCIES
ONLY_A = Scope(frozenset({A}), None, None, 2)


@dataclass
class Mirror:
    """What a client has that follows."""

    database: Database
    scope: Scope
    wanted: Filter | None = None
    position: int = 0
    held: dict[int, DossierRow] = field(default_factory=dict)
    told: list[Changed] = field(default_factory=list)

    def read(self, limit: int) -> bool:
        """One page; whether there is more."""
        found = changes_after(self.database, self.position, limit, self.scope, self.wanted)
        assert len(found.items) <= limit
        positions = [self.position, *(one.position for one in found.items)]
        assert positions == sorted(set(positions))
        assert max(positions) <= found.upto <= found.latest
        for one in found.items:
            self.held.pop(one.dossier_id, None)
            if one.kind is Kind.CHANGED:
                assert one.row is not None
                self.held[one.dossier_id] = one.row
        self.told += found.items
        assert found.upto > self.position or not found.more
        self.position = found.upto
        return found.more

    def read_all(self, limit: int = 3) -> None:
        """Until there is no more."""
        while self.read(limit):
            pass


@pytest.fixture
def world(database: Database) -> World:
    """Two departments, which have told nothing yet."""
    return World(database)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_whatever_moves_joins_parts_goes_and_comes_back_a_mirror_is_what_the_list_shows(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(changes, "_WINDOW", 4)
    chance = Random(seed)
    mirrors = [Mirror(database, any_scope(chance), _any_filter(chance)) for _ in range(12)]
    mirrors += [Mirror(database, any_scope(chance)) for _ in range(12)]
    were: dict[int, set[tuple[str, Place]]] = {}  # dossiers, and as what and where they ever stood
    for _ in range(STEPS):
        world.anything(chance)
        for dossier_id, row in by_id(database, range(200), ALL).items():
            were.setdefault(dossier_id, set()).add((row.code, place_of(row)))
        for mirror in mirrors:
            if chance.random() < 0.3:
                mirror.read(chance.randint(1, 4))
    for mirror in mirrors:
        mirror.read_all(chance.randint(1, 4))
        assert mirror.held == listed(database, mirror.scope, mirror.wanted)
        assert mirror.position == feed.latest(database)
        seen = followed(database, mirror.scope, mirror.wanted or Filter())
        for one in mirror.told:  # nothing is told of what the client never saw, nor a code that it never saw
            assert one.code in {code for code, stood in were[one.dossier_id] if seen.holds(*stood)}
    assert {one.kind for mirror in mirrors for one in mirror.told} >= {Kind.CHANGED, Kind.LEFT}  # the rest by luck


def _any_filter(chance: Random) -> Filter:
    return Filter(
        agency=chance.choice((None, None, *AGENCIES)),
        procedure=chance.choice((None, None, *PROCEDURES)),
        field=chance.choice((None, None, *FIELDS)),
        status=chance.choice((None, *STATUSES)),
    )


def _news(mirror: Mirror) -> list[tuple[Kind, str]]:
    mirror.told.clear()
    mirror.read_all()
    return [(one.kind, one.code) for one in mirror.told]


def test_who_saw_a_dossier_where_it_was_is_told_once_that_it_left_with_the_code_it_had_there(
    database: Database, world: World
) -> None:
    world.tell("a", {"1": said(CODES[0], A)})
    near, far, late = Mirror(database, ONLY_A), Mirror(database, Scope(frozenset({C}), None, None, 2)), None
    assert _news(near) == [(Kind.CHANGED, CODES[0])]
    world.tell("a", {"1": said(CODES[1], B)})
    assert _news(near) == [(Kind.LEFT, CODES[0])]
    late = Mirror(database, Scope(frozenset({B}), None, None, 2))
    assert _news(late) == [(Kind.CHANGED, CODES[1])]
    world.tell("a", {"1": said(CODES[1], B, note="what does not concern A any more")})
    assert _news(near) == []
    world.tell("a", {"1": said(CODES[1], A)})
    assert _news(near) == [(Kind.CHANGED, CODES[1])]
    assert _news(late) == [(Kind.LEFT, CODES[1])]
    assert _news(far) == []


def test_who_is_behind_is_told_that_a_dossier_left_however_often_it_changed_since(
    database: Database, world: World
) -> None:
    world.tell("a", {"1": said(CODES[0], A)})
    behind = Mirror(database, ONLY_A)
    behind.read_all()
    for note in range(250):
        world.tell("a", {"1": said(CODES[0], B, note=str(note))})
    assert _news(behind) == [(Kind.LEFT, CODES[0])]


def test_a_dossier_that_becomes_confidential_leaves_and_one_that_never_was_seen_is_not_told(
    database: Database, world: World
) -> None:
    world.tell("a", {"1": said(CODES[0], A), "2": said(CODES[1], A, confidentiality="sensitive")})
    mirror = Mirror(database, Scope(None, None, None, 0))
    assert _news(mirror) == [(Kind.CHANGED, CODES[0])]
    world.tell("a", {"1": said(CODES[0], A, confidentiality="sensitive")})
    assert _news(mirror) == [(Kind.LEFT, CODES[0])]
    world.tell("a", {"1": said(CODES[0], A, confidentiality="sensitive", note="one")})
    world.tell("a", {"2": said(CODES[1], A, confidentiality="sensitive", note="two")})
    assert _news(mirror) == []


def test_gone_and_back_are_told_as_such(database: Database, world: World) -> None:
    world.tell("a", {"1": said(CODES[0], A)})
    mirror = Mirror(database, ONLY_A)
    mirror.read_all()
    world.lose("a", ["1"])
    assert _news(mirror) == [(Kind.GONE, CODES[0])]
    world.tell("a", {"1": said(CODES[0], A)})
    assert _news(mirror) == [(Kind.CHANGED, CODES[0])]


def test_into_what_a_dossier_was_merged_is_told_to_those_alone_who_see_that(database: Database, world: World) -> None:
    world.tell("a", {"1": said(CODES[0], B), "2": said(CODES[1], A)})
    everything, only_a = Mirror(database, ALL), Mirror(database, ONLY_A)
    everything.read_all()
    only_a.read_all()
    ids = {row.code: row.id for row in listed(database).values()}
    world.tell("b", {"9": said(CODES[0], B, national_code=CODES[1])})
    assert (Kind.MERGED, CODES[1]) in _news(everything)
    (merged,) = [one for one in everything.told if one.kind is Kind.MERGED]
    assert (merged.dossier_id, merged.into) == (ids[CODES[1]], ids[CODES[0]])
    assert _news(only_a) == [(Kind.LEFT, CODES[1])]
    assert [one.into for one in only_a.told] == [None]


def test_a_filter_that_a_dossier_does_not_match_any_more_lets_it_leave(database: Database, world: World) -> None:
    world.tell("a", {"1": said(CODES[0], A)})
    open_ones = Mirror(database, ONLY_A, Filter(status="processing"))
    assert _news(open_ones) == [(Kind.CHANGED, CODES[0])]
    world.tell("a", {"1": said(CODES[0], A, status="completed")})
    assert _news(open_ones) == [(Kind.LEFT, CODES[0])]


def test_who_sees_little_passes_the_changes_of_the_city_in_bounded_steps(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "_WINDOW", 10)
    world.tell("a", {str(at): said(f"000.00.15.H29-260520-{at:04}", B) for at in range(100, 135)})
    world.tell("a", {"1": said(CODES[0], A)})
    position, steps = 0, []
    while True:
        found = changes_after(database, position, 5, ONLY_A)
        position = found.upto
        steps.append(([one.code for one in found.items], found.upto))
        if not found.more:
            break
    assert steps == [([], 10), ([], 20), ([], 30), ([CODES[0]], 36)]


def test_where_nothing_is_new_one_query_says_so_and_two_or_three_where_something_is(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tell("a", {"1": said(CODES[0], A)})
    latest = feed.latest(database)
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    alone = database.ask  # on PostgreSQL, in no transaction
    monkeypatch.setattr(database, "ask", lambda *told: (asked.append(told[0]), alone(*told))[1])

    def statements(position: int, scope: Scope, **more: Any) -> int:
        asked.clear()
        changes_after(database, position, 100, scope, **more)
        return len([one for one in asked if not one.startswith("BEGIN")])

    assert statements(latest, ONLY_A) == 1
    assert statements(latest, ALL, wanted=Filter(status="processing")) == 1
    assert statements(0, ALL, content=False) == 2
    assert statements(0, ALL) == 3
    assert statements(0, ONLY_A) <= 6


def test_a_position_that_the_feed_has_not_come_to_is_refused(database: Database, world: World) -> None:
    world.tell("a", {"1": said(CODES[0], A)})
    with pytest.raises(UnknownPosition, match="has come to 1, not to 2 yet"):
        changes_after(database, 2, 10, ALL)


def test_what_changes_once_more_while_it_is_read_is_told_later_as_it_is_then(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tell("a", {"1": said(CODES[0], A), "2": said(CODES[1], A)})
    mirror = Mirror(database, ONLY_A)
    fetch = finding.by_id

    def meanwhile(*asked: Any) -> dict[int, DossierRow]:
        monkeypatch.setattr(finding, "by_id", fetch)
        world.tell("a", {"1": said(CODES[0], B), "2": said(CODES[1], A, note="more")})
        return fetch(*asked)

    monkeypatch.setattr(finding, "by_id", meanwhile)
    assert not mirror.read(10)
    assert mirror.told == []
    assert sorted(_news(mirror)) == [(Kind.CHANGED, CODES[1]), (Kind.LEFT, CODES[0])]


def test_a_dossier_that_left_and_is_back_before_anybody_looked_is_only_told_as_changed(
    database: Database, world: World
) -> None:
    world.tell("a", {"1": said(CODES[0], A)})
    mirror = Mirror(database, Scope(frozenset({A, C}), None, None, 2))
    mirror.read_all()
    for agency in (B, A, C):
        world.tell("a", {"1": said(CODES[0], agency)})
    assert _news(mirror) == [(Kind.CHANGED, CODES[0])]


def test_the_codes_of_many_are_told_at_once(database: Database, world: World) -> None:
    world.tell("a", {"1": said(CODES[0], A, national_code=CODES[5]), "2": said(CODES[1], A)})
    ids = {row.code: row.id for row in listed(database).values()}
    found = codes_of_dossiers(database, [*ids.values(), 999])
    assert found == {ids[CODES[0]]: [CODES[0], CODES[5]], ids[CODES[1]]: [CODES[1]]}
    assert codes_of_dossiers(database, []) == {}


def test_where_a_dossier_stands_is_what_it_is_found_by() -> None:
    chance = Random(3)
    for _ in range(50):
        values = any_values(chance)
        found = shown(values, [])
        assert place(values) == (found.agency, found.procedure, found.field, found.confidentiality)
