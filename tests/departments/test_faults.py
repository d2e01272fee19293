"""Each armed fault is on the wire what its name says, for as many requests as it was armed for."""

import gzip
import itertools
import json
import socket
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import requests
from lxml import etree
from werkzeug.wrappers import Request, Response

from tests.departments import hostile
from tests.departments.faults import Faults, Kind
from tests.departments.server import serve

BODY = b"0123456789" * 1000


@Request.application
def department(request: Request) -> Response:
    return Response(BODY, mimetype="application/json")


@pytest.fixture
def faults() -> Faults:
    return Faults(department)


@pytest.fixture
def url(faults: Faults) -> Iterator[str]:
    with serve(faults) as address:
        yield address
        faults.disarm()


def _raw(url: str) -> tuple[list[bytes], bytes]:
    """The head's lines and the body, exactly as they come through the socket until its end."""
    address = urlsplit(url)
    assert address.hostname is not None
    assert address.port is not None
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: department\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    return head.split(b"\r\n"), body


def _get(url: str) -> requests.Response:
    return requests.get(url, timeout=10)


def test_without_a_fault_the_department_answers(url: str) -> None:
    assert _get(url).content == BODY


def test_a_fault_lasts_as_many_requests_as_it_was_armed_for(faults: Faults, url: str) -> None:
    faults.arm("500", times=2)
    faults.arm("503")
    assert [_get(url).status_code for _ in range(4)] == [500, 500, 503, 200]


def test_a_fault_can_wait_for_the_requests_it_is_meant_for(faults: Faults, url: str) -> None:
    faults.arm("500", after=1, matching="POST /token?x=1")
    statuses = [
        requests.request(m, f"{url}{p}", timeout=10).status_code
        for m, p in (
            ("POST", "/token?x=1"),
            ("GET", "/token?x=1"),
            ("POST", "/token?x=1"),
            ("POST", "/token?x=1"),
        )
    ]
    assert statuses == [200, 200, 500, 200]
    assert faults.requests == ["POST /token?x=1", "GET /token?x=1", "POST /token?x=1", "POST /token?x=1"]


def test_a_disarmed_fault_does_not_come(faults: Faults, url: str) -> None:
    faults.arm("500", times=9)
    faults.disarm()
    assert _get(url).status_code == 200


def test_an_unknown_fault_cannot_be_armed(faults: Faults) -> None:
    with pytest.raises(ValueError, match="'fire' is no fault"):
        faults.arm("fire")  # type: ignore[arg-type]


def test_latency_holds_the_answer_until_it_is_released(faults: Faults, url: str) -> None:
    faults.arm("latency", times=2)
    with ThreadPoolExecutor() as pool:
        answers = [pool.submit(_get, url) for _ in range(2)]
        faults.wait_until_held(2)
        assert not any(answer.done() for answer in answers)
        faults.release()
        assert [answer.result().content for answer in answers] == [BODY, BODY]


def test_latency_makes_an_impatient_client_give_up(faults: Faults, url: str) -> None:
    faults.arm("latency")
    with pytest.raises(requests.ReadTimeout):
        requests.get(url, timeout=(10, 0.1))


def test_waiting_for_a_request_that_does_not_come_ends(faults: Faults) -> None:
    with pytest.raises(TimeoutError, match="0 of 1 requests are held"):
        faults.wait_until_held(timeout=0.01)


def test_a_reset_connection_is_reset(faults: Faults, url: str) -> None:
    faults.arm("reset")
    with pytest.raises(ConnectionResetError):
        _raw(url)


def test_a_truncated_answer_promises_all_and_sends_half(faults: Faults, url: str) -> None:
    faults.arm("truncated")
    head, body = _raw(url)
    assert head[0] == b"HTTP/1.1 200 OK"
    assert b"Content-Length: 10000" in head
    assert b"Content-Type: application/json" in head
    assert body == BODY[:5000]


def test_an_answer_truncated_without_length_tells_nothing(faults: Faults, url: str) -> None:
    faults.arm("truncated_without_length")
    head, body = _raw(url)
    assert not [line for line in head if line.lower().startswith((b"content-length", b"transfer-encoding"))]
    assert body == BODY[:5000]


@pytest.mark.parametrize(("kind", "status"), [("500", 500), ("503", 503), ("429", 429), ("401", 401)])
def test_a_status_is_that_status(faults: Faults, url: str, kind: Kind, status: int) -> None:
    faults.arm(kind)
    assert _get(url).status_code == status


@pytest.mark.parametrize("kind", ["503", "429"])
def test_a_busy_department_says_when_to_come_again(faults: Faults, url: str, kind: Kind) -> None:
    faults.arm(kind, retry_after=17)
    assert _get(url).headers["Retry-After"] == "17"


def test_401_says_how_to_authenticate(faults: Faults, url: str) -> None:
    faults.arm("401")
    assert _get(url).headers["WWW-Authenticate"].startswith("Basic ")


def test_the_login_page_is_html_with_200(faults: Faults, url: str) -> None:
    faults.arm("html_login")
    answer = _get(url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "Đăng nhập" in answer.content.decode()


def test_an_empty_answer_is_200_with_nothing(faults: Faults, url: str) -> None:
    faults.arm("empty")
    head, body = _raw(url)
    assert head[0] == b"HTTP/1.1 200 OK"
    assert body == b""


def test_invalid_json_cannot_be_parsed(faults: Faults, url: str) -> None:
    faults.arm("invalid_json")
    with pytest.raises(json.JSONDecodeError):
        json.loads(_get(url).content)


def test_invalid_xml_cannot_be_parsed(faults: Faults, url: str) -> None:
    faults.arm("invalid_xml")
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(_get(url).content)


def test_the_external_entity_brings_a_file_into_a_careless_reader(faults: Faults, url: str) -> None:
    faults.arm("external_entity")
    careless = etree.XMLParser(resolve_entities=True, load_dtd=True)
    name = etree.fromstring(_get(url).content, careless).findtext(".//{*}HoTen")
    assert "root:" in (name or "")


def test_the_billion_laughs_grow_beyond_a_gigabyte(faults: Faults, url: str) -> None:
    faults.arm("billion_laughs")
    body = _get(url).content
    assert len(body) < 2000
    with pytest.raises(etree.XMLSyntaxError, match="entity"):
        etree.fromstring(body)
    grown = 2
    for n in range(1, 10):
        assert body.count(b"&ha%d;" % (n - 1)) == 10
        grown *= 10
    assert grown > 10**9


def test_the_deep_tree_is_well_formed_and_too_deep_for_a_careful_reader(faults: Faults, url: str) -> None:
    faults.arm("deep_xml")
    body = _get(url).content
    depth = body.count(b"<a>")
    assert depth == body.count(b"</a>") == 100_000
    with pytest.raises(etree.XMLSyntaxError, match="depth"):
        etree.fromstring(body)


def test_the_endless_body_outlasts_any_limit(faults: Faults, url: str) -> None:
    faults.arm("endless")
    with requests.get(url, stream=True, timeout=10) as answer:
        assert "Content-Length" not in answer.headers
        read = 0
        for chunk in answer.iter_content(2**20):
            read += len(chunk)
            if read > 20 * 2**20:
                break
    assert read > 20 * 2**20
    assert _get(url).content == BODY  # and the department lives on


def test_the_gzip_bomb_is_a_megabyte_that_unpacks_to_a_gigabyte(faults: Faults, url: str) -> None:
    faults.arm("gzip_bomb")
    with requests.get(url, stream=True, timeout=10) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        packed = answer.raw.read(decode_content=False)
    assert len(packed) < 2 * 2**20
    member = zlib.decompressobj(wbits=31)
    size = len(member.decompress(packed))
    assert size * packed.count(gzip.compress(b" " * size, mtime=0)) == 2**30


def test_the_endless_generator_never_ends_by_itself() -> None:
    assert sum(len(chunk) for chunk in itertools.islice(hostile.endless(), 1000)) > 60_000_000


@pytest.mark.parametrize("kind", ["reset_after_headers", "reset_mid_body"])
def test_a_reset_comes_after_what_was_sent(faults: Faults, url: str, kind: Kind) -> None:
    faults.arm(kind)
    with requests.get(url, stream=True, timeout=10) as answer:
        assert answer.headers["Content-Length"] == "10000"
        with pytest.raises(requests.RequestException, match="reset by peer"):
            answer.content  # noqa: B018


@pytest.mark.parametrize(("kind", "head"), [("hang_up", b""), ("half_a_head", b"HTTP/1.1 200 OK")])
def test_a_connection_can_end_before_the_head_does(faults: Faults, url: str, kind: Kind, head: bytes) -> None:
    faults.arm(kind)
    lines, body = _raw(url)
    assert (lines[0], body) == (head, b"")
    assert len(b"".join(lines)) < 40


def test_chunks_can_be_cut_off(faults: Faults, url: str) -> None:
    faults.arm("chunked_cut_off")
    head, body = _raw(url)
    assert b"Transfer-Encoding: chunked" in head
    assert body == b"1388\r\n" + BODY[:5000] + b"\r\n"


@pytest.mark.parametrize(("kind", "head"), [("trickle", b"200 OK"), ("trickling_headers", b"")])
def test_a_trickle_comes_byte_by_byte_until_it_is_let_go(faults: Faults, url: str, kind: Kind, head: bytes) -> None:
    faults.arm(kind)
    address = urlsplit(url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: department\r\n\r\n")
        assert head in connection.recv(65536)
        assert len(connection.recv(65536)) < 10
        faults.release()
        while connection.recv(65536):
            pass


def test_the_answers_of_old_and_odd_servers_are_whole(faults: Faults, url: str) -> None:
    for kind in ("http_1_0", "continue_first"):
        faults.arm(kind)
    head, body = _raw(url)
    assert (head[0], body) == (b"HTTP/1.0 200 OK", BODY)
    head, body = _raw(url)
    assert head[0] == b"HTTP/1.1 100 Continue"
    assert body.endswith(BODY)


@pytest.mark.parametrize("kind", ["closed_between_requests", "cut_on_the_next_request"])
def test_a_connection_that_is_said_to_stay_does_not(faults: Faults, url: str, kind: Kind) -> None:
    faults.arm(kind)
    address = urlsplit(url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: department\r\n\r\n")
        received = b""
        while not received.endswith(BODY):
            received += connection.recv(65536)
        assert b"Connection: keep-alive" in received
        if kind == "cut_on_the_next_request":
            connection.sendall(b"GET / HTTP/1.1\r\nHost: department\r\n\r\n")
        assert connection.recv(65536) == b""


def test_the_answer_of_the_request_before_comes_again(faults: Faults, url: str) -> None:
    faults.arm(lambda answered: replace(answered, body=b"the first"))
    faults.arm("answer_before")
    assert [_get(url).content for _ in range(2)] == [b"the first", BODY]


@pytest.mark.parametrize("kind", ["gzip", "deflate", "raw_deflate"])
def test_a_compressed_answer_is_the_same(faults: Faults, url: str, kind: Kind) -> None:
    faults.arm(kind)
    answer = _get(url)
    assert (answer.content, "Content-Encoding" in answer.headers) == (BODY, True)


@pytest.mark.parametrize("kind", ["corrupt_gzip", "not_gzip", "deflate_called_gzip"])
def test_broken_compression_cannot_be_unpacked(faults: Faults, url: str, kind: Kind) -> None:
    faults.arm(kind)
    with pytest.raises(requests.exceptions.ContentDecodingError):
        _get(url)


def test_redirects_lead_to_another_host_or_nowhere(faults: Faults, url: str) -> None:
    for kind in ("redirect_elsewhere", "redirect_loop"):
        faults.arm(kind)
    places = [requests.get(f"{url}/a?b=1", allow_redirects=False, timeout=10).headers["Location"] for _ in range(2)]
    assert places == ["http://elsewhere.example/a?b=1", "/a?b=1"]


def test_the_hidden_document_type_is_one_and_no_search_finds_it(faults: Faults, url: str) -> None:
    faults.arm("utf_16_doctype")
    body = _get(url).content
    assert b"DOCTYPE" not in body
    assert "<!DOCTYPE" in body.decode("utf-16")
