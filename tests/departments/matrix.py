"""The matrix of faults: what may go wrong between the hub and a department, and what becomes of it for each type.

A column says the code of the error that ends the pull while the fault lasts, or `PASSES`: nothing is noticed.
Whatever it says, once the fault is over and the pull is repeated, nothing is lost and nothing doubled.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.departments.altered import Alter, saying
from tests.departments.department import Department
from tests.departments.faults import Faults, Kind
from tests.departments.generator import City, generate
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.departments.so_tu_phap import SoTuPhap
from tests.departments.wire import Answered

PASSES = "passes"
NONE = "–"  # there is nothing like it here
CITY = generate(judicial=24, one_stop=24, shared=4, faulty=0)
PAGE = 8
SECRET = "bi-mat-0-ai-biet"
LIMITS = {"max_answer_bytes": 16_000_000}
HURRY = {**LIMITS, "timeout_seconds": 0.25, "answer_timeout_seconds": 0.35}


@dataclass(frozen=True)
class Fault:
    """One line of the matrix."""

    what: str
    kind: Kind | Alter
    soap: str
    rest: str
    after: int = 1  # requests for records that still pass
    times: int = 100
    retry_after: int | str = 1
    hurry: bool = False  # with short time-outs, as the fault is one of time
    again: bool = False  # another try passes, though the fault lasts

    def of(self, column: str) -> str:
        """What becomes of it for a connector type."""
        return self.soap if column == "soap" else self.rest

    def __str__(self) -> str:
        return self.what.replace(" ", "-")


def _name(in_xml: bytes, in_json: bytes) -> Alter:
    """Another name of the applicant of the first record, as it is to be written."""
    return saying("HoTen", in_xml, "ownerFullname", in_json)


_GIANT = b"a" * 12_000_000  # more than libxml2 takes in one text


def _more(says: bool) -> Alter:
    """Another word on whether more pages follow."""
    return saying("ConTrang", b"true" if says else b"false", "last", b"false" if says else b"true")


_TOKEN = b'{"access_token": "5f2c", "token_type": "Bearer", "expires_in": 60}'
_OTHER = (
    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    b'<LayHoSoResponse xmlns="http://sotuphap.example/hoso"><LayHoSoResult/></LayHoSoResponse></s:Body></s:Envelope>'
)


def _answer_to_another_question(answered: Answered) -> Answered:
    return replace(answered, body=_TOKEN if answered.body.startswith(b"{") else _OTHER)


def _without_first_records(answered: Answered) -> Answered:
    return replace(answered, body=re.sub(rb"(<HoSo>.*?</HoSo>){3}", b"", answered.body, count=1, flags=re.DOTALL))


MATRIX = [
    # the line
    Fault("latency beyond the time-out", "latency", "timeout", "timeout", hurry=True),
    Fault("a trickle", "trickle", "timeout", "timeout", hurry=True),
    Fault("a trickle of headers", "trickling_headers", "timeout", "timeout", hurry=True),
    Fault("a trickle of a chunk's length", "trickling_chunk", "timeout", "timeout", hurry=True),
    Fault("a trickle of nothing, compressed", "gzip_of_nothing", "timeout", "timeout", hurry=True),
    Fault("a reset before the headers", "reset", "cut", "cut"),
    Fault("the line ends before the headers", "hang_up", "cut", "cut"),
    Fault("half the headers", "half_a_head", "empty_answer", "empty_answer"),
    Fault("a reset after the headers", "reset_after_headers", "truncated", "truncated"),
    Fault("a reset in the body", "reset_mid_body", "truncated", "truncated"),
    Fault("half an answer that said its length", "truncated", "truncated", "truncated"),
    Fault("half an answer that did not", "truncated_without_length", "truncated", "truncated"),
    Fault("chunks that are cut off", "chunked_cut_off", "truncated", "truncated"),
    Fault("a kept line is closed between pages", "closed_between_requests", PASSES, PASSES),
    Fault("a kept line is cut at the next page", "cut_on_the_next_request", "cut", "cut", after=0, again=True),
    Fault("an HTTP/1.0 server", "http_1_0", PASSES, PASSES),
    Fault("100 Continue that nobody asked for", "continue_first", PASSES, PASSES),
    # the answer's status
    Fault("429, come again in a second", "429", "busy", "busy"),
    Fault("429, come again at a date", "429", "busy", "busy", retry_after="Wed, 20 May 2026 01:02:00 GMT"),
    Fault("429, come again in a thousand years", "429", "busy", "busy", retry_after=31_556_952_000),
    Fault("429, come again some day", "429", "busy", "busy", retry_after="soon ²"),
    Fault("500", "500", "server_error", "server_error"),
    Fault("502", "502", "server_error", "server_error"),
    Fault("503", "503", "server_error", "server_error"),
    Fault("504", "504", "server_error", "server_error"),
    Fault("401", "401", "refused", "refused"),
    Fault("a redirect to another host", "redirect_elsewhere", "redirected", "redirected"),
    Fault("a redirect to itself", "redirect_loop", "redirected", "redirected"),
    # another body
    Fault("a login page at once", "html_login", "html_answer", "html_answer", after=0),
    Fault("a login page later", "html_login", "html_answer", "html_answer"),
    Fault("a login page that calls itself data", "html_login_as_data", "html_answer", "html_answer"),
    Fault("an empty body", "empty", "empty_answer", "empty_answer"),
    Fault("an answer to another question", _answer_to_another_question, "paging", "records"),
    Fault("broken JSON", "invalid_json", "not_xml", "not_json"),
    Fault("broken XML", "invalid_xml", "not_xml", "not_json"),
    # the right body in another dress
    Fault("octets by its type", "called_octets", PASSES, PASSES),
    Fault("a web page by its type", "called_html", PASSES, PASSES),
    Fault("an image by its type", "called_image", PASSES, PASSES),
    Fault("no type", "without_type", PASSES, PASSES),
    Fault("a byte-order mark", "with_mark", PASSES, PASSES),
    Fault("UTF-16 by its content only", "utf_16", PASSES, PASSES),
    Fault("gzip", "gzip", PASSES, PASSES),
    Fault("broken gzip", "corrupt_gzip", "truncated", "truncated"),
    Fault("half a gzip", "half_a_gzip", "truncated", "truncated"),
    Fault("called gzip and is not", "not_gzip", "truncated", "truncated"),
    Fault("deflate", "deflate", PASSES, PASSES),
    Fault("deflate without its envelope", "raw_deflate", PASSES, PASSES),
    Fault("deflate that is called gzip", "deflate_called_gzip", "truncated", "truncated"),
    Fault("an encoding that is none", "unknown_encoding", PASSES, "encoding"),
    # hostile
    Fault("a gzip bomb", "gzip_bomb", "too_large", "too_large"),
    Fault("an answer without end", "endless", "too_large", "too_large"),
    Fault("an external entity", "external_entity", "forbidden_xml", "not_json"),
    Fault("a billion laughs", "billion_laughs", "forbidden_xml", "not_json"),
    Fault("a document type in UTF-16", "utf_16_doctype", "forbidden_xml", "not_json"),
    Fault("elements 100,000 deep", "deep_xml", "forbidden_xml", "not_json"),
    Fault("lists 100,000 deep", "deep_json", "not_xml", "not_json"),
]


# What a department writes wrongly for a while, in one record of an answer that is whole. No change time shows that it
# was mended, so where it was taken `hub sync NAME --full` brings the right one.
ODD = [
    Fault(
        "a text of millions of characters",
        _name(_GIANT, b'"%s"' % _GIANT[:2_000_000]),
        PASSES,
        PASSES,
        times=1,
    ),
    Fault("a number of 5,000 digits", _name(b"9" * 5000, b"9" * 5000), PASSES, PASSES, times=1),
    Fault("a number beyond every number", _name(b"1e999", b"1e999"), PASSES, PASSES, times=1),
    Fault("a NUL", _name(b"a&#0;b", b'"a\\u0000b"'), PASSES, PASSES, times=1),
    Fault("a NUL as it is", _name(b"a\0b", b'"a\0b"'), PASSES, PASSES, times=1),
    Fault("control characters", _name(b"a\x01\x02b", b'"a\\u0001\\u0002b"'), PASSES, PASSES, times=1),
    Fault("half a letter beyond 16 bits", _name(b"a&#xD800;b", b'"a\\ud800b"'), PASSES, PASSES, times=1),
    Fault("bytes that are no letters", _name(b"a\xff\xfeb", b'"a\xff\xfeb"'), "charset", "charset", times=1),
]

# What a department says wrongly of its pages.
LIES = [
    Fault("never an end", _more(says=True), PASSES, PASSES),
    Fault("a total that is too small", saying("TongSo", b"3", "size", b"3"), PASSES, NONE),
    Fault("a total that is too large", saying("TongSo", b"999999", "size", b"3"), PASSES, NONE),
    Fault("a total that is no number", saying("TongSo", b"-", "size", b"3"), "total", NONE, after=0),
    Fault("a page that comes twice", "answer_before", PASSES, PASSES, times=1),
    Fault("the same page for ever", "answer_before", "stuck", "stuck"),
    Fault("the end, too early", _more(says=False), PASSES, NONE, after=0, times=1),
]
# What looks like any other answer, so that the bookmark passes what is missing: only a full run brings it.
BLIND = [
    Fault("the end, too early", _more(says=False), NONE, PASSES, after=0, times=1),
    Fault("a later page than asked for", _without_first_records, PASSES, NONE, after=0, times=1),
]


@dataclass(frozen=True)
class Column:
    """A connector type, the department that it reads here, and how."""

    type: str
    make: Callable[[City], Department]
    ask: Callable[[str], dict[str, Any]]
    matching: str  # what requests for records have in their line

    def settings(self, address: str, *, hurry: bool = False) -> dict[str, Any]:
        """The settings of a connector that reads the department at this address."""
        return self.ask(address) | (HURRY if hurry else LIMITS)

    def arm(self, faults: Faults, fault: Fault) -> None:
        """Let requests for records meet this fault."""
        faults.arm(fault.kind, fault.times, after=fault.after, matching=self.matching, retry_after=fault.retry_after)


def _so_tu_phap(address: str) -> dict[str, Any]:
    return {
        "wsdl": f"{address}/HoSoService.asmx?wsdl",
        "operation": "LayDanhSachHoSo",
        "auth": {"type": "basic", "username": "hub", "password": SECRET},
        "parameters": {"tuThoiDiem": "{since}", "trang": "{page}", "soDong": "{page_size}"},
        "page_size": PAGE,
        "records": "HoSo",
        "key": "SoHoSo",
        "changed_at": {"from": "NgayCapNhat", "date": "dd/MM/yyyy HH:mm:ss"},
        "more": "ConTrang",
        "total": "TongSo",
    }


def _mot_cua(address: str) -> dict[str, Any]:
    return {
        "url": f"{address}/pa/dossier/search",
        "auth": {
            "type": "oauth2_client_credentials",
            "token_url": f"{address}/auth/realms/digo/protocol/openid-connect/token",
            "client_id": "hub",
            "client_secret": SECRET,
        },
        "parameters": {"spec": "slice", "sort": "updatedDate,desc", "page": "{page}", "size": "{page_size}"},
        "page_size": PAGE,
        "pages": {"type": "numbered", "last": "last"},
        "records": "content",
        "key": "id",
        "changed_at": {"from": "updatedDate", "date": "iso"},
        "order": "newest_first",
    }


COLUMNS = {
    "soap": Column("soap", lambda city: SoTuPhap(city.judicial, credentials=("hub", SECRET)), _so_tu_phap, "POST"),
    "rest": Column("rest", lambda city: MotCua(city.one_stop, secret=SECRET), _mot_cua, "/pa/"),
}


@contextmanager
def behind_faults(department: Any, certificate: Path | None = None) -> Iterator[tuple[str, Faults]]:
    """A department's address, and what a test arms between it and whoever asks."""
    faults = Faults(department.app)
    with serve(faults, certificate=certificate) as address:
        yield address, faults
        faults.disarm()


def cells(*tables: list[Fault]) -> list[tuple[Fault, str]]:
    """Every fault with every column that knows it."""
    return [(fault, name) for table in tables for fault in table for name in COLUMNS if fault.of(name) != NONE]
