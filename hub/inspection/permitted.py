"""What somebody may write into a connector's document who keeps one department's systems, and not the hub.

A document reaches far: it can read the hub's environment and files, use any secret, ask any address of the network, and
say that its records are believed before others'. Who keeps the hub may do all that; a department what is its own.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from hub.inspection.reach import NotReachable, host_of, host_of_proxy, hosts_in, refuse
from hub.inspection.skeleton_parts import ASK
from hub.record.shown import agency_key

_REFERENCE = re.compile(r"\$\{([^}]*)\}?")
_SECRET = "secret:"  # noqa: S105  # the beginning of a reference
_DESCRIPTIONS = ("wsdl", "openapi")  # an address, or a file of the hub's machine
_MOST_HOSTS = 20  # a name may take seconds to be looked up, and a system has a few
_HOSTS = frozenset({"host", "proxy"})
_ADDRESSES = frozenset({"url", "base_url", "token_url", "endpoint", "address", *_DESCRIPTIONS})
_KEEPERS = ("precedence", "precedence_for")


class Why(StrEnum):
    """Why something is not a department's to say."""

    AGENCY = "agency"  # another agency's system
    REFERENCE = "reference"  # the hub's environment or files
    SECRET = "secret"  # noqa: S105  # another connector's
    FILE = "file"  # of the hub's machine
    ADDRESS = "address"  # leads back into the hub's machine
    PRECEDENCE = "precedence"  # who is believed is for who keeps the hub
    UNSAID = "unsaid"  # which host is asked stands in a secret, and may change with it unseen
    MAPPING = "mapping"  # what only others' connectors read with: whoever reads with it may look at it
    GROUP = "group"  # shares what another connector's department bears


@dataclass(frozen=True, slots=True)
class NotYours:
    """One thing that is not to be said, by its place in the document."""

    why: Why
    place: tuple[str, ...]
    said: str = ""


@dataclass(frozen=True, slots=True)
class Writer:
    """Whoever writes a document; `agencies` None: who keeps the hub, and may write anything."""

    agencies: Collection[str] | None = None
    connectors: Collection[str] = ()  # their own, by name
    strange: Collection[str] = field(default=())  # others' connectors by name, and what only they read with
    local: Collection[str] = field(default=())  # hosts of the hub's machine that may be asked all the same


def owner_of(secret: str) -> str:
    """The connector whose secret it is by its name: `so-kin.password` is the connector so-kin's."""
    return secret.partition(".")[0] if "." in secret else ""


def refusals(
    writer: Writer, written: Mapping[str, Any], settings: BaseModel | None, before: Mapping[str, Any] | None
) -> list[NotYours]:
    """What of a document is not this writer's to say; `before` is the one in use, `settings` what it comes to."""
    if writer.agencies is None:
        return []
    found = [*_section(writer, written, before or {}), *_references(writer, written)]
    if settings is not None:
        found += _files(settings)
    return [*found, *_addresses(writer, written, settings)]


def _section(writer: Writer, written: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[NotYours]:
    agency = str(written.get("agency") or "")
    if agency_key(agency) not in (writer.agencies or ()):
        yield NotYours(Why.AGENCY, ("agency",), agency)
    for name in _KEEPERS:
        if (written.get(name) or None) != (before.get(name) or None):
            yield NotYours(Why.PRECEDENCE, (name,))
    mapping = str(written.get("mapping") or "")
    if mapping != before.get("mapping") and {mapping, mapping.partition("/")[0]} & set(writer.strange):
        yield NotYours(Why.MAPPING, ("mapping",), mapping)
    group, was = _group(written), _group(before)
    if group and group != was and group not in {*writer.connectors, written.get("name")}:
        yield NotYours(Why.GROUP, ("limits", "group"), str(group))


def _group(document: Mapping[str, Any]) -> Any:
    limits = document.get("limits")
    return limits.get("group") if isinstance(limits, dict) else None


def _references(writer: Writer, written: Mapping[str, Any]) -> Iterator[NotYours]:
    own = {*writer.connectors, written.get("name")}
    for place, text in _texts(written, ()):
        for body in _REFERENCE.findall(text):
            if not body.startswith(_SECRET):
                yield NotYours(Why.REFERENCE, place, body)
            elif owner_of(body.removeprefix(_SECRET)) not in own:
                yield NotYours(Why.SECRET, place, body.removeprefix(_SECRET))
            elif _names_a_host(place, text):
                yield NotYours(Why.UNSAID, place, body.removeprefix(_SECRET))


def _names_a_host(place: tuple[str, ...], text: str) -> bool:
    """Whether a reference stands where an address has its host. What comes before `@` may end it, too."""
    if place[-1] in _HOSTS or "schema_hosts" in place:
        return True
    before, _, rest = text.partition("://")
    return "${" in before + rest.partition("/")[0] if rest else place[-1] in _ADDRESSES


def _texts(value: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _texts(below, (*place, str(name)))
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from _texts(below, (*place, str(at)))
    elif isinstance(value, str):
        yield place, value


def _files(settings: BaseModel) -> Iterator[NotYours]:
    """As the type reads them: a reference may stand for the name of a file."""
    for place, value in _values(settings.model_dump(), ("settings",)):
        if isinstance(value, Path):
            yield NotYours(Why.FILE, place, str(value))
        elif place[-1] in _DESCRIPTIONS and isinstance(value, str) and value != ASK and host_of(value) is None:
            yield NotYours(Why.FILE, place, value)


def _addresses(writer: Writer, written: Mapping[str, Any], settings: BaseModel | None) -> Iterator[NotYours]:
    texts = [(place, text) for place, text in _values(dict(written), ()) if isinstance(text, str)]
    if settings is not None:
        texts += [(place, _opened(value)) for place, value in _values(settings.model_dump(), ("settings",))]
    seen: set[str] = set()
    for place, text in texts:
        hosts = set(_hosts(place, text))
        if None in hosts:
            yield NotYours(Why.ADDRESS, place, place[-1])
        for host in {each for each in hosts if each} - seen:
            seen.add(host)
            if len(seen) > _MOST_HOSTS:
                yield NotYours(Why.ADDRESS, place, host)
                return
            try:
                refuse([host], writer.local)
            except NotReachable:
                yield NotYours(Why.ADDRESS, place, host)


def _hosts(place: tuple[str, ...], text: str) -> Iterator[str | None]:
    """The hosts that a text leads to; None: it leads somewhere, and nobody can tell where."""
    if not place or not text:
        return
    if place[-1] == "proxy":
        yield host_of_proxy(text)
    elif "schema_hosts" in place or place[-1] == "host":
        yield text
    else:
        yield from hosts_in(text)


def _opened(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value if isinstance(value, str) else ""


def _values(value: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _values(below, (*place, str(name)))
    elif isinstance(value, list | tuple):
        for at, below in enumerate(value):
            yield from _values(below, (*place, str(at)))
    else:
        yield place, value
