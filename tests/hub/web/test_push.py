"""Departments push over REST: each record is answered for, nothing is doubled, and nothing hostile gets in."""

import gzip
import hashlib
import hmac
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from hub.record.connector_state import Life
from hub.store import connectors, dossiers, quarantine, runs
from hub.store.database import Database
from hub.store.filters import Filter
from tests.hub.web.pushing import NAME, Door, opened, record


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with opened(tmp_path, f"sqlite:///{tmp_path / 'hub.db'}") as found:
        yield found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """For tests of which none stores a thing that another one looks at."""
    with opened(tmp_path_factory.mktemp("shared"), "sqlite:///hub.db", max_body_bytes=100_000) as found:
        yield found


def stored(database: Database) -> list[tuple[str, str]]:
    return sorted((row.code, row.values["status"]) for row in dossiers.page(database, Filter(), None, 100))


def test_one_record_or_many_are_taken_and_each_is_answered_for(door: Door) -> None:
    one, many = door.post(record(1)), door.post([record(1), record(2)])
    assert one.status_code == many.status_code == 200
    assert one.get_json() == {
        "request_id": None,
        "received": 1,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "quarantined": 0,
        "records": [{"position": 1, "key": record(1)["maHoSo"], "outcome": "created"}],
    }
    assert [each["outcome"] for each in many.get_json()["records"]] == ["unchanged", "created"]
    assert [code for code, _ in stored(door.database)] == [record(1)["maHoSo"], record(2)["maHoSo"]]


def test_what_cannot_be_read_is_quarantined_and_the_answer_says_why(door: Door) -> None:
    answer = door.post([record(1), record(2, ngayNhan="32/13/2026"), {"chuHoSo": "không mã"}])
    assert answer.status_code == 200
    said = answer.get_json()
    assert (said["received"], said["created"], said["quarantined"]) == (3, 1, 2)
    _, wrong, nameless = said["records"]
    assert wrong["reasons"] == [
        'received_at: ngayNhan says "32/13/2026", expected a time as dd/MM/yyyy; there is no such day or time'
    ]
    assert (nameless["position"], "key" in nameless) == (3, False)
    assert "nothing at `maHoSo`, which is its key" in nameless["reasons"][0]
    assert len(quarantine.listed(door.database)) == 2


def test_a_push_of_which_nothing_can_be_read_is_422_and_kept_for_people(door: Door) -> None:
    for _ in range(2):  # as bad as before, the second time
        answer = door.post([record(1, ngayNhan="?")])
        assert answer.status_code == 422
        assert answer.mimetype == "application/problem+json"
        said = answer.get_json()
        assert (said["code"], said["quarantined"]) == ("nothing_taken", 1)
        assert "received_at" in said["records"][0]["reasons"][0]
    assert len(quarantine.listed(door.database)) == 1


def test_the_same_number_with_the_same_content_is_answered_the_same(door: Door) -> None:
    first = door.post([record(1), record(2, ngayNhan="?")], Idempotency_Key="2026/17")
    later = door.post(record(1, trangThai="Đã trả"))
    again = door.post([record(1), record(2, ngayNhan="?")], Idempotency_Key="2026/17")
    assert first.get_json() == again.get_json()
    assert (first.status_code, later.status_code, again.status_code) == (200, 200, 200)
    assert stored(door.database) == [(record(1)["maHoSo"], "returned")]


def test_the_same_number_with_other_content_is_refused(door: Door) -> None:
    door.post(record(1), X_Request_Id="17")
    answer = door.post(record(2), X_Request_Id="17")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "request_id_reused")
    assert "“17” was used for other records" in answer.get_json()["detail"]
    assert len(stored(door.database)) == 1


def test_without_a_number_the_content_decides(door: Door) -> None:
    outcomes = [door.post(record(1)).get_json()["records"][0]["outcome"] for _ in range(2)]
    outcomes.append(door.post(record(1, trangThai="Đã trả")).get_json()["records"][0]["outcome"])
    outcomes.append(door.post(record(1)).get_json()["records"][0]["outcome"])
    assert outcomes == ["created", "unchanged", "updated", "updated"]


@pytest.mark.parametrize("number", ["x" * 201, "a\tb"])
def test_a_number_that_is_none_is_refused(shared: Door, number: str) -> None:
    assert shared.post(record(1), Idempotency_Key=number).get_json()["code"] == "bad_request_id"


def test_the_number_may_stand_in_the_body(tmp_path: Path) -> None:
    with opened(tmp_path, "sqlite:///hub.db", request_id="dauGoi.maYeuCau", records="duLieu") as door:
        body = {"dauGoi": {"maYeuCau": "A1"}, "duLieu": [record(1)]}
        assert door.post(body).get_json()["request_id"] == "A1"
        assert door.post(body | {"duLieu": [record(2)]}).status_code == 409


def test_a_state_that_arrives_late_does_not_replace_a_newer_one(tmp_path: Path) -> None:
    with opened(tmp_path, "sqlite:///hub.db", changed_at={"from": "capNhat", "date": "dd/MM/yyyy HH:mm:ss"}) as door:
        door.post(record(1, trangThai="Đã trả", capNhat="21/11/2026 09:00:00"))
        late = door.post(record(1, trangThai="Mới nhận", capNhat="20/11/2026 08:00:00")).get_json()
        assert late["records"][0]["outcome"] == "unchanged"
        assert "newer state of this record already, of 2026-11-21T02:00:00Z" in late["records"][0]["reasons"][0]
        assert stored(door.database) == [(record(1)["maHoSo"], "returned")]


def test_of_two_states_in_one_push_the_later_one_counts(door: Door) -> None:
    said = door.post([record(1), record(1, trangThai="Đã trả")]).get_json()
    assert [each["outcome"] for each in said["records"]] == ["unchanged", "created"]
    assert (said["received"], said["created"], said["unchanged"]) == (2, 1, 1)
    assert stored(door.database) == [(record(1)["maHoSo"], "returned")]


def test_many_pushes_are_one_run_an_hour_and_the_source_counts_as_seen(door: Door) -> None:
    for number in range(1, 6):
        door.post([record(number), record(number + 100, ngayNhan="?")])
    (run,) = runs.listed(door.database)
    assert (run.kind, run.state, run.pages, run.fetched) == ("push", "succeeded", 5, 10)
    assert (run.created, run.quarantined) == (5, 5)
    row = connectors.named(door.database, NAME)
    assert row is not None
    assert row.seen_at is not None
    assert row.lease_owner is None


def test_pushes_of_which_nothing_was_stored_are_kept_for_the_operators(door: Door) -> None:
    door.post(b"{half")
    (run,) = runs.listed(door.database)
    assert run.attempts[0]["code"] == "unreadable_body"
    assert run.fetched == 0


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        (b"", "unreadable_body", "The body is empty"),
        (b'[{"maHoSo": "1"', "unreadable_body", "The body is half a document"),
        (b"<html>", "unreadable_body", "The body is not JSON"),
        (b'"text"', "unreadable_body", "The body has no list of records in itself"),
        (b"\xff\xfe\x00", "unreadable_body", "The body"),
        (b"[" * 90_000, "unreadable_body", "The body"),
    ],
)
def test_a_body_that_is_none_is_422_with_a_sentence(shared: Door, body: bytes, code: str, said: str) -> None:
    answer = shared.post(body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)
    assert said in answer.get_json()["detail"]
    assert answer.get_json()["detail"].endswith("Nothing was stored.")


def test_a_record_that_is_no_object_is_set_aside(shared: Door) -> None:
    said = shared.post([record(1), "text", None]).get_json()
    assert [each["outcome"] for each in said["records"]] == ["created", "quarantined", "quarantined"]


def test_the_content_type_does_not_matter_and_charsets_are_seen(door: Door) -> None:
    text = '{"maHoSo": "000.00.99.H29-261122-0001", "trangThai": "Đã trả", "ngayNhan": "20/11/2026"}'
    answer = door.post(text.encode("utf-16"), Content_Type="application/x-www-form-urlencoded")
    assert answer.get_json()["created"] == 1
    assert stored(door.database) == [("000.00.99.H29-261122-0001", "returned")]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "bare"])
def test_a_compressed_body_is_read(shared: Door, encoding: str) -> None:
    text = b"[" + b",".join(b'{"maHoSo": "%d"}' % at for at in range(3)) + b"]"
    bare = zlib.compressobj(wbits=-15)
    data = {"gzip": gzip.compress(text[:9]) + gzip.compress(text[9:]), "deflate": zlib.compress(text)}
    body = data.get(encoding) or bare.compress(text) + bare.flush()
    answer = shared.post(body, Content_Encoding="deflate" if encoding == "bare" else encoding)
    assert answer.get_json()["received"] == 3


def test_half_a_body_is_not_taken_though_it_ends_with_a_whole_line(tmp_path: Path) -> None:
    with opened(tmp_path, "sqlite:///hub.db", format="csv") as door:
        half = {"wsgi.input_terminated": True, "CONTENT_LENGTH": "1000"}  # as gunicorn hands it over
        body = "maHoSo;ngayNhan;trangThai\r\n1;20/11/2026;Đã trả\r\n".encode()
        client, address = door.app.test_client(), f"/api/v1/push/{NAME}"
        answer = client.post(address, data=body, headers={"X-API-Key": door.key}, environ_overrides=half)
        assert (answer.status_code, answer.get_json()["code"]) == (400, "half_a_body")
        assert stored(door.database) == []


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (gzip.compress(b" " * 2_000_000), "gzip", 413),
        (gzip.compress(b"[]")[:-9], "gzip", 422),
        (b"not compressed", "gzip", 422),
        (b"[]", "br", 415),
        (b" " * 100_001, "identity", 413),
    ],
    ids=["bomb", "half", "none", "unknown", "long"],
)
def test_bombs_and_broken_compression_are_refused(shared: Door, body: bytes, encoding: str, status: int) -> None:
    answer = shared.post(body, Content_Encoding=encoding)
    assert answer.status_code == status, answer.text


def test_more_records_than_may_be_are_refused(tmp_path: Path) -> None:
    with opened(tmp_path, "sqlite:///hub.db", max_records=2) as door:
        assert door.post([record(1), record(2)]).status_code == 200
        assert door.post([record(1), record(2), record(3)]).get_json()["code"] == "too_many_records"


def test_a_signature_is_held_against_the_body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHU_KY", "bí-mật-000")
    signature = {"secret": "${env:CHU_KY}", "header": "x-chu-ky"}
    with opened(tmp_path, "sqlite:///hub.db", signature=signature) as door:
        body = orjson.dumps(record(1))
        right = hmac.new("bí-mật-000".encode(), body, hashlib.sha256).hexdigest()
        assert door.post(body, X_Chu_Ky=f"sha256={right}").status_code == 200
        for wrong in ("", "sha256=", right[:-2], "khong phai"):
            answer = door.post(body, X_Chu_Ky=wrong)
            assert (answer.status_code, answer.get_json()["code"]) == (401, "wrong_signature")
            assert "bí-mật" not in answer.text


@pytest.mark.parametrize(
    ("settings", "body"),
    [
        (
            {"format": "ndjson"},
            '{"maHoSo": "1", "ngayNhan": "20/11/2026", "trangThai": "Đã trả"}\n{"maHoSo"\n'.encode(),
        ),
        ({"format": "csv"}, "maHoSo;ngayNhan;trangThai\r\n1;20/11/2026;Đã trả\r\n2;x\r\n".encode()),
        (
            {"format": "xml", "records": "HoSo"},
            "<DS><HoSo><maHoSo>1</maHoSo><ngayNhan>20/11/2026</ngayNhan><trangThai>Đã trả</trangThai></HoSo>"
            "<HoSo/></DS>".encode("utf-16"),
        ),
    ],
)
def test_other_formats_are_read(tmp_path: Path, settings: dict[str, Any], body: bytes) -> None:
    with opened(tmp_path, "sqlite:///hub.db", **settings) as door:
        said = door.post(body).get_json()
        assert [each["outcome"] for each in said["records"]] == ["created", "quarantined"], said


def test_hostile_and_foreign_xml_is_refused(tmp_path: Path) -> None:
    bodies = {
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><HoSo><maHoSo>&x;</maHoSo></HoSo>': "DOCTYPE",
        b"<a><b/></a>": "The body has no record `HoSo`: it has `a`, `b`",
        b"<a><HoSo>": "half a document",
    }
    with opened(tmp_path, "sqlite:///hub.db", format="xml", records="HoSo") as door:
        for body, said in bodies.items():
            answer = door.post(body)
            assert answer.status_code == 422
            assert said in answer.get_json()["detail"]


def test_the_key_may_come_in_any_of_three_ways(shared: Door) -> None:
    client = shared.app.test_client()
    address = f"/api/v1/push/{NAME}"
    for headers in ({"Authorization": f"Bearer {shared.key}"}, {"X-API-Key": shared.key}):
        assert client.post(address, data=b"[]", headers=headers).status_code == 200
    assert client.post(address, data=b"[]", auth=("ai cũng được", shared.key)).status_code == 200


@pytest.mark.parametrize(("key", "code"), [("", "no_key"), ("mch_khong_co", "unknown_key")])
def test_without_the_right_key_nothing_is_said_of_the_connector(shared: Door, key: str, code: str) -> None:
    for name in (NAME, "no-such"):
        answer = shared.post(record(1), f"/api/v1/push/{name}", X_API_Key=key)
        assert (answer.status_code, answer.get_json()["code"]) == (401, code)
        assert "Basic" in answer.headers["WWW-Authenticate"]


def test_a_key_opens_its_own_connector_and_nothing_else(shared: Door) -> None:
    assert shared.post(record(1), "/api/v1/push/so-hoi").get_json()["code"] == "not_allowed"
    assert shared.app.test_client().get("/api/v1/dossiers", headers={"X-API-Key": shared.key}).status_code == 403


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [(Life.PAUSED, 503, "paused"), (Life.DRAFT, 403, "not_active"), (Life.RETIRED, 403, "not_active")],
)
def test_a_connector_that_is_not_active_takes_nothing(door: Door, state: Life, status: int, code: str) -> None:
    with door.database.write() as transaction:
        transaction.execute(text("update connectors set state = :state"), {"state": str(state)})
    answer = door.post(record(1))
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert stored(door.database) == []


def test_an_optional_field_that_cannot_be_read_is_told_however_the_record_is_taken(door: Door) -> None:
    wrong = [record(1, hanTra="32/13/2026"), record(2)]
    said = [door.post(wrong).get_json(), door.post([record(1, hanTra="32/13/2026", trangThai="Đã trả")]).get_json()]
    said.append(door.post([record(1, hanTra="32/13/2026", trangThai="Đã trả")]).get_json())
    firsts = [each["records"][0] for each in said]
    assert [first["outcome"] for first in firsts] == ["created", "updated", "unchanged"]
    for first in firsts:
        (problem,) = first["problems"]
        assert problem.startswith('due_at: hanTra says "32/13/2026", expected a time as dd/MM/yyyy')
    assert "problems" not in said[0]["records"][1]
    mended = door.post(record(1, hanTra="23/12/2026", trangThai="Đã trả")).get_json()["records"][0]
    assert (mended["outcome"], "problems" in mended) == ("updated", False)
    (run,) = runs.listed(door.database)
    assert [(note["code"], note["records"]) for note in run.notes] == [("problems", 2)]  # two were read, one was known


def test_what_was_left_empty_is_told_again_under_the_same_number(door: Door) -> None:
    answers = [door.post(record(1, hanTra="?"), Idempotency_Key="18").get_json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["records"][0]["problems"]
