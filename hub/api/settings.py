"""What the web part is told by the configuration."""

from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from hub.inspection.effective import Setting
from hub.record.sign_in import SignIn
from hub.record.standing import NEAR_DUE
from hub.store.clients import Quota


@dataclass(frozen=True, slots=True)
class Issuer:
    """A provider of identities whose tokens are taken instead of a key."""

    issuer: str
    audience: str
    keys: str | None = None  # None: its own description says where they are
    client_claim: str = "azp"
    person_claim: str = "sub"
    scope: str | None = None
    ca_file: Path | None = None  # absolute; None: the public authorities


@dataclass(frozen=True, slots=True)
class Public:
    """The look-up for anybody who has a dossier's code."""

    look_up: bool = True
    per_minute: int = 30
    wrong_per_hour: int = 5
    embedded_by: tuple[str, ...] = ()
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything; folders are absolute."""

    near_due: timedelta = NEAR_DUE
    proxies: int = 0  # before the hub, that are believed who asks
    issuers: tuple[Issuer, ...] = ()
    quota: Quota = field(default_factory=lambda: Quota(6000, 2_000_000))
    public: Public = field(default_factory=Public)
    sign_in: SignIn = field(default_factory=SignIn)
    portal_client: str | None = None  # of whose grant the portal's pages show dossiers; None: no pages
    webhook_hosts: tuple[str, ...] = ()
    webhook_plain_http: bool = False
    webhook_seconds: float = 10.0
    webhook_ca_file: Path | None = None  # absolute
    exports: Path = Path("var/exports")
    metrics: bool = True
    metrics_open_to: tuple[IPv4Network | IPv6Network, ...] = ()  # without a key
    places: int = 4  # runs that each process does at a time
    local_systems: tuple[str, ...] = ()  # hosts of this machine that departments may have asked, too
    effective: tuple[Setting, ...] = ()  # all of the configuration, to be shown
    folders: tuple[Path, ...] = ()  # absolute; where this process keeps files
