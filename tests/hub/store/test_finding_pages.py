"""Pages of a list that is being written to: what stays as it is, is shown once, wherever the cuts are."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from hub.record.standing import Moment, Standing
from hub.store import cursor
from hub.store.cursor import CursorError
from hub.store.database import Database
from hub.store.filters import Due, Filter, told_apart
from hub.store.finding import Place, Sort, page, place_of
from hub.store.scope import ALL, Scope
from hub.store.tables import dossiers
from tests.hub.store import found_rows as made
from tests.hub.store.found_rows import AT, NOW, filled

NARROW = Scope(frozenset({"H29.1", "H29.2", "H29.3"}), None, None, 1)


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("scope", [ALL, NARROW], ids=["all", "some agencies"])
def test_pages_never_repeat_or_skip_what_stays_as_it_is(database: Database, sort: Sort, scope: Scope) -> None:
    chance = random.Random(f"{sort} {scope.rank}")
    kept = filled(database, (made.row(chance, number) for number in range(1, 121)))
    wanted, latest = Filter(gone=None), 120
    stays = {one.id for one in page(database, wanted, scope, sort, limit=1000)}
    changed: set[int] = set()
    shown: list[int] = []
    after = None
    while got := page(database, wanted, scope, sort, after, chance.randint(1, 9)):
        shown += [one.id for one in got]
        text = cursor.after_place(place_of(got[-1], sort), told_apart(wanted, "portal"))
        after = cursor.place(sort, text, told_apart(wanted, "portal"))
        with database.write() as connection:  # some come, some change, between any two pages
            for _ in range(chance.randint(0, 4)):
                latest += 1
                connection.execute(insert(dossiers).values(**made.row(chance, latest)))
            for one in chance.sample(kept, chance.randint(0, 2)):
                latest += 1
                other = {
                    name: made.row(chance, latest)[name] for name in ("received_on", "due_at", "ended_at", "agency")
                }
                connection.execute(update(dossiers).where(dossiers.c.id == one["id"]).values(position=latest, **other))
                changed.add(one["id"])
    stays -= changed
    assert len(stays) > 10
    assert [one for one in shown if one in stays] == list(dict.fromkeys(one for one in shown if one in stays))
    assert stays <= set(shown)


def test_a_cursor_is_of_one_filter_one_order_and_one_client(database: Database) -> None:
    wanted = Filter(agency="H29.1", due=Due(Standing.OVERDUE, AT), status=("accepted", "completed"))
    place, mine = Place(Sort.RECEIVED, ("2026-05-20T01:15:00Z", 3)), told_apart(wanted, "portal")
    text = cursor.after_place(place, mine)
    assert cursor.place(Sort.RECEIVED, text, mine) == place
    later = Filter(agency="H29.1", due=Due(Standing.OVERDUE, Moment.at(NOW + timedelta(hours=1))), status=wanted.status)
    assert cursor.place(Sort.RECEIVED, text, told_apart(later, "portal")) == place
    others = [told_apart(wanted, "partner"), told_apart(Filter(agency="H29.1"), "portal"), ""]
    for other in others:
        with pytest.raises(CursorError):
            cursor.place(Sort.RECEIVED, text, other)
    for sort in set(Sort) - {Sort.RECEIVED}:
        with pytest.raises(CursorError):
            cursor.place(sort, text, mine)


@pytest.mark.parametrize(
    "keys",
    [
        (),
        ("2026-05-20T01:15:00Z",),
        (3,),
        ("2026-05-20T01:15:00Z", 0),
        ("2026-05-20T01:15:00Z", -3),
        ("2026-05-20T01:15:00Z", 2**63),
        ("2026-05-20T01:15:00Z", "3"),
        ("2026-05-20T01:15:00Z", True),
        ("2026\0", 3),
        ("' OR 1=1 --", 3),
        (None, 3),
        ("2026-05-20T01:15:00Z", "", 3),
        ("9" * 500, 3),
    ],
)
def test_a_cursor_that_was_made_up_leads_nowhere_else_than_to_a_place(keys: tuple[object, ...]) -> None:
    text = cursor.after_place(Place(Sort.RECEIVED, keys))  # type: ignore[arg-type]
    with pytest.raises(CursorError):
        cursor.place(Sort.RECEIVED, text)


def test_every_letter_of_a_cursor_counts() -> None:
    text = cursor.after_place(Place(Sort.COMPLETED, ("2026-05-20T01:15:00Z", "", 3)), "mine")
    assert cursor.place(Sort.COMPLETED, text, "mine").keys == ("2026-05-20T01:15:00Z", "", 3)
    for at in range(len(text)):
        for other in {text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :], text[:at] + text[at + 1 :]}:
            with pytest.raises(CursorError):
                cursor.place(Sort.COMPLETED, other, "mine")
