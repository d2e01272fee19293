"""Pages for whoever keeps the hub: each opens for whom it is meant, and what is wrong in an address is no fault."""

import csv
import io

import pytest
from flask.testing import FlaskClient

from hub.record.signature import Signature
from hub.store import acts, clients, versions
from hub.store.acts import Act, Kind
from hub.store.clients import Quota, Role, Wanted
from hub.store.versions import HUB
from tests.hub.web.filling import Store

AUDIT = ("/audit", "/audit.csv", "/reads", "/reads.csv")
GRANT = ("/clients", "/clients.csv", "/clients/new", "/webhooks", "/webhooks.csv", "/exports", "/exports.csv")
SETTINGS = ("/settings", "/settings.csv", "/settings/licences")
EVERY = (*AUDIT, *GRANT, *SETTINGS)
OPEN: dict[str, tuple[str, ...]] = {
    "console": EVERY,
    "reader": (*AUDIT, *SETTINGS),
    "operator": SETTINGS,
    "department": (),
    "leader": (),
}


@pytest.mark.parametrize("who", OPEN)
def test_each_page_opens_for_whom_it_is_meant_and_for_nobody_else(who: str, request: pytest.FixtureRequest) -> None:
    client: FlaskClient = request.getfixturevalue(who)
    found = {path: client.get(path).status_code for path in EVERY}
    assert found == {path: 200 if path in OPEN[who] else 403 for path in EVERY}
    menu = client.get("/").text
    assert {path for path in EVERY if f'href="{path}"' in menu} == {
        path for path in OPEN[who] if "." not in path and path.count("/") == 1
    }


@pytest.mark.parametrize("path", EVERY)
def test_what_is_wrong_in_an_address_is_no_fault(console: FlaskClient, path: str) -> None:
    wrong = {"after": "cắt-mất", "from": "31/02/2026", "to": "9999-12-31", "kind": "x", "state": "x", "client": "ai"}
    wrong |= {"dossier": "id:99999999999999999999", "connector": "'; --", "q": "%_" * 300, "name": "x" * 5000}
    assert console.get(path, query_string=wrong).status_code == 200


@pytest.mark.parametrize(
    "path", ["/audit/9999", "/audit/99999999999999999999", "/clients/77", "/webhooks/77", "/webhooks/77/deliveries.csv"]
)
def test_what_is_not_there_is_not_found(console: FlaskClient, path: str) -> None:
    assert console.get(path).status_code == 404


def test_english_leaves_no_vietnamese(console: FlaskClient) -> None:
    console.set_cookie("hub_language", "en")
    assert "Who changed what" in console.get("/audit").text
    assert "Verify the seal" in console.get("/reads").text
    assert "Register a client" in console.get("/clients").text


def test_a_file_is_opened_by_a_spreadsheet_as_it_is(console: FlaskClient, store: Store) -> None:
    with store.database.write() as transaction:
        wanted = Wanted("=cmd()", Role.READ, "Cổng; “một cửa”", purpose="000190000001", quota=Quota(5))
        clients.put(transaction, wanted, store.now)
    answer = console.get("/clients.csv")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="ung-dung-api-')
    text = answer.data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    (mine,) = (row for row in rows if row["Tên gọi"] == "Cổng; “một cửa”")
    assert mine["Tên"] == "'=cmd()"
    assert mine["Mục đích"] == "'000190000001"
    assert answer.data.startswith(b"\xef\xbb\xbf")


def test_a_change_is_shown_line_by_line_with_marks_that_are_text(console: FlaskClient, store: Store) -> None:
    by = Signature("lan.nguyen", "nguồn đổi địa chỉ", store.now)
    for text in ("name: civil\nurl: a\nlast: 1", "name: civil\nurl: b\nlast: 1"):
        with store.database.write() as transaction:
            versions.put(transaction, versions.Kind.CONNECTOR, "civil", text, managed_by=HUB, signature=by)
    (last, first) = acts.listed(store.database, acts.Sought(name="civil"))
    page = console.get(f"/audit/{last.id}").text
    assert '<span class="side-mark">−</span><span class="visually-hidden">bỏ: </span><code>url: a</code>' in page
    assert '<span class="side-mark">+</span><span class="visually-hidden">thêm: </span><code>url: b</code>' in page
    assert "nguồn đổi địa chỉ" in page
    assert "thêm: </span><code>name: civil</code>" in console.get(f"/audit/{first.id}").text


def test_a_change_of_fields_is_shown_field_by_field_and_escaped(console: FlaskClient, store: Store) -> None:
    with store.database.write() as transaction:
        told = {"before": acts.told({"quota": {"day": 5}}), "after": acts.told({"quota": {"day": 6}, "x": "<script>"})}
        acts.note(transaction, Signature("a", "", store.now), Kind.CLIENT, "<b>", Act.CHANGED, **told)
    (one,) = acts.listed(store.database, acts.Sought(name="<b>"))
    page = console.get(f"/audit/{one.id}").text
    assert "<code>quota.day</code>" in page
    assert "</span> 5</span>" in page
    assert "</span> 6</span>" in page
    assert "&lt;script&gt;" in page
    assert "<b></h1>" not in page


def test_the_audit_is_filtered_and_goes_on_page_by_page(console: FlaskClient, store: Store) -> None:
    with store.database.write() as transaction:
        for at in range(120):
            by = Signature("mai.tran", "", store.now)
            acts.note(transaction, by, Kind.PERSON, f"người {at}", Act.CHANGED)
    seen, path = [], "/audit?author=mai.tran"
    while path:
        page = console.get(path).text
        seen += [part.split("</strong>")[0] for part in page.split("<strong>")[1:] if part.startswith("người ")]
        path = (
            page.split('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&") if 'rel="next"' in page else ""
        )
    assert seen == [f"người {at}" for at in reversed(range(120))]
    assert "người 7<" in console.get("/audit?name=người+7&kind=person").text
    assert "người 8<" not in console.get("/audit?name=người+7&kind=person").text


def test_a_department_sees_the_changes_of_its_own_connectors_alone(
    department: FlaskClient, operator: FlaskClient, store: Store
) -> None:
    with store.database.write() as transaction:
        for name in ("so-tu-phap", "mot-cua"):
            by = Signature("a", "", store.now)
            acts.note(transaction, by, Kind.CONNECTOR, name, Act.PAUSED, connector=name)
    own, other = (acts.of_connectors(store.database, [name])[0].id for name in ("so-tu-phap", "mot-cua"))
    assert f'href="/connectors/so-tu-phap/changes/{own}"' in department.get("/connectors/so-tu-phap/changes").text
    assert department.get("/connectors/mot-cua/changes").status_code == 404
    assert department.get(f"/connectors/so-tu-phap/changes/{own}").status_code == 200
    assert department.get(f"/connectors/so-tu-phap/changes/{other}").status_code == 404
    assert department.get(f"/connectors/mot-cua/changes/{other}").status_code == 404
    assert department.get(f"/audit/{own}").status_code == 403
    assert operator.get(f"/connectors/mot-cua/changes/{other}").status_code == 200
