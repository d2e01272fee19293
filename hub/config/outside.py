"""`config.yaml`: who asks from outside, how much, and what is open to the public."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from hub.config.strict import Section
from schedules.cadence import Duration

Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]+[^\s?#]*$")]


class IssuerSection(Section):
    """A provider of identities whose tokens are taken instead of a key."""

    issuer: Address = Field(description="Its `iss`, as https://sso.example/realms/city; its keys are found from there.")
    audience: str = Field(description="The `aud` that a token for the hub has.")
    keys: Address | None = Field(
        None, description="Address of its keys (JWKS); left out, its own description says (OpenID discovery)."
    )
    client_claim: str = Field("azp", description="Claim that says which client a token was made for.")
    person_claim: str = Field("sub", description="Claim that says on whose behalf, for the log of reads.")
    scope: str | None = Field(None, description="A scope that a token must have.")
    ca_file: Path | None = Field(
        None,
        description="PEM file with the authorities to trust instead of the public ones, relative to config.yaml.",
    )


class QuotaSection(Section):
    """How much each client may ask, where it has no quota of its own."""

    per_minute: int = Field(6000, ge=1, description="Requests of one client in a minute.")
    per_day: int = Field(2_000_000, ge=1, description="Requests of one client in a day.")


class AccessSection(Section):
    """Who may ask the API."""

    issuers: tuple[IssuerSection, ...] = Field((), description="Providers of identities (OpenID Connect).")
    quota: QuotaSection = QuotaSection()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [one.issuer for one in self.issuers]
        if len(set(names)) != len(names):
            raise ValueError("an issuer is named twice")
        return self


class ReadsSection(Section):
    """The log of who read personal data."""

    folder: Path = Field(
        Path("var/reads"), description="Where each process notes reads first, relative to config.yaml; not shared."
    )
    keep: Duration = Field(timedelta(days=366), description="How long reads are kept; 30d or longer.")

    @field_validator("keep")
    @classmethod
    def _long_enough(cls, keep: timedelta) -> timedelta:
        if keep < timedelta(days=30):
            raise ValueError("must be 30d or longer: who asks later would find nothing")
        return keep


class PublicSection(Section):
    """The look-up for anybody who has a dossier's code."""

    look_up: bool = Field(default=True, description="Whether it is open, as an address of the API and as a page.")
    per_minute: int = Field(30, ge=1, description="Tries from one address of the network in a minute.")
    wrong_per_hour: int = Field(5, ge=1, description="Wrong second facts for one code in an hour; then it is shut.")
    embedded_by: tuple[str, ...] = Field(
        (), description="Sites that may show the page inside their own, as https://portal.example."
    )
    address: Address | None = Field(
        None, description="Address of the page for QR codes, where a proxy shows the hub under another name."
    )


class PortalSection(Section):
    """Pages that show what a portal on the API looks like."""

    pages: bool = Field(default=False, description="Whether they are served, under /portal.")
    client: str | None = Field(None, description="The client of whose grant they show dossiers.")

    @model_validator(mode="after")
    def _of_a_client(self) -> Self:
        if self.pages and self.client is None:
            raise ValueError("`client` must name the client of whose grant the pages show dossiers")
        return self


class WebhooksSection(Section):
    """Telling subscribers of changes."""

    hosts: tuple[str, ...] = Field(
        (), description="Hosts that notices may be sent to, as portal.example or *.city.example; none: nowhere."
    )
    plain_http: bool = Field(default=False, description="Whether http:// will do, as in a closed network.")
    timeout: Duration = Field(timedelta(seconds=10), description="A subscriber has so long to answer, all in all.")
    senders: int = Field(
        4, ge=1, le=64, description="How many notices each worker sends at a time, but for those nobody answers soon."
    )
    ca_file: Path | None = Field(
        None, description="PEM file with authorities to trust besides this machine's, relative to config.yaml."
    )


class ExportsSection(Section):
    """Files of many dossiers."""

    folder: Path = Field(
        Path("var/exports"), description="Where they are written, relative to config.yaml; shared by all machines."
    )
    keep: Duration = Field(timedelta(days=3), description="How long a finished one can be fetched.")
    at_once: int = Field(1, ge=1, le=16, description="How many each worker writes at a time.")
