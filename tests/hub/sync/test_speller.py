import signal
import subprocess
import sys
import threading

import pytest
from sqlalchemy import select, update

from hub.record.spelling import forms, may_be_mistyped
from hub.store import followers, spellings
from hub.store.database import Database
from hub.store.feed import latest, take_positions
from hub.store.outbox_tables import spellings as table
from hub.store.tables import dossiers
from hub.sync.speller import NAME, Speller
from tests.hub.store.searchable import Told, put, texts_of

DIES_IN_ITS_THIRD_BATCH = """
import os, signal, sys
from hub.store import spellings
from hub.store.database import connect
from hub.sync.speller import Speller

learn, batches = spellings.learn, iter(range(100))

def learn_and_die(connection, words):
    learn(connection, words)
    if next(batches) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

spellings.learn = learn_and_die
Speller(connect(sys.argv[1]), batch=4).learn()
"""


def learnt(database: Database) -> set[tuple[str, str]]:
    with database.read() as connection:
        return {(row.form, row.word) for row in connection.execute(select(table))}


def come_to(database: Database) -> int:
    with database.read() as connection:
        return followers.come_to(connection, NAME)


def told(database: Database) -> set[tuple[str, str]]:
    """What must be known of all dossiers that there are."""
    words = {word for text in texts_of(database).values() for word in text.split() if may_be_mistyped(word)}
    return {(form, word) for word in words for form in forms(word)}


def people(how_many: int) -> list[Told]:
    letters = "abcdefghij"
    return [Told(f"Nguyễn {letters[at % 10]}{letters[at // 10 % 10]}o", code=f"HS-{at}") for at in range(how_many)]


def test_every_word_of_three_letters_without_digits_is_known_by_its_slips(database: Database) -> None:
    put(database, [Told("Nguyễn Văn An", "cấp phiếu lý lịch 2026", code="HS-A12/260302")])
    assert Speller(database).learn() == 1
    assert {word for _, word in learnt(database)} == {"nguyen", "van", "cap", "phieu", "lich"}
    assert learnt(database) == told(database)
    assert come_to(database) == latest(database)


def test_what_changes_later_is_learnt_and_what_is_known_is_not_written_again(database: Database) -> None:
    (number, _) = put(database, people(2))
    speller = Speller(database)
    assert speller.learn() == 2
    assert speller.learn() == 0
    with database.write() as transaction:
        (position,) = take_positions(transaction, 1)
        changed = update(dossiers).where(dossiers.c.id == number)
        transaction.execute(changed.values(search="hs 0 nguyen xuan", position=position))
    before = learnt(database)
    assert speller.learn() == 1
    assert {word for _, word in learnt(database) - before} == {"xuan"}


def test_a_tick_is_bounded_and_the_next_one_goes_on(database: Database) -> None:
    put(database, people(25))
    speller = Speller(database, batch=4, batches=3)
    assert [speller.learn() for _ in range(4)] == [12, 12, 1, 0]
    assert learnt(database) == told(database)


def test_it_ends_after_the_batch_where_the_process_is_to_end(database: Database) -> None:
    put(database, people(5))
    stopping = threading.Event()
    stopping.set()
    assert Speller(database).learn(stopping) == 0
    assert come_to(database) == 0


def test_a_process_that_is_killed_in_the_midst_of_it_loses_nothing(database: Database, database_url: str) -> None:
    put(database, people(30))
    killed = subprocess.run([sys.executable, "-c", DIES_IN_ITS_THIRD_BATCH, database_url], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert come_to(database) == 8  # two batches were committed, the third was not
    half = learnt(database)
    assert half
    assert half < told(database)
    assert Speller(database, batch=4).learn() == 22
    assert learnt(database) == told(database)


def test_of_two_with_the_same_turn_one_goes_on_and_nothing_is_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, people(30))
    slow, quick = Speller(database, batch=10), Speller(database, batch=10)
    read = spellings.changed_texts

    def read_while_another_overtakes(*asked: object) -> spellings.Texts:
        found = read(*asked)  # type: ignore[arg-type]
        monkeypatch.setattr(spellings, "changed_texts", read)
        assert quick.learn() == 30
        return found

    monkeypatch.setattr(spellings, "changed_texts", read_while_another_overtakes)
    assert slow.learn() == 0
    assert learnt(database) == told(database)
    assert come_to(database) == latest(database)


def test_a_follower_that_is_elsewhere_is_told_so(database: Database) -> None:
    with database.write() as connection:
        followers.go_on(connection, "one", 0, 5)
    with pytest.raises(followers.OtherFollower, match="not at change 3"), database.write() as connection:
        followers.go_on(connection, "one", 3, 9)
    with database.read() as connection:
        assert followers.come_to(connection, "one") == 5
        assert followers.come_to(connection, "another") == 0
