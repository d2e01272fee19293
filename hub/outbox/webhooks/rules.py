"""What notices are sent by: the configuration, and what else the rooms above hand over."""

import ssl
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Protocol

from hub.outbox.webhooks import line
from hub.outbox.webhooks.address import Allowed, NotAllowed
from hub.record.standing import NEAR_DUE
from hub.store.secrets import Keyring


class Keys(Protocol):
    """Where the keys of the hub's secrets are."""

    def keyring(self, *, make: bool = False) -> Keyring:
        """The keys; where there is none and nothing was encrypted yet, one is made if so wished.

        Raises:
            SecretsLocked: they cannot be used.
        """
        ...


@dataclass(frozen=True)
class Rules:
    """Everything."""

    allowed: Allowed
    keys: Keys
    seconds: float = 10.0  # that an exchange may take, all in all
    senders: int = 4
    near_due: timedelta = NEAR_DUE
    ca_file: Path | None = None  # authorities that are trusted besides this machine's

    @cached_property
    def context(self) -> ssl.SSLContext:
        """What certificates are checked with; made once, for reading them all takes a while.

        Raises:
            NotAllowed: the file that the configuration names cannot be used.
        """
        try:
            return line.trusted(self.ca_file)
        except OSError as error:  # ssl's own errors are such, too
            reason = error.strerror or type(error).__name__
            raise NotAllowed(f"`webhooks.ca_file` ({self.ca_file}) cannot be used: {reason}") from error
