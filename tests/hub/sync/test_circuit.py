"""A connector that fails is left alone: when, for how long, and how it comes back. Every move of the table."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from hub.record import connector_state
from hub.record.signature import Signature
from hub.store import connectors, registrations, schedules, watched
from hub.store.connectors import Lease
from hub.store.database import Database, connect
from hub.store.registrations import Registration
from hub.store.watched import Circuit
from hub.sync.circuit import MOVES, Move, Outcome, Rule, State, after_run, asked_wait, said_of, state

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10:00 in Vietnam
RULE = Rule(after=3, first_wait=timedelta(minutes=5), longest_wait=timedelta(hours=1))
ERRORS: dict[Outcome, ConnectorError | None] = {
    Outcome.SUCCEEDED: None,
    Outcome.UNAVAILABLE: Unavailable("no answer", hint=""),
    Outcome.REFUSED: Refused("401", code="refused", hint=""),
    Outcome.CHANGED: Changed("no `HoSo`", code="records", hint=""),
}
CIRCUITS = {
    State.CLOSED: Circuit(1),
    State.OPEN: Circuit(4, NOW + timedelta(minutes=1), "its last 4 runs failed"),
    State.HALF_OPEN: Circuit(4, NOW, "its last 4 runs failed"),
}


def minutes(circuit: Circuit) -> float | None:
    return None if circuit.open_until is None else (circuit.open_until - NOW).total_seconds() / 60


def test_every_state_has_a_move_for_every_outcome_and_there_are_no_others() -> None:
    assert set(MOVES) == {(before, outcome) for before in State for outcome in Outcome}
    assert set(MOVES.values()) == set(Move)


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("outcome", Outcome)
def test_each_move_does_what_its_name_says(before: State, outcome: Outcome) -> None:
    circuit = CIRCUITS[before]
    assert state(circuit, NOW) is before
    after = after_run(circuit, ERRORS[outcome], RULE, NOW)
    match MOVES[before, outcome]:
        case Move.CLOSE:
            assert after == Circuit()
        case Move.COUNT:
            assert after == Circuit(circuit.failures + 1)
        case Move.OPEN:
            assert state(after, NOW) is State.OPEN
            assert after.failures == circuit.failures + 1
            assert str(ERRORS[outcome]) in (after.open_because or "")
        case Move.OPEN_LONG:
            assert minutes(after) == 60


def test_it_opens_after_so_many_runs_in_a_row_and_waits_longer_each_time_up_to_the_longest() -> None:
    circuit, waits = Circuit(), []
    for _ in range(8):
        circuit = after_run(circuit, ERRORS[Outcome.UNAVAILABLE], RULE, NOW)
        waits.append(minutes(circuit))
    assert waits == [None, None, 5, 10, 20, 40, 60, 60]


def test_one_success_between_failures_begins_the_count_anew() -> None:
    circuit = Circuit()
    for error in (ERRORS[Outcome.UNAVAILABLE], ERRORS[Outcome.UNAVAILABLE], None, ERRORS[Outcome.UNAVAILABLE]):
        circuit = after_run(circuit, error, RULE, NOW)
    assert circuit == Circuit(1)


def test_refused_credentials_open_it_at_once_and_a_changed_interface_for_long() -> None:
    assert minutes(after_run(Circuit(), ERRORS[Outcome.REFUSED], RULE, NOW)) == 5
    assert minutes(after_run(Circuit(1), ERRORS[Outcome.REFUSED], RULE, NOW)) == 10
    assert minutes(after_run(Circuit(), ERRORS[Outcome.CHANGED], RULE, NOW)) == 60


def test_it_stays_open_for_as_long_as_the_department_asked_within_reason() -> None:
    hours, for_ever = (Unavailable("503", hint="", retry_after=seconds) for seconds in (7200.0, 1e300))
    assert minutes(after_run(Circuit(2), hours, RULE, NOW)) == 120
    assert minutes(after_run(Circuit(2), for_ever, RULE, NOW)) == 24 * 60
    assert asked_wait(Unavailable("503", hint="")) == timedelta(0)


def test_a_thousand_failures_are_no_trouble() -> None:
    assert minutes(after_run(Circuit(10**6), ERRORS[Outcome.UNAVAILABLE], RULE, NOW)) == 60


def test_the_sentence_says_when_it_is_tried_again_in_vietnams_time() -> None:
    opened = Circuit(3, NOW + timedelta(minutes=5), "…")
    assert "before 10:05; by hand it can always be tried" in said_of(opened, None, NOW)
    assert "before 10:05 on 24/11/2026;" in said_of(Circuit(3, NOW + timedelta(days=1, minutes=5), "…"), None, NOW)
    assert said_of(Circuit(1), ERRORS[Outcome.UNAVAILABLE], NOW) == ""
    assert "left alone until 10:02" in said_of(Circuit(1), Unavailable("503", hint="", retry_after=120), NOW)


def taken(database: Database) -> Lease:
    registrations.register(database, [Registration("a", "A", "rest", "H29.1", "m", 0, 3600, "every minute")])
    row = connectors.named(database, "a")
    assert row is not None
    lease = connectors.take_lease(database, row.id, "one", -1)
    assert lease is not None
    return lease


def moved(database: Database, lease: Lease, error: ConnectorError | None) -> Circuit | None:
    with database.write() as transaction:
        return watched.move_circuit(transaction, lease, lambda before: after_run(before, error, RULE, NOW))


def test_a_worker_that_was_away_too_long_moves_nothing(database: Database) -> None:
    old = taken(database)
    new = connectors.take_lease(database, old.connector_id, "two", 10)
    assert new is not None
    assert moved(database, old, ERRORS[Outcome.REFUSED]) is None
    row = connectors.named(database, "a")
    assert row is not None
    assert (row.failures, row.open_until) == (0, None)
    opened = moved(database, new, ERRORS[Outcome.REFUSED])
    assert opened is not None
    assert opened.failures == 1


def test_failures_that_are_counted_at_once_are_all_counted(database_url: str, database: Database) -> None:
    lease = taken(database)
    together = threading.Barrier(4)

    def fail() -> None:
        own = connect(database_url)
        together.wait()
        moved(own, lease, ERRORS[Outcome.UNAVAILABLE])
        own.close()

    threads = [threading.Thread(target=fail) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row = connectors.named(database, "a")
    assert row is not None
    assert row.failures == 4


def every_minute(_: str, after: datetime) -> datetime:
    return after + timedelta(minutes=1)


def test_while_it_is_open_nothing_fires_and_then_one_run_does_on_any_number_of_nodes(
    database_url: str, database: Database
) -> None:
    lease = taken(database)
    schedules.plan(database, NOW, every_minute)
    moved(database, lease, ERRORS[Outcome.REFUSED])
    connectors.release_lease(database, lease)
    for passed in (1, 2, 4.9):
        assert schedules.fire_due(database, NOW + timedelta(minutes=passed), every_minute) == []
    together, fired = threading.Barrier(4), list[int]()

    def node() -> None:
        own = connect(database_url)
        together.wait()
        fired.extend(schedules.fire_due(own, NOW + timedelta(minutes=5), every_minute))
        own.close()

    threads = [threading.Thread(target=node) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fired) == 1


def test_a_department_that_asked_to_be_left_alone_is_not_fired_at_before(database: Database) -> None:
    connector_id = taken(database).connector_id
    schedules.plan(database, NOW, every_minute)
    with database.write() as transaction:
        watched.fire_not_before(transaction, connector_id, NOW + timedelta(minutes=9))
        watched.fire_not_before(transaction, connector_id, NOW + timedelta(minutes=3))  # what was said later is longer
    assert schedules.fire_due(database, NOW + timedelta(minutes=8), every_minute) == []


def test_a_connector_that_is_resumed_is_asked_again_at_once(database: Database) -> None:
    moved(database, taken(database), ERRORS[Outcome.REFUSED])
    with database.write() as transaction:
        for wanted in (connector_state.Move.PAUSE, connector_state.Move.RESUME):
            registrations.move(transaction, "a", wanted, Signature("Mai", "they mended it", NOW))
    row = connectors.named(database, "a")
    assert row is not None
    assert (row.failures, row.open_until, row.open_because) == (0, None, None)
