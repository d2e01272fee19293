"""The kept catalogues: what a code means on a day, on both databases."""

from datetime import UTC, date, datetime

import pytest

from hub.record.catalogue_reading import read_agency, read_procedure
from hub.store import catalogue
from hub.store.catalogue import AGENCIES, FROM_FILE, PROCEDURES, Kept
from hub.store.database import Database
from tests.hub.sync.fixtures import registered

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TODAY = date(2026, 11, 22)
JUSTICE = {"code": "H29.15", "name": "Sở Tư pháp", "aliases": [{"code": "000.00.15.H29", "effective_to": "2026-12-31"}]}


def _agency(values, key=None):
    read, faults = read_agency(values)
    assert not faults
    return Kept(key or read.code, read.code, read.name, read.valid, values)


def _procedure(values, key=None):
    read, faults = read_procedure(values)
    assert not faults
    return Kept(key or read.code, read.code, read.name, read.valid, values)


def test_an_agency_is_found_by_its_code_and_by_an_alias_on_its_days(database: Database) -> None:
    with database.write() as transaction:
        catalogue.write(transaction, AGENCIES, FROM_FILE, [_agency(JUSTICE)], NOW)
    with database.read() as connection:
        assert catalogue.agency_on(connection, "h29.15 ", TODAY).name == "Sở Tư pháp"
        assert catalogue.agency_on(connection, "000.00.15.H29", TODAY).code == "H29.15"
        assert catalogue.agency_on(connection, "000.00.15.H29", date(2027, 1, 1)) is None
        assert catalogue.find_agency_on(connection, "000.00.15.H29", date(2027, 1, 1)).elsewhen
        assert catalogue.agency_on(connection, "%", TODAY) is None


def test_a_procedure_in_force_is_found_also_by_its_local_form(database: Database) -> None:
    old = {"code": "1.000656", "name": "Cũ", "effective_to": "2025-06-30", "term": 3, "term_unit": "working_days"}
    new = {"code": "1.000656", "name": "Mới", "effective_from": "2025-07-01", "supplement_policy": "from_complete"}
    with database.write() as transaction:
        kept = [_procedure(old, "old"), _procedure(new, "new")]
        catalogue.write(transaction, PROCEDURES, FROM_FILE, kept, NOW)
    with database.read() as connection:
        found = catalogue.procedure_on(connection, "1.000656.000.00.00.H29", date(2025, 6, 30))
        assert (found.name, found.term, found.term_unit) == ("Cũ", 3, "working_days")
        assert catalogue.procedure_on(connection, "1.000656", TODAY).supplement_policy == "from_complete"


@pytest.mark.parametrize("by_file", [True, False])
def test_a_file_goes_before_systems_and_a_preferred_system_before_others(database: Database, by_file: bool) -> None:
    rows = registered(database, "weak", "strong", precedence={"strong": 5})
    with database.write() as transaction:
        for name in rows:
            kept = [_procedure({"code": "1.000001", "name": name})]
            catalogue.write(transaction, PROCEDURES, name, kept, NOW, rows[name].id)
        if by_file:
            catalogue.write(transaction, PROCEDURES, FROM_FILE, [_procedure({"code": "1.000001", "name": "tệp"})], NOW)
    with database.read() as connection:
        found = catalogue.procedure_on(connection, "1.000001", TODAY)
        assert found.name == ("tệp" if by_file else "strong")
        assert found.origin == (FROM_FILE if by_file else "strong")
        names = [one.name for one in catalogue.entries(connection, PROCEDURES)]
    assert names == (["tệp"] if by_file else []) + ["strong", "weak"]


def test_an_entry_that_is_written_again_is_one(database: Database) -> None:
    with database.write() as transaction:
        for _ in range(2):
            catalogue.write(transaction, AGENCIES, FROM_FILE, [_agency(JUSTICE)], NOW)
        assert list(catalogue.stored(transaction, AGENCIES, FROM_FILE)) == ["H29.15"]
        catalogue.remove(transaction, AGENCIES, FROM_FILE, ["H29.15"])
        assert catalogue.entries(transaction, AGENCIES) == []


@pytest.mark.parametrize("written", ["h29-old1", "h29-old 1", "H29-OLD1"])
def test_an_alias_is_found_however_file_and_record_write_it_as_long_as_the_entry_has_it(
    database: Database, written: str
) -> None:
    named = {"code": "H29.15", "name": "Sở Tư pháp", "aliases": [{"code": written}, {"code": "H29-OLD"}]}
    with database.write() as transaction:
        catalogue.write(transaction, AGENCIES, FROM_FILE, [_agency(named)], NOW)
    with database.read() as connection:
        assert catalogue.agency_on(connection, "h29-Old1", TODAY).code == "H29.15"
        assert catalogue.agency_on(connection, "H29-OLD_", TODAY) is None
    with database.write() as transaction:
        catalogue.write(transaction, AGENCIES, FROM_FILE, [_agency(JUSTICE)], NOW)
        assert catalogue.agency_on(transaction, "H29-OLD1", TODAY) is None
        assert catalogue.agency_on(transaction, "H29.15", TODAY).name == "Sở Tư pháp"
        catalogue.remove(transaction, AGENCIES, FROM_FILE, ["H29.15"])
        assert catalogue.agency_on(transaction, "H29.15", TODAY) is None
