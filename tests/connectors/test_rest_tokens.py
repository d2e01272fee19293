"""OAuth2 with the `rest` type: signed assertions, a user's password, refresh tokens, the city's platform."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from pydantic import ValidationError
from werkzeug.wrappers import Request, Response

from connectors.errors import Changed, Refused, Unavailable
from connectors.rest import REST
from connectors.rest.settings import RestSettings
from tests.connectors.desk import Desk, check, desk, keys, once, pull, say
from tests.connectors.small_rest import simple

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def city(give: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """A system whose `/token` is answered by `give`, and whose list wants the token `good`."""

    def answer(request: Request) -> Response:
        if request.path == "/token":
            return give(request)
        return say(
            [{"id": 1}] if request.headers.get("Authorization") == "Bearer good" else {},
            200 if request.headers.get("Authorization") == "Bearer good" else 401,
        )

    return answer


def client(there: Desk, **auth: Any) -> dict[str, Any]:
    settings = {"type": "oauth2_client_credentials", "token_url": f"{there.url}/token", "client_id": "hub"}
    return simple(f"{there.url}/list", auth=settings | auth)


@pytest.mark.parametrize(
    ("algorithm", "key"), [("RS256", RSAKey.generate_key(2048)), ("ES256", ECKey.generate_key("P-256"))]
)
@pytest.mark.parametrize("in_file", [True, False])
def test_a_client_proves_itself_by_a_signature(algorithm: str, key: Any, in_file: bool, tmp_path: Path) -> None:
    seen: list[Any] = []

    def give(request: Request) -> Response:
        form = request.form.to_dict()
        assert (form["grant_type"], form["client_id"], form["client_assertion_type"]) == (
            "client_credentials",
            "hub",
            ASSERTION,
        )
        token = jwt.decode(form["client_assertion"], key, algorithms=[algorithm])
        seen.append(token)
        return say({"access_token": "good"})

    pem = key.as_pem(private=True)
    (tmp_path / "key.pem").write_bytes(pem)
    proof = {"private_key_file": str(tmp_path / "key.pem")} if in_file else {"private_key": pem.decode()}
    with desk(city(give)) as there:
        settings = client(there, client_auth="private_key_jwt", algorithm=algorithm, key_id="k1", **proof)
        assert keys(pull(REST, settings)) == ["1"]
        assert keys(pull(REST, settings)) == ["1"]
    first, second = seen
    assert first.header["kid"] == "k1"
    assert (first.claims["iss"], first.claims["sub"], first.claims["aud"]) == ("hub", "hub", f"{there.url}/token")
    assert first.claims["exp"] > time.time()
    assert first.claims["jti"] != second.claims["jti"]


def test_the_audience_may_be_another() -> None:
    key = RSAKey.generate_key(2048)

    def give(request: Request) -> Response:
        claims = jwt.decode(request.form["client_assertion"], key, algorithms=["RS256"]).claims
        return say({"access_token": "good" if claims["aud"] == "https://realm.example" else "bad"})

    with desk(city(give)) as there:
        proof = {"client_auth": "private_key_jwt", "private_key": key.as_pem(private=True).decode()}
        assert keys(pull(REST, client(there, **proof, audience="https://realm.example"))) == ["1"]


@pytest.mark.parametrize("text", [None, "no key at all", ECKey.generate_key("P-256").as_pem(private=True).decode()])
def test_a_key_that_cannot_sign_is_a_fault_of_the_settings(text: str | None, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    if text is not None:
        file.write_text(text)
    with desk(city(lambda _: say({}))) as there, pytest.raises(Changed) as caught:
        pull(REST, client(there, client_auth="private_key_jwt", private_key_file=str(file)))
    assert caught.value.code == "local_settings"
    assert "`private_key_file` cannot sign RS256" in str(caught.value)
    assert "PRIVATE KEY" not in str(caught.value)
    assert there.asked == []


def user(there: Desk, **auth: Any) -> dict[str, Any]:
    settings = {
        "type": "oauth2_password",
        "token_url": f"{there.url}/token",
        "client_id": "web-onegate",
        "client_auth": "none",
        "username": "cán bộ",
        "password": "mật khẩu & %",
    }
    return simple(f"{there.url}/list", auth=settings | auth)


def test_a_user_gets_a_token_by_a_password() -> None:
    def give(request: Request) -> Response:
        assert request.form.to_dict() == {
            "grant_type": "password",
            "username": "cán bộ",
            "password": "mật khẩu & %",
            "client_id": "web-onegate",
            "scope": "openid",
            "resource": "hoso",
        }
        return say({"access_token": "good"})

    with desk(city(give)) as there:
        settings = user(there, scope="openid", token_parameters={"resource": "hoso"})
        assert keys(pull(REST, settings)) == ["1"]


@pytest.mark.parametrize("refresh_works", [True, False])
def test_a_refresh_token_is_used_before_the_password_again(refresh_works: bool) -> None:
    grants: list[str] = []

    def give(request: Request) -> Response:
        grants.append(request.form["grant_type"])
        if grants[-1] == "refresh_token":
            assert request.form["refresh_token"] == "r1"
            return say({"access_token": "good"}) if refresh_works else say({"error": "invalid_grant"}, 400)
        return say({"access_token": "good" if len(grants) > 1 else "revoked", "refresh_token": "r1"})

    with desk(city(give)) as there:
        assert keys(pull(REST, user(there))) == ["1"]
    assert grants == ["password", "refresh_token", *([] if refresh_works else ["password"])]


def test_a_wrong_password_is_tried_once() -> None:
    with desk(city(lambda _: say({"error": "invalid_grant", "error_description": "Sai mật khẩu & %"}, 400))) as there:
        with pytest.raises(Refused) as caught:
            pull(REST, user(there))
        assert len(there.asked) == 1
    assert "mật khẩu & %" not in f"{caught.value}{caught.value.hint}"


def test_a_token_server_in_trouble_says_so_in_its_own_words() -> None:
    with desk(city(lambda _: say({"error": "temporarily_unavailable"}, 400))) as there, pytest.raises(Unavailable):
        pull(REST, user(there))


def test_many_at_once_get_one_token() -> None:
    given = threading.Semaphore(0)

    def give(request: Request) -> Response:
        given.release()
        return say({"access_token": "good"})

    found: list[str] = []
    with desk(city(give)) as there:
        line = REST.open(RestSettings.model_validate(client(there, client_secret="s3cret")), once)
        with line as opened, ThreadPoolExecutor(8) as pool:
            for pages in pool.map(lambda _: list(opened.pull(None)), range(8)):
                found += keys(pages)
    assert found == ["1"] * 8
    assert given.acquire(blocking=False)
    assert not given.acquire(blocking=False)


def test_a_token_that_was_got_is_not_shown_either() -> None:
    def answer(request: Request) -> Response:
        if request.path == "/token":
            return say({"access_token": "tok3n-value", "refresh_token": "r3fresh"})
        return Response(f"<html><title>{request.headers['Authorization']} r3fresh</title>", 403)

    with desk(answer) as there, pytest.raises(Refused) as caught:
        pull(REST, client(there, client_secret="s3cret"))
    assert "“Bearer ••• •••”" in str(caught.value)


LGSP = {
    "type": "lgsp",
    "access_key": "AK-1",
    "secret_key": "SK-1",
    "app_name": "mot-cua-hub",
    "partner_code": "000.00.01.H29",
}
HEADER = (
    "eyJBY2Nlc3NLZXkiOiJBSy0xIiwiU2VjcmV0S2V5IjoiU0stMSIsIkFwcE5hbWUiOiJtb3QtY3VhLWh1YiIsIlBhcnRuZXJDb2RlIjoiMDAwLjAw"
    "LjAxLkgyOSJ9"
)
ENVELOPE = {
    "records": "ResultObject.Items",
    "errors": {
        "at": "StatusCode",
        "ok": [200],
        "table": {401: "refused", 403: "refused", 429: "unavailable"},
        "message": "Description",
    },
}


def test_the_citys_platform_is_told_who_we_are_in_one_header() -> None:
    body = {"StatusCode": 200, "Status": "SUCCESS", "ResultObject": {"Items": [{"id": 1}]}}
    with desk(lambda _: say(body)) as there:
        assert keys(pull(REST, simple(there.url, auth=LGSP, **ENVELOPE))) == ["1"]
        assert there.asked[0].headers["Authorization"] == HEADER


@pytest.mark.parametrize(("status", "kind"), [(401, Refused), (403, Refused), (429, Unavailable), (500, Changed)])
def test_the_envelope_of_the_citys_platform_says_what_went_wrong(status: int, kind: type[Exception]) -> None:
    body = {"StatusCode": status, "Status": "FAIL", "Description": f"Sai khóa {HEADER}", "ResultObject": None}
    with desk(lambda _: say(body)) as there, pytest.raises(kind, match=r"“Sai khóa •••”"):
        pull(REST, simple(there.url, auth=LGSP, **ENVELOPE))


def test_other_platforms_want_a_token_by_that_header() -> None:
    def answer(request: Request) -> Response:
        assert request.headers["lgspaccesstoken"] == HEADER
        if request.path == "/token":
            assert request.form.to_dict() == {"grant_type": "client_credentials"}
            return say({"access_token": "good", "expires_in": 3600})
        return say([{"id": 1}], 200 if request.headers["Authorization"] == "Bearer good" else 401)

    with desk(answer) as there:
        auth = {**LGSP, "header": "lgspaccesstoken", "token_url": f"{there.url}/token"}
        assert check(REST, simple(there.url, auth=auth))[1] == f"authenticated: {there.url}/token gave a token"


@pytest.mark.parametrize(
    ("auth", "sentence"),
    [
        ({"client_auth": "private_key_jwt"}, "needs `private_key_file` or `private_key`"),
        ({"client_auth": "private_key_jwt", "private_key": "x", "private_key_file": "/x"}, "one of them"),
        ({"client_auth": "post"}, "needs `client_secret`"),
        ({"type": "lgsp", "token_url": "http://x.example/"}, "lgspaccesstoken"),
    ],
)
def test_credentials_that_do_not_fit_are_refused(auth: dict[str, Any], sentence: str) -> None:
    whole = {"type": "oauth2_client_credentials", "token_url": "http://x.example/t", "client_id": "hub", **auth}
    given = {**LGSP, **auth} if auth.get("type") == "lgsp" else whole
    with pytest.raises(ValidationError, match=sentence):
        RestSettings.model_validate(simple("http://x.example/", auth=given))
