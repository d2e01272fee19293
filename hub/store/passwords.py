"""Passwords as they are kept: argon2id, slow on purpose, and never more than two at a time.

One takes a sixth of a second and 64 MiB. Whoever floods the sign-in waits in a short line, and beyond it is turned
away, so that pages and API keep their threads, their processor and their memory.
"""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hub.record.password_rules import LONGEST, normal

_AT_ONCE, _IN_LINE = 2, 4  # with those that are worked on
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # read aloud without mistakes
_GROUPS, _EACH = 4, 5

_working = threading.BoundedSemaphore(_AT_ONCE)
_line = threading.BoundedSemaphore(_IN_LINE)


class Crowded(Exception):
    """Too many passwords are looked at just now; a moment later there is place again."""


class Passwords:
    """Makes and checks what is kept of passwords. Safe to share between threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    def kept(self, password: str) -> str:
        """What is kept of a password.

        Raises:
            Crowded: too many are looked at just now.
        """
        with _place():
            return self._hasher.hash(normal(password))

    def is_right(self, password: str, kept: str | None) -> bool:
        """Whether this is the password; it takes as long where nothing is kept of any.

        Raises:
            Crowded: too many are looked at just now.
        """
        with _place():
            try:
                self._hasher.verify(kept or self._nobodys, normal(password)[: LONGEST + 1])
            except (VerificationError, InvalidHashError):
                return False
        return kept is not None

    def is_old(self, kept: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe(24))


def one_time_password() -> str:
    """A password for somebody who must change it at once: 98 random bits, in groups that can be read aloud."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_EACH)) for _ in range(_GROUPS))
    return "-".join(groups)


@contextmanager
def _place() -> Iterator[None]:
    if not _line.acquire(blocking=False):
        raise Crowded
    try:
        with _working:
            yield
    finally:
        _line.release()
