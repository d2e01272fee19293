"""Tokens of providers of identities: good ones open, and everything that attackers send does not."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws, jwt
from joserfc.jwk import ECKey, Key, KeySet, OctKey, RSAKey
from joserfc.jws import JWSRegistry

from hub.api.settings import Issuer
from hub.store.clients import Subject
from hub.web.issuer_keys import IssuerAway, IssuerBroken, public_keys
from hub.web.tokens import Claims, Refused, Tokens
from tests.hub.web.provider import HUB, Authority, authority, free_port, made_key, open_id_provider


@pytest.fixture(scope="module")
def running() -> Iterator[Authority]:
    with authority() as found:
        yield found


@pytest.fixture(scope="module")
def tokens(running: Authority) -> Tokens:
    return Tokens([Issuer(running.address, HUB, client_claim="client_id", scope="hub")])


@pytest.fixture
def claims(running: Authority) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": running.address,
        "aud": [HUB],
        "exp": now + 300,
        "iat": now,
        "scope": "hub",
        "client_id": "portal",
        "sub": "an",
    }


def signed(claims: Any, key: Key, alg: str = "RS256", **header: Any) -> str:
    """A token as its provider makes one, by another hand than authlib's server."""
    registry = JWSRegistry(algorithms=[alg], strict_check_header=False)
    named = {"kid": key.kid} if key.kid else {}
    head = {name: value for name, value in ({"alg": alg} | named | header).items() if value is not None}
    return jwt.encode(head, claims, key, algorithms=[alg], registry=registry)


def by_hand(header: dict[str, Any], claims: dict[str, Any], key: Key) -> str:
    """Signed rightly, whatever the header says."""
    told = f"{part(header)}.{part(claims)}"
    return f"{told}.{part(key.private_key.sign(told.encode(), PKCS1v15(), SHA256()))}"


def part(said: Any) -> str:
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def refused(tokens: Tokens, token: str) -> str:
    with pytest.raises(Refused) as caught:
        tokens.read(token, time.time())
    return caught.value.code


def test_a_token_for_a_program_from_authlibs_server_names_its_client(tokens: Tokens, running: Authority) -> None:
    assert tokens.read(running.token("portal"), time.time()) == Claims(Subject(running.address, "portal"), None)


def test_an_id_token_of_an_independent_provider_names_client_and_person() -> None:
    with open_id_provider(free_port(), azp="portal") as provider:
        tokens = Tokens([Issuer(provider.address, "hub")])
        found = tokens.read(provider.id_token("hub", "an"), time.time())
        assert found == Claims(Subject(provider.address, "portal"), "an")
        assert refused(tokens, provider.id_token("elsewhere", "an")) == "wrong_audience"


def test_a_provider_that_names_no_key_may_replace_it() -> None:
    port = free_port()
    with open_id_provider(port, azp="portal") as provider:
        tokens = Tokens([Issuer(provider.address, "hub")])
        before = provider.id_token("hub", "an")
        assert tokens.read(before, time.time()).person == "an"
    tokens._issuers[provider.address][1]._tried = float("-inf")  # a minute later
    with open_id_provider(port, azp="portal") as provider:  # it makes itself another key
        assert tokens.read(provider.id_token("hub", "an"), time.time()).person == "an"
        assert refused(tokens, before) == "invalid_token"


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # of the provider's side
@pytest.mark.parametrize(("kind", "alg"), [("RSA", "PS256"), ("RSA", "RS512"), ("EC", "ES256"), ("OKP", "EdDSA")])
def test_every_usual_way_of_signing_is_taken(kind: str, alg: str, claims: dict[str, Any]) -> None:
    with authority(made_key(kind)) as provider:
        tokens = Tokens([Issuer(provider.address, HUB, client_claim="client_id")])
        token = signed(claims | {"iss": provider.address}, provider.keys[0], alg)
        assert tokens.read(token, time.time()).subject.name == "portal"


def test_a_token_without_a_signature_is_refused(tokens: Tokens, claims: dict[str, Any], running: Authority) -> None:
    for alg in ("none", "None", "NONE", "nOnE", ""):
        assert refused(tokens, f"{part({'alg': alg, 'kid': 'one'})}.{part(claims)}.") == "invalid_token"
    good = running.token()
    assert refused(tokens, good.rpartition(".")[0] + ".") == "invalid_token"


def test_the_public_key_is_no_shared_secret(tokens: Tokens, claims: dict[str, Any], running: Authority) -> None:
    public = running.keys[0]
    pem = public.as_bytes(private=False)  # type: ignore[call-arg]
    for secret in (
        pem,
        pem.strip(),
        json.dumps(public.as_dict(private=False)).encode(),
        public.as_dict()["n"].encode(),
    ):
        for alg in ("HS256", "HS384", "HS512"):
            told = f"{part({'alg': alg, 'kid': 'one'})}.{part(claims)}"
            mac = hmac.new(secret, told.encode(), alg.replace("HS", "sha")).digest()
            assert refused(tokens, f"{told}.{part(mac)}") == "invalid_token"


def test_another_key_under_our_name_is_refused(tokens: Tokens, claims: dict[str, Any]) -> None:
    assert refused(tokens, signed(claims, made_key(kid="one"))) == "invalid_token"
    assert refused(tokens, signed(claims, ECKey.generate_key("P-256", {"kid": "one"}), "ES256")) == "invalid_token"


def test_one_provider_does_not_sign_for_another(running: Authority, claims: dict[str, Any]) -> None:
    with authority() as other:
        both = Tokens([Issuer(one.address, HUB, client_claim="client_id") for one in (running, other)])
        forged = signed(claims | {"iss": running.address}, other.keys[0])
        assert refused(both, forged) == "invalid_token"
        assert both.read(signed(claims | {"iss": other.address}, other.keys[0]), time.time()).subject == Subject(
            other.address, "portal"
        )


@pytest.mark.parametrize(
    "header",
    [
        {"jku": "http://127.0.0.1:9/keys"},
        {"x5u": "http://127.0.0.1:9/keys"},
        {"jwk": made_key(kid="one").as_dict(private=False)},
        {"x5c": ["MIIB"]},
    ],
    ids=lambda header: next(iter(header)),
)
def test_keys_that_a_token_brings_along_are_not_looked_at(
    tokens: Tokens, claims: dict[str, Any], running: Authority, header: dict[str, Any]
) -> None:
    forger = made_key(kid="one")
    own = {"jwk": forger.as_dict(private=False)} if "jwk" in header else header
    tokens.read(signed(claims, running.keys[0]), time.time())  # its issuer's keys are known from here on
    asked = len(running.asked)
    assert refused(tokens, signed(claims, forger, **own)) == "invalid_token"
    assert len(running.asked) == asked
    assert tokens.read(signed(claims, running.keys[0], **header), time.time()).person == "an"  # nor do they harm


@pytest.mark.parametrize(
    "kid", ["../../etc/passwd", "/dev/null", "one' OR '1'='1", "one\0", "", "x" * 256, 7, ["one"], {}]
)
def test_a_name_of_a_key_is_only_ever_compared(tokens: Tokens, claims: dict[str, Any], kid: Any) -> None:
    _head, body, sign = signed(claims, made_key(kid="one")).split(".")
    forged = f"{part({'alg': 'RS256', 'kid': kid})}.{body}.{sign}"
    assert refused(tokens, forged) in ("unknown_signing_key", "invalid_token")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"exp": -61}, "token_expired"),
        ({"exp": None}, "invalid_token"),
        ({"exp": "tomorrow"}, "invalid_token"),
        ({"exp": True}, "invalid_token"),
        ({"exp": 1e300}, "invalid_token"),
        ({"nbf": 120}, "token_not_yet_valid"),
        ({"iat": 120}, "token_not_yet_valid"),
        ({"nbf": "now"}, "invalid_token"),
        ({"aud": "https://hub.example.evil"}, "wrong_audience"),
        ({"aud": []}, "wrong_audience"),
        ({"aud": None}, "wrong_audience"),
        ({"aud": [[HUB]]}, "wrong_audience"),
        ({"aud": {"hub": HUB}}, "wrong_audience"),
        ({"iss": "https://sso.evil.example"}, "unknown_issuer"),
        ({"iss": None}, "unknown_issuer"),
        ({"scope": "hub.read"}, "insufficient_scope"),
        ({"scope": None}, "insufficient_scope"),
        ({"scope": {"hub": 1}}, "insufficient_scope"),
        ({"client_id": None}, "invalid_token"),
        ({"client_id": ""}, "invalid_token"),
        ({"client_id": ["portal"]}, "invalid_token"),
        ({"client_id": "x" * 256}, "invalid_token"),
        ({"client_id": "por\u0000tal"}, "invalid_token"),
    ],
)
def test_a_claim_that_is_not_right_is_told_by_its_code(
    tokens: Tokens, claims: dict[str, Any], running: Authority, changed: dict[str, Any], code: str
) -> None:
    now = int(time.time())
    for name, value in changed.items():
        moved = now + value if name in ("exp", "nbf", "iat") and type(value) is int else value
        claims[name] = moved
    said = {name: value for name, value in claims.items() if value is not None}
    assert refused(tokens, signed(said, running.keys[0])) == code


def test_clocks_may_differ_by_a_minute(tokens: Tokens, claims: dict[str, Any], running: Authority) -> None:
    now = int(time.time())
    for changed in ({"exp": now - 50}, {"nbf": now + 50}, {"iat": now + 50}):
        assert tokens.read(signed(claims | changed, running.keys[0]), time.time()).subject.name == "portal"


def test_a_claim_that_is_given_twice_is_refused(tokens: Tokens, claims: dict[str, Any], running: Authority) -> None:
    twice = json.dumps(claims)[:-1] + ', "client_id": "admin"}'
    token = jws.serialize_compact({"alg": "RS256", "kid": "one"}, twice.encode(), running.keys[0])
    assert refused(tokens, token) == "invalid_token"
    head = '{"alg": "RS256", "kid": "one", "alg": "none"}'
    assert refused(tokens, f"{part(head.encode())}.{part(claims)}.AA") == "invalid_token"


DEEP = b'{"a":' * 2500


@pytest.mark.parametrize(
    "token",
    [
        "..",
        "a.b.c",
        "é.é.é",
        f"{part([])}.{part({})}.AA",
        f"{part(b'[' * 5000)}.{part({})}.AA",
        f"{part({'alg': 'RS256'})}.{part(DEEP)}.AA",
        f"{part({'alg': 'RS256'})}.{part(bytes([255, 254]))}.AA",
        f"{part({'alg': 'RS256', 'crit': ['b64'], 'b64': False})}.{part({})}.AA",
        "A" * 20_000 + ".B.C",
        "a.b.c.d.e",
        "",
    ],
    ids=range(11),
)
def test_what_is_no_token_is_refused_without_a_stumble(tokens: Tokens, token: str) -> None:
    assert refused(tokens, token) in ("invalid_token", "unknown_key", "unknown_issuer")


@pytest.mark.parametrize(
    "header", [{"crit": ["exp"]}, {"b64": True}, {"typ": "logout+jwt"}, {"typ": 7}, {"alg": "RS1"}]
)
def test_a_header_that_asks_for_something_else_is_refused(
    tokens: Tokens, claims: dict[str, Any], running: Authority, header: dict[str, Any]
) -> None:
    assert refused(tokens, by_hand({"alg": "RS256", "kid": "one"} | header, claims, running.keys[0])) == "invalid_token"


def test_a_header_as_usual_is_taken_by_the_same_hand(
    tokens: Tokens, claims: dict[str, Any], running: Authority
) -> None:
    for header in ({}, {"typ": "JWT"}, {"typ": "at+jwt"}, {"typ": "application/AT+JWT"}, {"cty": "x", "x": [1]}):
        token = by_hand({"alg": "RS256", "kid": "one"} | header, claims, running.keys[0])
        assert tokens.read(token, time.time()).subject.name == "portal"


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_short_rsa_key_signs_nothing(claims: dict[str, Any]) -> None:
    weak = RSAKey.generate_key(1024, {"kid": "weak"})
    with authority(weak) as provider:
        tokens = Tokens([Issuer(provider.address, HUB, client_claim="client_id")])
        assert refused(tokens, signed(claims | {"iss": provider.address}, weak)) == "invalid_token"


def test_without_keys_nobody_can_tell_and_that_is_said() -> None:
    tokens = Tokens([Issuer(f"http://127.0.0.1:{free_port()}", HUB)])
    claims = {"iss": next(iter(tokens._issuers)), "aud": HUB, "exp": time.time() + 60}
    with pytest.raises(IssuerAway):
        tokens.read(signed(claims, made_key()), time.time())


def test_the_keys_can_be_given_by_address(running: Authority) -> None:
    tokens = Tokens([Issuer(running.address, HUB, keys=f"{running.address}/keys", client_claim="client_id")])
    before = len(running.asked)
    assert tokens.read(running.token(), time.time()).subject.name == "portal"
    assert running.asked[before:] == ["/keys"]


def test_a_key_set_holds_no_shared_secrets_and_no_encryption_keys() -> None:
    private = made_key()
    useless = [OctKey.generate_key(256).as_dict(private=True), private.as_dict(private=False) | {"use": "enc"}]
    with pytest.raises(IssuerBroken):
        public_keys({"keys": [*useless, "text", None, {}]})
    (kept,) = public_keys({"keys": [*useless, KeySet([private]).as_dict(private=True)["keys"][0]]})
    assert "d" not in kept
