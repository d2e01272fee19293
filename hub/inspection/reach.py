"""Which systems somebody may have the hub ask who does not keep it: never the hub's own machine, nor what a cloud
tells its machines. The hub stands inside the city's network, so whoever may name an address asks from there.
"""

from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from connectors.errors import Refused
from connectors.fence import Fence
from hub.outbox.webhooks.address import resolved

_METADATA = frozenset({"100.100.100.200", "fd00:ec2::254", "168.63.129.16"})  # those that are not link-local
# An IPv4 address stands in the last 32 bits of these: translated (NAT64), and as IPv6 once wrote them.
_EMBEDDING = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
_SECONDS = 5.0
_PORT = 443  # of no importance to whoever only looks a name up


class NotReachable(Exception):
    """This may not be asked; the sentence says why."""


def hosts_in(data: Any) -> Iterator[str]:
    """Every host that a document names, as an address or as the `host` of a server."""
    if isinstance(data, dict):
        for name, below in data.items():
            if name == "host" and isinstance(below, str):
                yield below
            else:
                yield from hosts_in(below)
    elif isinstance(data, list):
        for below in data:
            yield from hosts_in(below)
    elif isinstance(data, str) and (host := host_of(data)):
        yield host


def host_of(text: str) -> str | None:
    """The host of an http or https address; None of anything else.

    A backslash ends the host, as it does for who asks: `http://here\\@there/` goes here.
    """
    try:
        parts = urlsplit(text.strip().replace("\\", "/"))
        host = parts.hostname
    except ValueError:
        return None
    return host if parts.scheme in ("http", "https") else None


def host_of_proxy(text: str) -> str | None:
    """The host of a proxy, which may be written without `http://`; None of another kind of proxy."""
    return host_of(text if "://" in text else f"http://{text}")


def refuse(hosts: Collection[str], local: Collection[str]) -> None:
    """Refuse hosts that lead back into a machine; one that has no address now is told by whoever asks it.

    `local` are hosts of the hub's own machine that its keeper lets be asked.

    Raises:
        NotReachable: see there.
    """
    for host in sorted(set(hosts).difference(local)):
        try:
            found = resolved(host, _PORT, _SECONDS)
        except OSError:
            continue
        for each in found:
            _refuse(host, each)


def _refuse(host: str, found: str) -> None:
    address = _meant(ip_address(found.partition("%")[0]))
    inside = address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified
    if inside or str(address) in _METADATA:
        raise NotReachable(f"{host} is {address}: the hub's own machine or network, and no system of a department")


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that stands inside one of IPv6, where one does."""
    if isinstance(address, IPv4Address):
        return address
    if any(address in each for each in _EMBEDDING) and not (address.is_loopback or address.is_unspecified):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def fence(local: Collection[str]) -> Fence:
    """Holds every request to what may be asked, also one that a description or an answer leads to."""

    def keep(url: str) -> None:
        if url.startswith("file:"):
            hint = "Send that file together with the description that imports it."
            raise Refused(f"{url} is a file of the hub's own machine", code="not_permitted", hint=hint)
        try:
            refuse({host} if (host := host_of(url)) else (), local)
        except NotReachable as error:
            hint = "Give the address of the department's own system."
            raise Refused(str(error), code="not_permitted", hint=hint) from None

    return keep
