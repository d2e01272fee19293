"""An exporter's memory does not grow with what it writes."""

import os
import sqlite3
from pathlib import Path

import pytest

from hub.outbox.exports.options import Format, Options
from hub.store.database import Database, connect
from hub.store.outbox_tables import exports as table
from tests.hub.outbox.exports.dossiers import add
from tests.hub.outbox.exports.exporting import ask, begun, client_of, ended

# `HUB_EXPORTED=200000` takes minutes.
_FEW, _MANY = 10_000, int(os.environ.get("HUB_EXPORTED", "40000"))
_MORE = 40 << 10  # KiB that many dossiers may take above few: page caches and tables that grow once


@pytest.fixture(scope="module")
def stores(sqlite_store: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two stores, one with few dossiers and one with many."""
    made = []
    for count in (_FEW, _MANY):
        file = tmp_path_factory.mktemp("store") / "hub.db"
        file.write_bytes(sqlite_store.read_bytes())
        database = connect(f"sqlite:///{file}")
        add(database, 2_000)
        database.close()
        _multiply(file, count // 2_000)
        made.append(f"sqlite:///{file}")
    return made


def _multiply(file: Path, times: int) -> None:
    """The same dossiers again, under other ids: nobody searches them, so they need not be found."""
    store = sqlite3.connect(file)
    names = [name for (name,) in store.execute("SELECT name FROM pragma_table_info('dossiers')")]
    for (trigger,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        store.execute(f"DROP TRIGGER {trigger}")
    ours = {"id": "id + 2000 * :at", "position": "position + 2000 * :at"}
    copied = ", ".join(ours.get(name, f'"{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    for at in range(1, times):
        store.execute(f"INSERT INTO dossiers ({listed}) SELECT {copied} FROM dossiers WHERE id <= 2000", {"at": at})
    store.commit()
    store.close()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("form", list(Format))
def test_memory_is_the_same_for_few_dossiers_and_for_many(stores: list[str], tmp_path: Path, form: Format) -> None:
    peaks = [_peak(url, tmp_path / str(at), form) for at, url in enumerate(stores)]
    print(form, peaks)
    assert peaks[1] - peaks[0] < _MORE, f"{form}: {peaks[0] >> 10} MiB for {_FEW}, {peaks[1] >> 10} MiB for {_MANY}"


def _peak(url: str, folder: Path, form: Format) -> int:
    database = connect(url)
    export_id = ask(database, client_of(database), Options(form), ["code", "applicant.name", "due_at"])
    process = begun(url, folder, 1_000, 20_000)
    export = ended(database, export_id, 500)
    assert export.records in (_FEW, _MANY)
    out, _ = process.communicate("", timeout=60)
    _forget(database)
    database.close()
    return int(out.split()[-1])


def _forget(database: Database) -> None:
    with database.write() as transaction:
        transaction.execute(table.delete())
