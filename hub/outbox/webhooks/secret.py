"""Secrets of subscriptions, and the signature that proves a notice is the hub's (Standard Webhooks)."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
from standardwebhooks.webhooks import Webhook

from hub.store.secrets import Keyring
from hub.store.subscriptions import sealed_as

_PREFIX, _BYTES = "whsec_", 32
OLD_WORKS = timedelta(hours=24)  # both secrets sign for so long after one was replaced


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secret of a subscription, and the one before it while that still signs."""

    now: str
    before: str | None = None
    until: str | None = None  # UTC

    def signing(self, at: datetime) -> tuple[str, ...]:
        """Those that sign at a time, the newest first."""
        if self.before is None or self.until is None or datetime.fromisoformat(self.until) <= at:
            return (self.now,)
        return self.now, self.before

    def rotated(self, at: datetime) -> "Secrets":
        """With a new secret; the present one signs beside it for a day."""
        return Secrets(new(), self.now, (at + OLD_WORKS).astimezone(UTC).isoformat())

    def sealed(self, keyring: Keyring, subscription_id: int) -> bytes:
        """As it is kept."""
        text = orjson.dumps({"now": self.now, "before": self.before, "until": self.until}).decode()
        return keyring.encrypted(sealed_as(subscription_id), text)

    @classmethod
    def opened(cls, keyring: Keyring, subscription_id: int, kept: bytes) -> "Secrets":
        """What was sealed.

        Raises:
            SecretsLocked: none of the keys opens it.
        """
        return cls(**orjson.loads(keyring.decrypted(sealed_as(subscription_id), kept)))


def new() -> str:
    """A fresh secret."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(event_id: str, body: bytes, signing: Sequence[str], at: datetime) -> dict[str, str]:
    """The headers that sign a body: receivers check one of the signatures, and that the time is about now."""
    at = at.astimezone(UTC)  # the library takes any other zone for UTC
    signatures = [Webhook(secret).sign(event_id, at, body.decode()) for secret in signing]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
