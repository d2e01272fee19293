"""Keeps secrets out of whatever a connector says: addresses are shortened, known secrets are blanked."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr

from connectors.errors import ConnectorError

BLANK = "•••"
SHORTEST = 4  # blanking shorter secrets would only garble the sentence


def plain_address(url: str) -> str:
    """The address without user, password, query and fragment, where credentials may stand."""
    parts = urlsplit(url)
    if not parts.netloc:
        return parts.path
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def secrets_in(value: Any) -> Iterator[str]:
    """Every secret in a settings model, however deep."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from secrets_in(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from secrets_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from secrets_in(item)


@contextmanager
def without_secrets(settings: BaseModel, got: Callable[[], Iterable[str]] = tuple) -> Iterator[None]:
    """Blank the secrets of `settings`, and those that were `got` since, in any connector error that leaves the block.

    A department may repeat our password in its own words, and those words are quoted.
    """
    try:
        yield
    except ConnectorError as error:
        # Longest first, or a secret that begins with another would be blanked only in part.
        known = (secret for secret in (*secrets_in(settings), *got()) if len(secret) >= SHORTEST)
        for secret in sorted(known, key=len, reverse=True):
            error.args = tuple(str(part).replace(secret, BLANK) for part in error.args)
            error.hint = error.hint.replace(secret, BLANK)
        raise
