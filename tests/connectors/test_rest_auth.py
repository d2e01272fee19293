"""The credentials of the `rest` type: kept, renewed, refused, and never shown."""

import pytest
from werkzeug.wrappers import Response

from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.rest import REST
from connectors.rest.settings import RestSettings
from tests.connectors.desk import check, desk, keys, once, pull, say
from tests.connectors.small_rest import CITY, fails, mot_cua, simple
from tests.departments import hostile
from tests.departments.faults import Faults
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve


def test_a_token_is_got_once_and_kept() -> None:
    faults = Faults(MotCua(CITY.one_stop).app)
    with serve(faults) as url:
        pull(REST, mot_cua(url))
    assert [line.split()[0] for line in faults.requests] == ["POST"] + ["GET"] * 6


def test_a_token_that_is_about_to_end_is_renewed_without_a_401() -> None:
    faults = Faults(MotCua(CITY.one_stop, token_seconds=5).app)  # within the leeway: old as soon as it is given
    with serve(faults) as url:
        pull(REST, mot_cua(url))
    assert [line.split()[0] for line in faults.requests] == ["POST", "GET"] * 6


def test_a_token_that_was_revoked_is_renewed_once() -> None:
    department = MotCua(CITY.one_stop)
    with serve(department.app) as url, REST.open(RestSettings.model_validate(mot_cua(url)), once) as connector:
        pages = connector.pull(None)
        brought = [next(pages)]
        department.revoke_tokens()
        brought.extend(pages)
    assert len(keys(brought)) == len(CITY.one_stop)


def test_a_401_that_a_new_token_does_not_mend_is_refused() -> None:
    faults = Faults(MotCua(CITY.one_stop).app)
    faults.arm("401", times=9, matching="/pa/")
    with serve(faults) as url, pytest.raises(Refused):
        pull(REST, mot_cua(url))
    assert [line.split()[0] for line in faults.requests] == ["POST", "GET", "POST", "GET"]


def test_a_wrong_client_secret_is_refused_in_their_words() -> None:
    with serve(MotCua(secret="another").app) as url, pytest.raises(Refused, match="Invalid client") as caught:
        pull(REST, mot_cua(url))
    assert "demo-only" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (say({"error": "invalid_scope"}, 400), Refused, "refused"),
        (say({"error": "access_denied"}, 403), Refused, "refused"),
        (Response("x", 503), Unavailable, "server_error"),
        (Response(hostile.LOGIN_PAGE, 200), Unavailable, "html_answer"),
        (Response(hostile.LOGIN_PAGE, 400), Changed, "bad_request"),
        (Response("x", 404), Changed, "not_found"),
        (Response("OK", 200), Changed, "not_json"),
        (Response('{"access_token": "abc', 200), Unavailable, "truncated"),
        (say([1]), Changed, "no_token"),
        (say({"token_type": "bearer"}), Changed, "no_token"),
        (say({"access_token": None}), Changed, "no_token"),
    ],
)
def test_a_token_server_in_trouble_says_what_happens_next(
    answer: Response, kind: type[ConnectorError], code: str
) -> None:
    with desk(lambda _: answer) as there, pytest.raises(kind) as caught:
        pull(REST, mot_cua(there.url))
    assert caught.value.code == code
    assert "/openid-connect/token" in str(caught.value)


@pytest.mark.parametrize("client_auth", ["basic", "post"])
def test_a_client_shows_its_secret_in_the_header_or_in_the_form(client_auth: str) -> None:
    with serve(MotCua(CITY.one_stop).app) as url:
        settings = mot_cua(url)
        settings["auth"] |= {"client_auth": client_auth, "scope": "openid"}
        assert check(REST, settings)[1].startswith("authenticated: ")


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"type": "basic", "username": "hub", "password": "mật"}, "Authorization", "Basic aHViOm3huq10"),
        ({"type": "bearer", "token": "abc"}, "Authorization", "Bearer abc"),
        ({"type": "api_key", "header": "X-Key", "key": "abc"}, "X-Key", "abc"),
        ({"type": "none"}, "Authorization", None),
    ],
)
def test_fixed_credentials_are_sent_with_every_request(auth: dict[str, str], header: str, value: str | None) -> None:
    with desk(lambda _: say([])) as there:
        pull(REST, simple(there.url, auth=auth))
        assert there.asked[0].headers.get(header) == value


def test_a_secret_that_the_system_repeats_is_blanked() -> None:
    page = Response("<html><title>Sai mật khẩu: s3cret-word</title>", 403)
    error = fails(Refused, page, auth={"type": "bearer", "token": "s3cret-word"})
    assert "“Sai mật khẩu: •••”" in str(error)
