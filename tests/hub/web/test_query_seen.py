"""No answer holds what a grant hides or masks: random grants, and sources that say something under every name."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.record.confidentiality import Level
from hub.record.grant import EVERYTHING, Grant, Group, Sight
from hub.store.database import connect
from hub.web.app import create_app
from mappings.engine.draft import Draft, Problem
from tests.hub.view.saying_everything import SECRETS, filled, hides, secret
from tests.hub.web.filling import bring
from tests.hub.web.querying import LIST, LOOKUP, asking
from tests.hub.web.served import SECRET

SIGHTS = st.fixed_dictionaries(
    {},
    # Provenance repeats values: no client's document can have it masked.
    optional={
        group: st.sampled_from([one for one in Sight if (group, one) != (Group.PROVENANCE, Sight.MASKED)])
        for group in Group
    },
)
CODE = "000.00.15.H29-260518-0007"
ACTOR, STEP = "qqactorofthestepzz", "qqtextofthestepzz"
PROBLEMS = tuple(
    Problem(name, f"Source.{name}", f"qqunread{at}zz", "something else", "Correct it at the source.")
    for at, name in enumerate(SECRETS)
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, sqlite_store: Path) -> Iterator[Flask]:
    """A dossier that has changed, on which two sources disagree, and of which neither could be read wholly."""
    folder = tmp_path_factory.mktemp("seen")
    (folder / "hub.db").write_bytes(sqlite_store.read_bytes())
    database, now = connect("sqlite:///hub.db", folder), datetime.now(UTC)
    step = {"at": "2026-05-18T01:15:00Z", "status": "processing", "name": STEP, "actor": ACTOR, "unit": ACTOR}
    for minutes, (name, key, salt) in enumerate(
        [("so-tu-phap", "TP-1", "c"), ("so-tu-phap", "TP-1", "a"), ("mot-cua", "65a", "b")]
    ):
        values = filled(salt) | {"events": [step]}
        bring(database, name, now + timedelta(minutes=minutes), {key: Draft(values, PROBLEMS)})
    yield create_app(database, SECRET)
    database.close()


def everything_told(client: FlaskClient) -> str:
    """All that a client can read of the dossier, as one text."""
    answers = [
        client.get(LIST),
        client.get(f"{LIST}?format=national"),
        client.get(f"{LIST}/{CODE}"),
        client.get(f"{LIST}/{CODE}?include=none"),
        client.get(f"{LIST}/{CODE}?format=national"),
        client.post(LOOKUP, json={"codes": [CODE], "include": "all"}),
        client.get(f"{LIST}/counts?by=agency,status"),
        *(client.get(LIST, query_string={"fields": name}) for name in ("applicant", "extra", "fees", "supplements")),
    ]
    assert {answer.status_code for answer in answers} <= {200, 403}
    assert answers[2].get_json()["code"] == CODE
    return "\n".join(answer.text for answer in answers)


def _around(text: str, name: str) -> str:
    at = max(text.find(str(secret(name, salt))) for salt in "abc")
    return f"{name}: …{text[max(0, at - 200) : at + 40]}"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SIGHTS)
@example({Group.FEES: Sight.FULL, Group.PROVENANCE: Sight.FULL})  # a list is hidden with all that is in it
def test_no_answer_tells_what_is_hidden_or_masked(app: Flask, sights: dict[Group, Sight]) -> None:
    grant = Grant(sights=sights, level=Level.SENSITIVE)
    text = everything_told(asking(app, grant))
    told = {name for name in SECRETS for salt in "abc" if str(secret(name, salt)) in text}
    assert [_around(text, name) for name in told if hides(grant, name)] == []
    unread = {name for at, name in enumerate(SECRETS) if f"qqunread{at}zz" in text}
    assert {name for name in unread if hides(grant, name) or grant.sight(name) is not Sight.FULL} == set()
    assert grant.of(Group.OFFICERS) is Sight.FULL or ACTOR not in text.replace(f'"unit":"{ACTOR}"', "")
    assert grant.of(Group.CONTENT) is Sight.FULL or STEP not in text
    if grant.of(Group.PROVENANCE) is Sight.HIDDEN:
        others = text.replace("urn:mot-cua-hub:", "")
        assert [word for word in ("so-tu-phap", "mot-cua", '"TP-1', '"65a') if word in others] == []


def test_who_sees_everything_is_told_everything(app: Flask) -> None:
    text = everything_told(asking(app, EVERYTHING))
    said = [f"{name} {salt}" for name in SECRETS for salt in "abc" if str(secret(name, salt)) not in text]
    assert said == []
    assert all(word in text for word in (ACTOR, STEP, "qqunread0zz"))


def test_nothing_is_shown_to_who_was_never_given_anything(app: Flask) -> None:
    dossier = asking(app, None).get(f"{LIST}/{CODE}").get_json()
    text = orjson.dumps(dossier).decode()
    assert "qq" not in text
    assert dossier["status"]["code"] == "processing"
    assert dossier["timeline"][0]["actor"] is None
