"""Reads `config.yaml` whole: every problem in it is found at once, with its line, and nothing is started."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from connectors.registry import Registry
from hub.config.alerting import SECRETS_OF_CHANNELS, plain_secrets
from hub.config.connector import Connection, as_written, read_settings, scalars, settings_findings
from hub.config.references import References, resolve, secrets_in
from hub.config.sections import Config
from mappings.engine.yaml_model import validate
from mappings.engine.yaml_source import Finding, Invalid, Source, read
from mappings.engine.yaml_text import write


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration without a problem. `root` is the folder that relative paths start from.

    The hub's own secrets (`${secret:NAME}`) still stand in its connections as they are written: they are in
    the store, which this file leads to. Whoever opens a connector asks `hub.wiring` for it.
    """

    config: Config
    connections: tuple[Connection, ...]
    written: Source  # with its references, as they stand
    source: Source  # with what they stand for
    root: Path
    environment: Mapping[str, str]  # what `${env:…}` in it means

    def section(self, at: int) -> Source:
        """The connector at this place, as a document of its own that still knows its lines."""
        return self.written.part(("connectors", at))

    def document(self, at: int) -> str:
        """The connector at this place as YAML."""
        return write(self.section(at).data)

    def place(self, name: str) -> int | None:
        """Where the connector of this name stands among the connectors."""
        names = [section.name for section in self.config.connectors]
        return names.index(name) if name in names else None


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
    resolved = resolve(written, References(environment))
    source, findings = resolved.source, [*resolved.findings, *_misplaced_secrets(written), *plain_secrets(written)]
    try:
        config = validate(source, Config)
    except Invalid as invalid:
        more = [*invalid.findings, *_settings_findings(written, source, registry)]
        raise Invalid(resolved.hidden([*findings, *more])) from None
    sections = tuple(as_written(each, written, ("connectors", at)) for at, each in enumerate(config.connectors))
    config = config.model_copy(update={"connectors": sections})
    connections, wrong = _connections(config, written, source, registry)
    if found := [*findings, *wrong, *_repeated_names(config, source)]:
        raise Invalid(resolved.hidden(found))
    return Configuration(config, connections, written, source, root, environment)


def _connections(
    config: Config, written: Source, source: Source, registry: Registry
) -> tuple[tuple[Connection, ...], list[Finding]]:
    connections, findings = [], []
    for at, section in enumerate(config.connectors):
        found = read_settings(section.type, written, source, ("connectors", at), registry)
        if isinstance(found, list):
            findings += found
        else:
            connections.append(Connection(section, *found))
    return tuple(connections), findings


def _settings_findings(written: Source, source: Source, registry: Registry) -> Iterator[Finding]:
    """The problems inside `settings`, also when the rest of the file cannot be understood yet."""
    sections = source.data.get("connectors") if isinstance(source.data, dict) else None
    for at in range(len(sections) if isinstance(sections, list) else 0):
        yield from settings_findings(written, source, ("connectors", at), registry)


def _misplaced_secrets(written: Source) -> Iterator[Finding]:
    """The hub's secrets are in its store: what leads there, and what serves it, cannot use them."""
    data = written.data if isinstance(written.data, dict) else {}
    for part in data.keys() - {"connectors"}:
        for loc, text in scalars(data[part], (part,)):
            if any(secrets_in(text)) and not (part == "alerts" and loc[-1] in SECRETS_OF_CHANNELS):
                yield written.finding(
                    loc, "${secret:…} can be used in connectors and channels only", "write ${env:NAME} or ${file:/path}"
                )


def _repeated_names(config: Config, source: Source) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for at, section in enumerate(config.connectors):
        if first.setdefault(section.name, at) != at:
            line, _ = source.position(("connectors", first[section.name], "name"))
            what = f'a connector is already called "{section.name}" (line {line})'
            yield source.finding(("connectors", at, "name"), what, "give each its own name")
