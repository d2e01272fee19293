"""An export is every dossier of its filter that there was, each once, as far as its client sees."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from hub.outbox.exports import allowed, parts
from hub.outbox.exports.exporter import Exporter
from hub.outbox.exports.options import Dialect, Format, Options
from hub.record.grant import EVERYTHING, Grant, Group, Sight
from hub.store import catalogue, clients, exports
from hub.store.catalogue import AGENCIES, FROM_FILE
from hub.store.clients import Role, Wanted
from hub.store.database import Database
from hub.store.exports import ExportState, TooManyUnfinished
from hub.store.tables import dossiers
from tests.hub.outbox.exports.dossiers import add, values_of
from tests.hub.outbox.exports.exporting import (
    Noted,
    ask,
    client_of,
    ended,
    file_of,
    written,
)
from tests.hub.outbox.exports.reading import all_codes, codes, codes_in, exporter_that, until
from tests.hub.store.test_catalogue import _agency

NDJSON = Options(Format.NDJSON)
pytestmark = pytest.mark.usefixtures("small_pages")


def _agencies(database: Database, **parents: str) -> None:
    """Which agency is below which."""
    with database.write() as transaction:
        rows = [{"code": f"000.00.{code[1:]}.H29", "name": "Sở", "parent_code": of} for code, of in parents.items()]
        found = [_agency(each) for each in rows]
        catalogue.write(transaction, AGENCIES, FROM_FILE, found, datetime.now(UTC))


def test_it_is_every_dossier_of_the_filter_once(database: Database, folder: Path) -> None:
    add(database, 95)
    noted = Noted()
    export = written(database, folder, ask(database, client_of(database), NDJSON), noted)
    assert codes(file_of(folder, export)) == all_codes(95)
    assert export.records == 95
    assert len(noted.ids) == 95
    half = written(database, folder, ask(database, client_of(database), NDJSON, agency="000.00.15.H29"))
    assert codes(file_of(folder, half)) == all_codes(95)[::2]


@pytest.mark.parametrize("form", list(Format))
def test_every_format_has_the_same_dossiers(database: Database, folder: Path, form: Format) -> None:
    add(database, 50)
    options = Options(form, dialect=Dialect.PLAIN)
    place = file_of(folder, written(database, folder, ask(database, client_of(database), options)))
    assert codes_in(place, form) == all_codes(50)


@pytest.mark.parametrize("form", [Format.NDJSON, Format.CSV])
def test_compressed_parts_are_one_file(database: Database, folder: Path, form: Format) -> None:
    add(database, 50)
    place = file_of(folder, written(database, folder, ask(database, client_of(database), Options(form, True))))
    assert gzip.decompress(place.read_bytes()).count(b"\n") == 50 + (form is Format.CSV)


def test_what_comes_after_it_was_asked_for_is_not_in_it_but_in_the_feed(database: Database, folder: Path) -> None:
    add(database, 30)
    export_id = ask(database, client_of(database), NDJSON)
    add(database, 5, first=30)
    export = written(database, folder, export_id)
    assert codes(file_of(folder, export)) == all_codes(30)
    with database.read() as connection:
        later = connection.execute(select(dossiers.c.code).where(dossiers.c.position > export.position)).scalars()
        assert set(later) == set(all_codes(5, first=30))


def test_it_shows_what_the_grant_shows_and_no_more(database: Database, folder: Path) -> None:
    add(database, 10)
    grant = Grant(agencies=("000.00.15.H29",), sights={Group.NAME: Sight.MASKED})
    export = written(database, folder, ask(database, client_of(database, grant=grant), NDJSON))
    items = [orjson.loads(line) for line in file_of(folder, export).read_bytes().splitlines()]
    assert [item["code"] for item in items] == all_codes(10)[::2]
    assert "000" not in str(items[0]["applicant"])
    assert "Nguyễn" not in str(items)


def test_chosen_fields_are_all_that_is_in_it(database: Database, folder: Path) -> None:
    add(database, 3)
    export = written(database, folder, ask(database, client_of(database), NDJSON, ["code", "fees"]))
    item = orjson.loads(file_of(folder, export).read_bytes().splitlines()[0])
    assert item["fees"] == values_of(0)["fees"]
    assert "applicant" not in item


def test_operators_exports_are_of_their_role(database: Database, folder: Path) -> None:
    add(database, 3)
    with database.write() as transaction:
        clients.put(transaction, Wanted("quan-tri", Role.READ), datetime.now(UTC))
    reader = clients.named(database, "quan-tri")
    assert reader is not None
    export = written(database, folder, ask(database, reader, NDJSON))
    assert codes(file_of(folder, export)) == all_codes(3)


def test_a_file_is_of_the_agencies_that_there_were_and_of_none_that_went(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, 40)
    city = "000.00.00.H29"
    _agencies(database, a00="", a15=city)
    client = client_of(database, grant=Grant(agencies=(city,), sights=EVERYTHING.sights))
    export_id = ask(database, client, NDJSON)
    _agencies(database, a19=city)
    export = written(database, folder, export_id)
    assert codes(file_of(folder, export)) == all_codes(40)[::2]  # whatever came below the city since
    assert allowed.still(database, client, export)
    _agencies(database, a15="")
    assert not allowed.still(database, client, export)
    export_id = ask(database, client, NDJSON)
    exporter = exporter_that(database, folder, monkeypatch, lambda _one: _agencies(database, a19=""))
    monkeypatch.setattr(parts, "_RECORDS", 7)
    exporter.start()
    assert ended(database, export_id).state is ExportState.FAILED
    exporter.stop()


def test_a_grant_that_shrinks_ends_an_export_that_is_being_written(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, 90)
    export_id = ask(database, client_of(database), NDJSON)
    smaller = Grant(agencies=("000.00.15.H29",), level=EVERYTHING.level, sights=EVERYTHING.sights)
    exporter = exporter_that(database, folder, monkeypatch, lambda _one: client_of(database, grant=smaller))
    exporter.start()
    export = ended(database, export_id)
    exporter.stop()
    assert export.state is ExportState.FAILED
    assert "grant" in (export.sentence or "")
    assert not list(folder.iterdir())


def test_a_client_that_is_removed_takes_its_exports_with_it(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, 90)
    export_id = ask(database, client_of(database), NDJSON)

    def forget(_one: Exporter) -> None:
        with database.write() as transaction:
            clients.remove(transaction, "cong-dvc")

    exporter = exporter_that(database, folder, monkeypatch, forget)
    exporter.start()
    until(lambda: exports.get(database, export_id) is None and not list(folder.iterdir()))
    exporter.stop()


def test_a_client_waits_for_three_at_most(database: Database, folder: Path) -> None:
    client, other = client_of(database), client_of(database, "so-tu-phap")
    made = [ask(database, client, NDJSON) for _ in range(3)]
    with pytest.raises(TooManyUnfinished):
        ask(database, client, NDJSON)
    ask(database, other, NDJSON)
    exports.cancel(database, made[0], "Cancelled.", datetime.now(UTC))
    ask(database, client, NDJSON)
