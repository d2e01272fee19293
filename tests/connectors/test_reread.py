"""What was kept can be read again by itself: the same records, whatever form the answer or the file had."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.wrappers import Request, Response

from connectors import body
from connectors.contract import ConnectorType, Page, Record
from connectors.errors import BadRecord, Changed
from connectors.files import FILES
from connectors.push import PUSH, PushConnector
from connectors.push.settings import PushSettings
from connectors.rest import REST, tables
from connectors.rest.abilities import Fetching
from connectors.rest.settings import RestSettings
from tests.connectors.desk import desk, once, pull, say

Again = list[tuple[str, bytes]]


def again(kind: ConnectorType, settings: dict[str, Any], page: Page) -> Again:
    assert kind.reread is not None
    found = kind.reread(kind.settings.model_validate(settings), page.payload, page.media_type)
    return [(item.key, item.raw) for item in found]


def came(page: Page) -> Again:
    items: list[Record | BadRecord] = [*page.records, *page.bad]
    return [(item.key, item.raw) for item in items]


def answering(data: bytes, media_type: str) -> Callable[[Request], Response]:
    return lambda _: Response(data, content_type=media_type)


def rest(url: str, **more: Any) -> dict[str, Any]:
    return {"url": url, "key": "so", **more}


def pulled(data: bytes, media_type: str = "application/json", **settings: Any) -> tuple[list[Page], dict[str, Any]]:
    with desk(answering(data, media_type)) as there:
        found = rest(there.url, **settings)
        return pull(REST, found), found


def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "SMALL", 10)
    monkeypatch.setattr(tables, "PART", 20)


def test_an_answer_in_a_charset_that_only_its_header_told_is_read_in_it_again() -> None:
    text = orjson.dumps([{"so": "1", "ten": "Hoà"}]).decode().encode("windows-1258", "replace")
    (page,), settings = pulled(text, "application/json; charset=windows-1258")
    assert again(REST, settings, page) == came(page)
    assert page.media_type == 'application/json; charset="windows-1258"'


ROWS = "".join(f"{number};Hòa, Bình\n" for number in range(20))


@pytest.mark.parametrize("start", ["", "sep=;\n"])
def test_each_piece_of_a_long_table_without_a_header_knows_its_separator(
    start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_pieces(monkeypatch)
    data = f"{start}0;Hòa\n{ROWS}7,1;Bình\n".encode()
    pages, settings = pulled(data, "text/csv", format="csv", columns=["so", "ten"])
    assert len(pages) > 3
    assert [again(REST, settings, page) for page in pages] == [came(page) for page in pages]
    assert sum(len(page.records) for page in pages) == 22


def test_each_piece_of_long_ndjson_may_begin_with_a_line_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    small_pieces(monkeypatch)
    lines = [b'{"so": "%d", "ten": "x"}\n' % number if number % 2 == 0 else b"{\n" for number in range(12)]
    pages, settings = pulled(b"".join(lines), "application/x-ndjson", format="ndjson")
    assert sum(len(page.bad) for page in pages) == 1  # the same broken line, told once
    found = [again(REST, settings, page) for page in pages]
    assert all(set(came(page)) <= set(read) for page, read in zip(pages, found, strict=True))


def test_a_piece_of_a_huge_answer_is_in_utf8_whatever_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    small_pieces(monkeypatch)
    data = f"so,ten\n{'1,Hòa Bình' * 1}\n2,Ấu\n".encode("utf-16")
    pages, settings = pulled(data, "text/csv", format="csv", charset="utf-16")
    assert [again(REST, settings, page) for page in pages] == [came(page) for page in pages]


def test_one_fetched_record_is_found_where_a_fetch_found_it() -> None:
    with desk(lambda _: say({"hoSo": {"so": "7", "ten": "Ấu"}})) as there:
        fetch = {"url": f"{there.url}/{{key}}", "records": "hoSo"}
        settings = rest(there.url, records="danhSach", fetch=fetch)
        with REST.open(RestSettings.model_validate(settings), once) as line:
            assert isinstance(line, Fetching)
            page = line.fetch("7")
    assert again(REST, settings, page) == came(page) != []


def test_settings_that_do_not_fit_what_was_kept_are_told() -> None:
    (page,), settings = pulled(b'{"a": [{"so": "1"}]}', records="a")
    with pytest.raises(Changed, match="no list of records at `b`"):
        again(REST, settings | {"records": "b"}, page)


def test_elements_of_a_soap_push_are_found_in_the_wrapper_that_was_kept() -> None:
    settings = {"key": "so", "format": "xml", "soap": {"operation": "Gui", "records": "DanhSach"}}
    line = PushConnector(PushSettings.model_validate(settings))
    envelope = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><Gui><DanhSach>'
        "<HoSo><so>1</so></HoSo><HoSo><so>2</so></HoSo><HoSo><ten>Ấu</ten></HoSo></DanhSach></Gui></e:Body></e:Envelope>"
    )
    page = line.call(envelope.encode(), None).pushed().page
    assert again(PUSH, settings, page) == came(page)
    assert len(page.records) == 2


def test_a_push_that_is_no_longer_read_so_is_told() -> None:
    settings = {"key": "so", "format": "xml", "records": "HoSo"}
    line = PushConnector(PushSettings.model_validate(settings))
    page = line.read(b"<a><HoSo><so>1</so></HoSo></a>", None, None).page
    with pytest.raises(Changed, match="no record `DonThu`"):
        again(PUSH, settings | {"records": "DonThu"}, page)


def files(folder: Path, name: str, data: bytes, **more: Any) -> tuple[list[Page], dict[str, Any]]:
    (folder / name).write_bytes(data)
    settings = {"folder": str(folder), "key": "so", "settle_seconds": 0, "page_size": 2, **more}
    return pull(FILES, settings), settings


@pytest.mark.parametrize(
    ("name", "data", "more"),
    [
        ("a.csv", "so,ten\n1,Ấu\n2\n,không số\n3,x\n4,y,z\n".encode(), {}),
        ("a.csv", "so;ten\n1;Đa\n2;x\n3;y\n".encode("utf-16"), {}),
        ("a.ndjson", b'{"so": "1"}\n{"so": "2"}\n{\n{"so": "3", "ten": "a\xe2\x80\xa8b"}\n', {"format": "ndjson"}),
        ("a.json", b'[{"so": "1"}, {"so": 2}, 7, ["why", "raw"], {"ten": "x"}]', {}),
        ("a.json", b'{"so": 12345678901234567890123, "tien": 1.10000000000000000001}', {}),
        ("a.xml", "<a><h><so>1</so></h><h><ten>Ấu</ten></h></a>".encode(), {"records": "h"}),
    ],
)
def test_every_part_of_a_file_is_read_again(tmp_path: Path, name: str, data: bytes, more: Any) -> None:
    pages, settings = files(tmp_path, name, data, **more)
    assert [again(FILES, settings, page) for page in pages] == [came(page) for page in pages]
    assert any(page.records for page in pages)


@given(
    st.lists(st.dictionaries(st.sampled_from(["so", "ten", "b"]), st.text() | st.integers() | st.none()), max_size=5)
)
def test_whatever_is_pushed_is_read_again(values: list[dict[str, Any]]) -> None:
    settings = {"key": "so", "format": "json"}
    line = PushConnector(PushSettings.model_validate(settings))
    try:
        payload = orjson.dumps(values)
    except TypeError:  # an integer that this writer does not know
        return
    page = line.read(payload, None, None).page
    assert again(PUSH, settings, page) == came(page)
