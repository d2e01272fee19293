"""Connectors, mappings and secrets over the API: changed at run time, by whoever holds a key for it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from hub.record.connector_state import Life
from hub.store import connectors, keys, registrations, versions
from hub.store.database import Database
from hub.store.keys import Role
from hub.store.versions import Kind
from hub.web.app import create_app
from mappings.engine.yaml_source import parse
from tests.hub.config.registering import EMBEDDED, mapping, on_the_shelf, register, section
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import csrf, signed_in

HERE = "/api/v1/connectors"
YAML = {"Content-Type": "application/yaml"}


class Caller:
    """A program with a key."""

    def __init__(self, client: FlaskClient, key: str) -> None:
        self._client, self._headers = client, {"Authorization": f"Bearer {key}"}

    def get(self, path: str) -> TestResponse:
        return self._client.get(path, headers=self._headers)

    def post(self, path: str, body: Any = None) -> TestResponse:
        return self._client.post(path, headers=self._headers, json=body)

    def put(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self._client.put(path, headers=self._headers | headers, json=body)

    def put_yaml(self, path: str, text: str, **headers: str) -> TestResponse:
        return self._client.put(path, headers=self._headers | YAML | headers, data=text.encode())

    def delete(self, path: str) -> TestResponse:
        return self._client.delete(path, headers=self._headers)


@pytest.fixture
def callers(database: Database, tmp_path: Path) -> dict[Role, Caller]:
    """One caller for each role."""
    client = create_app(database, SECRET, register(database, tmp_path)).test_client()
    now = datetime.now(UTC)
    made = {role: keys.issue(database, f"máy {role}", now, role, "so-thu") for role in Role}
    return {role: Caller(client, key) for role, key in made.items()}


@pytest.fixture
def manage(callers: dict[Role, Caller]) -> Caller:
    return callers[Role.MANAGE]


def data(more: str = "", settings: str = "{}") -> dict[str, Any]:
    found: dict[str, Any] = parse(section(more=more, settings=settings), "").data
    return found


def registered(manage: Caller) -> None:
    """A connector that may be activated."""
    assert manage.put_yaml("/api/v1/mappings/so-thu/ho-so", mapping()).status_code == 200
    assert manage.post(HERE, data()).status_code == 201


def code(answer: TestResponse) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, answer.get_json()["code"]


def test_a_connector_is_led_from_draft_to_retired_with_who_and_why(database: Database, manage: Caller) -> None:
    registered(manage)
    assert manage.get(f"{HERE}/so-thu").get_json()["state"] == "draft"
    for move, reason, after in (
        ("activate", "", "active"),
        ("pause", "sở bảo trì", "paused"),
        ("resume", "", "active"),
        ("retire", "thay bằng hệ thống mới", "retired"),
    ):
        answer = manage.post(f"{HERE}/so-thu/{move}", {"reason": reason} if reason else None)
        assert (answer.status_code, answer.get_json()["state"]) == (200, after)
    detail = manage.get(f"{HERE}/so-thu").get_json()
    assert detail["moved"]["author"] == "máy manage"
    assert detail["moved"]["reason"] == "thay bằng hệ thống mới"
    assert manage.get(HERE).get_json()["items"] == []
    assert [one["state"] for one in manage.get(f"{HERE}?retired=true").get_json()["items"]] == ["retired"]
    assert len(registrations.moves_of(database, "so-thu")) == 5


@EMBEDDED
def test_a_pause_needs_a_reason_and_an_impossible_move_is_said(manage: Caller) -> None:
    registered(manage)
    for body in (None, {}, {"reason": ""}, {"raison": "x"}):
        assert code(manage.post(f"{HERE}/so-thu/retire", body)) == (422, "invalid_parameters")
    assert manage.post(f"{HERE}/so-thu/pause").get_json()["detail"] == "`reason`: field required."
    assert code(manage.post(f"{HERE}/so-thu/pause", {"reason": "x"})) == (409, "not_now")
    assert code(manage.post(f"{HERE}/so-thuu/pause", {"reason": "x"})) == (404, "connector_not_found")


@EMBEDDED
def test_a_document_is_kept_as_its_yaml_was_written(database: Database, manage: Caller) -> None:
    answer = manage.put_yaml(f"{HERE}/so-thu?reason=th%E1%BB%AD", section())
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert answer.get_json() == {
        "name": "so-thu",
        "changed": True,
        "version": 1,
        "state": "draft",
        "note": 'It cannot be activated yet: there is no mapping "so-thu/ho-so".',
    }
    (version,) = versions.listed(database, Kind.CONNECTOR, "so-thu")
    assert (version.text, version.author, version.reason) == (section(), "máy manage", "thử")
    exported = manage.get(f"{HERE}/so-thu/export")
    assert (exported.mimetype, exported.text) == ("application/yaml", section())
    assert manage.put_yaml(f"{HERE}/so-thu", section()).get_json()["changed"] is False


@EMBEDDED
def test_json_is_kept_as_yaml_and_answered_as_both(manage: Caller) -> None:
    answer = manage.post(HERE, data(more="schedule: {every: 5m}\n"))
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{HERE}/so-thu")
    detail = manage.get(f"{HERE}/so-thu")
    assert detail.headers["ETag"] == '"1"'
    assert detail.get_json()["section"] == data(more="schedule: {every: 5m}\n")
    assert parse(detail.get_json()["document"], "").data == data(more="schedule: {every: 5m}\n")
    assert code(manage.post(HERE, data())) == (409, "exists")


@EMBEDDED
def test_every_mistake_is_told_with_its_setting_and_in_yaml_with_its_line(database: Database, manage: Caller) -> None:
    wrong = data(settings="{auth: {type: locked, value: geheim}}") | {"precedence": "much", "titel": "x"}
    answer = manage.put(f"{HERE}/so-thu", wrong)
    assert code(answer) == (422, "invalid_document")
    places = {each["parameter"] for each in answer.get_json()["errors"]}
    assert places == {"precedence", "titel", "settings.auth.value"}
    assert "geheim" not in answer.text
    answer = manage.put_yaml(f"{HERE}/so-thu", section(settings="{ulr: x}"))
    (error,) = answer.get_json()["errors"]
    assert error["message"] == 'line 6, column 12: unknown key "ulr"; did you mean "url"?'
    for text in ("[", "- a", "", "a: [1"):
        assert code(manage.put_yaml(f"{HERE}/so-thu", text)) == (422, "invalid_document")
    assert code(manage.put_yaml(f"{HERE}/other", section())) == (422, "invalid_document")
    assert connectors.listed(database, retired=True) == []


@EMBEDDED
def test_what_is_no_text_is_refused(manage: Caller) -> None:
    headers = manage._headers
    broken = manage._client.put(f"{HERE}/so-thu", headers=headers | YAML, data=b"\xff\xfe")
    assert code(broken) == (400, "bad_request")
    broken = manage._client.put(f"{HERE}/so-thu", headers=headers, data=b"{", content_type="application/json")
    assert code(broken) == (400, "bad_request")
    huge = manage._client.put(f"{HERE}/so-thu", headers=headers | YAML, data=b"#" * 3_000_000)
    assert huge.status_code == 413


def test_who_was_slower_gets_412_and_has_changed_nothing(manage: Caller) -> None:
    registered(manage)
    assert manage.put(f"{HERE}/so-thu", data("precedence: 5\n"), **{"If-Match": '"1"'}).status_code == 200
    late = manage.put(f"{HERE}/so-thu", data("precedence: 7\n"), **{"If-Match": '"1"'})
    assert code(late) == (412, "changed_meanwhile")
    assert code(manage.put(f"{HERE}/so-thu", data(), **{"If-Match": '"x"'})) == (412, "changed_meanwhile")
    assert manage.get(f"{HERE}/so-thu").get_json()["precedence"] == 5
    assert manage.put(f"{HERE}/so-thu", data("precedence: 9\n"), **{"If-Match": "*"}).get_json()["version"] == 3


def test_versions_are_listed_shown_and_put_into_use_again(manage: Caller) -> None:
    registered(manage)
    manage.put(f"{HERE}/so-thu?reason=x", data("precedence: 5\n"))
    listed = manage.get(f"{HERE}/so-thu/versions").get_json()["items"]
    assert [(one["version"], one["author"], one["reason"]) for one in listed] == [
        (2, "máy manage", "x"),
        (1, "máy manage", ""),
    ]
    assert "precedence" not in manage.get(f"{HERE}/so-thu/versions/1").get_json()["document"]
    assert code(manage.get(f"{HERE}/so-thu/versions/9")) == (404, "version_not_found")
    assert code(manage.post(f"{HERE}/so-thu/rollback", {"version": 1})) == (422, "invalid_parameters")
    answer = manage.post(f"{HERE}/so-thu/rollback", {"version": 1, "reason": "sai"})
    assert answer.get_json()["version"] == 3
    assert manage.get(f"{HERE}/so-thu").get_json()["precedence"] == 0


@EMBEDDED
def test_mappings_are_put_listed_and_rolled_back(manage: Caller) -> None:
    path = "/api/v1/mappings/so-thu/ho-so"
    for text in (mapping(), mapping(code="khac")):
        manage.put_yaml(path, text)
    assert [one["version"] for one in manage.get(f"{path}/versions").get_json()["items"]] == [2, 1]
    assert manage.post(f"{path}/rollback", {"version": 1, "reason": "sai"}).get_json()["version"] == 3
    assert manage.get(f"{path}/versions/3").get_json()["document"] == mapping()
    assert code(manage.put_yaml("/api/v1/mappings/khac/ten", mapping())) == (422, "invalid_document")
    wrong = manage.put_yaml(path, mapping().replace("code:", "coed:"))
    assert 'line 5, column 10: "coed" is not a field' in wrong.get_json()["detail"]
    assert code(manage.get("/api/v1/mappings/khac/ten/versions")) == (404, "version_not_found")


def test_secrets_are_kept_used_and_never_answered(manage: Caller) -> None:
    path = "/api/v1/secrets/so-thu.key"
    assert manage.put(path, {"value": "geheim", "expires_on": "2027-03-31"}).status_code == 204
    settings = "{auth: {type: locked, value: '${secret:so-thu.key}'}}"
    assert manage.put(f"{HERE}/so-thu", data(settings=settings)).status_code == 200
    answers = [manage.get(each) for each in ("/api/v1/secrets", f"{HERE}/so-thu", f"{HERE}/so-thu/versions/1")]
    assert not any("geheim" in answer.text for answer in answers)
    (kept,) = answers[0].get_json()["items"]
    assert (kept["name"], kept["expires_on"], kept["used_by"]) == ("so-thu.key", "2027-03-31", ["so-thu"])
    assert code(manage.delete(path)) == (409, "secret_in_use")
    manage.put(f"{HERE}/so-thu", data())
    assert manage.delete(path).status_code == 204
    assert code(manage.delete(path)) == (404, "secret_not_found")


@EMBEDDED
def test_a_secret_that_is_not_right_is_not_repeated(manage: Caller) -> None:
    for body in ({"value": ""}, {"value": 190000001}, {"valeu": "geheim"}, {"value": "a", "expires_on": "soon"}, None):
        answer = manage.put("/api/v1/secrets/key", body)
        assert code(answer) == (422, "invalid_parameters")
        assert "geheim" not in answer.text
        assert "190000001" not in answer.text
    assert code(manage.put("/api/v1/secrets/a%20b", {"value": "x"})) == (422, "invalid_parameters")


@EMBEDDED
def test_a_key_opens_what_its_role_says(database: Database, callers: dict[Role, Caller]) -> None:
    registered(callers[Role.MANAGE])
    read, push = callers[Role.READ], callers[Role.PUSH]
    for path in (HERE, f"{HERE}/so-thu", f"{HERE}/so-thu/versions", "/api/v1/secrets", "/api/v1/dossiers"):
        assert read.get(path).status_code == 200, path
        assert code(push.get(path)) == (403, "not_allowed")
    for caller in (read, push):
        assert code(caller.post(HERE, data())) == (403, "not_allowed")
        assert code(caller.put(f"{HERE}/so-thu", data("precedence: 9\n"))) == (403, "not_allowed")
        assert code(caller.post(f"{HERE}/so-thu/activate")) == (403, "not_allowed")
        assert code(caller.put("/api/v1/secrets/key", {"value": "x"})) == (403, "not_allowed")
        assert code(caller.delete("/api/v1/secrets/key")) == (403, "not_allowed")
    row = connectors.named(database, "so-thu")
    assert row is not None
    assert (row.state, row.precedence) == (Life.DRAFT, 0)


@EMBEDDED
def test_run_now_of_a_connector_that_rests_is_refused_in_a_sentence(database: Database, tmp_path: Path) -> None:
    app = create_app(database, SECRET, register(database, tmp_path))
    key = keys.issue(database, "an", datetime.now(UTC), Role.MANAGE)
    registered(Caller(app.test_client(), key))
    person = signed_in(app.test_client())
    token = csrf(person, "/dossiers")
    answer = person.post("/connectors/so-thu/runs", data={"csrf_token": token}, follow_redirects=True)
    assert "không chạy" in answer.text


@EMBEDDED
def test_answers_are_of_the_form_that_the_document_gives(manage: Caller) -> None:
    registered(manage)
    manage.put("/api/v1/secrets/key", {"value": "x"})
    document = manage.get("/api/v1/openapi.json").get_json()
    for path, schema in (
        (f"{HERE}/so-thu", "ConnectorDetail"),
        (f"{HERE}/so-thu/versions", "VersionPage"),
        (f"{HERE}/so-thu/versions/1", "VersionText"),
        ("/api/v1/secrets", "SecretPage"),
        (f"{HERE}/nobody", "Problem"),
    ):
        wanted = {"$ref": f"#/components/schemas/{schema}", "components": document["components"]}
        Draft202012Validator(wanted).validate(manage.get(path).get_json())


def test_a_run_is_queued_and_one_that_waits_is_answered_instead(database: Database, manage: Caller) -> None:
    registered(manage)
    assert code(manage.post(f"{HERE}/so-thu/run")) == (409, "not_now")
    assert code(manage.post(f"{HERE}/không/run")) == (404, "connector_not_found")
    manage.post(f"{HERE}/so-thu/activate", {})
    queued = [manage.post(f"{HERE}/so-thu/run", body) for body in (None, {}, {"full": True}, {"full": True}, {})]
    assert {answer.status_code for answer in queued} == {202}
    first, same, full, again, covered = (answer.get_json() for answer in queued)
    assert (first["state"], first["kind"], full["kind"]) == ("queued", "incremental", "full")
    assert (same["id"], again["id"], covered["id"]) == (first["id"], full["id"], full["id"])
    assert manage.get(queued[0].headers["Location"]).get_json()["id"] == first["id"]
    assert code(manage.post(f"{HERE}/so-thu/run", {"ful": True})) == (422, "invalid_parameters")


def test_only_a_key_that_manages_queues_runs(callers: dict[Role, Caller]) -> None:
    registered(callers[Role.MANAGE])
    assert code(callers[Role.READ].post(f"{HERE}/so-thu/run", {})) == (403, "not_allowed")


def test_the_mapping_in_use_is_shown_with_where_it_comes_from(manage: Caller, tmp_path: Path) -> None:
    here = "/api/v1/mappings/so-thu/ho-so"
    assert code(manage.get(here)) == (404, "version_not_found")
    on_the_shelf(tmp_path, mapping())
    said = manage.get(here).get_json()
    assert (said["name"], said["version"], said["managed_by"]) == ("so-thu/ho-so", None, "config")
    manage.put_yaml(here, mapping(code="soHoSo"))
    answer = manage.get(here)
    said = answer.get_json()
    assert (said["version"], said["managed_by"], answer.headers["ETag"]) == (1, "hub", '"1"')
    assert "soHoSo" in said["document"]
    assert manage.get(f"{here}/versions").get_json()["items"][0]["version"] == 1


def test_what_is_missing_is_told_by_name_in_whole_sentences(manage: Caller) -> None:
    answer = manage.post(HERE, {name: value for name, value in data().items() if name != "mapping"})
    assert code(answer) == (422, "invalid_document")
    said = answer.get_json()
    assert [each["parameter"] for each in said["errors"]] == ["mapping"]
    assert '"mapping" is missing' in said["detail"]
    assert not any(twice in said["detail"] for twice in ("..", "?.", ". ."))
