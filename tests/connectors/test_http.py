"""What an answer means, what a broken exchange means, and what the client never does."""

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.http import Client
from connectors.settings import HttpSettings
from tests.connectors.desk import dead_address, desk, raw_desk, say
from tests.departments import hostile
from tests.departments.faults import Faults
from tests.departments.server import serve

LONG_AGO = format_datetime(datetime(2026, 5, 20, 1, 0, tzinfo=UTC), usegmt=True)


def ask(url: str, method: str = "GET", **settings: Any) -> bytes:
    with Client(HttpSettings.model_validate(settings)) as client:
        return client.ask(method, url).body


def error_of(url: str, kind: type[ConnectorError], **settings: Any) -> Any:
    with pytest.raises(kind) as caught:
        ask(url, **settings)
    assert type(caught.value) is kind
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, Changed, "bad_request"),
        (401, Refused, "refused"),
        (403, Refused, "refused"),
        (404, Changed, "not_found"),
        (405, Changed, "bad_request"),
        (408, Unavailable, "server_error"),
        (410, Changed, "not_found"),
        (422, Changed, "bad_request"),
        (429, Unavailable, "busy"),
        (500, Unavailable, "server_error"),
        (502, Unavailable, "server_error"),
        (503, Unavailable, "server_error"),
        (599, Unavailable, "server_error"),
        (304, Changed, "bad_request"),
    ],
)
def test_every_status_says_what_happens_next(status: int, kind: type[ConnectorError], code: str) -> None:
    with desk(lambda _: Response(b"", status)) as there:
        error = error_of(f"{there.url}/list?apikey=secret", kind)
    assert error.code == code
    assert str(error).startswith(f"{there.url}/list answered {status} ")


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120.0),
        (format_datetime(datetime(2026, 5, 20, 1, 2, tzinfo=UTC), usegmt=True), 120.0),
        (LONG_AGO, 0.0),
        ("soon", None),
        ("²", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_by_their_clock(told: str, seconds: float | None) -> None:
    answer = f"HTTP/1.1 503 x\r\nDate: {LONG_AGO}\r\nRetry-After: {told}\r\nContent-Length: 0\r\n\r\n"
    with raw_desk(answer.encode("latin-1", "replace")) as url:
        assert error_of(url, Unavailable).retry_after == seconds


def test_retry_after_as_a_date_without_their_clock_counts_from_ours() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    with raw_desk(f"HTTP/1.1 503 x\r\nRetry-After: {then}\r\nContent-Length: 0\r\n\r\n".encode()) as url:
        assert 3500 < error_of(url, Unavailable).retry_after <= 3600


def test_a_login_page_is_unavailable_and_named_by_its_title() -> None:
    with desk(lambda _: Response(hostile.LOGIN_PAGE, mimetype="text/html")) as there:
        error = error_of(there.url, Unavailable)
    assert error.code == "html_answer"
    assert "“Đăng nhập”" in str(error)


@pytest.mark.parametrize(
    "page",
    [
        b"\xef\xbb\xbf\r\n<HTML><body>x",
        b'<?xml version="1.0"?>\n<!-- made by x -->\n<html xmlns="http://www.w3.org/1999/xhtml"/>',
        b"<!doctype HTML PUBLIC '-//W3C//DTD HTML 4.0//EN'>",
    ],
)
def test_a_web_page_is_known_by_its_content_whatever_type_it_claims(page: bytes) -> None:
    with desk(lambda _: Response(page, mimetype="application/json")) as there:
        assert error_of(there.url, Unavailable).code == "html_answer"


def test_json_that_only_speaks_of_html_is_data() -> None:
    with desk(lambda _: Response(b'{"note": "<html>"}', mimetype="text/html")) as there:
        assert ask(there.url) == b'{"note": "<html>"}'


def test_an_error_page_quotes_its_title() -> None:
    with desk(lambda _: Response("<html><title>Bảo trì &amp; nâng cấp</title>", 503)) as there:
        assert "“Bảo trì & nâng cấp”" in str(error_of(there.url, Unavailable))


def test_a_silent_system_is_unavailable_after_the_time_that_is_said() -> None:
    with raw_desk(b"", hold=True) as url:
        error = error_of(url, Unavailable, timeout_seconds=0.05)
        assert str(error) == f"no answer from {url} within 0.05 s"
    assert error.code == "timeout"


def test_silence_in_the_middle_of_an_answer_is_unavailable() -> None:
    with raw_desk(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", hold=True) as url:
        assert str(error_of(url, Unavailable, timeout_seconds=0.05)) == f"no answer from {url} within 0.05 s"


def test_a_trickle_does_not_outlast_the_time_for_one_answer() -> None:
    with serve(Faults(_endless)) as url:
        error = error_of(url, Unavailable, answer_timeout_seconds=0.05, max_answer_bytes=2**40)
    assert error.code == "timeout"
    assert "after 0.05 s" in str(error)


@Request.application
def _endless(request: Request) -> Response:
    return Response(hostile.endless())


def test_an_endless_body_ends_at_the_limit() -> None:
    with serve(_endless) as url:
        error = error_of(url, Changed, max_answer_bytes=1_000_000)
    assert error.code == "too_large"
    assert "1,000,000 bytes" in str(error)
    assert "page_size" in error.hint


def test_the_limit_counts_what_a_gzip_bomb_unpacks_to() -> None:
    bomb = Response(hostile.gzip_bomb(), headers={"Content-Encoding": "gzip"})
    with desk(lambda _: bomb) as there:
        assert error_of(there.url, Changed).code == "too_large"


def test_a_compressed_answer_is_unpacked() -> None:
    packed = Response(gzip.compress(b"[1]" * 100_000), headers={"Content-Encoding": "gzip"})
    with desk(lambda _: packed) as there:
        assert ask(there.url) == b"[1]" * 100_000


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip",
    ],
    ids=["Content-Length", "chunked", "not gzip"],
)
def test_a_truncated_answer_is_unavailable(answer: bytes) -> None:
    with raw_desk(answer) as url:
        assert error_of(url, Unavailable).code == "truncated"


def test_a_dead_host_is_unavailable() -> None:
    url = dead_address()
    error = error_of(f"{url}/list", Unavailable)
    assert error.code == "no_connection"
    assert f"{url}/list" in str(error)


def test_a_reset_connection_is_unavailable() -> None:
    faults = Faults(_endless)
    faults.arm("reset")
    with serve(faults) as url:
        assert error_of(url, Unavailable).code == "cut"


def test_a_host_name_that_does_not_exist_is_unavailable() -> None:
    assert error_of("http://so-tu-phap.invalid/", Unavailable).code == "unknown_host"


def test_something_that_does_not_speak_http_is_unavailable() -> None:
    with raw_desk(b"220 mail.example ESMTP\r\n") as url:
        assert error_of(url, Unavailable).code == "cut"


def test_a_redirect_on_the_same_host_is_followed() -> None:
    def answer(request: Request) -> Response:
        return say([1]) if request.path == "/new" else Response(status=302, headers={"Location": "/new"})

    with desk(answer) as there:
        assert ask(f"{there.url}/old") == b"[1]"


def test_a_redirect_to_another_host_is_not_followed() -> None:
    with desk(lambda _: say([1])) as stranger:
        away = Response(status=302, headers={"Location": f"{stranger.url}/?token=secret"})
        with desk(lambda _: away) as there:
            error = error_of(there.url, Changed)
        assert stranger.asked == []
    assert error.code == "redirected"
    assert stranger.url in str(error)
    assert "secret" not in str(error)


def test_a_redirect_that_would_lose_a_post_is_refused() -> None:
    login = Response(status=302, headers={"Location": "/login"})
    with desk(lambda _: login) as there, pytest.raises(Changed, match="redirects a POST") as caught:
        ask(there.url, "POST")
    assert caught.value.code == "redirected"


def test_redirects_in_a_circle_end() -> None:
    with desk(lambda _: Response(status=302, headers={"Location": "/"})) as there:
        assert error_of(there.url, Changed).code == "redirected"
        assert len(there.asked) == 6


def test_the_environment_gives_neither_proxy_nor_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password stolen")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", dead_address())
    with desk(lambda _: say([1])) as there:
        assert ask(there.url) == b"[1]"
        assert there.asked[0].authorization is None


def test_a_proxy_of_the_settings_is_used() -> None:
    with desk(lambda _: say(["through the proxy"])) as proxy:
        assert ask("http://so-tu-phap.invalid/list", proxy=proxy.url) == b'["through the proxy"]'
        assert proxy.asked[0].host == "so-tu-phap.invalid"


def test_a_dead_proxy_is_unavailable_and_its_password_stays_secret() -> None:
    proxy = dead_address().replace("http://", "http://hub:s3cret@")
    error = error_of("http://so-tu-phap.invalid/list", Unavailable, proxy=proxy)
    assert error.code == "proxy"
    assert "s3cret" not in f"{error} {error.hint}"


def test_a_certificate_file_that_is_not_there_is_said_before_anything_is_sent() -> None:
    error = error_of("https://127.0.0.1:9/", Changed, ca_file="/no/such/ca.pem")
    assert error.code == "local_settings"
    assert "/no/such/ca.pem" in str(error)


def test_a_key_without_its_certificate_is_refused() -> None:
    with pytest.raises(ValueError, match="`client_key` needs `client_certificate`"):
        HttpSettings.model_validate({"client_key": "hub.key"})
