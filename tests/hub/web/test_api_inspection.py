"""Looking at a department through the API: the same that the commands show, for keys that may manage."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from connectors.registry import Registry
from hub.config.file import load
from hub.store import dossiers, keys, runs
from hub.store.keys import Role
from hub.sync.run import execute
from hub.web.app import create_app
from hub.wiring import Hub, open_hub, register
from tests.departments.generator import generate
from tests.departments.server import serve
from tests.departments.so_tu_phap import PATH, SoTuPhap
from tests.hub.web.served import SECRET

CONFIG = """
database: {{url: "sqlite:///hub.db"}}
connectors:
  - &so-thu
    name: so-thu
    title: Sở Thử
    type: soap
    agency: 000.00.15.H29
    mapping: so-tu-phap/ly-lich-tu-phap
    settings:
      wsdl: {address}{path}?wsdl
      operation: LayDanhSachHoSo
      parameters: {{tuThoiDiem: "{{since}}", trang: "{{page}}", soDong: "{{page_size}}"}}
      page_size: 10
      records: HoSo
      key: SoHoSo
      changed_at: {{from: NgayCapNhat, date: dd/MM/yyyy HH:mm:ss}}
      more: ConTrang
      fetch: {{operation: LayHoSo, parameters: {{soHoSo: "{{key}}"}}, records: LayHoSoResult}}
  - name: so-tat
    title: Sở Tắt
    type: rest
    agency: 000.00.99.H29
    mapping: mot-cua/ho-so
    settings: {{url: "http://127.0.0.1:9/x", key: id}}
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve(SoTuPhap(generate(judicial=20, one_stop=5, shared=1, faulty=1).judicial).app) as found:
        yield found


@pytest.fixture
def hub(tmp_path: Path, address: str) -> Iterator[Hub]:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG.format(address=address, path=PATH), encoding="utf-8")
    opened = open_hub(load(path, Registry()))
    yield opened
    opened.database.close()


@pytest.fixture
def manager(hub: Hub) -> FlaskClient:
    return client(hub, Role.MANAGE)


def client(hub: Hub, role: Role) -> FlaskClient:
    key = keys.issue(hub.database, role, datetime.now(UTC), role=role)
    made = create_app(hub.database, SECRET, register(hub.configuration, hub.database)).test_client()
    made.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return made


def ask(manager: FlaskClient, what: str, body: dict[str, Any] | None = None, name: str = "so-thu") -> tuple[int, Any]:
    answer = manager.post(f"/api/v1/connectors/{name}/{what}", json=body)
    return answer.status_code, answer.get_json()


def test_a_check_tells_every_step(manager: FlaskClient) -> None:
    status, found = ask(manager, "check")
    assert (status, found["ok"], found.get("error")) == (200, True, None)
    assert len(found["steps"]) >= 2
    status, found = ask(manager, "check", name="so-tat")
    assert (status, found["ok"], found["code"]) == (200, False, "no_connection")


def test_discover_tells_operations_a_sample_and_a_document(manager: FlaskClient) -> None:
    body = {"operation": "LayDanhSachHoSo", "sample": True, "as_connector": "so-moi"}
    status, found = ask(manager, "discover", body)
    assert status == 200
    assert [one["name"] for one in found["operations"]] == ["LayDanhSachHoSo"]
    samples = {field["path"]: field["sample"] for field in found["sample"]}
    assert set(samples["SoGiayTo"]) == {"9"}
    assert "records: HoSo" in found["document"]
    assert "so-thu" not in found["document"]


def test_a_first_mapping_is_guessed(manager: FlaskClient) -> None:
    status, found = ask(manager, "scaffold", {"records": 20})
    assert (status, found["mapping"]) == (200, "so-tu-phap/ly-lich-tu-phap")
    assert "code: {from: SoHoSo}" in found["document"]
    assert {"field": "code", "words": {"from": "SoHoSo"}, "percent": 95}.items() <= found["guesses"][0].items()


def test_a_preview_shows_what_a_sync_would_read_and_stores_nothing(hub: Hub, manager: FlaskClient) -> None:
    status, found = ask(manager, "preview", {"records": 3})
    assert (status, len(found["records"]), found["trouble"]) == (200, 3, None)
    assert found["records"][0]["read"]["code"] == found["records"][0]["key"]
    assert found["exchanges"][-1]["status"] == 200
    assert dossiers.totals(hub.database).dossiers == 0
    assert runs.listed(hub.database) == []
    status, found = ask(manager, "preview", name="so-tat")
    assert (status, found["records"], found["trouble"]["code"]) == (200, [], "no_connection")


def test_one_record_is_fetched_and_stored(hub: Hub, manager: FlaskClient) -> None:
    _, shown = ask(manager, "preview", {"records": 5})
    key = next(record["key"] for record in shown["records"] if not record["quarantined"])
    status, found = ask(manager, "fetch", {"key": key})
    assert (status, found["state"], found["counts"]["created"]) == (200, "succeeded", 1)
    (run,) = runs.listed(hub.database)
    assert (run.id, run.kind) == (found["run"], "one")


def test_what_the_source_has_is_counted_by_a_run_and_told_by_day(hub: Hub, manager: FlaskClient) -> None:
    status, run = ask(manager, "completeness", {"first": "2026-05-01", "last": "2026-05-03", "repair": False})
    assert (status, run["kind"], run["wanted"]["days"]) == (202, "count", ["2026-05-01", "2026-05-02", "2026-05-03"])
    assert execute(hub.database, hub.source("so-thu"), run["id"], "test", threading.Event())
    ended = manager.get(f"/api/v1/runs/{run['id']}").get_json()
    assert ended["sentence"] == "3 days counted: nothing is known to be missing. 3 cannot be judged yet."
    days = manager.get("/api/v1/connectors/so-thu/completeness?days=366").get_json()
    assert (days["complete"], [day["day"] for day in days["days"]]) == (
        True,
        ["2026-05-03", "2026-05-02", "2026-05-01"],
    )
    assert days["days"][0]["sentence"].endswith("the hub has not read the source since it began.")
    assert manager.get("/api/v1/connectors/no-such/completeness").status_code == 404


def test_what_cannot_be_done_is_a_problem_with_a_sentence(manager: FlaskClient) -> None:
    for what, body, name, status, code in (
        ("check", None, "no-such", 404, "connector_not_found"),
        ("discover", {"operation": "LayHoSO"}, "so-thu", 404, "operation_not_found"),
        ("discover", None, "so-tat", 502, "department_failed"),
        ("scaffold", None, "so-tat", 502, "department_failed"),
        ("fetch", {"key": "1"}, "so-tat", 409, "not_able"),
        ("fetch", {}, "so-thu", 422, "invalid_parameters"),
        ("completeness", {"first": "2026-05-02", "last": "2026-05-01"}, "so-thu", 422, "invalid_parameters"),
        ("completeness", {"days": 0}, "so-thu", 422, "invalid_parameters"),
        ("completeness", None, "so-tat", 409, "not_able"),
        ("preview", {"records": 0}, "so-thu", 422, "invalid_parameters"),
        ("preview", {"rows": 1}, "so-thu", 422, "invalid_parameters"),
    ):
        found, problem = ask(manager, what, body, name)
        assert (found, problem.get("code")) == (status, code), (what, name, problem)
        assert problem["detail"]


def test_a_key_that_only_reads_asks_no_department(hub: Hub) -> None:
    reader = client(hub, Role.READ)
    for what in ("check", "discover", "scaffold", "preview", "fetch", "completeness"):
        status, problem = ask(reader, what, {})
        assert (status, problem["code"]) == (403, "not_allowed")


def test_without_a_body_the_usual_is_meant(manager: FlaskClient) -> None:
    assert manager.post("/api/v1/connectors/so-thu/check").status_code == 200
    assert manager.post("/api/v1/connectors/so-thu/preview").status_code == 200
