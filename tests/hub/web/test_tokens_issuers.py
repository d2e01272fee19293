"""The keys of providers: replaced without a failed token, believed while the provider is away, waited for by few."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from flask import Response
from joserfc.jwk import KeySet

from connectors.errors import ConnectorError
from hub.api.settings import Issuer
from hub.web import issuer_keys
from hub.web.issuer_keys import IssuerAway, IssuerBroken, IssuerKeys, fetched
from tests.hub.web.provider import HUB, Authority, authority, free_port, made_key

ONE, TWO = made_key(kid="one"), made_key(kid="two")


@pytest.fixture
def provider() -> Iterator[Authority]:
    with authority(ONE) as found:
        yield found


def issuer(provider: Authority) -> Issuer:
    return Issuer(provider.address, HUB)


def fetches(provider: Authority) -> int:
    return provider.asked.count("/keys")


def test_keys_are_fetched_once_for_any_number_of_tokens(provider: Authority) -> None:
    keys = IssuerKeys(issuer(provider))
    assert [key["kid"] for key in keys.named("one")] == ["one"]
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(lambda _: keys.named("one"), range(500)))
    assert fetches(provider) == 1


def test_a_new_key_is_known_at_once_and_asked_for_by_one_thread(provider: Authority) -> None:
    keys = IssuerKeys(issuer(provider))
    assert keys.named("one")
    keys._tried -= 61  # a minute later
    provider.keys = [TWO, ONE]
    provider.late = threading.Event()
    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(keys.named, "two") for _ in range(3)]
        while "/.well-known/openid-configuration" not in provider.asked[2:]:
            time.sleep(0.01)
        assert keys.named("one")  # in the meantime the old one is good
        provider.late.set()
        assert all(one.result(10) for one in asking)
    assert fetches(provider) == 2


def test_an_unknown_key_is_asked_for_once_a_minute_at_most(provider: Authority) -> None:
    keys = IssuerKeys(issuer(provider))
    assert keys.named("one")
    keys._tried -= 61
    assert [len(keys.named(f"made up {at}")) for at in range(100)] == [0] * 100
    assert fetches(provider) == 2
    assert keys.named("one")


def test_the_last_good_keys_are_believed_for_hours_while_the_provider_is_away(provider: Authority) -> None:
    keys = IssuerKeys(issuer(provider))
    assert keys.named("one")
    provider.instead = Response("down", 503)
    keys._got = issuer_keys._Got(keys._got.keys, time.monotonic() - 11 * 3600)
    keys._tried -= 3600
    assert keys.named("one")  # and asks anew behind its back
    keys._got = issuer_keys._Got(keys._got.keys, time.monotonic() - 12 * 3600 - 1)
    with pytest.raises(IssuerAway):
        keys.named("one")


def test_a_new_key_of_a_provider_that_is_away_is_not_called_wrong(provider: Authority) -> None:
    keys = IssuerKeys(issuer(provider))
    assert keys.named("one")
    keys._tried -= 61
    provider.keys, provider.instead = [TWO], Response("down", 503)
    for _ in range(3):
        with pytest.raises(IssuerAway):
            keys.named("two")
    provider.instead = None
    keys._tried -= 11
    assert keys.named("two")


def test_old_keys_are_fetched_anew_without_anybody_waiting(provider: Authority) -> None:
    keys = IssuerKeys(issuer(provider))
    assert keys.named("one")
    keys._got = issuer_keys._Got(keys._got.keys, time.monotonic() - 601)
    keys._tried -= 601
    provider.late = threading.Event()
    begun = time.monotonic()
    assert keys.named("one")
    assert time.monotonic() - begun < 1
    fetch = keys._under_way
    assert fetch is not None
    provider.late.set()
    assert fetch.ended.wait(10)
    assert time.monotonic() - keys._got.at < 60


def test_a_key_that_the_provider_takes_back_opens_nothing_after_the_next_fetch(provider: Authority) -> None:
    keys = IssuerKeys(issuer(provider))
    assert keys.named("one")
    provider.keys = [TWO]
    keys._tried -= 61
    assert keys.named("two")
    assert not keys.named("one")


def test_few_wait_for_a_provider_that_hangs_and_not_for_long(
    provider: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer_keys, "_WAIT", 1.0)
    provider.late = threading.Event()
    keys = IssuerKeys(issuer(provider))

    def asked(_: int) -> float:
        begun = time.monotonic()
        with pytest.raises(IssuerAway):
            keys.named("one")
        return time.monotonic() - begun

    with ThreadPoolExecutor(20) as pool:
        waited = sorted(pool.map(asked, range(20)))
    assert sum(one > 0.9 for one in waited) == 3
    assert waited[16] < 0.9
    assert waited[-1] < 5
    assert len(provider.asked) == 1


def test_after_a_failed_fetch_nobody_waits_again_for_a_while() -> None:
    keys = IssuerKeys(Issuer(f"http://127.0.0.1:{free_port()}", HUB))
    for _ in range(3):
        with pytest.raises(IssuerAway):
            keys.named("one")
    begun = time.monotonic()
    with pytest.raises(IssuerAway):
        keys.named("one")
    assert time.monotonic() - begun < 0.5


def test_a_provider_with_ten_thousand_keys_is_refused_and_the_last_good_ones_stay(provider: Authority) -> None:
    keys = IssuerKeys(issuer(provider))
    assert keys.named("one")
    many = orjson.dumps({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": str(at)} for at in range(10_000)]})
    provider.instead = Response(many, mimetype="application/json")
    keys._tried -= 61
    with pytest.raises(IssuerAway):
        keys.named("two")
    assert keys.named("one")


@pytest.mark.parametrize(
    "answer",
    [
        Response(status=302, headers={"Location": "http://127.0.0.1:9/"}),
        Response(status=404),
        Response("<html>", mimetype="text/html"),
        Response("[]", mimetype="application/json"),
        Response("[" * 100_000, mimetype="application/json"),
        Response(b" " * 300_000, mimetype="application/json"),
        Response("{}", mimetype="application/json"),
    ],
    ids=["elsewhere", "missing", "page", "list", "deep", "huge", "empty"],
)
def test_what_is_no_description_of_a_provider_is_refused(provider: Authority, answer: Response) -> None:
    provider.instead = answer
    with pytest.raises((ConnectorError, IssuerBroken)):
        fetched(issuer(provider))


def test_a_provider_must_call_itself_as_it_is_configured(provider: Authority) -> None:
    with pytest.raises(IssuerBroken, match="it calls itself"):
        fetched(Issuer(provider.address + "/", HUB))


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/keys", None, 7])
def test_keys_are_fetched_by_http_alone(provider: Authority, address: object) -> None:
    told = {"issuer": provider.address, "jwks_uri": address}
    provider.instead = Response(orjson.dumps(told), mimetype="application/json")
    with pytest.raises(IssuerBroken, match="no address of keys"):
        fetched(issuer(provider))


def test_private_parts_that_a_provider_gives_away_are_not_kept(provider: Authority) -> None:
    private = KeySet([ONE]).as_dict(private=True)
    with authority(ONE) as careless:
        careless.instead = Response(orjson.dumps(private), mimetype="application/json")
        (kept,) = fetched(Issuer(careless.address, HUB, keys=f"{careless.address}/keys"))
    assert not {"d", "p", "q"} & set(kept)
