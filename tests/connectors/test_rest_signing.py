"""Requests of the `rest` type that carry a signature, a digest, or a key in the address."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import SecretStr, ValidationError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.wrappers import Request, Response

from connectors.answers import Answer
from connectors.body import Body
from connectors.digest import Digest
from connectors.errors import Changed, Refused
from connectors.rest import REST
from connectors.rest.settings import RestSettings
from tests.connectors.desk import desk, keys, once, pull, say
from tests.connectors.small_rest import simple

KEY = "khóa bí mật"


def signed_with(text: bytes, key: bytes = KEY.encode(), algorithm: str = "sha256") -> bytes:
    return hmac.new(key, text, algorithm).digest()


def test_a_request_is_signed_over_what_is_sent() -> None:
    with desk(lambda _: say([])) as there:
        settings = {"type": "hmac", "secret": KEY, "key_id": "hub-1"}
        settings["headers"] = {
            "Authorization": "HMAC {key_id}:{signature}",
            "X-Time": "{timestamp}",
            "X-Nonce": "{nonce}",
        }
        settings["signed"] = "{method}|{host}|{path}|{query}|{sorted_query}|{timestamp}|{nonce}|{body}|{key_id}"
        pull(REST, simple(f"{there.url}/hồ sơ", auth=settings, parameters={"z": "Ấu", "a": 1}))
        request = there.asked[0]
    query = f"z={quote('Ấu')}&a=1"
    path = quote("/hồ sơ")
    sent = [request.headers["X-Time"], request.headers["X-Nonce"]]
    parts = ["GET", request.host, path, query, f"a=1&z={quote('Ấu')}", *sent, "", "hub-1"]
    assert request.headers["Authorization"] == f"HMAC hub-1:{signed_with('|'.join(parts).encode()).hex()}"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"secret": KEY}, KEY.encode()),
        ({"secret": b64encode(b"\x00\xff").decode(), "secret_as": "base64"}, b"\x00\xff"),
        ({"secret": "00ff", "secret_as": "hex"}, b"\x00\xff"),
        ({"secret": KEY, "algorithm": "sha512"}, KEY.encode()),
    ],
)
@pytest.mark.parametrize("written", ["hex", "base64"])
def test_a_body_is_part_of_the_signature(changes: dict[str, Any], key: bytes, written: str) -> None:
    with desk(lambda _: say([])) as there:
        auth = {"type": "hmac", "signature_as": written, "timestamp": "milliseconds", **changes}
        pull(REST, simple(there.url, method="POST", body={"tên": "Ấu"}, auth=auth))
        request = there.asked[0]
    digest = hashlib.sha256(request.get_data()).hexdigest()
    text = f"POST\n/\n\n{request.headers['X-Timestamp']}\n{digest}".encode()
    said = request.headers["X-Signature"]
    expected = signed_with(text, key, changes.get("algorithm", "sha256"))
    assert (bytes.fromhex(said) if written == "hex" else b64decode(said)) == expected
    assert len(request.headers["X-Timestamp"]) == 13


def test_every_page_is_signed_anew() -> None:
    with desk(lambda request: say([{"id": request.args["p"]}] if request.args["p"] < "3" else [])) as there:
        auth = {"type": "hmac", "secret": KEY, "headers": {"X": "{signature}", "N": "{nonce}"}, "timestamp": "iso"}
        pull(REST, simple(there.url, auth=auth, parameters={"p": "{page}"}, pages={"type": "numbered"}))
        assert len({request.headers["N"] for request in there.asked}) == 4
        assert len({request.headers["X"] for request in there.asked}) == 4


def test_a_secret_that_is_not_written_as_told_is_a_fault_of_the_settings() -> None:
    with desk(lambda _: say([])) as there, pytest.raises(Changed, match="not written in base64") as caught:
        pull(REST, simple(there.url, auth={"type": "hmac", "secret": "&&&&", "secret_as": "base64"}))
    assert "&&&&" not in str(caught.value)
    assert there.asked == []


@pytest.mark.parametrize(
    ("auth", "sentence"),
    [
        ({"signed": "{methd}"}, "no placeholder `{methd}`. Did you mean `method`?"),
        ({"signed": "{method"}, "brace without its partner"),
        ({"headers": {"X": "{timestamp}"}}, "must have `{signature}`"),
        ({"headers": {"X": "{signatur}"}}, "no placeholder"),
    ],
)
def test_templates_that_cannot_be_filled_in_are_refused(auth: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        RestSettings.model_validate(simple("http://x.example/", auth={"type": "hmac", "secret": "x", **auth}))
    assert sentence in str(caught.value)


def test_a_key_goes_into_the_address_of_every_request_once() -> None:
    def answer(request: Request) -> Response:
        assert request.args.getlist("apikey") == ["k&y"]
        page = int(request.args.get("p", 0))
        return say(
            {"rows": [{"id": page}], "next": f"?p={page + 1}" + ("&apikey=k%26y" if page else "") if page < 2 else None}
        )

    with desk(answer) as there:
        auth = {"type": "api_key", "parameter": "apikey", "key": "k&y"}
        settings = simple(there.url, auth=auth, records="rows", pages={"type": "next_link", "next": "next"})
        assert keys(pull(REST, settings)) == ["0", "1", "2"]


DIGEST = {"type": "digest", "username": "cán bộ", "password": "mật"}


def digest_desk(request: Request, **challenge: str) -> Response:
    """Lets in who answers the challenge as RFC 7616 says."""
    told = {"realm": "hồ sơ", "nonce": "n0", "qop": "auth", "opaque": "o", **challenge}
    given = request.authorization
    if given is not None and given.type == "digest":
        hashed = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}[told.get("algorithm", "MD5").removesuffix("-sess")]

        def digest(text: str) -> str:
            return hashed(text.encode()).hexdigest()

        p = given.parameters
        who = digest(f"cán bộ:{told['realm']}:mật")
        if told.get("algorithm", "").endswith("-sess"):
            who = digest(f"{who}:{told['nonce']}:{p['cnonce']}")
        what = digest(f"{request.method}:{p['uri']}")
        middle = f"{p['nc']}:{p['cnonce']}:auth:" if told["qop"] else ""
        if p["response"] == digest(f"{who}:{told['nonce']}:{middle}{what}") and p["nonce"] == told["nonce"]:
            return say([{"id": 1}])
    fields = {name: value for name, value in told.items() if value}
    answer = Response("", 401)
    answer.headers["WWW-Authenticate"] = WWWAuthenticate("digest", fields).to_header().encode().decode("latin-1")
    return answer


@pytest.mark.parametrize(
    "challenge", [{}, {"algorithm": "SHA-256"}, {"algorithm": "MD5-sess"}, {"qop": ""}, {"qop": "auth-int, auth"}]
)
def test_only_a_digest_of_the_password_is_sent(challenge: dict[str, str]) -> None:
    with desk(lambda request: digest_desk(request, **challenge)) as there:
        settings = RestSettings.model_validate(simple(f"{there.url}/list?x=1", auth=DIGEST))
        with REST.open(settings, once) as line:
            assert keys([*line.pull(None), *line.pull(None)]) == ["1", "1"]
        given = [request.authorization for request in there.asked]
    assert [each is not None for each in given] == [False, True, True]
    assert [each.parameters.get("nc") for each in given if each] == (
        [None, None] if challenge == {"qop": ""} else ["00000001", "00000002"]
    )


def test_a_nonce_that_has_ended_is_replaced() -> None:
    nonces = iter(["n1", "n1", "n2", "n2", "n2", "n2", "n2"])
    with desk(lambda request: digest_desk(request, nonce=next(nonces))) as there:
        with REST.open(RestSettings.model_validate(simple(there.url, auth=DIGEST)), once) as line:
            assert keys(list(line.pull(None)) + list(line.pull(None))) == ["1", "1"]
        assert len(there.asked) == 4


def test_a_wrong_password_is_refused_after_one_digest() -> None:
    with desk(digest_desk) as there, pytest.raises(Refused):
        pull(REST, simple(there.url, auth={**DIGEST, "password": "sai"}))
    assert len(there.asked) == 2


@pytest.mark.parametrize(
    ("header", "helps"),
    [
        ('Basic realm="a", Digest realm="b, c", nonce="n", qop="auth"', True),
        ('Digest realm="a", nonce="n", algorithm=SHA-256, Digest realm="a", nonce="m", algorithm=MD5', True),
        ('Digest realm="a", nonce="n", algorithm=SHA3', False),
        ('Digest realm="a", nonce="n", qop="auth-int"', False),
        ('Digest realm="a"', False),
        ('Basic realm="a"', False),
        ("Negotiate", False),
        ("", False),
    ],
)
def test_the_strongest_challenge_that_can_be_answered_is_taken(header: str, helps: bool) -> None:
    digest = Digest("hub", SecretStr("x"))
    answer = Answer("http://x.example/", 401, {"WWW-Authenticate": header}, Body())
    assert digest.challenged(answer) is helps
    if "SHA-256" in header:
        assert not digest.challenged(answer)  # the same nonce again: what we answered was wrong
