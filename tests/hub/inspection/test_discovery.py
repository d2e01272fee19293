"""What stands at a place is recognised by what it holds; a record is shown without what is personal in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from lxml import etree
from pytest_httpserver import HTTPServer

from connectors.contract import Connector, ConnectorType, Description, Operation, Page, Record, Retry
from connectors.errors import Changed, ConnectorError, Refused
from connectors.registry import Registry
from connectors.rest import REST
from connectors.settings import Settings
from connectors.soap import SOAP
from hub.inspection.discovery import CannotDescribe, described, discovered
from hub.inspection.line import Line
from hub.inspection.payload import likely_place, read_file, read_payload, records_at
from hub.inspection.samples import fields_of

WSDL = (Path(__file__).parents[2] / "departments" / "so_tu_phap.wsdl").read_bytes()
OPENAPI = b"""
openapi: 3.0.3
info: {title: x, version: "1"}
paths: {/ho-so: {get: {operationId: list, responses: {"200": {description: ok}}}}}
"""
BUILT_IN = Registry({"rest": REST, "soap": SOAP})


@pytest.mark.parametrize("name", ["dich-vu.wsdl", "dich-vu.txt", "dich-vu"])
def test_a_wsdl_is_one_whatever_its_file_is_called(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(WSDL)
    found = described(str(tmp_path / name), BUILT_IN)
    assert found.type == "soap"
    assert {operation.name for operation in found.description.operations} == {"LayDanhSachHoSo", "LayHoSo"}
    assert found.description.problems


def test_a_folder_as_it_was_mailed_is_searched_for_its_description(tmp_path: Path) -> None:
    (tmp_path / "dich-vu.wsdl").write_bytes(WSDL)
    (tmp_path / "docs.txt").write_text("Kính gửi", encoding="utf-8")
    assert described(str(tmp_path), BUILT_IN).type == "soap"


def test_an_openapi_description_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_bytes(OPENAPI)
    found = described(str(tmp_path / "openapi.yaml"), BUILT_IN)
    assert (found.type, [operation.name for operation in found.description.operations]) == ("rest", ["list"])


def test_a_type_of_ones_own_describes_like_the_built_in_ones(tmp_path: Path) -> None:
    (tmp_path / "so.cai").write_text("LEDGER", encoding="utf-8")

    def describe(place: str) -> Description | None:
        return Description([Operation("all", place, "ledger")]) if Path(place).suffix == ".cai" else None

    @contextmanager
    def opening(_settings: Any, _retry: Retry) -> Iterator[Connector]:
        raise NotImplementedError
        yield

    registry = Registry({"so-cai": ConnectorType(Settings, opening, describe)})
    found = described(str(tmp_path / "so.cai"), registry)
    assert (found.type, found.description.operations[0].name) == ("so-cai", "all")


def test_an_address_that_answers_data_is_described_by_its_answer(httpserver: HTTPServer) -> None:
    answer = {"tongSo": 1, "duLieu": [{"maHoSo": "HS-1", "hoTen": "Nguyễn Văn An"}]}
    httpserver.expect_request("/ho-so").respond_with_json(answer)
    found = described(httpserver.url_for("/ho-so?trang=1&token=geheim"), BUILT_IN)
    (operation,) = found.description.operations
    assert found.place == httpserver.url_for("/ho-so?trang=1")
    assert operation.place == f"GET {httpserver.url_for('/ho-so')}"
    assert [(field.path, field.sample) for field in operation.parameters] == [("trang", "1"), ("token", "•••")]
    assert {field.path: field.sample for field in operation.answer} == {
        "tongSo": "1",
        "duLieu": None,
        "duLieu.maHoSo": "HS-1",
        "duLieu.hoTen": "xxxxxx xxx xx",
    }
    assert found.description.problems


def test_an_answer_that_is_a_list_is_shown_as_one_record_of_it(tmp_path: Path) -> None:
    (tmp_path / "answer.json").write_text('[{"ma": "1"}, {"ma": "2"}]', encoding="utf-8")
    (operation,) = described(str(tmp_path / "answer.json"), BUILT_IN).description.operations
    assert [field.path for field in operation.answer] == ["ma"]
    assert "a list of records" in operation.style


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "answered nothing at all"),
        (b"Kinh gui", "holds neither XML nor JSON: it begins with “Kinh gui”"),
        (b"<a><b></a>", "is"),
        (b'{"a": ', "half a document"),
        (b"%PDF-1.4 \x00\xff", "is not written in"),
    ],
)
def test_what_is_hopeless_costs_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(content)
    with pytest.raises(ConnectorError, match=sentence) as told:
        described(str(path), BUILT_IN)
    assert "\n" not in str(told.value)
    assert told.value.hint


def test_places_that_lead_nowhere_are_said(tmp_path: Path, httpserver: HTTPServer) -> None:
    with pytest.raises(Changed, match="neither a connector nor a file or folder called no-such"):
        described("no-such", BUILT_IN)
    with pytest.raises(Changed, match="no file in the folder"):
        described(str(tmp_path), BUILT_IN)
    httpserver.expect_request("/closed").respond_with_data("", status=401)
    with pytest.raises(Refused):
        described(httpserver.url_for("/closed"), BUILT_IN)


class _Desk:
    """A connector without any description."""

    def __init__(self, records: list[Any]) -> None:
        self.records = records

    @contextmanager
    def open(self, _retry: Retry) -> Iterator[Connector]:
        yield self

    def check(self) -> Iterator[str]:
        yield from ()

    def pull(self, _since: str | None) -> Iterator[Page]:
        records = [Record(str(at), one, orjson.dumps(one)) for at, one in enumerate(self.records)]
        yield Page(b"", "application/json", records, None)
        raise AssertionError("one record needs no second page")


def test_a_connector_that_cannot_describe_shows_one_record_where_that_is_allowed() -> None:
    line = Line("so-thu", "so-cai", _Desk([{"maHoSo": "HS-1", "dienThoai": "0900000001"}]).open)
    with pytest.raises(CannotDescribe, match="--sample reads one record"):
        discovered(line, sample=False)
    found = discovered(line, sample=True)
    assert [(field.path, field.sample) for field in found.sample] == [("maHoSo", "HS-1"), ("dienThoai", "9999999999")]
    assert not found.description.operations


def test_the_fields_of_records_are_told_with_what_repeats_and_what_is_always_there() -> None:
    records = [
        {"ma": "1", "so": 5, "co": True, "khong": None, "ds": [{"ten": "a"}, {"ten": "b"}], "rong": []},
        {"ma": "2", "so": "x"},
    ]
    found = {field.path: (field.type, field.repeated, field.required) for field in fields_of(records)}
    assert found == {
        "ma": ("text", False, True),
        "so": ("text", False, True),
        "co": ("boolean", False, False),
        "khong": ("", False, False),
        "ds": ("object", True, False),
        "ds.ten": ("text", False, False),
        "rong": ("", True, False),
    }
    element = etree.fromstring("<HoSo so='1'><Buoc><Ten>a</Ten></Buoc><Buoc/><GhiChu> </GhiChu></HoSo>")
    assert [(field.path, field.repeated, field.sample) for field in fields_of([element])] == [
        ("@so", False, "1"),
        ("Buoc", True, None),
        ("Buoc.Ten", False, "a"),
        ("GhiChu", False, None),
    ]


@pytest.mark.parametrize("record", [None, 1, "x", [], {}, [[]], {"a": {"b": {}}}])
def test_a_record_of_any_form_has_fields_or_none(record: Any) -> None:
    assert all(field.path or field.repeated for field in fields_of([record]))


def test_a_record_that_is_deep_or_wide_does_not_grow_without_end() -> None:
    deep: Any = {}
    for _ in range(200):
        deep = {"a": deep}
    wide = {f"n{number}": number for number in range(5000)}
    assert len(fields_of([deep])) < 50
    assert len(fields_of([wide])) == 1000


@pytest.mark.parametrize(
    ("payload", "place", "count"),
    [
        (b'{"content": [{"a": 1}, {"a": 2}], "page": {"n": [1]}}', "content", 2),
        (b'{"d": {"results": [{"a": 1, "ds": [{"b": 1}, {"b": 2}]}]}}', "d.results", 1),
        (b'[{"a": 1}]', "", 1),
        (b"<r><Ds><HoSo><a>1</a></HoSo><HoSo><a>2</a></HoSo></Ds><x/><x/></r>", "HoSo", 2),
        (b'{"a": 1}', None, 1),
        (b"<HoSo><a>1</a></HoSo>", None, 1),
    ],
)
def test_the_records_of_an_answer_are_found(payload: bytes, place: str | None, count: int) -> None:
    value = read_payload(payload, "x")
    assert likely_place(value) == place
    assert len(records_at(value, None, "x")) == count


def test_a_place_without_records_is_said_with_what_there_is() -> None:
    with pytest.raises(Changed, match="x has no record at `data`") as told:
        records_at({"duLieu": []}, "data", "x")
    assert "`duLieu`" in told.value.hint
    with pytest.raises(Changed, match="cannot be read"):
        read_file(Path("/no/such/file"))
