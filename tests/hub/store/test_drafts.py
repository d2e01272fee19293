"""Drafts are kept for their author alone; who set a secret last; how long runs usually take."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from hub.record.signature import Signature
from hub.store import acts, drafts, durations
from hub.store.acts import Act, Kind
from hub.store.database import Database
from hub.store.drafts import Taken, TooMany
from hub.store.registrations import Registration, register
from hub.store.secret_changes import authors
from hub.store.tables import connectors, runs

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_a_draft_is_taken_up_again_by_its_author_alone(database: Database) -> None:
    number = drafts.begin(database, "so-thu", "an", "", {"type": "soap"}, NOW)
    assert drafts.put(database, number, "an", "name: so-thu # ghi chú\n", NOW + timedelta(hours=1))
    assert not drafts.put(database, number, "binh", "của người khác", NOW)
    (kept,) = drafts.listed(database, "an")
    assert (kept.text, kept.found) == ("name: so-thu # ghi chú\n", {"type": "soap"})
    assert drafts.of(database, number, "binh") is None
    assert not drafts.drop(database, number, "binh")
    assert drafts.drop(database, number, "an")
    assert drafts.listed(database, "an") == []


def test_a_name_is_one_drafts_and_a_person_has_not_too_many(database: Database) -> None:
    drafts.begin(database, "so-0", "an", "", None, NOW)
    with pytest.raises(Taken):
        drafts.begin(database, "so-0", "binh", "", None, NOW)
    for at in range(1, drafts.MOST):
        drafts.begin(database, f"so-{at}", "an", "", None, NOW)
    with pytest.raises(TooMany):
        drafts.begin(database, "so-nua", "an", "", None, NOW)


def test_who_set_a_secret_last_is_told(database: Database) -> None:
    with database.write() as transaction:
        for author, name in (("an", "so-thu.token"), ("binh", "so-thu.token"), ("an", "so-khac.token")):
            acts.note(transaction, Signature(author, "", NOW), Kind.SECRET, name, Act.CHANGED)
    assert authors(database, ["so-thu.token", "chua-co"]) == {"so-thu.token": "binh"}


def test_a_usual_duration_is_the_median_of_the_last_runs_that_succeeded(database: Database) -> None:
    register(database, [Registration(name, name, "rest", "a", "m", 0, 60, "") for name in ("so-co", "so-khong")])
    with database.write() as transaction:
        ids = {row.name: row.id for row in transaction.execute(select(connectors.c.name, connectors.c.id))}
        took = [9999] * 3 + [10, 20, 30, 40, 50, 60, 70, 80, 90]  # the oldest first
        rows = [
            {
                "connector_id": ids["so-co"],
                "kind": "incremental",
                "trigger": "schedule",
                "state": "succeeded",
                "queued_at": NOW,
                "started_at": NOW,
                "finished_at": NOW + timedelta(seconds=seconds),
            }
            for seconds in took
        ]
        transaction.execute(insert(runs), rows)
        transaction.execute(insert(runs), [rows[0] | {"state": "failed"}])
    assert durations.medians(database, list(ids.values())) == {ids["so-co"]: 50.0}
    assert durations.medians(database, []) == {}
