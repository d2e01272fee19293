"""The file or address of an OpenAPI description and those that it refers to: read once each, JSON or YAML."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import orjson
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from connectors.charset import as_utf8
from connectors.errors import Changed, ConnectorError
from connectors.fence import keep_inside
from connectors.http import same_origin
from connectors.scrub import plain_address
from connectors.wording import quoted

_LARGEST = 32 * 1024 * 1024  # bytes of one file
_MOST = 200  # files
_ENDINGS = (".json", ".yaml", ".yml")

Fetch: TypeAlias = Callable[[str], bytes]  # what stands at an address


class Unresolved(Exception):
    """A reference leads nowhere; says why, as the end of a sentence."""


class Library:
    """Every document of one description, by where it stands."""

    def __init__(self, place: str, fetch: Fetch) -> None:
        self.place = place if _is_address(place) else str(Path(place).resolve())
        self._fetch = fetch
        self._read: dict[str, Any] = {}

    def root(self) -> Any:
        """The document that the description begins with; `Changed` where it cannot be read."""
        try:
            return self._document(self.place)
        except Unresolved as error:
            raise Changed(
                f"the description {plain_address(self.place)} {error}",
                code="openapi",
                hint="It must be an OpenAPI document of version 2 or 3, in JSON or YAML.",
            ) from None

    def mentions(self, what: re.Pattern[bytes]) -> bool:
        """Whether the document that the description begins with, readable or not, has this in it."""
        try:
            return what.search(self._bytes(self.place)) is not None
        except (Unresolved, ConnectorError):
            return False

    def resolve(self, reference: str, base: str) -> tuple[Any, str]:
        """What a `$ref` in the document at `base` means, and the document that it stands in."""
        try:
            target, pointer = urldefrag(reference)
            place = self._beside(target, base) if target else base
        except ValueError:
            raise Unresolved("is no address") from None
        value = self._document(place)
        for step in filter(None, unquote(pointer).split("/")):
            value = _step(value, step.replace("~1", "/").replace("~0", "~"))
        return value, place

    def _beside(self, target: str, base: str) -> str:
        if _is_address(base):
            place = urljoin(base, target)
            if not same_origin(place, self.place):
                raise Unresolved(f"is at another host, {plain_address(place)}, which is not asked")
            return place
        if "://" in target:
            raise Unresolved("is an address, which a file is not allowed to have asked")
        if not target.lower().endswith(_ENDINGS):
            raise Unresolved("is no JSON or YAML file")
        beside = (Path(base).parent / unquote(target)).resolve()
        if not beside.is_relative_to(Path(self.place).parent):
            keep_inside(beside.as_uri())
        return str(beside)

    def _document(self, place: str) -> Any:
        if place not in self._read:
            if len(self._read) >= _MOST:
                raise Unresolved(f"is one of more than {_MOST} files")
            try:
                self._read[place] = _parsed(self._bytes(place), place)
            except ConnectorError as error:
                if place == self.place:
                    raise
                raise Unresolved(f"cannot be read: {error}") from None
        return self._read[place]

    def _bytes(self, place: str) -> bytes:
        try:
            data = self._fetch(place) if _is_address(place) else _contents(Path(place))
        except OSError as error:
            raise Unresolved(f"cannot be opened: {error.strerror}") from None
        if len(data) > _LARGEST:
            raise Unresolved(f"is larger than {_LARGEST:,} bytes")
        return data


def _contents(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_LARGEST + 1)


def _parsed(data: bytes, place: str) -> Any:
    text = as_utf8(data, plain_address(place))
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        if text.lstrip()[:1] in (b"{", b"[", b"<", b""):
            raise Unresolved(f"is neither JSON nor YAML: {quoted(str(wrong))}") from None
    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError) as wrong:
        raise Unresolved(f"is no YAML: {quoted(str(wrong))}") from None


def _step(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        if name in value:
            return value[name]
        if name.isdecimal() and int(name) in value:  # YAML reads a status as a number
            return value[int(name)]
    if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
        return value[int(name)]
    raise Unresolved(f"leads nowhere: there is no `{name}`")


def _is_address(place: str) -> bool:
    return urlsplit(place).scheme in ("http", "https")
