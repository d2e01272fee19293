"""Facts: what is gathered from real rows, on both databases."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert, update

from hub.alerts import judging
from hub.alerts.facts import Surroundings, gather
from hub.alerts.kinds import Rule
from hub.alerts.thresholds import Thresholds
from hub.store import alert_facts, alerts, connectors, runs
from hub.store.database import Database
from hub.store.secrets import SecretsLocked
from hub.store.tables import connectors as connectors_table
from hub.store.watching_tables import run_hours
from tests.hub.alerts.world import MINUTE, NOW, policy, registered

HOUR = timedelta(hours=1)


def row_id(database: Database, name: str) -> int:
    row = connectors.named(database, name)
    assert row is not None
    return row.id


def put(database: Database, name: str, **values: object) -> None:
    with database.write() as transaction:
        mine = connectors_table.c.name == name
        transaction.execute(update(connectors_table).where(mine).values(**values))


def test_only_runs_that_wait_for_nothing_but_a_worker_are_waiting(database: Database) -> None:
    registered(database)
    put(database, "so-a-2", lease_until=NOW + HOUR)
    with database.write() as transaction:
        for name in ("so-a", "so-a-2", "so-b"):
            runs.enqueue(transaction, row_id(database, name), "incremental", "schedule", NOW - 20 * MINUTE)
    put(database, "so-b", open_until=NOW + HOUR)
    assert [one.connector for one in alert_facts.waiting_runs(database, NOW)] == ["so-a"]


def test_all_rules_are_looked_through_over_real_rows_and_find_what_is_there(database: Database, tmp_path: Path) -> None:
    registered(database)
    put(database, "so-a", stale_since=NOW - HOUR, stale_because={"code": "failed", "sentence": "", "hint": ""})
    with database.write() as transaction:
        ended = {"connector_id": row_id(database, "so-b"), "hour": NOW - HOUR, "runs": 4, "failed": 4}
        transaction.execute(insert(run_hours).values(**ended))

    def locked() -> None:
        raise SecretsLocked("the key is gone: bring it back")

    judging.evaluate(database, Surroundings([tmp_path / "not" / "there"], locked), policy(), NOW)
    found = {(row.rule, row.connector) for row in alerts.going_on(database)}
    expected = {(Rule.FRESHNESS, "so-a"), (Rule.FAILING, "so-b"), (Rule.SEALS, None)}
    assert expected <= found
    assert found - expected <= {(Rule.DISK, None)}  # as it is on this machine
    assert alerts.judged_at(database) == NOW


def test_one_disk_is_told_once_however_many_folders_are_on_it(database: Database, tmp_path: Path) -> None:
    around = Surroundings([tmp_path, tmp_path / "a", tmp_path / "b"])
    (disk,) = gather(database, around, Thresholds(), NOW).disks
    assert disk.total >= disk.free > 0


def test_hours_of_the_weeks_before_are_found_by_connector(database: Database) -> None:
    registered(database)
    number, hour = row_id(database, "so-a"), NOW - HOUR
    with database.write() as transaction:
        for weeks, created in ((0, 5), (1, 400), (9, 999)):
            at = hour - timedelta(weeks=weeks)
            transaction.execute(insert(run_hours).values(connector_id=number, hour=at, runs=1, created=created))
    hours = gather(database, Surroundings(), Thresholds(), NOW).hours
    assert hours == {number: {hour: 5, hour - timedelta(weeks=1): 400}}
