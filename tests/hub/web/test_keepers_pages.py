"""Reads, exports, settings and catalogues at the console: looked through, verified, cancelled, loaded."""

import io
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hub.api.settings import Settings
from hub.config.effective import effective
from hub.config.file import load as read_config
from hub.record.catalogue import Span
from hub.record.grant import EVERYTHING
from hub.store import acts, catalogue, clients, exports, reads
from hub.store.access_tables import reads as reads_table
from hub.store.acts import Kind, Sought
from hub.store.catalogue import AGENCIES, PROCEDURES
from hub.store.clients import Role, Wanted
from hub.store.reads import Action, Read, SealKeys
from hub.web.app import create_app
from tests.hub.config.registering import REGISTRY, register
from tests.hub.web.filling import SHARED, Store
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import QUICK, csrf

CONFIG = """\
database:
  url: postgresql://hub:rat-kin@db.example/hub
web: {port: 9000, secret_key: bi-mat-cua-phien}
webhooks:
  hosts: [portal.example]
payloads:
  keep: ${env:KEEP}
"""


@pytest.fixture
def app(store: Store, tmp_path: Path) -> Flask:
    """With a register, and a configuration to show."""
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    found = read_config(tmp_path / "config.yaml", REGISTRY, {"KEEP": "40d"})
    settings = Settings(exports=tmp_path / "exports", effective=effective(found), folders=(tmp_path,))
    made = create_app(store.database, SECRET, register(store.database, tmp_path), settings)
    made.extensions["hub.passwords"] = QUICK
    return made


def send(client: FlaskClient, path: str, page: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": csrf(client, page), **form}, follow_redirects=True)


def some_reads(store: Store, count: int = 3) -> None:
    told = [
        (at, Read(store.now - timedelta(days=at), f"cổng {at}", Action.ONE, (at,), 1, {"filter": {}}, f"dân {at}"))
        for at in range(1, count + 1)
    ]
    reads.take_in(store.database, SealKeys.derived([SECRET]), "máy", told)


def test_reads_are_found_by_client_person_dossier_and_period(console: FlaskClient, store: Store) -> None:
    some_reads(store)
    assert "cổng 1" in console.get("/reads").text
    for query in ("client=cổng+2", "person=dân+2", "dossier=id:2"):
        rows = console.get(f"/reads?{query}").text.split("<tbody>")[1]
        assert "cổng 2" in rows
        assert "cổng 1" not in rows
    assert "Không có hồ sơ nào mang mã này" in console.get("/reads?dossier=không-có").text
    assert console.get(f"/reads?dossier={SHARED}").status_code == 200
    first = (store.now - timedelta(days=2)).date()
    assert "cổng 3" not in console.get(f"/reads?from={first}").text.split("<tbody>")[1]
    assert "dân 2" in console.get("/reads.csv?client=cổng+2").text


def test_the_seal_is_verified_beside_the_request_and_tells_of_a_change(
    reader: FlaskClient, store: Store, app: Flask
) -> None:
    app.extensions["hub.reads"]._make_keys = lambda: SealKeys.derived([SECRET])
    some_reads(store)
    assert "Chưa kiểm tra lần nào" in reader.get("/reads").text
    assert "Đang kiểm tra con dấu" in send(reader, "/reads/verify", "/reads", span="all").text
    app.extensions["hub.seal_check"].wait(10)
    assert "Nguyên vẹn" in reader.get("/reads").text
    with store.database.write() as transaction:
        transaction.execute(reads_table.update().where(reads_table.c.id == 2).values(purpose="khác"))
    send(reader, "/reads/verify", "/reads", span="all")
    app.extensions["hub.seal_check"].wait(10)
    page = reader.get("/reads").text
    assert "Bị thay đổi" in page
    assert "Từ dòng 2." in page
    assert [one.author for one in acts.listed(store.database, Sought(kind=Kind.READS))] == ["kiểm thử", "kiểm thử"]


def test_an_export_is_cancelled_then_removed_and_no_persons_name_is_shown(console: FlaskClient, store: Store) -> None:
    with store.database.write() as transaction:
        client = clients.put(transaction, Wanted("cong", Role.READ), store.now).id
    wanted = exports.Wanted(client, "csv", {"q": "Nguyễn Thị Mai", "agency": "H29"}, None, {}, EVERYTHING)
    number = exports.ask(store.database, wanted, store.now, 3)
    page = console.get("/exports").text
    assert "agency: H29" in page
    assert "Nguyễn Thị Mai" not in page + console.get("/exports.csv").text
    assert "Đã hủy tệp xuất" in send(console, f"/exports/{number}/cancel", "/exports", reason="nhầm").text
    assert "Đã xóa tệp xuất" in send(console, f"/exports/{number}/cancel", "/exports", reason="dọn").text
    assert send(console, f"/exports/{number}/cancel", "/exports").status_code == 404
    done = acts.listed(store.database, Sought(kind=Kind.EXPORT))
    assert [(one.act, one.reason) for one in done] == [("removed", "dọn"), ("cancelled", "nhầm")]


def test_settings_tell_where_each_value_comes_from_and_no_secret(operator: FlaskClient) -> None:
    page = operator.get("/settings").text
    for text in ("web.port", "9000", "config.yaml, dòng 3", "mặc định: 8700", "${env:KEEP}", "db.example"):
        assert text in page
    for secret in ("rat-kin", "bi-mat-cua-phien", SECRET.decode("latin-1")):
        assert secret not in page + operator.get("/settings.csv").text
    assert "web.port" not in operator.get("/settings?q=webhooks").text
    assert "portal.example" in operator.get("/settings?q=webhooks&origin=file").text
    assert "Flask" in operator.get("/settings/licences").text


CSV = "code,name,parent_code\nH29,UBND Thành phố,\nH29.15,Sở Tư pháp,H29\nH29.16,Sở Nội vụ,H29\n"


def load(client: FlaskClient, text: str, **form: str) -> Any:
    file = (io.BytesIO(text.encode()), "cơ-quan.csv")
    told = {"csrf_token": csrf(client, "/catalogue/load"), "kind": "agency", "file": file, **form}
    return client.post("/catalogue/load", data=told, follow_redirects=True)


def digest_in(page: str) -> str:
    return page.split('name="digest" value="')[1].split('"', maxsplit=1)[0]


def names(store: Store) -> list[str]:
    with store.database.read() as connection:
        return [one.name for one in catalogue.entries(connection, AGENCIES)]


def test_a_catalogue_is_tried_out_and_then_loaded_with_the_very_same_file(operator: FlaskClient, store: Store) -> None:
    tried = load(operator, CSV)
    assert "3 mới, 0 thay đổi, 0 bị lấy ra" in tried.text
    assert names(store) == []
    digest = digest_in(tried.text)
    other = load(operator, CSV.replace("Nội vụ", "Xây dựng"), digest=digest)
    assert "đã khác lúc xem thử" in other.text
    assert names(store) == []
    assert "Đã nạp" in load(operator, CSV, digest=digest).text
    assert names(store) == ["UBND Thành phố", "Sở Tư pháp", "Sở Nội vụ"]
    (done,) = acts.listed(store.database, Sought(kind=Kind.CATALOGUE))
    assert (done.author, done.name) == ("van-hanh", "agency")
    assert "cơ-quan.csv" in (done.after or "")


def test_a_catalogue_with_mistakes_names_their_lines_and_changes_nothing(operator: FlaskClient, store: Store) -> None:
    page = load(operator, CSV + "H29.17,\n")
    assert page.status_code == 422
    assert "Dòng 5" in page.text
    assert load(operator, "").status_code == 422
    assert load(operator, CSV, kind="x").status_code == 400
    huge: dict[str, Any] = {"data": b"a" * (9 * 1024 * 1024), "content_type": "multipart/form-data; boundary=x"}
    assert operator.post("/catalogue/load", **huge).status_code == 413
    assert names(store) == []


def test_who_only_looks_loads_nothing(reader: FlaskClient, department: FlaskClient, store: Store) -> None:
    assert reader.get("/catalogue/load").status_code == 200
    assert department.get("/catalogue/load").status_code == 403
    for client in (reader, department):
        told = {"csrf_token": csrf(client, "/catalogue"), "kind": "agency"}
        assert client.post("/catalogue/load", data=told).status_code == 403
    assert names(store) == []


def test_agencies_are_searched_without_accents_and_walked_from_above(operator: FlaskClient, store: Store) -> None:
    load(operator, CSV, digest=digest_in(load(operator, CSV).text))
    found = operator.get("/catalogue?q=so+tu+phap").text.split("<tbody>")[1]
    assert "Sở Tư pháp" in found
    assert "Sở Nội vụ" not in found
    whole = operator.get("/catalogue").text
    assert "2 cơ quan trực thuộc" in whole
    below = operator.get("/catalogue?under=H29").text
    assert "Cây cơ quan" in below
    assert 'class="code">H29</th>' not in below
    assert "Sở Nội vụ" in below
    assert "H29.16;Sở Nội vụ" in operator.get("/catalogue.csv?q=noi+vu").text


def test_ten_thousand_procedures_are_paged_fast(operator: FlaskClient, store: Store) -> None:
    kept = [
        catalogue.Kept(code, code, f"Thủ tục {at}", Span(), {"code": code, "name": f"Thủ tục {at}"})
        for at in range(10_000)
        for code in [f"1.{at:06d}"]
    ]
    with store.database.write() as transaction:
        catalogue.write(transaction, PROCEDURES, catalogue.FROM_FILE, kept, store.now)
    page = operator.get("/catalogue/procedures?q=thu+tuc+99").text
    assert page.count('<th scope="row"') == 100
    assert "Có 10.000 mục." in operator.get("/catalogue/procedures").text
    following = page.partition('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&")
    assert operator.get(following).text.count('<th scope="row"') > 1
    began = perf_counter()
    operator.get("/catalogue/procedures?q=thu+tuc+99")
    assert perf_counter() - began < 0.5
