"""Where notices may be sent to: hosts that the hub's keeper has named, and no address that leads back into a machine.

The host is checked when a subscription is made and before every exchange; each address that its name resolves to is
checked where the connection is made to it (`line`), so that a name which changes its mind between check and use
(DNS rebinding) gains nothing.
"""

import re
import socket
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

_PORTS = {"http": 80, "https": 443}
_LONGEST = 2000  # letters of an address
_PLAIN = re.compile(r"[!-~]+")
_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?")


class NotAllowed(ValueError):
    """Nothing is sent there; the sentence says why and what would be right."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a notice is sent, in parts."""

    scheme: str
    host: str
    port: int
    target: str  # path and query

    @property
    def shown(self) -> str:
        """Fit for a sentence: without a query, which may hold a token."""
        return f"{self.scheme}://{self.authority}{self.target.partition('?')[0]}"

    @property
    def authority(self) -> str:
        """Host and port as a request names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the configuration says."""

    hosts: Sequence[str] = ()  # names, `*.name` for all names below it, addresses
    plain_http: bool = False

    def place(self, url: str) -> Place:
        """The parts of an address that notices may be sent to.

        Raises:
            NotAllowed: see there.
        """
        if not self.hosts:
            raise NotAllowed(
                "this hub sends notices nowhere: its keeper has to name the hosts in `webhooks.hosts` of config.yaml"
            )
        place = _parts(url)
        if place.scheme == "http" and not self.plain_http:
            raise NotAllowed("the address must begin with https:// (or the hub's keeper sets `webhooks.plain_http`)")
        if not any(_is(place.host, pattern.lower().rstrip(".")) for pattern in self.hosts):
            raise NotAllowed(
                f"notices may not be sent to {place.host}: it is none of the hosts that `webhooks.hosts` names; "
                "ask the hub's keeper"
            )
        return place

    def address(self, host: str, resolved: str) -> None:
        """Refuse an address that `host` resolved to, where it leads to a machine's own services.

        Raises:
            NotAllowed: see there.
        """
        address = ip_address(resolved.partition("%")[0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        named = host in {pattern.lower() for pattern in self.hosts}
        if address.is_loopback and named and (_literal(host) or host == "localhost"):
            return  # the keeper's own words
        if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
            kind, so = "no host of a network", _ANOTHER
            if address.is_loopback:
                kind, so = (
                    "this machine itself",
                    "to send there, name `localhost` in `webhooks.hosts` and in the address",
                )
            raise NotAllowed(f"{host} resolves to {address}, which is {kind}; nothing is sent there: {so}")
        if str(address) in _METADATA:
            raise NotAllowed(
                f"{host} resolves to {address}, where a cloud tells its machines their secrets: {_ANOTHER}"
            )


_ANOTHER = "give the subscription the address of another host"
_METADATA = frozenset({"100.100.100.200", "fd00:ec2::254", "168.63.129.16"})  # those that are not link-local


def resolved(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a host, in the system's order.

    The system's own look-up takes no limit, and a name service that is away can hold it for a minute: so it is asked
    in a thread of its own, which nobody waits for longer than that.

    Raises:
        OSError: it has none, or nobody said so in time.
    """
    if _literal(host):
        return [host]
    asked: Future[list[str]] = Future()
    threading.Thread(target=_resolve, args=(host, port, asked), name=f"resolve-{host}", daemon=True).start()
    try:
        return asked.result(seconds)
    except TimeoutError:
        raise socket.gaierror(socket.EAI_AGAIN, f"no name service answered within {seconds:.0f} s") from None


def _resolve(host: str, port: int, asked: "Future[list[str]]") -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        asked.set_exception(error if isinstance(error, OSError) else OSError(f"{host} is no name of a host"))
    else:
        asked.set_result(list(dict.fromkeys(str(each[4][0]) for each in found)))


def _parts(url: str) -> Place:
    if len(url) > _LONGEST or _PLAIN.fullmatch(url) is None:
        raise NotAllowed(f"an address has at most {_LONGEST} plain letters and no spaces; write others as %20")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotAllowed("the address cannot be read; write it as https://portal.example/hook") from None
    if parts.scheme.lower() not in _PORTS or not parts.hostname:
        raise NotAllowed("the address must be whole, as https://portal.example/hook")
    if parts.username is not None or parts.password is not None or "\\" in url:
        raise NotAllowed("the address must not hold a user or password: the signature proves who sends")
    if parts.fragment:
        raise NotAllowed("the address must not have a part after #: nobody would be sent it")
    if port == 0:
        raise NotAllowed("the address names port 0, which no server has")
    scheme = parts.scheme.lower()
    return Place(scheme, _host(parts), port or _PORTS[scheme], _target(parts))


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower().rstrip(".")
    if _literal(host):
        return str(ip_address(host.partition("%")[0]))
    if _NAME.fullmatch(host) is None or host.replace(".", "").isdecimal() or host.startswith("0x"):
        raise NotAllowed(f"“{host}” is no name of a host, nor an address as it is usually written")
    return host


def _target(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _is(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:]) and not _literal(host)
    return host == (str(ip_address(pattern)) if _literal(pattern) else pattern)


def _literal(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
