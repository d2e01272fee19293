"""`config.yaml`: what it may say. Reading it never touches the network or the database."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator

from schedules.cadence import Cadence, Duration

_DATABASE_URL = re.compile(
    r"sqlite:///.+|postgresql(\+\w+)?://([^:/@]*(:[^@]*)?@)?(\[[^/?@]+\]|[^/:?@]+)?(:\d+)?(/[^?]*)?(\?.*)?"
)

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]


class _Section(BaseModel):
    """An unknown key is an error: it is a typo that would otherwise do nothing, silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSection(_Section):
    """Where the record is kept."""

    url: str = Field(
        "sqlite:///var/hub.db",
        description="sqlite:///FILE (relative to config.yaml) or postgresql://user:password@host/database.",
    )

    @field_validator("url")
    @classmethod
    def _readable(cls, url: str) -> str:
        if _DATABASE_URL.fullmatch(url) is None:  # never shown: it may hold a password
            raise ValueError(
                "database.url cannot be read; write sqlite:///FILE or postgresql://user:password@host/database, "
                "with %40 for an @ in the password"
            )
        return url


class WebSection(_Section):
    """Where API and console answer."""

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 is every network of the machine.")
    port: int = Field(8700, ge=0, le=65535, description="Port to listen on.")
    secret_key: SecretStr | None = Field(
        None, description="Signs the console's sign-in cookies; left out, one is kept beside the embedded database."
    )


class RetrySection(_Section):
    """How long an unavailable department system is asked again before the run gives up."""

    attempts: int = Field(4, ge=1, le=20, description="How often one request is tried in all.")
    first_wait: Duration = Field(timedelta(seconds=1), description="Longest wait before the second try; it doubles.")
    longest_wait: Duration = Field(timedelta(minutes=1), description="No single wait is longer than this.")


class ConnectorSection(_Section):
    """One department system."""

    name: Name = Field(description="Short name, for ever: a-z, 0-9 and hyphens.")
    title: str = Field(description="What people call this system.")
    type: str = Field(description="Connector type: soap, rest, or an installed plug-in.")
    agency: str = Field(description="Code of the agency that answers for it, as 000.00.15.H29.")
    mapping: str = Field(description="Mapping that reads its records, as so-tu-phap/ly-lich-tu-phap.")
    schedule: Cadence | None = Field(None, description="When it runs by itself; left out, only by hand.")
    fresh_within: Duration = Field(
        timedelta(hours=1), description="The source is late when it was last read longer ago than this."
    )
    precedence: int = Field(0, description="Where sources disagree on a dossier, the higher number is believed.")
    retry: RetrySection = RetrySection()
    settings: dict[str, Any] = Field(default_factory=dict, description="Settings of the connector type.")


class MappingsSection(_Section):
    """Where mappings are found."""

    folders: tuple[Path, ...] = Field((), description="Folders of mappings besides the built-in one.")


class Config(_Section):
    """The whole file."""

    database: DatabaseSection = DatabaseSection()
    web: WebSection = WebSection()
    mappings: MappingsSection = MappingsSection()
    connectors: tuple[ConnectorSection, ...] = ()
