"""The register: what is put into it, what is in use then, and what is refused."""

import threading
from pathlib import Path

import pytest

from connectors.contract import ConnectorType
from hub.config.recording import record
from hub.record.connector_state import Life, Move, NotThatMove
from hub.store import connectors, registrations, runs, versions
from hub.store.database import Database, connect
from hub.store.registrations import ManagedElsewhere, Unregistered
from hub.store.versions import HUB, Kind, NoSuchVersion, Outdated
from mappings.engine.yaml_source import Invalid
from tests.hub.config.registering import (
    BY_AN,
    EMBEDDED,
    configuration,
    mapping,
    on_the_shelf,
    put,
    register,
    section,
)


def texts(database: Database, kind: Kind, name: str) -> list[str]:
    return [row.text for row in versions.listed(database, kind, name)]


def state(database: Database, name: str = "so-thu") -> str:
    row = connectors.found(database, name)
    assert row is not None
    return row.state


@EMBEDDED
def test_a_new_connector_is_a_draft_kept_as_it_was_written(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    done = to.put_connector(to.read(section(), "so-thu.yaml"), BY_AN)
    assert (done.state, done.version and done.version.version) == (Life.DRAFT, 1)
    (version,) = versions.listed(database, Kind.CONNECTOR, "so-thu")
    assert (version.text, version.author, version.reason) == (section(), "an", "vì thử")
    assert connectors.active_names(database) == set()


@EMBEDDED
def test_a_draft_without_a_mapping_is_told_so_and_cannot_be_activated_until_there_is_one(
    database: Database, tmp_path: Path
) -> None:
    to = register(database, tmp_path)
    done = to.put_connector(to.read(section(), "so-thu.yaml"), BY_AN)
    assert done.note == 'It cannot be activated yet: there is no mapping "so-thu/ho-so".'
    with pytest.raises(Invalid, match=r'so-thu v1:5:10 there is no mapping "so-thu/ho-so"'):
        to.move("so-thu", Move.ACTIVATE, BY_AN)
    put(to, mapping())
    assert to.move("so-thu", Move.ACTIVATE, BY_AN).after is Life.ACTIVE


@EMBEDDED
def test_an_active_connector_is_not_given_a_mapping_that_is_not_there(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    for text in (mapping(), section()):
        put(to, text)
    to.move("so-thu", Move.ACTIVATE, BY_AN)
    with pytest.raises(Invalid, match=r'so-thu\.yaml:5:10 there is no mapping "so-thu/nowhere"'):
        put(to, section(mapping="so-thu/nowhere"))
    assert texts(database, Kind.CONNECTOR, "so-thu") == [section()]
    row = connectors.found(database, "so-thu")
    assert row is not None
    assert row.mapping == "so-thu/ho-so"


@EMBEDDED
def test_the_same_document_twice_is_one_version(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    put(to, section())
    assert to.put_connector(to.read(section(), "so-thu.yaml"), BY_AN).version is None
    assert len(texts(database, Kind.CONNECTOR, "so-thu")) == 1


def test_a_change_counts_at_once_and_a_rollback_is_one_version_more(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    changed = section(settings="{url: http://127.0.0.1:2/}")
    for text in (mapping(), section(), changed):
        put(to, text)
    assert to.connector("so-thu").version == 2
    assert to.connector("so-thu").connection.settings.model_dump()["url"] == "http://127.0.0.1:2/"
    to.rollback(Kind.CONNECTOR, "so-thu", 1, BY_AN)
    assert texts(database, Kind.CONNECTOR, "so-thu") == [section(), changed, section()]
    assert to.connector("so-thu").connection.settings.model_dump()["url"] == "http://127.0.0.1:1/"
    with pytest.raises(NoSuchVersion, match="has no version 9"):
        to.rollback(Kind.CONNECTOR, "so-thu", 9, BY_AN)


@EMBEDDED
def test_who_was_slower_is_told_and_changes_nothing(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    put(to, section())
    put(to, section(more="precedence: 5\n"))
    with pytest.raises(Outdated, match="this change is of version 1, in use is 2"):
        to.put_connector(to.read(section(more="precedence: 7\n"), "so-thu.yaml"), BY_AN, expected=1)
    row = connectors.found(database, "so-thu")
    assert row is not None
    assert row.precedence == 5


def test_of_two_who_change_the_same_version_at_once_one_is_told(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    put(register(database, tmp_path), section())
    together = threading.Barrier(2, timeout=30)
    outcomes: list[str] = []

    def change(number: int) -> None:
        mine = connect(database_url)
        to = register(mine, tmp_path)
        document = to.read(section(more=f"precedence: {number}\n"), "so-thu.yaml")
        together.wait()
        try:
            to.put_connector(document, BY_AN, expected=1)
            outcomes.append("put")
        except Outdated:
            outcomes.append("told")
        mine.close()

    threads = [threading.Thread(target=change, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["put", "told"]
    assert len(texts(database, Kind.CONNECTOR, "so-thu")) == 2


def test_two_who_register_the_same_name_at_once_make_one_connector(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    together = threading.Barrier(2, timeout=30)

    def register_it(number: int) -> None:
        mine = connect(database_url)
        to = register(mine, tmp_path)
        document = to.read(section(more=f"precedence: {number}\n"), "so-thu.yaml")
        together.wait()
        to.put_connector(document, BY_AN)
        mine.close()

    threads = [threading.Thread(target=register_it, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.version for row in versions.listed(database, Kind.CONNECTOR, "so-thu")] == [2, 1]


def test_a_pause_keeps_the_bookmark_gives_up_what_waits_and_says_who_and_why(
    database: Database, tmp_path: Path
) -> None:
    to = register(database, tmp_path)
    for text in (mapping(), section()):
        put(to, text)
    to.move("so-thu", Move.ACTIVATE, BY_AN)
    row = connectors.named(database, "so-thu")
    assert row is not None
    with database.write() as transaction:
        connectors.advance_bookmark(transaction, row.id, "here")
        run_id = runs.enqueue(transaction, row.id, "incremental", "hand", BY_AN.at)
    to.move("so-thu", Move.PAUSE, BY_AN)
    run, paused = runs.get(database, run_id), connectors.named(database, "so-thu")
    assert run is not None
    assert paused is not None
    assert (run.state, run.sentence) == ("interrupted", "so-thu is paused: vì thử. Nothing was read.")
    assert (paused.bookmark, runs.queued(database)) == ("here", [])
    assert to.move("so-thu", Move.PAUSE, BY_AN).before is Life.PAUSED  # asked twice
    steps = [(move.before, move.after, move.author) for move in registrations.moves_of(database, "so-thu")]
    assert steps == [("active", "paused", "an"), ("draft", "active", "an"), (None, "draft", "an")]


def test_a_run_that_is_queued_while_a_connector_rests_waits_until_it_goes_on(
    database: Database, tmp_path: Path
) -> None:
    to = register(database, tmp_path)
    for text in (mapping(), section()):
        put(to, text)
    row = connectors.named(database, "so-thu")
    assert row is not None
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "incremental", "hand", BY_AN.at)
    assert runs.queued(database) == []
    to.move("so-thu", Move.ACTIVATE, BY_AN)
    assert runs.queued(database) == [(run_id, "so-thu")]


@EMBEDDED
def test_a_retired_connector_is_listed_only_when_asked_for_and_comes_back(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    for text in (mapping(), section()):
        put(to, text)
    to.move("so-thu", Move.RETIRE, BY_AN)
    assert connectors.listed(database) == []
    assert [row.state for row in connectors.listed(database, retired=True)] == [Life.RETIRED]
    with pytest.raises(NotThatMove, match="so-thu is retired, so there is nothing to pause; it can: activate"):
        to.move("so-thu", Move.PAUSE, BY_AN)
    to.move("so-thu", Move.ACTIVATE, BY_AN)
    assert state(database) == Life.ACTIVE


@EMBEDDED
def test_what_is_not_there_is_said_with_what_is(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    put(to, section())
    for ask in (to.connector, to.standing, to.exported):
        with pytest.raises(Unregistered, match="there is no connector 'so-thuu'; registered: so-thu"):
            ask("so-thuu")


@EMBEDDED
def test_a_broken_document_is_refused_with_its_lines_and_nothing_is_registered(
    database: Database, tmp_path: Path
) -> None:
    to = register(database, tmp_path)
    for text, says in (
        (section(settings="{ulr: x}"), 'so-thu.yaml:6:12 unknown key "ulr"; did you mean "url"?'),
        (section(name="Sở Thử"), "so-thu.yaml:1:7"),
        (section().replace("type: quiet", "type: loud"), "so-thu.yaml:3:7 no connector type `loud` is installed"),
        (section(settings="{url: '${secret:nope}'}"), "the hub keeps no secret nope; `hub secret set nope` takes it"),
        (section(settings='{url: "a\\0b"}'), "a text holds a NUL or half of a surrogate pair; leave it out"),
        ("- a\n", "is not a group"),
        ("", "is not a group"),
    ):
        with pytest.raises(Invalid) as caught:
            put(to, text)
        assert says in str(caught.value), text
    assert connectors.listed(database, retired=True) == []


@EMBEDDED
class TestMappings:
    def test_the_hubs_own_goes_before_the_file_for_connectors_of_the_hub(
        self, database: Database, tmp_path: Path
    ) -> None:
        on_the_shelf(tmp_path, mapping(code="trongTep"))
        to = register(database, tmp_path)
        put(to, section())
        by_file = to.connector("so-thu").readable().fingerprint
        put(to, mapping(code="trongKho"))
        assert to.connector("so-thu").readable().fingerprint != by_file
        assert to.in_use.mapping("so-thu/ho-so", "config").fingerprint == by_file

    def test_runs_read_by_what_was_recorded_and_whoever_works_on_a_file_by_the_file(
        self, database: Database, tmp_path: Path
    ) -> None:
        on_the_shelf(tmp_path, mapping())
        to = register(database, tmp_path)
        put(to, section())
        recorded = to.connector("so-thu").readable()
        on_the_shelf(tmp_path, mapping(code="khac"))
        assert to.connector("so-thu").readable().fingerprint == recorded.fingerprint
        assert to.in_use.connector("so-thu", newest_files=True).readable().fingerprint != recorded.fingerprint

    def test_a_broken_one_is_refused_with_its_lines(self, database: Database, tmp_path: Path) -> None:
        with pytest.raises(Invalid, match=r'mapping\.yaml:5:10 "coed" is not a field'):
            put(register(database, tmp_path), mapping().replace("code:", "coed:"))

    def test_it_is_rolled_back_like_a_connector(self, database: Database, tmp_path: Path) -> None:
        to = register(database, tmp_path)
        for text in (mapping(), mapping(code="khac")):
            put(to, text)
        to.rollback(Kind.MAPPING, "so-thu/ho-so", 1, BY_AN)
        assert texts(database, Kind.MAPPING, "so-thu/ho-so") == [mapping(), mapping(code="khac"), mapping()]

    def test_the_tables_beside_a_file_become_part_of_what_is_kept(self, database: Database, tmp_path: Path) -> None:
        path = on_the_shelf(tmp_path, mapping().replace("{value: processing}", "{from: tt, table: status}"))
        path.with_name("tables.yaml").write_text("# bảng\nstatus: {Mới: accepted}\n", encoding="utf-8")
        to = register(database, tmp_path)
        by_file = to.in_use.shelves.mapping("so-thu/ho-so", to.in_use.targets)
        put(to, section())
        (kept,) = texts(database, Kind.MAPPING, "so-thu/ho-so")
        assert kept.endswith("\ntables:\n  # bảng\n  status: {Mới: accepted}\n")
        assert to.connector("so-thu").readable().fingerprint == by_file.fingerprint


class TestConfigYaml:
    def test_its_sections_are_active_versions_and_leave_with_it(self, database: Database, tmp_path: Path) -> None:
        on_the_shelf(tmp_path, mapping())
        to = register(database, tmp_path)
        for _ in range(2):  # a restart changes nothing
            record(configuration(tmp_path, section()), to.in_use.shelves, to.in_use.targets, database)
        assert state(database) == Life.ACTIVE
        (version,) = versions.listed(database, Kind.CONNECTOR, "so-thu")
        assert (version.author, version.managed_by) == ("config.yaml", "config")
        assert to.connector("so-thu").section.title == "Sở Thử nghiệm"
        assert len(texts(database, Kind.MAPPING, "so-thu/ho-so")) == 1
        record(configuration(tmp_path), to.in_use.shelves, to.in_use.targets, database)
        assert state(database) == Life.RETIRED
        record(configuration(tmp_path, section()), to.in_use.shelves, to.in_use.targets, database)
        assert state(database) == Life.ACTIVE

    def test_it_can_be_paused_which_lasts_through_a_restart_and_not_changed(
        self, database: Database, tmp_path: Path
    ) -> None:
        on_the_shelf(tmp_path, mapping())
        to = register(database, tmp_path)
        record(configuration(tmp_path, section()), to.in_use.shelves, to.in_use.targets, database)
        to.move("so-thu", Move.PAUSE, BY_AN)
        record(configuration(tmp_path, section(more="precedence: 3\n")), to.in_use.shelves, to.in_use.targets, database)
        assert (state(database), to.connector("so-thu").section.precedence) == (Life.PAUSED, 3)
        for change in (
            lambda: put(to, section()),
            lambda: to.move("so-thu", Move.RETIRE, BY_AN),
            lambda: to.move("so-thu", Move.ACTIVATE, BY_AN),
            lambda: to.rollback(Kind.CONNECTOR, "so-thu", 1, BY_AN),
        ):
            with pytest.raises((ManagedElsewhere, NotThatMove)) as caught:
                change()
            if isinstance(caught.value, ManagedElsewhere):
                assert str(caught.value) == "so-thu is managed by config.yaml: change it there"
        assert to.move("so-thu", Move.RESUME, BY_AN).after is Life.ACTIVE

    def test_a_name_that_the_hub_manages_is_refused_with_its_line(self, database: Database, tmp_path: Path) -> None:
        to = register(database, tmp_path)
        put(to, section())
        with pytest.raises(Invalid, match=r"config\.yaml:3:11 so-thu is managed by the hub"):
            record(configuration(tmp_path, section()), to.in_use.shelves, to.in_use.targets, database)
        assert state(database) == Life.DRAFT

    def test_what_left_it_can_be_taken_over_with_its_bookmark(self, database: Database, tmp_path: Path) -> None:
        on_the_shelf(tmp_path, mapping())
        to = register(database, tmp_path)
        record(configuration(tmp_path, section()), to.in_use.shelves, to.in_use.targets, database)
        row = connectors.found(database, "so-thu")
        assert row is not None
        with database.write() as transaction:
            connectors.advance_bookmark(transaction, row.id, "here")
        record(configuration(tmp_path), to.in_use.shelves, to.in_use.targets, database)
        put(to, section())
        to.move("so-thu", Move.ACTIVATE, BY_AN)
        record(configuration(tmp_path), to.in_use.shelves, to.in_use.targets, database)
        after = connectors.found(database, "so-thu")
        assert after is not None
        assert (after.state, after.managed_by, after.bookmark) == (Life.ACTIVE, HUB, "here")

    def test_its_mapping_is_changed_in_its_file(self, database: Database, tmp_path: Path) -> None:
        on_the_shelf(tmp_path, mapping())
        to = register(database, tmp_path)
        record(configuration(tmp_path, section()), to.in_use.shelves, to.in_use.targets, database)
        with pytest.raises(ManagedElsewhere, match="the mapping so-thu/ho-so of so-thu is managed by its file"):
            put(to, mapping(code="khac"))

    def test_one_broken_mapping_file_keeps_its_version_and_stops_no_other(
        self, database: Database, tmp_path: Path
    ) -> None:
        path = on_the_shelf(tmp_path, mapping())
        to = register(database, tmp_path)
        record(configuration(tmp_path, section()), to.in_use.shelves, to.in_use.targets, database)
        for broken in ("fields: [", mapping().replace("code:", "coed:")):
            path.write_text(broken)
            record(configuration(tmp_path, section()), to.in_use.shelves, to.in_use.targets, database)
        assert texts(database, Kind.MAPPING, "so-thu/ho-so") == [mapping()]


@EMBEDDED
def test_a_type_that_is_no_longer_installed_breaks_its_connector_alone(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    for text in (mapping(), section(), section(name="so-khac").replace("type: quiet", "type: gone")):
        if "gone" in text:
            given: dict[str, ConnectorType] = to.in_use.registry.given  # type: ignore[assignment]
            given["gone"] = given["quiet"]
            put(to, text)
            del given["gone"]
        else:
            put(to, text)
    with pytest.raises(Invalid, match="so-khac v1:3:7 no connector type `gone` is installed"):
        to.connector("so-khac")
    assert to.standing("so-khac").row.type == "gone"
    assert to.connector("so-thu").mapping is not None
