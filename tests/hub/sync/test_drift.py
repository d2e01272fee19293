"""A department's records and description change: what is noticed, what is told, and what the policy does about it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors import contract
from connectors.contract import Connector, Record, Retry
from connectors.errors import Unavailable
from hub.record.signature import Signature
from hub.store import connectors, dossiers, runs, secrets
from hub.store.connectors import ConnectorRow
from hub.store.database import Database, connect
from hub.store.runs import RunRow
from hub.store.schema import upgrade
from hub.sync import watch
from hub.sync.drift import ENOUGH, Look, OnDrift, Policy, Shape
from hub.sync.run import execute
from hub.sync.source import Source
from mappings.engine.reading import Mapping
from tests.hub.sync.fixtures import Listing, mapping, registered, source

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
FIELDS_STOP, DESCRIPTION_STOP = OnDrift(fields=Policy.STOP), OnDrift(description=Policy.STOP)


def look(known: Shape | None, records: list[dict[str, Any]]) -> Look:
    looked = Look(known)
    for one in records:
        looked.record(Record("1", one, b""))
    return looked


def learnt(*records: dict[str, Any]) -> Shape:
    shape = look(None, list(records)).accepted()
    assert shape is not None
    return shape


KNOWN = learnt({"ma": "1", "phi": 5, "ho": {"ten": "A"}}, {"ma": "2", "phi": 6, "ho": {"ten": "B"}, "ghiChu": "x"})


def test_what_is_learnt_says_which_fields_are_always_there() -> None:
    assert KNOWN == {"ma": "text", "phi": "number", "ho": "object", "ho.ten": "text", "ghiChu": "text?"}


def test_nothing_is_said_while_it_learns_and_nothing_of_what_is_known() -> None:
    assert look(None, [{"ma": 1}, {"ma": "1"}]).differences() == []
    assert look(KNOWN, [{"ma": "3", "phi": 7, "ho": {"ten": "C"}}] * ENOUGH).differences() == []


def test_a_new_field_is_named_and_a_group_by_itself_alone() -> None:
    record = {"ma": "3", "phi": 7, "ho": {"ten": "C"}, "kenh": {"ma": 1, "ten": "online"}}
    found = look(KNOWN, [record])
    assert found.differences() == ["its records have fields that they did not have before: `kenh`"]
    again = look(found.accepted(), [record])
    assert again.differences() == []


def test_a_field_is_missing_when_enough_records_in_a_row_lack_it_over_any_number_of_runs() -> None:
    shape: Shape | None = KNOWN
    without = {"ma": "3", "ho": {"ten": "C"}}
    for _ in range(ENOUGH - 1):
        found = look(shape, [without])
        assert found.differences() == []
        shape = found.accepted()
    found = look(shape, [without])
    assert found.differences() == ["fields that every record had are missing: `phi`"]
    assert "phi" not in (found.accepted() or {})
    assert look(found.accepted(), [without] * ENOUGH).differences() == []


def test_a_field_that_comes_back_before_that_was_left_out_by_chance() -> None:
    without, withit = {"ma": "3", "ho": {"ten": "C"}}, {"ma": "3", "phi": 1, "ho": {"ten": "C"}}
    shape = look(KNOWN, [without] * (ENOUGH - 1)).accepted()
    shape = look(shape, [withit, without]).accepted()
    assert (shape or {})["phi"] == "number?"
    assert look(shape, [without] * 2 * ENOUGH).differences() == []


def test_a_field_that_some_records_never_had_is_not_missed() -> None:
    assert look(KNOWN, [{"ma": "3", "phi": 1, "ho": {"ten": "C"}}] * 100).differences() == []


def test_one_record_that_has_the_field_is_enough_wherever_it_stands() -> None:
    records = [{"ma": "3", "ho": {"ten": "C"}}] * 150 + [{"ma": "3", "phi": 1, "ho": {"ten": "C"}}]
    assert look(KNOWN, records).differences() == []


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([{"ten": "A"}], "`ho (a list instead of a group)`"),
        ("Nguyễn Thị Mơ", "`ho (text instead of a group)`"),
    ],
)
def test_a_group_that_becomes_a_list_or_a_text_is_told_at_first_sight(value: Any, said: str) -> None:
    assert look(KNOWN, [{"ma": "3", "phi": 1, "ho": value}]).differences() == [
        f"fields hold something else than before: {said}"
    ]


def test_a_text_instead_of_a_number_is_told_when_it_is_no_accident() -> None:
    record = {"ma": "3", "phi": "50.000 đ", "ho": {"ten": "C"}}
    assert look(KNOWN, [record]).differences() == []
    found = look(KNOWN, [record] * 3)
    assert found.differences() == ["fields hold something else than before: `phi (text instead of a number)`"]
    assert look(found.accepted(), [record] * 3).differences() == []


@pytest.mark.parametrize("odd", [None, "", [], {}])
def test_an_empty_value_is_no_other_kind(odd: Any) -> None:
    assert look(KNOWN, [{"ma": "3", "phi": odd, "ho": odd}] * (ENOUGH - 1)).differences() == []


def test_a_shape_is_bounded_and_then_silent() -> None:
    shape = learnt({f"f{at}": at for at in range(5000)})
    assert len(shape) == 300
    assert look(shape, [{f"g{at}": at for at in range(10)}]).differences() == []


def test_of_many_new_fields_a_few_are_named() -> None:
    (said,) = look(KNOWN, [{"ma": "1", **{f"f{at:02}": 1 for at in range(30)}}]).differences()
    assert said.endswith("`f07` and 22 more")


def test_a_shape_reads_back_as_it_was_written() -> None:
    shape: Shape = {"a": "number|text", "b": "text?", "c": "text-7", "d": "", "e": "?"}
    assert look(shape, []).accepted() == shape


@dataclass
class Department:
    """A listing whose line also knows what it was described as, and what will end."""

    listing: Listing
    described_as: str | None = None
    warnings: tuple[contract.Warning, ...] = ()

    @contextmanager
    def open(self, retry: Retry) -> Iterator[Connector]:
        with self.listing.open(retry) as line:
            yield _Line(line, self)


@dataclass
class _Line:
    line: Connector
    department: Department

    def check(self) -> Iterator[str]:
        return self.line.check()

    def pull(self, since: str | None) -> Iterator[Any]:
        return self.line.pull(since)

    def described_as(self) -> str | None:
        return self.department.described_as

    def warnings(self) -> tuple[contract.Warning, ...]:
        return self.department.warnings


class Hub:
    """One connector, run at a time of our own."""

    def __init__(self, database: Database, reads: Mapping) -> None:
        registered(database, "a")
        self.database, self.reads, self.now = database, reads, NOW

    def row(self) -> ConnectorRow:
        row = connectors.named(self.database, "a")
        assert row is not None
        return row

    def run(self, department: Department, on_drift: OnDrift | None = None, **more: Any) -> RunRow:
        made = replace(source("a", department.listing, self.reads), open=department.open, **more)
        made = replace(made, on_drift=on_drift or OnDrift())
        return self.do(made)

    def do(self, made: Source) -> RunRow:
        with self.database.write() as transaction:
            run_id = runs.enqueue(transaction, self.row().id, "full", "hand", self.now)
        assert execute(self.database, made, run_id, "test", threading.Event(), now=lambda: self.now)
        ended = runs.get(self.database, run_id)
        assert ended is not None
        return ended

    def accept(self) -> None:
        with self.database.write() as transaction:
            watch.accept(transaction, "a", Signature("an operator", "", self.now))

    def warnings(self) -> list[str]:
        return [one["sentence"] for one in self.row().warnings or []]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    database = connect(f"sqlite:///{tmp_path / 'hub.db'}")
    upgrade(database)
    yield Hub(database, mapping(tmp_path))
    database.close()


def record(key: int, **more: Any) -> dict[str, Any]:
    return {"id": key, "code": f"000.00.15.H29-260520-{key:04}", "status": "open"} | more


def department(*records: dict[str, Any], **more: Any) -> Department:
    return Department(Listing([[one] for one in records]), **more)


NEW = "its records have fields that they did not have before: `kenh`."


def test_the_first_run_learns_and_says_nothing(hub: Hub) -> None:
    run = hub.run(department(record(1), record(2, note="x"), described_as="one"), FIELDS_STOP)
    assert (run.state, run.notes) == ("succeeded", [])
    assert (hub.row().shape or {})["note"] == "text?"
    assert (hub.row().described_as, hub.row().warnings) == ("one", None)


def test_drift_is_told_in_the_run_and_at_the_connector_and_then_taken_as_it_is(hub: Hub) -> None:
    hub.run(department(record(1)))
    run = hub.run(department(record(1), record(2, kenh="online")))
    assert (run.state, run.notes) == ("succeeded", [{"code": "drift", "sentence": NEW}])
    assert hub.warnings() == [NEW]
    assert hub.run(department(record(1), record(2, kenh="online"), record(3, kenh="post"))).notes == []
    assert hub.warnings() == [NEW]
    hub.now += timedelta(days=8)
    hub.run(department(record(1)))
    assert hub.warnings() == []


def test_go_on_takes_it_and_says_nothing(hub: Hub) -> None:
    hub.run(department(record(1), described_as="one"))
    silent = OnDrift(Policy.GO_ON, Policy.GO_ON)
    run = hub.run(department(record(2, kenh="online"), described_as="two"), silent)
    assert (run.notes, hub.warnings()) == ([], [])
    assert hub.run(department(record(3, kenh="online"), described_as="two")).notes == []


def test_stop_ends_the_run_before_such_a_page_is_stored_until_a_person_accepts(hub: Hub) -> None:
    hub.run(department(record(1)))
    changed = department(record(2), record(3, kenh="online"), record(4))
    for _ in range(2):
        run = hub.run(changed, FIELDS_STOP)
        assert (run.state, run.error_code) == ("failed", "drift")
        assert dossiers.totals(hub.database).dossiers == 2
    assert run.hint is not None
    assert "`hub connector accept a`" in run.hint
    assert hub.row().open_until is not None
    hub.accept()
    assert (hub.row().open_until, hub.row().failures) == (None, 0)
    assert hub.run(changed, FIELDS_STOP).state == "succeeded"
    assert hub.run(changed, FIELDS_STOP).state == "succeeded"
    assert dossiers.totals(hub.database).dossiers == 4


def test_a_record_that_cannot_be_read_any_more_is_looked_at_too(hub: Hub) -> None:
    hub.run(department(record(1)))
    assert hub.run(department(record(2, code={"so": 1})), FIELDS_STOP).error_code == "drift"


def test_another_description_is_told_or_stops_the_run_before_anything_is_stored(hub: Hub) -> None:
    hub.run(department(record(1), described_as="one"))
    stopped = hub.run(department(record(2), described_as="two"), DESCRIPTION_STOP)
    assert (stopped.error_code, dossiers.totals(hub.database).dossiers) == ("drift", 1)
    assert hub.row().described_as == "one"
    told = hub.run(department(record(2), described_as="two"))
    assert told.notes[0]["sentence"].startswith("the description of its interface (WSDL, OpenAPI) is not the one")
    assert hub.row().described_as == "two"
    assert hub.run(department(record(2), described_as="two"), DESCRIPTION_STOP).state == "succeeded"
    assert hub.run(department(record(2)), DESCRIPTION_STOP).state == "succeeded"  # nothing was read of it this time


def test_accepting_takes_another_description(hub: Hub) -> None:
    hub.run(department(described_as="one"), DESCRIPTION_STOP)
    assert hub.run(department(described_as="two"), DESCRIPTION_STOP).state == "failed"
    hub.accept()
    assert hub.run(department(described_as="two"), DESCRIPTION_STOP).state == "succeeded"


def ends(days: float, what: str = "the certificate") -> contract.Warning:
    return contract.Warning("server_certificate_ends", f"{what} is valid until …", NOW + timedelta(days=days))


def test_what_ends_soon_is_told_and_what_ends_late_is_not(hub: Hub) -> None:
    both = (ends(29, "this"), ends(31, "that"), ends(-1, "the third"))
    hub.run(department(record(1), warnings=both))
    assert hub.warnings() == ["this is valid until …", "the third is valid until …"]
    hub.run(department(record(1), warnings=both), warn_before=timedelta(days=32))
    assert len(hub.warnings()) == 3
    hub.run(department(record(1)))
    assert hub.warnings() == []


def test_a_run_that_breaks_off_tells_what_it_knows_and_forgets_nothing(hub: Hub) -> None:
    hub.run(department(record(1), warnings=(ends(5, "this"),)))

    def fail(_: int) -> None:
        raise Unavailable("no answer", hint="")

    hub.run(Department(Listing([[record(1)]], before_page=fail), warnings=(ends(6, "that"),)))
    assert hub.warnings() == ["this is valid until …", "that is valid until …"]


def test_a_first_run_that_breaks_off_learns_nothing_from_too_little(hub: Hub) -> None:
    def fail(number: int) -> None:
        if number:
            raise Unavailable("no answer", hint="")

    hub.run(Department(Listing([[record(1)], [record(2)]], before_page=fail)))
    assert hub.row().shape is None


def test_the_day_on_which_a_secret_ends_is_told(hub: Hub) -> None:
    keyring = secrets.Keyring.of(secrets.new_key(), "the test")
    with hub.database.write() as transaction:
        for name, day in (("stp", NOW.date() + timedelta(days=3)), ("other", NOW.date()), ("never", None)):
            secrets.put(transaction, keyring, name, "never-shown", day, NOW)
    hub.run(department(record(1)), secrets=("stp", "never"))
    assert hub.warnings() == ["the secret `stp` is valid until 26/11/2026, as its owner said"]
    assert "never-shown" not in repr(hub.row())
