"""`${env:NAME}`, `${env:NAME:-default}` and `${file:/path}` in a configuration: secrets stand elsewhere."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mappings.engine.yaml_source import Finding, Loc, Source

_REFERENCE = re.compile(r"\$\{(?P<body>[^}]*)(?P<end>\}?)")
_ENVIRONMENT = re.compile(r"env:(?P<name>[A-Za-z_]\w*)(?::-(?P<default>.*))?")


def resolve(source: Source, environment: Mapping[str, str] = os.environ) -> tuple[Any, list[Finding]]:
    """The file's data with every reference replaced, and a finding for each that leads nowhere."""
    findings: list[Finding] = []

    def walk(value: Any, loc: Loc) -> Any:
        if isinstance(value, dict):
            return {key: walk(below, (*loc, key)) for key, below in value.items()}
        if isinstance(value, list):
            return [walk(below, (*loc, at)) for at, below in enumerate(value)]
        return _REFERENCE.sub(lambda match: look_up(match, loc), value) if isinstance(value, str) else value

    def look_up(match: re.Match[str], loc: Loc) -> str:
        unclosed = "a reference is not closed", "end it with `}`"
        found = _look_up(match["body"], environment) if match["end"] else unclosed
        if isinstance(found, str):
            return found
        findings.append(source.finding(loc, *found))
        return ""

    return walk(source.data, ()), findings


def _look_up(body: str, environment: Mapping[str, str]) -> str | tuple[str, str]:
    """The text that a reference stands for, or what is wrong with it and what would be right."""
    if body.startswith("file:"):
        return _file(Path(body.removeprefix("file:")))
    match = _ENVIRONMENT.fullmatch(body)
    if match is None:
        return f"`${{{body}}}` is no reference", "write ${env:NAME}, ${env:NAME:-default} or ${file:/path}"
    value = environment.get(match["name"], match["default"])
    if value is None:
        return (
            f"the environment variable {match['name']} is not set",
            f"set it, or write ${{env:{match['name']}:-default}}",
        )
    return value


def _file(path: Path) -> str | tuple[str, str]:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        return f"the file {path} cannot be read: {reason}", "name a file that the hub may read"
