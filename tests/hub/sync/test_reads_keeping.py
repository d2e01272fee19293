"""The log of reads is told of, and kept as long as it is to be, by ticks of the scheduler."""

import threading
from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from hub.store import reads
from hub.store.database import Database
from hub.store.reads import Action, Read, SealKeys
from hub.store.reads_verified import verify
from hub.store.secrets import SecretsLocked
from hub.sync.reads_keeping import ReadsKeeper

KEYS = SealKeys.derived([b"k" * 32])
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def fill(database: Database) -> None:
    found = [Read(NOW - timedelta(days=days), "a", Action.ONE, (1,), 1, {}) for days in (40, 31, 29, 1)]
    reads.take_in(database, KEYS, "s", list(enumerate(found)))


def test_an_anchor_is_written_into_the_log(database: Database) -> None:
    fill(database)
    with capture_logs() as told:
        ReadsKeeper(database, lambda: KEYS, timedelta(days=30)).tell_head(NOW)
    head = reads.head_of(database)
    assert told == [{"event": "reads_head", "anchor": f"4:{head.seal.hex()}", "log_level": "info"}]


def test_what_was_kept_long_enough_goes_and_is_told(database: Database) -> None:
    fill(database)
    keeper = ReadsKeeper(database, lambda: KEYS, timedelta(days=30))
    with capture_logs() as told:
        keeper.prune(NOW, threading.Event())
        keeper.prune(NOW, threading.Event())
    assert [(each["event"], each["count"]) for each in told] == [("reads_removed", 2)]
    found = verify(database, KEYS)
    assert (found.wrong, found.first, found.last) == (None, 3, 5)


def test_without_the_key_nothing_is_removed_and_it_is_told_once(database: Database) -> None:
    def locked() -> SealKeys:
        raise SecretsLocked("the key cannot be read")

    fill(database)
    with capture_logs() as told:
        keeper = ReadsKeeper(database, locked, timedelta(days=30))
        assert [keeper.prune(NOW, threading.Event()) for _ in range(2)] == [False, False]
    assert [each["event"] for each in told] == ["reads_not_pruned"]
    assert verify(database, KEYS).rows == 4
