"""After a restore and `hub feed renew` a receiver that ignores lower positions is brought right, too."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.record.signature import Signature
from hub.store import renewing
from hub.store.database import Database
from tests.hub.outbox.webhooks import knowing, record
from tests.hub.outbox.webhooks.receiver import Receiver

EMBEDDED = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # whose backup is one call


def _copy(source: Path | str, target: Path | str) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@EMBEDDED
def test_a_receiver_has_in_the_end_what_the_restored_record_shows(
    database: Database, receiver: Receiver, tmp_path: Path
) -> None:
    hub, file = record.hub(database), str(database.engine.url.database)
    made = hub.subscribe(receiver.url)
    for code in ("A-1", "A-2", "A-3"):
        record.put(database, code, "processing")
    knowing.settle(database, made.row.id)
    _copy(file, tmp_path / "kept.db")
    for _ in range(3):  # what is lost: the receiver has A-1 as it will never be known again
        record.put(database, "A-1", "completed")
    knowing.settle(database, made.row.id)
    database.close()
    _copy(tmp_path / "kept.db", file)
    renewing.renew(database, Signature("an.nguyen", "restored", datetime.now(UTC)))
    record.put(database, "A-2", "completed")
    knowing.settle(database, made.row.id)
    copy = knowing.Copy()
    for got in receiver.got:
        copy.take(got)
    assert copy.has == knowing.seen(hub, made.row.id)
    assert sorted(status for status, _ in copy.has.values()) == ["completed", "processing", "processing"]
