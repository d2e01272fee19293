"""Every fault of the matrix, for every type: in time, one sentence that names the system, and nothing lost."""

import traceback
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest

from connectors.contract import Bookmark, Page
from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.registry import Registry
from tests.connectors.certificates import Authority, authority
from tests.connectors.desk import dead_address, once, raw_desk
from tests.departments.du_lieu_mo import PATH, DuLieuMo
from tests.departments.matrix import CITY, COLUMNS, MATRIX, PASSES, SECRET, Column, Fault, behind_faults, cells

IN_TIME_SECONDS = 15.0  # far from every time-out here, far from for ever
REFUSED = {"refused"}
AGAIN = {"timeout", "cut", "truncated", "empty_answer", "busy", "server_error", "html_answer", "no_connection"}


def read(
    column: Column,
    address: str,
    pages: list[Page],
    since: Bookmark | None = None,
    *,
    hurry: bool = False,
    **more: Any,
) -> ConnectorError | None:
    """Pull into `pages`; the error that ended the pull, if one did."""
    kind = Registry().type(column.type)
    settings = column.settings(address, hurry=hurry) | more
    with kind.open(kind.settings.model_validate(settings), once) as connector:
        try:
            pages.extend(connector.pull(since))
        except ConnectorError as error:
            return error
    return None


def contents(pages: list[Page]) -> dict[str, bytes]:
    return {record.key: record.raw for page in pages for record in page.records}


def bookmark(pages: list[Page]) -> Bookmark | None:
    return next((page.bookmark for page in reversed(pages) if page.bookmark), None)


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, dict[str, bytes]]:
    """What each column reads when nothing goes wrong."""
    found: dict[str, dict[str, bytes]] = {}
    for name, column in COLUMNS.items():
        pages: list[Page] = []
        with behind_faults(column.make(CITY)) as (address, _):
            assert read(column, address, pages) is None
        found[name] = contents(pages)
    return found


def check_sentence(error: ConnectorError, address: str) -> None:
    sentence = str(error)
    assert address in sentence
    assert "\n" not in sentence
    assert len(sentence) < 400
    assert error.hint
    shown = "".join(traceback.format_exception(error)) + repr(error) + error.hint
    assert SECRET not in shown


@pytest.mark.parametrize(("fault", "name"), cells(MATRIX), ids=str)
def test_a_fault_is_one_sentence_in_time_and_loses_nothing(
    fault: Fault, name: str, undisturbed: dict[str, dict[str, bytes]]
) -> None:
    column, pages = COLUMNS[name], list[Page]()
    with behind_faults(column.make(CITY)) as (address, faults):
        column.arm(faults, fault)
        began = monotonic()
        error = read(column, address, pages, hurry=fault.hurry)
        assert monotonic() - began < IN_TIME_SECONDS
        faults.disarm()
        assert (PASSES if error is None else error.code) == fault.of(name), error
        if error is not None:
            check_sentence(error, address)
            kind = Refused if error.code in REFUSED else Unavailable if error.code in AGAIN else Changed
            assert type(error) is kind
        assert contents(pages).items() <= undisturbed[name].items()
        assert read(column, address, pages, bookmark(pages)) is None
        assert contents(pages) == undisturbed[name]


# What may go wrong at the very first exchange: the WSDL of `soap`, the token of `rest`.
FIRST = [
    Fault("latency", "latency", "timeout", "timeout", hurry=True),
    Fault("a trickle", "trickle", "timeout", "timeout", hurry=True),
    Fault("a reset", "reset", "cut", "cut"),
    Fault("half an answer", "truncated_without_length", "truncated", "truncated"),
    Fault("a login page", "html_login", "html_answer", "html_answer"),
    Fault("an empty body", "empty", "empty_answer", "empty_answer"),
    Fault("503", "503", "server_error", "server_error"),
    Fault("429", "429", "busy", "busy"),
    Fault("401", "401", "refused", "refused"),
    Fault("broken XML", "invalid_xml", "not_xml", "not_json"),
    Fault("a document type", "external_entity", "forbidden_xml", "not_json"),
    Fault("a gzip bomb", "gzip_bomb", "too_large", "too_large"),
    Fault("broken gzip", "corrupt_gzip", "truncated", "truncated"),
    Fault("a redirect to another host", "redirect_elsewhere", "redirected", "redirected"),
    Fault("a redirect to itself", "redirect_loop", "redirected", "redirected"),
]
FIRST_ASKED = {"soap": "GET /HoSoService.asmx", "rest": "/token"}


@pytest.mark.parametrize(("fault", "name"), cells(FIRST), ids=str)
def test_a_fault_at_the_first_exchange_is_one_sentence_in_time(fault: Fault, name: str) -> None:
    column = COLUMNS[name]
    with behind_faults(column.make(CITY)) as (address, faults):
        faults.arm(fault.kind, 9, matching=FIRST_ASKED[name])
        began = monotonic()
        error = read(column, address, [], hurry=fault.hurry)
        assert monotonic() - began < IN_TIME_SECONDS
        assert error is not None
        assert error.code == fault.of(name), error
        check_sentence(error, address)


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("certificates"))


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize(
    ("certificate", "code"),
    [
        ({"what": "right"}, PASSES),
        ({"what": "ended", "ended": True}, "certificate"),
        ({"what": "of-itself", "itself": True}, "certificate"),
        ({"what": "of-another-host", "host": "other.example"}, "certificate"),
    ],
    ids=str,
)
def test_a_certificate_is_looked_at(trusted: Authority, certificate: dict[str, Any], code: str, name: str) -> None:
    column = COLUMNS[name]
    with behind_faults(column.make(CITY), trusted.certificate(**certificate)) as (address, faults):
        error = read(column, address, [], ca_file=trusted.file)
        assert (PASSES if error is None else error.code) == code, error
        if error is not None:
            check_sentence(error, address)
            assert faults.requests == []  # no password went to whoever that is


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize(
    ("address", "code"),
    [
        (dead_address(), "no_connection"),
        ("http://so-tu-phap.invalid", "unknown_host"),
    ],
    ids=["nobody-is-there", "no-such-host"],
)
def test_a_department_that_cannot_be_reached_is_named(address: str, code: str, name: str) -> None:
    error = read(COLUMNS[name], address, [])
    assert error is not None
    assert error.code == code
    check_sentence(error, address)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_department_that_speaks_no_tls_is_named(name: str) -> None:
    with raw_desk(b"HTTP/1.1 400 Bad Request\r\n\r\n") as address:
        error = read(COLUMNS[name], address.replace("http:", "https:"), [])
    assert error is not None
    assert error.code == "tls"


def test_a_next_link_to_another_host_is_not_followed() -> None:
    stranger = DuLieuMo(["so"], [("1",)])
    department = DuLieuMo(["so"], [(str(n),) for n in range(25)])
    with behind_faults(stranger) as (elsewhere, asked), behind_faults(department) as (address, faults):
        place = b'"next":"%s' % elsewhere.encode()
        faults.arm(lambda answered: replace(answered, body=answered.body.replace(b'"next":"', place)), 9, after=1)
        settings = {"url": address + PATH, "pages": {"type": "next_link", "next": "result._links.next"}, "page_size": 5}
        settings |= {"records": "result.records", "key": "_id", "secret_headers": {"X-Key": SECRET}}
        kind, pages = Registry().type("rest"), list[Page]()
        with kind.open(kind.settings.model_validate(settings), once) as connector, pytest.raises(Changed) as caught:
            pages.extend(connector.pull(None))
        assert caught.value.code == "next_link"
        check_sentence(caught.value, address)
        assert asked.requests == []
