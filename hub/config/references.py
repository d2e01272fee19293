"""`${env:NAME}`, `${env:NAME:-default}`, `${file:/path}` and `${secret:NAME}`: secrets stand elsewhere."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from mappings.engine.yaml_source import Finding, Loc, Source

_REFERENCE = re.compile(r"\$\{(?P<body>[^}]*)(?P<end>\}?)")
_ENVIRONMENT = re.compile(r"env:(?P<name>[A-Za-z_]\w*)(?::-(?P<default>.*))?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_SECRET = re.compile(rf"secret:(?P<name>{_NAME.pattern})")
_TELLING = 4  # anything shorter gives nothing away, and stands in other words too

Said: TypeAlias = tuple[str, str]  # what is wrong, what would be right


def _left_for_later(name: str) -> str:
    """Where nothing is run the store need not be asked: the reference itself stands for the secret."""
    return f"${{secret:{name}}}"


@dataclass(frozen=True, slots=True)
class References:
    """Where references lead: the environment, files, and the hub's secrets."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    secret: Callable[[str], str | Said] = _left_for_later


@dataclass(frozen=True, slots=True)
class Resolved:
    """A file with every reference replaced, and a finding for each that leads nowhere."""

    source: Source
    findings: tuple[Finding, ...]
    _brought: Mapping[str, str] = field(repr=False)  # what a reference stood for → the reference

    def hidden(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings that show references as they are written: what they stand for may be secret."""
        return [replace(each, what=self._hidden(each.what), right=self._hidden(each.right)) for each in findings]

    def _hidden(self, said: str) -> str:
        for value in sorted(self._brought, key=len, reverse=True):
            said = said.replace(value, self._brought[value])
        return said


def resolve(source: Source, references: References) -> Resolved:
    """Replace every reference in a file's data."""
    findings: list[Finding] = []
    brought: dict[str, str] = {}

    def walk(value: Any, loc: Loc) -> Any:
        if isinstance(value, dict):
            return {key: walk(below, (*loc, key)) for key, below in value.items()}
        if isinstance(value, list):
            return [walk(below, (*loc, at)) for at, below in enumerate(value)]
        return _REFERENCE.sub(lambda match: look_up(match, loc), value) if isinstance(value, str) else value

    def look_up(match: re.Match[str], loc: Loc) -> str:
        unclosed = "a reference is not closed", "end it with `}`"
        found = _look_up(match["body"], references) if match["end"] else unclosed
        if isinstance(found, str):
            if len(found) >= _TELLING:
                brought[found] = match[0]
            return found
        findings.append(source.finding(loc, *found))
        return ""

    data = walk(source.data, ())
    return Resolved(replace(source, data=data), tuple(findings), brought)


def is_secret_name(name: str) -> bool:
    """Whether a secret can be called so."""
    return _NAME.fullmatch(name) is not None


def refers(text: str) -> bool:
    """Whether a text has a reference in it."""
    return _REFERENCE.search(text) is not None


def secrets_in(data: Any) -> Iterator[str]:
    """The names of the hub's secrets that some data refers to."""
    if isinstance(data, dict):
        for below in data.values():
            yield from secrets_in(below)
    elif isinstance(data, list):
        for below in data:
            yield from secrets_in(below)
    elif isinstance(data, str):
        bodies = (match["body"] for match in _REFERENCE.finditer(data))
        yield from (match["name"] for body in bodies if (match := _SECRET.fullmatch(body)))


def _look_up(body: str, references: References) -> str | Said:
    """The text that a reference stands for, or what is wrong with it and what would be right."""
    if body.startswith("file:"):
        return _file(Path(body.removeprefix("file:")))
    if secret := _SECRET.fullmatch(body):
        return references.secret(secret["name"])
    match = _ENVIRONMENT.fullmatch(body)
    if match is None:
        right = "write ${env:NAME}, ${env:NAME:-default}, ${file:/path} or ${secret:NAME}"
        return f"`${{{body}}}` is no reference", right
    value = references.environment.get(match["name"], match["default"])
    if value is None:
        return (
            f"the environment variable {match['name']} is not set",
            f"set it, or write ${{env:{match['name']}:-default}}",
        )
    return value


def _file(path: Path) -> str | Said:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        return f"the file {path} cannot be read: {reason}", "name a file that the hub may read"
