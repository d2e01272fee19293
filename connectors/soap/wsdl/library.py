"""Where the documents of a WSDL are found: beside it, at its own host, in the catalogue; no stranger is asked."""

import os
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from os.path import normpath
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from lxml import etree

from connectors import xml
from connectors.errors import Changed, ConnectorError
from connectors.fence import keep_inside
from connectors.http import same_origin
from connectors.scrub import plain_address
from connectors.soap.catalogue import standard
from connectors.wording import listed

Ask = Callable[[str], bytes]

MOST_DOCUMENTS = 400  # more are no service but a trap that imports for ever
_MOST_BYTES = 64 * 1024 * 1024
_MOST_FILES = 2_000  # looked at when a file is searched in the folder of the WSDL
_DEEPEST = 4
_XSD = b"http://www.w3.org/2001/XMLSchema"
_OLD_XSD = (b"http://www.w3.org/1999/XMLSchema", b"http://www.w3.org/2000/10/XMLSchema")
_NO_DOCUMENT = ("html_answer", "empty_answer")  # as good as not there, where it is imported
_SUFFIXES = (".wsdl", ".xsd", ".xml")
_SCHEMA_QUERY = re.compile(r"(?:wsdl|singlewsdl|xsd)(?:=[\w.]*)?", re.I)
_TARGET = re.compile(rb"\btargetNamespace\s*=\s*(['\"])(.*?)\1")
_HEAD = 64 * 1024  # bytes in which a schema says its namespace


@dataclass(frozen=True, slots=True)
class Source:
    """One document of a WSDL."""

    place: str  # an address, or the path of a file
    root: etree._Element


class Library:
    """The documents of one WSDL, each read once; `problems` are those that were passed over."""

    def __init__(self, place: str, ask: Ask, ask_stranger: Ask | None = None, hosts: Collection[str] = ()) -> None:
        self._place, self._ask = place, ask
        self._ask_stranger, self._hosts = ask_stranger, {host.lower() for host in hosts}
        self._known: dict[str, Source] = {}
        self._folder_files: list[Path] | None = None
        self.problems: dict[str, None] = {}
        self.missing: dict[str, str] = {}  # by namespace: why its schema is not there

    @property
    def place(self) -> str:
        """Where the WSDL is, fit for a sentence."""
        return plain_address(self._place) if _is_web(self._place) else self._place

    def main(self) -> Source:
        """The WSDL itself."""
        if _is_web(self._place):
            return self._take(self._place, self._ask)
        path = Path(self._place)
        return self._take(str(_only_wsdl(path) if path.is_dir() else path), _read)

    def imported(self, base: Source, location: str, namespace: str | None) -> Source | None:
        """The document that `base` imports; None where it cannot be had or is a standard one of the catalogue."""
        location = location.strip()
        try:
            return self._find(base, location, namespace)
        except ConnectorError as error:
            if isinstance(error, TooMany) or not (isinstance(error, Changed) or error.code in _NO_DOCUMENT):
                raise
            self._passed_over(namespace, f"{shown(base.place)} imports {shown(location)}: {error}")
            return None

    def _find(self, base: Source, location: str, namespace: str | None) -> Source | None:
        if _is_web(base.place):
            return self._find_on_the_web(base, urljoin(base.place, location), namespace)
        if _is_web(location):
            beside = self._in_folder(location, namespace)
            return self._take(str(beside), _read) if beside else self._at_a_stranger(base, location, namespace)
        path = Path(normpath(Path(base.place).parent / unquote(location.removeprefix("file://"))))
        beside = path if path.is_file() else self._in_folder(location, namespace)
        if beside is not None:
            if not beside.is_relative_to(self._folder()):
                keep_inside(beside.as_uri())
            return self._take(str(beside), _read)
        if standard(namespace) is None:
            self._passed_over(
                namespace,
                f"{base.place} imports {location}, which is not in its folder; "
                "ask the department for that file and lay it beside the WSDL",
            )
        return None

    def _find_on_the_web(self, base: Source, url: str, namespace: str | None) -> Source | None:
        if not _is_web(url):
            self._passed_over(namespace, f"{shown(base.place)} imports {url}, a file of its own machine")
            return None
        if same_origin(url, self._place):
            return self._take(url, self._ask)
        here, there = urlsplit(self._place), urlsplit(url)
        if there.path == here.path and standard(namespace) is None:
            # Behind a proxy, a service writes its inner host name into the addresses of its own schemas.
            return self._take(here._replace(query=there.query).geturl(), self._ask)
        return self._at_a_stranger(base, url, namespace)

    def _at_a_stranger(self, base: Source, url: str, namespace: str | None) -> Source | None:
        if standard(namespace) is not None:
            return None
        host = (urlsplit(url).hostname or "").lower()
        if self._ask_stranger is not None and host in self._hosts:
            return self._take(url, self._ask_stranger)
        self._passed_over(
            namespace,
            f"{shown(base.place)} imports {plain_address(url)}, which is at another host: the hub asks none to read "
            f"a WSDL unless `schema_hosts` names it; or save the WSDL and that file into one folder",
        )
        return None

    def _passed_over(self, namespace: str | None, why: str) -> None:
        self.problems[why] = None
        self.missing.setdefault(namespace or "", why)

    def _take(self, place: str, read: Ask) -> Source:
        known = self._known.get(place)
        if known is not None:
            return known
        if len(self._known) >= MOST_DOCUMENTS:
            raise TooMany(
                f"the WSDL {self.place} imports more than {MOST_DOCUMENTS} documents",
                code="wsdl",
                hint="No real service needs that many; show it to the department.",
            )
        source = Source(place, self._parsed(place, read))
        self._known[place] = source
        return source

    def _parsed(self, place: str, read: Ask) -> etree._Element:
        body = read(place)
        for old in _OLD_XSD:
            if old in body:
                body = body.replace(old, _XSD)
                self.problems[f"{shown(place)} is written in XML Schema of before 2001; it is read as that of 2001"] = (
                    None
                )
        try:
            return xml.parse(body, shown(place))
        except ConnectorError as error:
            if _is_web(place):
                raise
            sentence = str(error).replace("the answer of", "the file", 1)
            raise Changed(sentence, code=error.code, hint="Ask the department to send the file again.") from None

    def _in_folder(self, location: str, namespace: str | None) -> Path | None:
        """The file of the WSDL's folder that an address which leads nowhere means, if only one can be meant."""
        if _is_web(self._place):
            return None
        names = set(_file_names(location))
        named = [path for path in self._files() if path.name.lower() in names]
        if len(named) == 1:
            return named[0]
        described = [path for path in named or self._files() if namespace and _namespace_of(path) == namespace]
        return described[0] if len(described) == 1 else None

    def _files(self) -> list[Path]:
        if self._folder_files is None:
            self._folder_files = sorted(_files_below(self._folder()))
        return self._folder_files

    def _folder(self) -> Path:
        place = Path(self._place)
        return place if place.is_dir() else place.parent


class TooMany(Changed):
    """So many documents that reading on would never end."""


def _is_web(place: str) -> bool:
    return urlsplit(place).scheme in ("http", "https")


def shown(place: str) -> str:
    """A place fit for a sentence: no user, no password, and a query only where it tells a service's schemas apart."""
    if not _is_web(place):
        return place
    query = urlsplit(place).query
    return plain_address(place) + (f"?{query}" if _SCHEMA_QUERY.fullmatch(query) else "")


def _read(place: str) -> bytes:
    path = Path(place)
    try:
        if path.exists() and not path.is_file():
            raise _unreadable(place, "it is no file")
        if path.stat().st_size > _MOST_BYTES:
            raise _unreadable(place, f"it is larger than {_MOST_BYTES:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(place, error.strerror or "the system does not say why") from None


def _unreadable(place: str, why: str) -> Changed:
    return Changed(
        f"the file {place} cannot be read: {why}",
        code="wsdl",
        hint="Correct `wsdl`; files that the WSDL imports must lie in its folder.",
    )


def _only_wsdl(folder: Path) -> Path:
    """The WSDL of a folder: the only one, or the only one that describes a service and is not a part of another."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".wsdl")
    complete = [path for path in found if b"service>" in _read(str(path))] if len(found) > 1 else found
    if len(complete) == 1:
        return complete[0]
    raise Changed(
        f"the folder {folder} holds {'no WSDL' if not found else 'several WSDLs: ' + listed(p.name for p in found)}",
        code="wsdl",
        hint="Write the file into `wsdl`, such as `wsdl: folder/Service.wsdl`.",
    )


def _files_below(folder: Path) -> Iterator[Path]:
    looked_at = 0
    for above, folders, names in os.walk(folder):
        if len(Path(above).relative_to(folder).parts) >= _DEEPEST:
            folders.clear()
        for name in names:
            looked_at += 1
            if looked_at > _MOST_FILES:
                return
            if name.lower().endswith(_SUFFIXES):
                yield Path(above) / name


def _file_names(location: str) -> Iterator[str]:
    """What a file may be called that somebody saved from this address: `Service.svc?xsd=xsd0` has several."""
    parts = urlsplit(location)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2]).lower()
    if not parts.query:
        yield last
        yield from (f"{last}{suffix}" for suffix in _SUFFIXES)
    stem = last.rpartition(".")[0] or last
    for key, value in parse_qsl(parts.query.lower(), keep_blank_values=True):
        for name in filter(None, (value, f"{stem}.{value}", f"{stem}_{value}", f"{last}_{key}_{value}")):
            yield from (name, *(f"{name}{suffix}" for suffix in _SUFFIXES))


def _namespace_of(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            found = _TARGET.search(file.read(_HEAD))
    except OSError:
        return None
    return found[2].decode(errors="replace") if found else None
