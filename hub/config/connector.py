"""One connector's section: what stands in it, what its type makes of the settings, and that no secret stands there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretBytes, SecretStr, ValidationError

from connectors.contract import ConnectorType, Record
from connectors.errors import BadRecord
from connectors.registry import BrokenType, Registry, UnknownType
from connectors.scrub import without_secrets
from hub.config.references import References, refers, resolve, secrets_in
from hub.config.sections import ConnectorSection
from mappings.engine.yaml_model import findings_of, validate
from mappings.engine.yaml_source import Finding, Invalid, Loc, Source


@dataclass(frozen=True, slots=True)
class Connection:
    """A connector as written: its section, its type, and its settings as that type reads them."""

    section: ConnectorSection
    type: ConnectorType
    settings: BaseModel
    secrets: tuple[str, ...] = ()  # names of the hub's secrets that it uses

    def reread(self, payload: bytes, media_type: str) -> Iterator[Record | BadRecord]:
        """The records in something kept; only where the type can do that (`rereads`)."""
        assert self.type.reread is not None  # noqa: S101  (who asks has looked at `rereads`)
        with without_secrets(self.settings):
            yield from self.type.reread(self.settings, payload, media_type)

    @property
    def rereads(self) -> Callable[[bytes, str], Iterator[Record | BadRecord]] | None:
        """What reads a payload of this connector again; None where its type cannot."""
        return None if self.type.reread is None else self.reread


def read_connector(written: Source, registry: Registry, references: References) -> Connection:
    """The connector of a document that holds one section.

    Raises:
        Invalid: with everything that is wrong with it.
    """
    resolved = resolve(written, references)
    source = resolved.source
    findings = [*resolved.findings]
    findings += [source.finding(loc, "this holds a NUL character", "take it out") for loc in _with_nul(source.data, ())]
    try:
        section = validate(source, ConnectorSection)
    except Invalid as invalid:
        more = [*invalid.findings, *settings_findings(written, source, (), registry)]
        raise Invalid(resolved.hidden([*findings, *more])) from None
    found = read_settings(section.type, written, source, (), registry)
    if isinstance(found, list) or findings:
        raise Invalid(resolved.hidden([*findings, *(found if isinstance(found, list) else [])]))
    return Connection(as_written(section, written, ()), *found, secrets=tuple(secrets_in(written.data)))


def as_written(section: ConnectorSection, written: Source, at: Loc) -> ConnectorSection:
    """The section with its settings' references as they stand: what they stand for may be secret, and a section not."""
    return section.model_copy(update={"settings": _part(written.data, (*at, "settings")) or {}})


def read_settings(
    type_name: str, written: Source, source: Source, at: Loc, registry: Registry
) -> tuple[ConnectorType, BaseModel] | list[Finding]:
    """The type and the settings of the section at `at`, or what is wrong with them.

    `written` has the references as they stand, `source` what they stand for.
    """
    try:
        connector_type = registry.type(type_name)
    except (UnknownType, BrokenType) as error:
        return [source.finding((*at, "type"), str(error))]
    loc = (*at, "settings")
    try:
        settings = connector_type.settings.model_validate(_part(source.data, loc) or {})
    except ValidationError as error:
        return findings_of(error, source, connector_type.settings, loc)
    return list(_plain_secrets(settings, written, loc)) or (connector_type, settings)


def settings_findings(written: Source, source: Source, at: Loc, registry: Registry) -> list[Finding]:
    """The problems inside `settings`, also when the rest of the section cannot be understood yet."""
    section = _part(source.data, at)
    if not isinstance(section, dict) or not isinstance(section.get("type"), str):
        return []
    found = read_settings(section["type"], written, source, at, registry)
    return found if isinstance(found, list) else []


def _with_nul(data: Any, loc: Loc) -> Iterator[Loc]:
    """PostgreSQL cannot hold one, so it is refused everywhere."""
    yield from (place for place, text in scalars(data, loc) if "\0" in text)


def _plain_secrets(settings: Any, written: Source, loc: Loc) -> Iterator[Finding]:
    for place in _secret_places(settings, _part(written.data, loc), loc):
        what = "a secret stands here as it is, where versions and exports would show it"
        yield written.finding(place, what, "write ${secret:NAME}, ${env:NAME} or ${file:/path} instead")


def _secret_places(made: Any, written: Any, loc: Loc) -> Iterator[Loc]:
    """Where `written`, of which `made` was made, holds a secret as plain text.

    Follows what was made, not what the model allows: the same key may be secret in one kind of log-in only.
    """
    if isinstance(made, SecretStr | SecretBytes):
        yield from (place for place, text in scalars(written, loc) if not refers(text) and not _bare_address(text))
    elif isinstance(made, BaseModel) and isinstance(written, dict):
        for name, info in type(made).model_fields.items():
            for key in {name, info.alias or name} & written.keys():
                yield from _secret_places(getattr(made, name), written[key], (*loc, key))
    elif isinstance(made, Mapping) and isinstance(written, dict):
        for key in made.keys() & written.keys():
            yield from _secret_places(made[key], written[key], (*loc, key))
    elif isinstance(made, list | tuple):
        items = written if isinstance(written, list) and len(written) == len(made) else [written] * len(made)
        for at, (each, item) in enumerate(zip(made, items, strict=True)):
            yield from _secret_places(each, item, (*loc, at))


def scalars(written: Any, loc: Loc) -> Iterator[tuple[Loc, str]]:
    """Every value with its place, as text."""
    if isinstance(written, dict):
        for key, below in written.items():
            yield from scalars(below, (*loc, key))
    elif isinstance(written, list):
        for at, below in enumerate(written):
            yield from scalars(below, (*loc, at))
    elif written is not None:
        yield loc, str(written)


def _bare_address(text: str) -> bool:
    """A proxy's address is a secret for the password that it may hold; without one it is none."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme and parts.hostname) and not (
        parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/")
    )


def _part(data: Any, loc: Loc) -> Any:
    for step in loc:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
