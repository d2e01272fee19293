"""A client's document: who asks, why, which dossiers it sees and what of each, how much, and with whose tokens."""

from collections.abc import Collection
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from hub.config.outside import Address
from hub.config.strict import Section
from hub.record.confidentiality import Level
from hub.record.grant import PROFILES, Grant, Group, Sight
from hub.store.clients import Client, Quota, Role, Subject, Wanted
from hub.store.grant_codes import Unknown
from mappings.engine.yaml_model import did_you_mean, validate
from mappings.engine.yaml_source import Invalid, Source, parse
from mappings.engine.yaml_text import write

NAME = r"^[a-z0-9][a-z0-9._-]{0,79}$"
_LIMITS = ("agencies", "procedures", "fields")
_MOST_CODES = 1000

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Codes = Annotated[tuple[Code, ...], Field(min_length=1, max_length=_MOST_CODES)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^[^\x00-\x1f]*$")]


class SeesSection(Section):
    """Which dossiers a client sees, and how much of each group of their data."""

    agencies: Codes | None = Field(None, description="Codes of agencies, each with all below it; left out: all.")
    procedures: Codes | None = Field(None, description="Codes of procedures, in all their forms; left out: all.")
    fields: Codes | None = Field(None, description="Codes of fields (lĩnh vực); left out: all.")
    level: Level | None = Field(None, description="The most confidential that it sees; left out: as in the profile.")
    name: Sight | None = Field(None, description="The owner's name.")
    identity: Sight | None = Field(None, description="Numbers of papers, date of birth, tax code.")
    contact: Sight | None = Field(None, description="Telephone, e-mail, address.")
    content: Sight | None = Field(None, description="Summary, notes, and facts of the source.")
    papers: Sight | None = Field(None, description="What was submitted and what came out.")
    fees: Sight | None = Field(None, description="Fees, and what was paid.")
    officers: Sight | None = Field(None, description="Who handles it.")
    provenance: Sight | None = Field(None, description="Which systems said what.")

    @field_validator("provenance")
    @classmethod
    def _no_mask(cls, sight: Sight | None) -> Sight | None:
        if sight is Sight.MASKED:
            raise ValueError("provenance cannot be masked: it repeats what sources said; write hidden or full")
        return sight


class QuotaSection(Section):
    """How much it may ask, where that is not as configured for all."""

    per_minute: int | None = Field(None, ge=1, le=10_000_000, description="Requests in a minute.")
    per_day: int | None = Field(None, ge=1, le=1_000_000_000, description="Requests in a day.")


class TokenSection(Section):
    """Whose tokens it may come with instead of a key."""

    issuer: Address = Field(description="One of `access.issuers` in config.yaml.")
    client: Annotated[str, StringConstraints(min_length=1, max_length=255)] = Field(
        description="What that provider calls it: the value of `client_claim` in its tokens."
    )


class ClientSection(Section):
    """The document."""

    client: Annotated[str, StringConstraints(pattern=NAME)] = Field(description="Its name: a-z, 0-9, dots, - and _.")
    title: Line = Field("", description="What it is, for people.")
    role: Literal["query", "read", "manage"] = Field("query", description="What it may do.")
    purpose: Line = Field("", description="Why it reads, for the log of reads; a request may say otherwise.")
    profile: str | None = Field(None, description="A named set of what it sees; left out: no personal data.")
    sees: SeesSection | None = Field(None, description="What it sees, where that is not as the profile says.")
    quota: QuotaSection = QuotaSection()
    token: TokenSection | None = Field(None, description="Whose tokens it may come with.")

    @field_validator("profile")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        if name is not None and name not in PROFILES:
            raise ValueError(f'there is no profile "{name}"; {did_you_mean(name, PROFILES)}')
        return name

    @model_validator(mode="after")
    def _fits_the_role(self) -> Self:
        if self.role == "query":
            if not self.purpose:
                raise ValueError("`purpose` is missing; say why this client reads: it stands in the log of reads")
        elif self.profile is not None or self.sees is not None:
            raise ValueError(f"a client of the role {self.role} sees everything; leave `profile` and `sees` out")
        return self


def read_client(source: Source, name: str | None = None) -> Wanted:
    """The client that a document wants; with `name`, it must be that one's.

    Raises:
        Invalid: with everything that is wrong with it.
    """
    section = validate(source, ClientSection)
    if name is not None and section.client != name:
        told = f'this is put as "{name}", it says "{section.client}"'
        raise Invalid([source.finding(("client",), told, "use one")])
    role = Role(section.role)
    return Wanted(
        section.client,
        role,
        section.title,
        grant=_grant(section) if role is Role.QUERY else None,
        quota=Quota(section.quota.per_minute, section.quota.per_day),
        subject=Subject(section.token.issuer, section.token.client) if section.token else None,
        purpose=section.purpose,
    )


class ClientDocuments:
    """What the API is handed of all this (`hub.api.ports`)."""

    def read(self, text: str, file: str, name: str) -> Wanted:
        """The client of a document that must be this one's.

        Raises:
            Invalid: with everything that is wrong with it.
        """
        return read_client(parse(text, file), name)

    def document(self, client: Client) -> dict[str, Any]:
        """A client as its document."""
        return document_of(client)

    def doubts(self, wanted: Wanted, unknown: Unknown, issuers: Collection[str]) -> list[str]:
        """What is probably not meant."""
        return doubts(wanted, unknown, issuers)


def _grant(section: ClientSection) -> Grant:
    base, sees = PROFILES[section.profile] if section.profile else Grant(), section.sees or SeesSection()
    said = {group: getattr(sees, group) for group in Group}
    sights = {group: sight or base.of(group) for group, sight in said.items()}
    return Grant(sees.agencies, sees.procedures, sees.fields, sees.level or base.level, sights)


def document_of(client: Client) -> dict[str, Any]:
    """A client as its document: written as YAML, `read_client` reads the same client from it."""
    found: dict[str, Any] = {"client": client.name, "title": client.title, "role": str(client.role)}
    found |= {"purpose": client.purpose}
    if client.role is Role.QUERY:
        found["sees"] = sees_of(client.grant)
    quota = {name: getattr(client.quota, name) for name in ("per_minute", "per_day")}
    if given := {name: limit for name, limit in quota.items() if limit is not None}:
        found["quota"] = given
    if client.subject is not None:
        found["token"] = {"issuer": client.subject.issuer, "client": client.subject.name}
    return found


def sees_of(grant: Grant) -> dict[str, Any]:
    """A grant as `sees` of a document."""
    limits = {name: list(codes) for name in _LIMITS if (codes := getattr(grant, name)) is not None}
    return limits | {"level": str(grant.level)} | {str(group): str(grant.of(group)) for group in Group}


def text_of(client: Client) -> str:
    """A client's document as YAML."""
    return write(document_of(client))


def doubts(wanted: Wanted, unknown: Unknown, issuers: Collection[str]) -> list[str]:
    """What is allowed in a document, but probably not meant: one sentence each."""
    found = [
        f"sees.{kind}: the catalogue has no {', '.join(sorted(codes))} today; dossiers with such a code are seen once "
        "they come"
        for kind, codes in unknown.items()
        if codes
    ]
    if wanted.subject is not None and wanted.subject.issuer not in issuers:
        found.append(
            f"token.issuer: {wanted.subject.issuer} is none of `access.issuers` in config.yaml, so its tokens are "
            "refused until it is"
        )
    if wanted.role is Role.QUERY and wanted.grant is not None and wanted.grant.sees_all:
        found.append("sees: this client sees every dossier, confidential ones too; the role read is for operators")
    return found
