"""What a sync would read, shown step by step: nothing is stored, no secret is shown, and trouble shows its answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from connectors.contract import Connector, Page, Record, Retry
from connectors.errors import BadRecord
from connectors.rest import REST
from hub.inspection.line import Line
from hub.inspection.preview import preview, preview_file
from mappings.engine.reading import Mapping
from tests.hub.sync.fixtures import mapping

RECORDS = [
    {"id": "1", "code": "HS-1", "status": "open", "updated": "2026-05-20T08:00:00+07:00"},
    {"id": "2", "code": "HS-2", "status": "hanging", "updated": "2026-05-20T09:00:00+07:00"},
    {"id": "3", "code": "HS-3", "status": "done", "updated": "2026-05-20T10:00:00+07:00"},
]


@pytest.fixture
def reads(tmp_path: Path) -> Mapping:
    return mapping(tmp_path)


def line(server: HTTPServer, **more: object) -> Line:
    settings = REST.settings.model_validate(
        {
            "url": server.url_for("/ho-so"),
            "records": "data",
            "key": "id",
            "changed_at": {"from": "updated"},
            "auth": {"type": "bearer", "token": "rat-geheim"},
            **more,
        }
    )
    return Line("so-thu", "rest", partial(REST.open, settings))


def test_records_are_shown_beside_what_becomes_of_them(httpserver: HTTPServer, reads: Mapping) -> None:
    httpserver.expect_request("/ho-so").respond_with_json({"data": RECORDS})
    shown = preview(line(httpserver), reads, 2)
    first, second = shown.records
    assert (first.key, first.changed_at, first.quarantined) == ("1", "2026-05-20T01:00:00Z", False)
    assert first.read
    assert (first.read["code"], first.read["status"]) == ("HS-1", "processing")
    assert '"code": "HS-1"' in first.received
    assert second.quarantined
    assert "hanging" in second.problems[0]
    assert shown.trouble is None


def test_the_request_and_the_answer_are_shown_without_the_secret(httpserver: HTTPServer, reads: Mapping) -> None:
    httpserver.expect_request("/ho-so").respond_with_json({"data": RECORDS[:1], "echo": "rat-geheim"})
    shown = preview(line(httpserver), reads, 1)
    (exchange,) = shown.exchanges
    assert (exchange.method, exchange.status) == ("GET", 200)
    assert '"HS-1"' in exchange.answer
    assert "rat-geheim" not in repr(shown)
    assert shown.telling == {0}


def test_no_more_is_asked_than_is_shown(httpserver: HTTPServer, reads: Mapping) -> None:
    httpserver.expect_ordered_request("/ho-so", query_string={"p": "0"}).respond_with_json({"data": RECORDS})
    paged = line(httpserver, parameters={"p": "{page}"}, pages={"type": "numbered"})
    assert len(preview(paged, reads, 3).records) == 3
    httpserver.check_assertions()


def test_trouble_is_shown_with_the_answer_that_led_to_it(httpserver: HTTPServer, reads: Mapping) -> None:
    httpserver.expect_request("/ho-so").respond_with_json({"loi": "Hệ thống bảo trì"})
    shown = preview(line(httpserver), reads, 1)
    assert shown.trouble
    assert (shown.trouble.code, bool(shown.trouble.hint)) == ("records", True)
    assert "loi" in shown.exchanges[0].answer
    assert shown.telling == {0}


def test_a_system_that_is_down_is_trouble_too(reads: Mapping) -> None:
    settings = REST.settings.model_validate({"url": "http://127.0.0.1:9/x", "key": "id"})
    shown = preview(Line("so-thu", "rest", partial(REST.open, settings)), reads, 1)
    assert shown.trouble
    assert shown.trouble.code == "no_connection"
    assert shown.records == []


def test_without_a_mapping_records_are_shown_as_they_came(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/ho-so").respond_with_json({"data": RECORDS[:1]})
    (record,) = preview(line(httpserver), None, 1).records
    assert (record.read, record.problems) == (None, ())


def test_a_record_without_a_key_is_shown_with_the_reason(httpserver: HTTPServer, reads: Mapping) -> None:
    httpserver.expect_request("/ho-so").respond_with_json({"data": [{"code": "HS-1"}]})
    (record,) = preview(line(httpserver), reads, 1).records
    assert record.quarantined
    assert "has nothing at `id`, which is its key" in record.problems[0]


class _Broken:
    """Pages with a bad record, and a value that no program could show."""

    @contextmanager
    def open(self, _retry: Retry) -> Iterator[Connector]:
        yield self

    def check(self) -> Iterator[str]:
        yield from ()

    def pull(self, _since: str | None) -> Iterator[Page]:
        bad = BadRecord("it cannot be decoded", key="x", raw=b"\xff\xfe", hint="ask")
        yield Page(b"", "application/json", [Record("1", {"a": object()}, b"{}")], None, [bad])


def test_what_cannot_be_decoded_is_shown_all_the_same(reads: Mapping) -> None:
    shown = preview(Line("so-thu", "so-cai", _Broken().open), reads, 5)
    assert [record.quarantined for record in shown.records] == [True, True]


def test_a_file_is_previewed_without_asking_anybody(tmp_path: Path, reads: Mapping) -> None:
    path = tmp_path / "answer.json"
    path.write_text(
        '{"data": [{"code": "HS-1", "status": "open"}, {"code": "HS-2", "status": "done"}]}', encoding="utf-8"
    )
    shown = preview_file(path, reads, 5, "data")
    assert [record.read and record.read["code"] for record in shown.records] == ["HS-1", "HS-2"]
    assert [record.key for record in shown.records] == ["answer.json 1", "answer.json 2"]
    assert shown.exchanges == ()


def test_an_element_is_laid_out_to_be_read(tmp_path: Path) -> None:
    path = tmp_path / "answer.xml"
    path.write_text("<r xmlns='urn:x'><HoSo><So>1</So><Ten>A &amp; B</Ten></HoSo></r>", encoding="utf-8")
    (record,) = preview_file(path, None, 1, "HoSo").records
    assert record.received == '<HoSo xmlns="urn:x">\n  <So>1</So>\n  <Ten>A &amp; B</Ten>\n</HoSo>'
