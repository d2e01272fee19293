"""What a line has read of its system's own description, so that another one is noticed."""

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.wrappers import Response

from connectors.contract import Describes, Discovers
from connectors.rest import REST
from connectors.rest.settings import RestSettings
from connectors.soap import SOAP
from connectors.soap.settings import SoapSettings
from tests.connectors.desk import Answering, Desk, desk, once, say
from tests.departments.generator import generate
from tests.departments.server import serve
from tests.departments.so_tu_phap import SoTuPhap

PATHS: dict[str, Any] = {"/list": {"get": {"responses": {"200": {"description": "hồ sơ"}}}}}
ANOTHER = PATHS | {"/more": PATHS["/list"]}


@pytest.fixture
def department() -> Iterator[Desk]:
    """A list, and a description of it."""
    with desk(answering(openapi(PATHS))) as opened:
        yield opened


def answering(description: Response) -> Answering:
    return lambda request: say({"items": [{"id": 1}]}) if request.path == "/list" else description


def openapi(paths: dict[str, Any]) -> Response:
    return say({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths})


def pulled(department: Desk, **more: Any) -> str | None:
    """What the line was described as, once everything is read."""
    settings = {"url": f"{department.url}/list", "records": "items", "key": "id", "pages": {"type": "single"}} | more
    with REST.open(RestSettings.model_validate(settings), once) as line:
        assert isinstance(line, Describes)
        assert line.described_as() is None
        assert [record.key for page in line.pull(None) for record in page.records] == ["1"]
        return line.described_as()


def test_a_rest_line_reads_the_openapi_description_that_the_settings_name(department: Desk) -> None:
    named = {"openapi": f"{department.url}/openapi.json"}
    first = pulled(department, **named)
    assert first
    assert pulled(department, **named) == first
    department.answer = answering(openapi(ANOTHER))
    assert pulled(department, **named) not in (first, None)


def test_without_one_it_has_read_none_and_asks_for_none(department: Desk) -> None:
    assert pulled(department) is None
    assert [request.path for request in department.asked] == ["/list"]


@pytest.mark.parametrize("status", [200, 401, 404, 500])
def test_a_description_that_cannot_be_read_keeps_no_record_back(department: Desk, status: int) -> None:
    department.answer = answering(Response(b"<html>", status))
    assert pulled(department, openapi=f"{department.url}/openapi.json") is None


def test_a_soap_line_is_described_by_the_wsdl_that_it_reads_anyway() -> None:
    with serve(SoTuPhap(generate(judicial=2, one_stop=1, shared=1, faulty=0).judicial).app) as url:
        settings = {"wsdl": f"{url}/HoSoService.asmx?wsdl", "operation": "LayDanhSachHoSo", "records": "HoSo"}
        settings |= {"key": "SoHoSo", "parameters": {"trang": "{page}", "soDong": "{page_size}"}}
        with SOAP.open(SoapSettings.model_validate(settings), once) as line:
            assert isinstance(line, Describes)
            assert line.described_as() is None
            assert next(iter(line.pull(None))).records  # type: ignore[attr-defined]
            assert isinstance(line, Discovers)
            assert line.described_as() == line.discover().fingerprint
