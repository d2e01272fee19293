"""Whose a secret is. A department's secrets are called by its connectors' names, `so-kin.password`, so that no
department can name another's: a connector's name is one for ever, and a draft reserves it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hub.console.connectors.writing import signed, writer
from hub.console.database import database
from hub.console.register import has_register, register
from hub.console.visitor import own_names, visitor
from hub.inspection.permitted import owner_of
from hub.store import secret_changes
from hub.store.secrets import KeptSecret

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")  # as references take it
_REFERENCE = re.compile(r"\$\{secret:([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Told:
    """A secret that a document refers to, and whether the hub keeps it."""

    name: str
    kept: KeptSecret | None
    author: str
    mine: bool


def is_name(name: str) -> bool:
    """Whether a secret can be called so."""
    return _NAME.fullmatch(name) is not None


def mine(name: str) -> bool:
    """Whether who asks may set this secret."""
    return visitor().scope.agencies is None or owner_of(name) in writer().connectors


def listed() -> list[KeptSecret]:
    """The secrets that who asks may know of: their own, and those that nothing but their connectors uses."""
    found = register().vault.listed() if has_register() else []
    if visitor().scope.agencies is None:
        return found
    own = writer().connectors
    return [one for one in found if owner_of(one.name) in own or (one.used_by and set(one.used_by) <= set(own))]


def told(text: str) -> Sequence[Told]:
    """The secrets that a document's text refers to."""
    names = sorted({name for name in _REFERENCE.findall(text) if is_name(name)})
    if not names or not has_register():
        return ()
    # Whoever reads a document reads the names in it. A draft names what its author likes, and must tell them nothing.
    kept = {one.name: one for one in listed()} | {
        one.name: one for one in register().vault.listed() if one.name in names and _is_used(one)
    }
    authors = secret_changes.authors(database(), [name for name in names if name in kept])
    return [Told(name, kept.get(name), authors.get(name, ""), mine(name)) for name in names]


def _is_used(secret: KeptSecret) -> bool:
    """Whether one of the connectors that they may see uses it."""
    return bool(set(secret.used_by) & set(own_names() or ()))


def taken(connector: str) -> bool:
    """Whether there are secrets of this connector's name already: a stranger who registers it would own them."""
    return any(owner_of(one.name) == connector for one in register().vault.listed())


def forget(connector: str) -> None:
    """Forget what who asks has set for a connector that was never registered."""
    found = [one.name for one in register().vault.listed() if owner_of(one.name) == connector and not one.used_by]
    authors = secret_changes.authors(database(), found)
    for name in found:
        if authors.get(name) == visitor().name:
            register().vault.remove(name, signed(connector))
