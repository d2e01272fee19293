"""Registering a connector tells whose procedures it will serve too, and refuses nothing."""

from datetime import UTC, datetime
from pathlib import Path

from hub.config.serving import named_procedures
from hub.record.connector_state import Life, Move
from hub.store import codes_seen, connectors, registrations
from hub.store.codes_seen import Seen
from hub.store.database import Database
from hub.store.registrations import Registration
from hub.store.versions import CONFIG
from tests.hub.config.registering import BY_AN, EMBEDDED, mapping, put, register, section

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def serves(database: Database, name: str, code: str) -> None:
    with database.write() as transaction:
        row = next((one for one in connectors.all_of(transaction) if one.name == name), None)
        if row is None:
            wanted = Registration(name, name, "rest", "000.00.15.H29", "x/y", 0, 3600, "")
            registrations.put(transaction, wanted, CONFIG, BY_AN, new=Life.ACTIVE)
            row = next(one for one in connectors.all_of(transaction) if one.name == name)
        codes_seen.note(transaction, row.id, {Seen("procedure", code): None}, NOW)


def of_procedure(code: str) -> str:
    """A mapping whose records are all of one procedure."""
    return mapping().replace("fields: {", f'fields: {{procedure.code: {{value: "{code}"}}, ', 1)


@EMBEDDED
def test_a_mapping_that_names_a_procedure_which_another_connector_serves_is_told(
    database: Database, tmp_path: Path
) -> None:
    serves(database, "mot-cua", "1.000656.000.00.00.H29")
    to = register(database, tmp_path)
    put(to, of_procedure("1.000656"))
    done = to.put_connector(to.read(section(), "so-thu.yaml"), BY_AN)
    said = (
        "Note: 1 procedure is served by other connectors too: 1.000656 (mot-cua); "
        "`hub catalogue duplicates` lists all. It can be used all the same."
    )
    assert said in done.note
    assert done.state is Life.DRAFT
    assert to.move("so-thu", Move.ACTIVATE, BY_AN).note == said


@EMBEDDED
def test_where_nobody_else_serves_it_nothing_is_said(database: Database, tmp_path: Path) -> None:
    serves(database, "mot-cua", "1.001193")
    to = register(database, tmp_path)
    put(to, of_procedure("1.000656"))
    assert "served by" not in to.put_connector(to.read(section(), "so-thu.yaml"), BY_AN).note
    assert to.move("so-thu", Move.ACTIVATE, BY_AN).note == ""


@EMBEDDED
def test_what_its_records_have_named_counts_when_it_is_activated_again(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    put(to, mapping())
    to.put_connector(to.read(section(), "so-thu.yaml"), BY_AN)
    serves(database, "so-thu", "2.000488")
    serves(database, "mot-cua", "2.000488")
    assert "2.000488 (mot-cua)" in to.move("so-thu", Move.ACTIVATE, BY_AN).note


def test_constants_defaults_and_tables_of_the_code_are_found() -> None:
    text = """
entity: dossier
fields:
  code: {value: "9.999999"}
  procedure.code: {from: loai, table: loai, default: "1.000001"}
tables:
  loai: {"a": "1.000002", "b": {"x": "1.000003", "y": 4}}
  khac: {"c": "1.000004"}
"""
    assert named_procedures(text) == {"1.000001", "1.000002", "1.000003"}
    inline = 'entity: dossier\nfields: {procedure.code: {from: a, table: {"a": "1.000005"}}}'
    assert named_procedures(inline) == {"1.000005"}


def test_what_is_no_mapping_of_dossiers_names_nothing() -> None:
    for text in (
        "",
        "- a",
        "entity: rating\nfields: {procedure.code: {value: X}}",
        "a: [",
        "entity: dossier\nfields: 5",
    ):
        assert named_procedures(text) == set()
    assert named_procedures("entity: dossier\nfields: {procedure.code: maThuTuc}") == set()
