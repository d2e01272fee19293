"""What an OpenAPI description (2.0, 3.0, 3.1) says that a system can be asked; what is wrong in it is passed over."""

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from connectors.contract import Description, Operation
from connectors.errors import Changed
from connectors.http import Client
from connectors.rest.openapi_files import Fetch, Library
from connectors.rest.openapi_operations import Operations
from connectors.scrub import plain_address
from connectors.settings import HttpSettings
from connectors.wording import quoted

_KNOWN = ("2.", "3.0", "3.1", "3.2")
_MOST_PROBLEMS = 200
_SAYS = re.compile(rb"[\"']?(?:openapi|swagger)[\"']?\s*:\s*[\"']?[23]")
_NAMES = ("openapi", "swagger")
_ENDINGS = (".json", ".yaml", ".yml")


def describe(place: str) -> Description | None:
    """What stands at a file, a folder or an address; None where that is no OpenAPI description."""
    if urlsplit(place).scheme in ("http", "https"):
        with Client(HttpSettings()) as client:
            return _if_ours(Library(place, lambda url: client.ask("GET", url).body))
    found = _file_at(Path(place))
    return None if found is None else _if_ours(Library(str(found), _no_address))


def _if_ours(library: Library) -> Description | None:
    try:
        return _described(library)
    except Changed:
        if library.mentions(_SAYS):
            raise
    return None


def described(place: str, fetch: Fetch) -> Description:
    """What the description at `place` says; `Changed` where there is none."""
    found = _described(Library(place, fetch))
    if found is None:
        raise Changed(
            f"{plain_address(place)} is no OpenAPI description: it says neither `openapi` nor `swagger`",
            code="openapi",
            hint="Correct `openapi` in the settings; it is often at /v3/api-docs, /swagger.json or /openapi.json.",
        )
    return found


def _file_at(path: Path) -> Path | None:
    if path.is_file():
        return path if path.suffix.lower() in _ENDINGS else None
    candidates = [path / f"{name}{ending}" for name in _NAMES for ending in _ENDINGS] if path.is_dir() else []
    return next((each for each in candidates if each.is_file()), None)


def _no_address(place: str) -> bytes:
    raise OSError(0, f"{plain_address(place)} is not asked")


def _described(library: Library) -> Description | None:
    root = library.root()
    version = str(root.get("openapi") or root.get("swagger") or "") if isinstance(root, Mapping) else ""
    return _description(library, root, version) if version else None


def _description(library: Library, root: Mapping[str, Any], version: str) -> Description:
    reading = Operations(library, root, version)
    operations = tuple(reading.all())
    problems = list(reading.problems)
    if not version.startswith(_KNOWN):
        problems.insert(0, f"its version is {quoted(version)}, which is not known; it is read as 3.1")
    if not operations:
        why = next(iter(problems), "it has no `paths`")
        raise Changed(
            f"{plain_address(library.place)} describes nothing that can be asked: {why}",
            code="openapi",
            hint="Ask the department for the description of their present interface.",
        )
    return Description(operations, tuple(problems[:_MOST_PROBLEMS]), fingerprint(operations))


def fingerprint(operations: tuple[Operation, ...]) -> str:
    """A digest of what is asked and answered; not of what is said about it."""
    said = [
        [
            each.name,
            each.place,
            *([field.path, field.type, field.repeated, field.required] for field in (*each.parameters, *each.answer)),
        ]
        for each in operations
    ]
    return sha256(orjson.dumps(sorted(said, key=orjson.dumps))).hexdigest()
