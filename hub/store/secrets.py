"""Secrets of connectors, encrypted where they lie. They are read to be used, and shown to nobody."""

import base64
import hashlib
import os
import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import delete, insert, select, update

from hub.record.signature import Signature
from hub.store import acts
from hub.store.acts import Act, Kind
from hub.store.database import Database, Transaction
from hub.store.tables import secrets

_KEY_BYTES = 32
_MARK = 4  # bytes that tell which key a secret was encrypted with
_NONCE = 12


class SecretsLocked(Exception):
    """A secret or the keys for them cannot be read; the sentence says what to do."""


class StillUsed(Exception):
    """A secret cannot be removed while connectors refer to it; the sentence names them."""


@dataclass(frozen=True, slots=True)
class KeptSecret:
    """A secret without its value, and who refers to it."""

    name: str
    expires_on: str | None
    updated_at: datetime
    used_by: list[str]


@dataclass(frozen=True, slots=True)
class SecretRow:
    """A secret without its value."""

    name: str
    expires_on: str | None
    updated_at: datetime


class Keyring:
    """The keys that open secrets: the first one encrypts, all of them decrypt."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  (8 MiB, where there are secrets)

        self._ciphers = {hashlib.sha256(key).digest()[:_MARK]: AESGCM(key) for key in keys}

    @classmethod
    def of(cls, text: str, where: str) -> "Keyring":
        """The keys in a text: as `new_key` makes them, with commas or spaces between; the newest first.

        Raises:
            SecretsLocked: one of them is no key.
        """
        return cls(keys_in(text, where))

    def encrypted(self, name: str, value: str) -> bytes:
        """The value as it is kept; it opens under this name alone."""
        mark, cipher = next(iter(self._ciphers.items()))
        nonce = os.urandom(_NONCE)
        return mark + nonce + cipher.encrypt(nonce, value.encode(), name.encode())

    def decrypted(self, name: str, kept: bytes) -> str:
        """What was encrypted under this name.

        Raises:
            SecretsLocked: none of the keys opens it.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  (as above)

        cipher = self._ciphers.get(kept[:_MARK])
        nonce, text = kept[_MARK : _MARK + _NONCE], kept[_MARK + _NONCE :]
        try:
            if cipher is not None:
                return cipher.decrypt(nonce, text, name.encode()).decode()
        except InvalidTag:
            pass
        raise SecretsLocked(
            f"the secret {name} was encrypted with a key that this process does not have: "
            "give HUB_SECRETS_KEY the keys that were used here before, or set the secret again"
        )


def keys_in(text: str, where: str) -> list[bytes]:
    """The keys in a text, as `Keyring.of` takes it.

    Raises:
        SecretsLocked: one of them is no key, or there is none.
    """
    found = [_key(word, where) for word in text.replace(",", " ").split()]
    if not found:
        raise SecretsLocked(f"{where} holds no key; `hub secret new-key` makes one")
    return found


def new_key() -> str:
    """A fresh key, as text."""
    return base64.urlsafe_b64encode(random.token_bytes(_KEY_BYTES)).decode()


def put(
    transaction: Transaction,
    keyring: Keyring,
    name: str,
    value: str,
    expires_on: date | None,
    now: datetime,
    by: Signature | None = None,
    connector: str | None = None,
) -> None:
    """Keep a secret; an older value of this name is gone. `connector` is the one that uses it, if only one does."""
    before = _noted(transaction, name)
    kept = {
        "value": keyring.encrypted(name, value),
        "expires_on": expires_on.isoformat() if expires_on else None,
        "updated_at": now,
    }
    changed = transaction.execute(update(secrets).where(secrets.c.name == name).values(**kept))
    if not changed.rowcount:
        transaction.execute(insert(secrets).values(name=name, **kept))
    signature, act = acts.signed(by, now), Act.MADE if before is None else Act.CHANGED
    after = _noted(transaction, name)
    acts.note(transaction, signature, Kind.SECRET, name, act, before=before, after=after, connector=connector)


def value(database: Database, keyring: Keyring, name: str) -> str | None:
    """The secret itself, or None where there is none of this name.

    Raises:
        SecretsLocked: it was encrypted with another key.
    """
    with database.read() as connection:
        kept = connection.execute(select(secrets.c.value).where(secrets.c.name == name)).scalar_one_or_none()
    return None if kept is None else keyring.decrypted(name, kept)


def listed(database: Database) -> list[SecretRow]:
    """Every secret by name, without its value."""
    query = select(secrets.c.name, secrets.c.expires_on, secrets.c.updated_at).order_by(secrets.c.name)
    with database.read() as connection:
        return [SecretRow(**row) for row in connection.execute(query).mappings()]


def remove(transaction: Transaction, name: str, by: Signature | None = None) -> bool:
    """Forget a secret; False where there is none of that name."""
    before = _noted(transaction, name)
    removed = transaction.execute(delete(secrets).where(secrets.c.name == name)).rowcount == 1
    if removed:
        acts.note(transaction, acts.signed(by, datetime.now(UTC)), Kind.SECRET, name, Act.REMOVED, before=before)
    return removed


def _noted(transaction: Transaction, name: str) -> str | None:
    """What is told of a secret: never its value, nor anything made of it."""
    query = select(secrets.c.expires_on, secrets.c.updated_at).where(secrets.c.name == name)
    row = transaction.execute(query).one_or_none()
    return None if row is None else acts.told({"expires_on": row.expires_on, "set_at": row.updated_at.isoformat()})


def encrypt_again(transaction: Transaction, keyring: Keyring) -> int:
    """Encrypt every secret with the first key, so that the others may be thrown away; how many there are.

    Raises:
        SecretsLocked: one of them was encrypted with a key that is not there.
    """
    rows = transaction.execute(select(secrets.c.name, secrets.c.value).with_for_update()).all()
    for row in rows:
        fresh = keyring.encrypted(row.name, keyring.decrypted(row.name, row.value))
        transaction.execute(update(secrets).where(secrets.c.name == row.name).values(value=fresh))
    return len(rows)


def _key(word: str, where: str) -> bytes:
    try:
        key = base64.b64decode(word, altchars=b"-_", validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:  # the word itself is never shown
        raise SecretsLocked(f"{where} holds something that is no key; `hub secret new-key` makes one")
    return key
