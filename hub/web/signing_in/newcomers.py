"""Whom the provider of identities let in, as a person of the hub: known, made now, or turned away."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from hub.record.rights import Role
from hub.record.sign_in import Provider
from hub.record.signature import Signature
from hub.store import people
from hub.store.database import Database, Transaction
from hub.store.people import LastAdministrator, Person, Wanted
from hub.web.signing_in.provider import Identity

_AUTHOR = "single sign-on"
_MOST_AGENCIES = 100


class NoRole(Exception):
    """The provider knows them, but nobody gave them a role; the sentence is for the log."""


def met(database: Database, provider: Provider, identity: Identity, now: datetime) -> Person:
    """Whose account this is, as the provider says today where it gives the roles.

    Raises:
        NoRole: they have none here.
    """
    known = people.with_subject(database, identity.issuer, identity.subject)
    wanted = _wanted(provider, identity.claims)
    by = Signature(_AUTHOR, identity.issuer, now)
    if known is None:
        return _made(database, provider, identity, wanted, by)
    if provider.role_claim is None:
        return known
    if wanted is None:
        raise NoRole(f"{known.name} has no role at the provider any more")
    today = replace(wanted, title=known.title, email=known.email, sees_personal=known.sees_personal)
    if (known.role, known.agencies or ()) == (today.role, today.agencies):
        return known
    try:
        return database.write_again(lambda transaction: people.change(transaction, known.name, today, by))
    except LastAdministrator:
        raise NoRole(f"{known.name} is the last administrator; make another one first") from None


def _made(database: Database, provider: Provider, identity: Identity, wanted: Wanted | None, by: Signature) -> Person:
    if not provider.create or wanted is None:
        raise NoRole(f"nobody here is linked with {identity.subject}")
    said = _text(_claim(identity.claims, provider.name_claim)) or identity.subject
    name = re.sub(r"[^a-z0-9._@-]", "-", people.normal_name(said)).lstrip("._@-")[:70] or "person"

    def make(transaction: Transaction) -> Person:
        free = _free(transaction, name)
        people.add(transaction, free, wanted, None, by)
        return people.link(transaction, free, (identity.issuer, identity.subject), by)

    return database.write_again(make)


def _free(transaction: Transaction, name: str) -> str:
    """This name, or one like it: an account that is here already is never taken over by its name alone."""
    tried = (name if at == 1 else f"{name}-{at}" for at in range(1, 1000))
    return next(each for each in tried if not people.is_taken(transaction, each))


def _wanted(provider: Provider, claims: Mapping[str, Any]) -> Wanted | None:
    if provider.role_claim is None:
        return None
    said = _texts(_claim(claims, provider.role_claim))
    role = next((role for value, role in provider.roles.items() if value in said), None)
    if role is None:
        return None
    agencies = _texts(_claim(claims, provider.agencies_claim)) if provider.agencies_claim else ()
    if role is Role.DEPARTMENT and not agencies:
        return None
    title, email = _text(_claim(claims, "name")), _text(_claim(claims, "email"))
    return Wanted(role, title, email, tuple(agencies[:_MOST_AGENCIES]) if role is Role.DEPARTMENT else ())


def _claim(claims: Mapping[str, Any], dotted: str) -> Any:
    """A claim by its name, or by its way through others (`realm_access.roles`)."""
    if dotted in claims:
        return claims[dotted]
    found: Any = claims
    for name in dotted.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _text(said: Any) -> str:
    good = isinstance(said, str) and len(said) <= 200 and said.isprintable()
    return said.strip() if good else ""


def _texts(said: Any) -> Sequence[str]:
    if isinstance(said, str):
        return said.replace(",", " ").split()
    return [one for one in said if isinstance(one, str)] if isinstance(said, list) else ()
