"""Reads `config.yaml` whole: every problem in it is found at once, with its line, and nothing is started."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from connectors.contract import ConnectorType
from connectors.registry import BrokenType, Registry, UnknownType
from hub.config.references import resolve
from hub.config.sections import Config, ConnectorSection
from mappings.engine.yaml_model import findings_of, validate
from mappings.engine.yaml_source import Finding, Invalid, Source, read


@dataclass(frozen=True, slots=True)
class Connection:
    """A connector as configured: its section, its type, and its settings as that type reads them."""

    section: ConnectorSection
    type: ConnectorType
    settings: BaseModel


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration without a problem. `root` is the folder that relative paths start from."""

    config: Config
    connections: tuple[Connection, ...]
    source: Source
    root: Path


def load(path: Path, registry: Registry, environment: Mapping[str, str] = os.environ) -> Configuration:
    """Read a configuration.

    Raises:
        Invalid: with every problem in the file.
    """
    return understand(read(path), path.resolve().parent, registry, environment)


def understand(
    written: Source, root: Path, registry: Registry, environment: Mapping[str, str] = os.environ
) -> Configuration:
    """Like `load`, of a file that is read already."""
    data, findings = resolve(written, environment)
    source = replace(written, data=data)
    try:
        config = validate(source, Config)
    except Invalid as invalid:
        raise Invalid([*findings, *invalid.findings, *_settings_findings(source, registry)]) from None
    connections, wrong = _connections(config, source, registry)
    if found := [*findings, *wrong, *_repeated_names(config, source)]:
        raise Invalid(found)
    return Configuration(config, connections, source, root)


def _connections(config: Config, source: Source, registry: Registry) -> tuple[tuple[Connection, ...], list[Finding]]:
    connections, findings = [], []
    for at, section in enumerate(config.connectors):
        found = _settings(section.type, section.settings, at, source, registry)
        if isinstance(found, list):
            findings += found
        else:
            connections.append(Connection(section, *found))
    return tuple(connections), findings


def _settings(
    type_name: str, settings: Any, at: int, source: Source, registry: Registry
) -> tuple[ConnectorType, BaseModel] | list[Finding]:
    try:
        connector_type = registry.type(type_name)
    except (UnknownType, BrokenType) as error:
        return [source.finding(("connectors", at, "type"), str(error))]
    try:
        return connector_type, connector_type.settings.model_validate(settings)
    except ValidationError as error:
        return findings_of(error, source, connector_type.settings, ("connectors", at, "settings"))


def _settings_findings(source: Source, registry: Registry) -> Iterator[Finding]:
    """The problems inside `settings`, also when the rest of the file cannot be understood yet."""
    data = source.data if isinstance(source.data, dict) else {}
    written = data.get("connectors")
    for at, section in enumerate(written if isinstance(written, list) else []):
        if isinstance(section, dict) and isinstance(section.get("type"), str):
            found = _settings(section["type"], section.get("settings", {}), at, source, registry)
            yield from found if isinstance(found, list) else ()


def _repeated_names(config: Config, source: Source) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for at, section in enumerate(config.connectors):
        if first.setdefault(section.name, at) != at:
            line, _ = source.position(("connectors", first[section.name], "name"))
            what = f'a connector is already called "{section.name}" (line {line})'
            yield source.finding(("connectors", at, "name"), what, "give each its own name")
