"""What passes between hub and department can be shown, and no secret is in it."""

import base64
import json
from typing import Any
from urllib.parse import quote_plus
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from werkzeug.wrappers import Request, Response

from connectors.errors import Changed, Unavailable
from connectors.http import Client, basic
from connectors.scrub import BLANK
from connectors.settings import HttpSettings, Settings
from connectors.witness import Blanks, Exchange, witnessed
from tests.connectors.desk import dead_address, desk, raw_desk, say

SECRET = "mật&khẩu<“7”>"


class Example(HttpSettings):
    password: SecretStr = SecretStr(SECRET)


def seen(answer: Any, method: str = "GET", path: str = "", **request: Any) -> Exchange:
    """The one exchange of a request to a desk that answers so."""
    with desk(answer) as department, Client(Example()) as client, witnessed() as exchanges:
        client.send(method, f"{department.url}{path}", **request)
    (only,) = exchanges
    return only


def test_request_and_answer_are_shown_with_their_time() -> None:
    shown = seen(
        lambda _: say([1], 201, X_More="yes"), "POST", "/list?trang=2", data=b"<a/>", headers={"SOAPAction": "x"}
    )
    assert (shown.method, shown.body, shown.status, shown.answer, shown.answer_bytes) == ("POST", "<a/>", 201, "[1]", 3)
    assert shown.address.endswith("/list?trang=2")
    assert (shown.headers["SOAPAction"], shown.answer_headers["X-More"]) == ("x", "yes")
    assert 0 < shown.seconds < 30
    assert shown.error is None


def test_nothing_is_kept_where_nobody_looks_and_looks_do_not_mix() -> None:
    with desk(lambda _: say([1])) as department, Client(Example()) as client:
        with witnessed() as outer:
            client.ask("GET", department.url)
            with witnessed() as inner:
                client.ask("GET", department.url)
        client.ask("GET", department.url)
    assert (len(outer), len(inner)) == (1, 1)


def test_a_redirect_is_shown_as_what_it_is() -> None:
    def answer(request: Request) -> Response:
        return Response(status=302, headers={"Location": "/there?token=abc"}) if request.path == "/" else say([1])

    with desk(answer) as department, Client(Example()) as client, witnessed() as exchanges:
        client.ask("GET", department.url)
    assert [one.status for one in exchanges] == [302, 200]
    assert exchanges[0].answer_headers["Location"] == f"/there?token={BLANK}"


def test_what_broke_is_shown_with_its_request() -> None:
    with Client(Example()) as client, witnessed() as exchanges:
        with pytest.raises(Unavailable):
            client.ask("GET", f"{dead_address()}/list?password=abc")
        with raw_desk(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1") as url, pytest.raises(Unavailable):
            client.ask("GET", url)
    dead, half = exchanges
    assert (dead.status, dead.answer) == (None, "")
    assert dead.address.endswith(f"/list?password={BLANK}")
    assert "it is not reachable" in (dead.error or "")
    assert (half.status, half.answer) == (200, "[1")
    assert "broke off half-way" in (half.error or "")


def test_an_answer_that_is_too_large_is_shown_as_far_as_it_was_read() -> None:
    with (
        desk(lambda _: Response(b"x" * 200_000)) as department,
        Client(Example(max_answer_bytes=100_000)) as client,
        witnessed() as exchanges,
        pytest.raises(Changed),
    ):
        client.ask("GET", department.url)
    assert len(exchanges[0].answer) == 64 * 1024
    assert exchanges[0].answer_bytes > 100_000
    assert "larger than 100,000 bytes" in (exchanges[0].error or "")


def test_charsets_are_those_that_the_answer_says() -> None:
    assert seen(lambda _: Response("Đã trả".encode("utf-16"))).answer == "Đã trả"
    assert seen(lambda _: Response("Đ".encode("cp1258"), content_type="text/xml; charset=windows-1258")).answer == "Đ"
    assert seen(lambda _: Response(b"\xff[]", content_type="text/xml; charset=no-such")).answer == "�[]"


def test_credentials_in_headers_are_blanked_on_both_sides() -> None:
    shown = seen(
        lambda _: say([1], Set_Cookie="session=abc", X_Request_Id="7"),
        auth=basic("hub", SecretStr(SECRET)),
        headers={"Cookie": "a=b", "X-Api-Key": "abc", "Ocp-Apim-Subscription-Key": f"{SECRET}".encode()},
    )
    assert {shown.headers[name] for name in ("Authorization", "Cookie", "X-Api-Key")} == {BLANK}
    assert (shown.answer_headers["Set-Cookie"], shown.answer_headers["X-Request-Id"]) == (BLANK, "7")
    assert SECRET not in repr(shown)


FORMS = {
    "as it is": SECRET,
    "in XML": escape(SECRET),
    "in XML, with quotes": escape(SECRET, {'"': "&quot;", "'": "&apos;"}),
    "in JSON": json.dumps(SECRET)[1:-1],
    "in JSON, in letters": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "in an address": quote_plus(SECRET),
    "in base64": base64.b64encode(SECRET.encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_known_secret_is_blanked_wherever_it_stands(form: str) -> None:
    shown = seen(lambda _: Response(f"<echo>{form}</echo>"), "POST", data=form.encode())
    for text in (shown.answer, shown.body):
        assert form not in text
        assert BLANK in text


@pytest.mark.parametrize("form", [SECRET, FORMS["in base64"]])
def test_so_it_is_in_an_address(form: str) -> None:
    shown = seen(lambda _: say([]), path="/x", params={"y": form})
    assert shown.address.partition("?")[2].startswith(f"y={BLANK}")


@given(st.text("abcxyz019:/", max_size=40), st.text(max_size=10))
def test_inside_base64_of_a_longer_text_a_secret_is_blanked_too(before: str, after: str) -> None:
    coded = base64.b64encode(f"{before}{SECRET}{after}".encode()).decode()
    left, blank, right = Blanks(Example()).text(coded).partition(BLANK)
    ahead, behind = len(before.encode()), len((before + SECRET).encode())
    assert blank
    assert len(left) <= -(-ahead * 8 // 6)  # nothing but the letters that hold some of what stands before
    assert len(right) <= len(coded) - behind * 8 // 6


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<s:MatKhau a='1'>abc</s:MatKhau><So>1</So>", f"<s:MatKhau a='1'>{BLANK}</s:MatKhau><So>1</So>"),
        ("<Password><![CDATA[a<b]]></Password>", f"<Password>{BLANK}</Password>"),
        ("<x>&lt;MatKhau&gt;abc&lt;/MatKhau&gt;</x>", f"<x>&lt;MatKhau&gt;{BLANK}&lt;/MatKhau&gt;</x>"),
        ("<Password>abc", f"<Password>{BLANK}"),  # where it was cut
        ("<a user='u' password='abc'/>", f"<a user='u' password='{BLANK}'/>"),
        ('{"access_token": "a\\"b", "expires_in": 60}', f'{{"access_token": "{BLANK}", "expires_in": 60}}'),
        ('{"in": "{\\"matKhau\\": \\"abc\\"}"}', f'{{"in": "{{\\"matKhau\\": \\"{BLANK}\\"}}"}}'),
        ('{"pin": 1234}', f'{{"pin": {BLANK}}}'),
        ("grant_type=password&client_secret=abc&x=1", f"grant_type=password&client_secret={BLANK}&x=1"),
        ('{"nextPageToken": "abc", "author": "x"}', '{"nextPageToken": "abc", "author": "x"}'),
        ("<MatKhau></MatKhau><MatKhau/>", "<MatKhau></MatKhau><MatKhau/>"),
    ],
)
def test_what_is_named_like_a_secret_is_blanked_and_nothing_else(text: str, shown: str) -> None:
    assert Blanks(Settings()).text(text) == shown


def test_a_secret_that_the_cut_would_halve_is_blanked_before() -> None:
    shown = seen(lambda _: Response(b"x" * (64 * 1024 - 5) + SECRET.encode()))
    assert shown.answer.strip("x") in BLANK


@pytest.mark.parametrize("hostile", ["<a>", '="', "&lt;a&gt;", '"a":"', 'a="', "a" * 9, '\\"a\\":', "<![CDATA["])
def test_hostile_answers_cost_no_more_than_others(hostile: str) -> None:
    text = hostile * (64 * 1024 // len(hostile))
    assert len(Blanks(Example()).text(text)) <= 64 * 1024
