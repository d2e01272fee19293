"""Secrets and signatures, checked by the library of receivers and by hand."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from hub.outbox.webhooks import secret
from hub.outbox.webhooks.secret import Secrets
from hub.store.secrets import Keyring, SecretsLocked

BODY = '{"data":"Đặng"}'.encode()


def by_hand(whsec: str, headers: dict[str, str], body: bytes) -> str:
    """As the specification says, and without its library."""
    key = base64.b64decode(whsec.removeprefix("whsec_"))
    signed = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


@pytest.fixture
def now() -> datetime:
    """Receivers refuse what was signed minutes ago."""
    return datetime.now(UTC)


def test_a_signature_is_what_the_specification_says(now: datetime) -> None:
    whsec = secret.new()
    headers = secret.headers("abc", BODY, [whsec], now.astimezone(timezone(timedelta(hours=7))))
    assert headers["webhook-signature"] == by_hand(whsec, headers, BODY)
    assert headers["webhook-timestamp"] == str(int(now.timestamp()))
    Webhook(whsec).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(whsec).verify(BODY + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret.new()).verify(BODY, headers)


def test_both_secrets_sign_for_a_day_after_one_was_replaced(now: datetime) -> None:
    old = Secrets(secret.new())
    new = old.rotated(now)
    assert new.signing(now + timedelta(hours=23)) == (new.now, old.now)
    assert new.signing(now + timedelta(hours=25)) == (new.now,)
    headers = secret.headers("abc", BODY, new.signing(now), now)
    assert headers["webhook-signature"].split() == [by_hand(one, headers, BODY) for one in (new.now, old.now)]
    for one in (new.now, old.now):
        Webhook(one).verify(BODY, headers)


def test_a_secret_is_long_and_never_the_same() -> None:
    made = {secret.new() for _ in range(100)}
    assert len(made) == 100
    assert all(len(base64.b64decode(one.removeprefix("whsec_"))) == 32 for one in made)


def test_a_kept_secret_opens_for_its_subscription_and_its_key_alone(now: datetime) -> None:
    keyring, kept = Keyring([bytes(32)]), Secrets(secret.new()).rotated(now)
    sealed = kept.sealed(keyring, 7)
    assert Secrets.opened(keyring, 7, sealed) == kept
    assert kept.now.encode() not in sealed
    for other, number in ((keyring, 8), (Keyring([b"x" * 32]), 7)):
        with pytest.raises(SecretsLocked):
            Secrets.opened(other, number, sealed)
