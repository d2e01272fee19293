"""A department registers its system in the browser, from what it has to the first run; and what it may not write."""

import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from connectors.registry import Registry
from hub.api.settings import Settings
from hub.config.file import load
from hub.console.connectors import about
from hub.record.connector_state import Life
from hub.record.rights import Role
from hub.store import connectors, dossiers, drafts, runs
from hub.sync.run import execute
from hub.web.app import create_app
from hub.wiring import Hub, open_hub, register
from tests.departments.generator import generate
from tests.departments.mot_cua import SEARCH_PATH, TOKEN_PATH, MotCua
from tests.departments.server import serve
from tests.departments.so_tu_phap import PATH, SoTuPhap
from tests.hub.web.registering_by_pages import form, send
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import signed_in

AGENCY = "000.00.15.H29"
CONFIG = """
database: {url: "sqlite:///hub.db"}
web: {local_systems: [127.0.0.1]}
connectors:
  - {name: so-khac, title: Sở Khác, type: rest, agency: 000.00.99.H29, mapping: cong-quoc-gia/ho-so,
     settings: {url: "http://192.0.2.1/x", key: id}}
"""
DRAFT = {"agency": AGENCY, "title": "Sở Thử", "owner": "Phòng Công nghệ", "contact": "cntt@so.example"}


@pytest.fixture(scope="module")
def soap() -> Iterator[str]:
    with serve(SoTuPhap(generate(judicial=20, one_stop=5, shared=1, faulty=1).judicial).app) as found:
        yield found


@pytest.fixture(scope="module")
def rest() -> Iterator[str]:
    with serve(MotCua(generate(judicial=5, one_stop=20, shared=1, faulty=1).one_stop).app) as found:
        yield found


@pytest.fixture
def hub(tmp_path: Path, sqlite_store: Path) -> Iterator[Hub]:
    shutil.copy(sqlite_store, tmp_path / "hub.db")
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    opened = open_hub(load(path, Registry()))
    yield opened
    opened.database.close()


@pytest.fixture
def department(hub: Hub) -> FlaskClient:
    """The IT staff of one agency, on a hub whose keeper lets systems of its own machine be tried out."""
    return client(hub, Settings(local_systems=("127.0.0.1",)))


@pytest.fixture
def fenced(hub: Hub) -> FlaskClient:
    """The same on a hub as it is in use."""
    return client(hub, Settings())


def client(hub: Hub, settings: Settings, role: Role = Role.DEPARTMENT) -> FlaskClient:
    app = create_app(hub.database, SECRET, register(hub.configuration, hub.database), settings)
    return signed_in(app.test_client(), f"an-{role}", role, agencies=(AGENCY,))


def begun(person: FlaskClient, name: str, **more: object) -> str:
    """Begin a draft; the address of its page."""
    answer = send(person, "/connectors/new", DRAFT | {"name": name} | more)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def document(settings: str, name: str = "so-thu", more: str = "") -> dict[str, str]:
    head = f"name: {name}\ntitle: Sở Thử # ghi chú\ntype: rest\nagency: {AGENCY}\nmapping: {name}/ho-so\n{more}"
    return {"view": "yaml", "do": "save", "text": f"{head}settings: {settings}\n"}


def test_a_soap_system_is_registered_wholly_by_pages(hub: Hub, department: FlaskClient, soap: str) -> None:
    draft = begun(department, "so-thu", address=f"{soap}{PATH}?wsdl")
    offered = department.get(draft).text
    names = [line.split("</h2>")[0] for line in offered.split('<h2 id="operation-')[1:]]
    at = next(number for number, name in enumerate(names) if name.endswith("LayDanhSachHoSo"))
    assert send(department, f"{draft}/operation", {"operation": str(at)}, draft).status_code == 303
    values = form(department.get(draft).text, "settings.records") | {"do": "save"}
    assert (values["settings.records"], values["owner"]) == ("HoSo", "Phòng Công nghệ")
    saved = send(department, draft, values | {"settings.page_size": "10", "schedule.every": "10m"}, draft)
    assert (saved.status_code, saved.headers.get("Location")) == (303, "/connectors/so-thu")
    checked = send(department, "/connectors/so-thu/check", {})
    assert "Mọi bước đều đạt" in checked.text
    guessed = send(department, "/connectors/so-thu/mapping", {}, "/connectors/so-thu")
    assert guessed.status_code == 303
    shown = send(department, "/connectors/so-thu/preview", {})
    assert shown.text.count('<article class="card-plain"') == 5
    assert dossiers.totals(hub.database).dossiers == 0
    assert send(department, "/connectors/so-thu/activate", {}, "/connectors/so-thu").status_code == 303
    row = connectors.found(hub.database, "so-thu")
    assert row is not None
    assert (row.state, row.owner, row.contact) == (Life.ACTIVE, "Phòng Công nghệ", "cntt@so.example")
    assert drafts.listed(hub.database, "an-department") == []
    with hub.database.write() as transaction:
        run_id = runs.enqueue(transaction, row.id, "incremental", "hand", datetime.now(UTC))
    assert execute(hub.database, hub.source("so-thu"), run_id, "test", threading.Event())
    run = runs.get(hub.database, run_id)
    assert run is not None
    assert (run.state, run.fetched, run.created) == ("succeeded", 20, 19)


def test_a_rest_system_with_a_secret_is_registered_by_form_and_yaml(
    hub: Hub, department: FlaskClient, rest: str
) -> None:
    draft = begun(department, "mot-cua-thu", type="rest")
    values = form(department.get(draft).text, "settings.url") | {
        "settings.auth.type": "oauth2_client_credentials",
        "do": "form",
    }
    assert send(department, draft, values, draft).status_code == 303
    values = form(department.get(draft).text, "settings.auth.client_secret") | {
        "settings.auth.token_url": f"{rest}{TOKEN_PATH}",
        "settings.auth.client_id": "hub",
        "settings.auth.client_secret": "demo-only",
        "settings.url": f"{rest}{SEARCH_PATH}",
        "settings.parameters": "spec: slice\nsort: updatedDate,desc\npage: {page}\nsize: {page_size}",
        "settings.pages.type": "numbered",
        "settings.order": "newest_first",
        "settings.records": "content",
        "settings.key": "id",
        "settings.changed_at.from": "updatedDate",
        "mapping": "mot-cua/ho-so",
        "do": "yaml",
    }
    assert send(department, draft, values, draft).status_code == 303
    text = form(department.get(f"{draft}?view=yaml").text, "text")["text"]
    assert "demo-only" not in text
    assert "${secret:mot-cua-thu.client_secret}" in text
    saved = send(department, draft, {"view": "yaml", "do": "save", "text": text}, draft)
    assert saved.status_code == 303, saved.text[saved.text.find("verdict-failed") :][:2000]
    assert "Mọi bước đều đạt" in send(department, "/connectors/mot-cua-thu/check", {}).text


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_registered(hub: Hub, department: FlaskClient) -> None:
    draft = begun(department, "so-thu", type="rest")
    values = form(department.get(draft).text, "settings.url")
    wrong = {"settings.url": "hoso.example", "settings.key": "id", "settings.page_size": "nhiều", "do": "save"}
    answer = send(department, draft, values | wrong, draft)
    assert answer.status_code == 422
    for name, said in (("settings.url", "địa chỉ đầy đủ"), ("settings.page_size", "số nguyên")):
        beside = answer.text.split(f'id="wrong-{name}"', 1)[1].split("</ul>", 1)[0]
        assert said in beside
    kept = form(department.get(draft).text, "settings.url")
    assert (kept["settings.url"], kept["settings.page_size"]) == ("hoso.example", "nhiều")
    assert connectors.found(hub.database, "so-thu") is None


def test_switching_views_keeps_comments_and_what_was_typed(department: FlaskClient) -> None:
    draft = begun(department, "so-thu", type="rest")
    text = document("{url: 'https://so.example/x', key: id} # hỏi cơ quan", more="owner: Ban # ai\n")["text"]
    send(department, draft, {"view": "yaml", "do": "form", "text": text}, draft)
    values = form(department.get(draft).text, "settings.url") | {"title": "Sở Mới", "do": "yaml"}
    send(department, draft, values, draft)
    after = form(department.get(f"{draft}?view=yaml").text, "text")["text"]
    assert "title: Sở Mới # ghi chú" in after
    assert "owner: Ban # ai" in after
    assert "# hỏi cơ quan" in after


@pytest.mark.parametrize(
    ("settings", "more", "told"),
    [
        ('{url: "http://127.0.0.1:1/x", key: id}', "", "dẫn về máy chủ của hub"),
        ('{url: "http://169.254.169.254/latest", key: id}', "", "dẫn về máy chủ của hub"),
        ('{url: "http://2130706433/", key: id}', "", "dẫn về máy chủ của hub"),
        ('{url: "https://192.0.2.1/x", key: id, headers: {A: "${env:HUB_SECRETS_KEY:-x}"}}', "", "đọc môi trường"),
        ('{url: "https://192.0.2.1/x", key: id, headers: {A: "${file:/etc/hostname}"}}', "", "đọc môi trường"),
        (
            '{url: "https://192.0.2.1/x", key: id, secret_headers: {A: "${secret:so-khac.token}"}}',
            "",
            "không phải của đầu nối",
        ),
        ('{url: "https://192.0.2.1/x", key: id, ca_file: /etc/passwd}', "", "trên máy chủ hub"),
        ('{url: "https://192.0.2.1/x", key: id, openapi: /etc/passwd}', "", "trên máy chủ hub"),
        ('{url: "https://192.0.2.1/x", key: id}', "precedence: 99\n", "người vận hành quyết định"),
        ('{url: "https://192.0.2.1/x", key: id}', "limits: {group: so-khac}\n", "có thể là của cơ quan khác"),
    ],
)
def test_a_department_cannot_write_what_reaches_beyond_its_own(
    hub: Hub, fenced: FlaskClient, settings: str, more: str, told: str
) -> None:
    draft = begun(fenced, "so-thu", type="rest")
    answer = send(fenced, draft, document(settings, more=more), draft)
    assert answer.status_code == 422
    assert told in answer.text
    assert connectors.found(hub.database, "so-thu") is None


def test_a_department_cannot_register_for_another_agency_or_under_its_name(hub: Hub, fenced: FlaskClient) -> None:
    assert "Đã có đầu nối tên" in send(fenced, "/connectors/new", DRAFT | {"name": "so-khac", "type": "rest"}).text
    draft = begun(fenced, "so-thu", type="rest")
    text = document("{url: 'https://192.0.2.1/x', key: id}")["text"].replace(AGENCY, "000.00.99.H29")
    answer = send(fenced, draft, {"view": "yaml", "do": "save", "text": text}, draft)
    assert (answer.status_code, "không phải cơ quan của bạn" in answer.text) == (422, True)
    for address in ("/connectors/so-khac", "/connectors/so-khac/edit", "/connectors/so-khac/versions"):
        assert fenced.get(address).status_code == 404
    assert send(fenced, "/connectors/so-khac/check", {}, "/connectors/new").status_code == 404
    assert send(fenced, "/connectors/so-khac/pause", {"reason": "x"}, "/connectors/new").status_code == 404


def test_a_description_on_the_hubs_own_machine_is_not_asked_for_a_department(fenced: FlaskClient, soap: str) -> None:
    for address in (f"{soap}{PATH}?wsdl", "http://localhost:1/", "file:///etc/passwd", "/etc/passwd"):
        answer = send(fenced, "/connectors/new", DRAFT | {"name": "so-thu", "address": address})
        assert answer.status_code == 422, address


def test_a_draft_is_its_authors_alone(hub: Hub, department: FlaskClient) -> None:
    draft = begun(department, "so-thu", type="rest")
    other = client(hub, Settings(), Role.OPERATOR)
    assert other.get(draft).status_code == 404
    assert "đang có người soạn" in send(other, "/connectors/new", DRAFT | {"name": "so-thu", "type": "rest"}).text
    assert send(department, f"{draft}/drop", {}, draft).status_code == 303
    assert department.get(draft).status_code == 404


def test_what_stands_in_config_yaml_is_changed_there_alone(hub: Hub) -> None:
    operator = client(hub, Settings(), Role.OPERATOR)
    assert "khai báo trong config.yaml" in operator.get("/connectors/so-khac").text
    assert operator.get("/connectors/so-khac/edit").status_code == 404
    send(operator, "/connectors/so-khac/pause", {"reason": "bảo trì"}, "/connectors/so-khac")
    assert getattr(connectors.found(hub.database, "so-khac"), "state", "") == Life.PAUSED


def test_uploaded_files_are_read_and_a_sample_answer_is_enough(department: FlaskClient) -> None:
    wsdl = Path("tests/departments/so_tu_phap.wsdl").read_bytes(), Path("tests/departments/so_tu_phap.xsd").read_bytes()
    files = [(BytesIO(wsdl[0]), "../../so_tu_phap.wsdl"), (BytesIO(wsdl[1]), "so_tu_phap.xsd")]
    draft = begun(department, "so-thu", files=files)
    assert "LayDanhSachHoSo" in department.get(draft).text
    answer = b'{"duLieu": [{"maHoSo": "1", "capNhat": "01/02/2026"}, {"maHoSo": "2", "capNhat": "01/03/2026"}]}'
    draft = begun(department, "so-mau", files=[(BytesIO(answer), "tra-loi.json")])
    send(department, f"{draft}/operation", {"operation": "0"}, draft)
    found = form(department.get(draft).text, "settings.records")
    assert (found["settings.records"], found["settings.key"]) == ("duLieu", "maHoSo")
    refused = send(department, "/connectors/new", DRAFT | {"name": "so-ba", "files": (BytesIO(b"\x00\xff"), "x.bin")})
    assert (refused.status_code, "verdict-failed" in refused.text) == (422, True)


def test_a_preview_shows_who_may_not_see_personal_data_its_form_only(hub: Hub, soap: str) -> None:
    app = create_app(
        hub.database, SECRET, register(hub.configuration, hub.database), Settings(local_systems=("127.0.0.1",))
    )
    person = signed_in(app.test_client(), "binh", Role.DEPARTMENT, sees_personal=False, agencies=(AGENCY,))
    draft = begun(person, "so-thu", address=f"{soap}{PATH}?wsdl")
    names = [line.split("</h2>")[0] for line in person.get(draft).text.split('<h2 id="operation-')[1:]]
    at = next(number for number, name in enumerate(names) if name.endswith("LayDanhSachHoSo"))
    send(person, f"{draft}/operation", {"operation": str(at)}, draft)
    send(
        person,
        draft,
        form(person.get(draft).text, "mapping") | {"mapping": "so-tu-phap/ly-lich-tu-phap", "do": "save"},
        draft,
    )
    page = send(person, "/connectors/so-thu/preview", {}).text
    sources = generate(judicial=20, one_stop=5, shared=1, faulty=1).judicial
    assert page.count('<article class="card-plain"') == 5
    assert not any(one.applicant.name in page for one in sources)
    assert "Như đã nhận" not in page


def test_an_older_version_is_seen_and_used_again(hub: Hub, department: FlaskClient) -> None:
    draft = begun(department, "so-thu", type="rest")
    send(department, draft, document("{url: 'https://192.0.2.1/cu', key: id}"), draft)
    changed = document("{url: 'https://192.0.2.1/moi', key: id}") | {"reason": "đổi địa chỉ", "expected": "1"}
    assert send(department, "/connectors/so-thu/edit", changed).status_code == 303
    stale = document("{url: 'https://192.0.2.1/tre', key: id}") | {"expected": "1"}
    assert "vừa thay đổi" in send(department, "/connectors/so-thu/edit", stale).text
    assert "/cu" in department.get("/connectors/so-thu/versions").text
    page = "/connectors/so-thu/versions"
    assert send(department, f"{page}/1", {"reason": ""}, page).status_code == 303
    assert "/cu" in hub.in_use.version("connector", "so-thu", "hub").text  # type: ignore[arg-type, union-attr]


def test_every_setting_is_explained_in_vietnamese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(about, "chosen_language", lambda: "vi")
    schema = json.loads((Path(__file__).parents[3] / "docs/reference/config.schema.json").read_text(encoding="utf-8"))[
        "$defs"
    ]
    types = ("rest", "soap", "push", "files")
    sections = [one for name, one in schema.items() if name.startswith(types) or name == "ConnectorSection"]
    told = {each.get("description", "") for one in sections for each in one.get("properties", {}).values()}
    fixed = {schema["ConnectorSection"]["properties"][name]["description"] for name in ("name", "type")}
    assert {english for english in told - fixed - {""} if not about.about(english)} == set()
