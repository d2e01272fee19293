"""How people sign in to the console, as the configuration tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hub.record.rights import Role


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of identities (OpenID Connect) at which people sign in instead of here."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    title: str = ""  # as the button calls it
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    name_claim: str = "preferred_username"  # what an account that is made here is called
    role_claim: str | None = None  # dotted where it is inside another one; None: roles are given here
    roles: Mapping[str, Role] = field(default_factory=dict)  # a value of that claim → the role; the first one counts
    agencies_claim: str | None = None
    create: bool = False  # whether whoever has a role gets an account at the first sign-in
    ca_file: Path | None = None  # absolute; None: the public authorities


@dataclass(frozen=True, slots=True)
class SignIn:
    """Sessions, second factor, provider."""

    idle: timedelta = timedelta(hours=1)
    lasts: timedelta = timedelta(hours=12)
    second_factor: frozenset[Role] = frozenset()  # roles that may do nothing before they have one
    provider: Provider | None = None
