"""The hub's secrets as references reach them, and where the keys that open them are kept."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from hub.config.references import Said, secrets_in
from hub.record.connector_state import Life
from hub.record.signature import Signature
from hub.store import acts, connectors, people_tries, reads, secrets, subscriptions, versions, watched
from hub.store.database import Database, Transaction
from hub.store.secrets import KeptSecret, Keyring, SecretsLocked, StillUsed
from hub.store.versions import Kind
from mappings.engine.yaml_source import parse

VARIABLE = "HUB_SECRETS_KEY"


@dataclass(frozen=True, slots=True)
class Vault:
    """Opened when a secret is asked for: a hub without secrets needs no key."""

    database: Database
    configured: str | None  # setting secrets.key
    file: Path  # where a key is made when the first secret is kept and none was given
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def look_up(self, name: str) -> str | Said:
        """The secret, or what is wrong and what would be right: as `References` wants it."""
        try:
            value = secrets.value(self.database, self.keyring(), name) if self._has(name) else None
        except SecretsLocked as locked:
            what, _, right = str(locked).partition(": ")
            return what, right
        if value is None:
            return f"the hub keeps no secret {name}", f"`hub secret set {name}` takes it"
        return value

    def put(self, name: str, value: str, expires_on: date | None, by: Signature | None = None) -> None:
        """Keep a secret, encrypted; runs use it from the next one on, also of connectors that were left alone.

        Raises:
            SecretsLocked: the keys cannot be used.
        """
        keyring, now = self.keyring(make=True), datetime.now(UTC)

        def keep(transaction: Transaction) -> None:
            users = _users(transaction).get(name, [])
            sole = users[0] if len(users) == 1 else None
            secrets.put(transaction, keyring, name, value, expires_on, now, by, sole)
            for user in users:
                # Whatever opened it: a wrong password may look like an interface that changed.
                watched.close_open_circuit(transaction, user)

        self.database.write_again(keep)

    def listed(self) -> list[KeptSecret]:
        """Every secret by name, without its value."""
        with self.database.read() as connection:
            users = _users(connection)
        return [
            KeptSecret(row.name, row.expires_on, row.updated_at, users.get(row.name, []))
            for row in secrets.listed(self.database)
        ]

    def remove(self, name: str, by: Signature | None = None) -> bool:
        """Forget a secret; False where there is none.

        Raises:
            StillUsed: connectors refer to it.
        """

        def forget(transaction: Transaction) -> bool:
            if users := _users(transaction).get(name):
                raise StillUsed(f"the secret {name} is used by {', '.join(users)}: change or retire them first")
            return secrets.remove(transaction, name, by)

        return self.database.write_again(forget)

    def encrypt_again(self, by: Signature | None = None) -> int:
        """Encrypt everything with the newest key; how many secrets there are.

        Raises:
            SecretsLocked: a key is missing.
        """
        keyring = self.keyring()

        def again(transaction: Transaction) -> int:
            count: int = sum(
                kind.encrypt_again(transaction, keyring) for kind in (secrets, subscriptions, people_tries)
            )
            signature = acts.signed(by, datetime.now(UTC))
            acts.note(
                transaction, signature, acts.Kind.SECRET, "*", acts.Act.RENEWED, after=acts.told({"secrets": count})
            )
            return count

        return self.database.write_again(again)

    def _in_use(self) -> bool:
        """Whether secrets were encrypted or reads sealed with a key."""
        kept = bool(secrets.listed(self.database)) or subscriptions.any_secret(self.database)
        return kept or people_tries.any_sealed(self.database) or reads.head_of(self.database).last > 0

    def _has(self, name: str) -> bool:
        return any(row.name == name for row in secrets.listed(self.database))

    def keys(self) -> list[bytes]:
        """The keys themselves, the newest first, to derive others from; one is made where none was ever used.

        Raises:
            SecretsLocked: they cannot be read.
        """
        return self._keys(make=True)

    def keyring(self, *, make: bool = False) -> Keyring:
        """The keys, to encrypt and decrypt with; where none was ever used one is made if so wished.

        Raises:
            SecretsLocked: they cannot be read.
        """
        return Keyring(self._keys(make=make))

    def _keys(self, *, make: bool) -> list[bytes]:
        if self.configured:
            return secrets.keys_in(self.configured, "the setting secrets.key")
        if given := self.environment.get(VARIABLE):
            return secrets.keys_in(given, f"the environment variable {VARIABLE}")
        if make and not self._in_use():  # else a lost key would be replaced in silence
            _make(self.file)
        try:
            return secrets.keys_in(self.file.read_text(encoding="ascii"), str(self.file))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise SecretsLocked(
                f"the key of the hub's secrets cannot be read from {self.file} ({reason}): "
                f"bring the file back, or give {VARIABLE} the keys"
            ) from None


def _users(transaction: Transaction) -> dict[str, list[str]]:
    """Secret → the connectors that refer to it, the retired ones left out."""
    users: dict[str, list[str]] = {}
    there = {row.name for row in connectors.all_of(transaction) if row.state != Life.RETIRED}
    for version in versions.newest_of_each(transaction, Kind.CONNECTOR):
        if version.name in there:
            for secret in _named_in(version.text, version.name):
                users.setdefault(secret, []).append(version.name)
    return users


@lru_cache(maxsize=2048)  # pages ask this of every connector's document, and reading YAML takes long
def _named_in(text: str, file: str) -> tuple[str, ...]:
    return tuple(sorted(set(secrets_in(parse(text, file).data))))


def _make(file: Path) -> None:
    """Make the key file once, for its owner only; of two processes that try at once one succeeds."""
    if file.exists():
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, written = tempfile.mkstemp(dir=file.parent)  # for its owner only
    with os.fdopen(descriptor, "w") as out:
        out.write(secrets.new_key() + "\n")
    try:
        os.link(written, file)  # unlike a move it never replaces a key that secrets were encrypted with
    except FileExistsError:
        pass
    finally:
        Path(written).unlink()
