"""`config.yaml`: what it may say. Reading it never touches the network or the database."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator

from connectors.wording import did_you_mean
from hub.config.alerting import AlertsSection
from hub.config.care import (
    Blackout,
    CircuitSection,
    CompletenessSection,
    DriftSection,
    GoneSection,
    LimitsSection,
    RetrySection,
    StopSection,
)
from hub.config.outside import (
    AccessSection,
    ExportsSection,
    PortalSection,
    PublicSection,
    ReadsSection,
    WebhooksSection,
)
from hub.config.sign_in import SignInSection
from hub.config.strict import Section
from hub.config.telemetry import LogSection, TelemetrySection
from hub.record.fields import OPEN_PREFIX, PARTS
from hub.record.standing import NEAR_DUE
from hub.sync.retention import Rule
from schedules.cadence import Cadence, Duration
from schedules.windows import Timetable

_DATABASE_URL = re.compile(
    r"sqlite:///.+|postgresql(\+\w+)?://([^:/@]*(:[^@]*)?@)?(\[[^/?@]+\]|[^/:?@]+)?(:\d+)?(/[^?]*)?(\?.*)?"
)

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]


class DatabaseSection(Section):
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


class WebSection(Section):
    """Where API and console answer."""

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 is every network of the machine.")
    port: int = Field(8700, ge=0, le=65535, description="Port to listen on.")
    secret_key: SecretStr | None = Field(
        None, description="Signs the console's sign-in cookies; left out, one is kept beside the embedded database."
    )
    proxies: int = Field(
        0,
        ge=0,
        le=8,
        description="How many proxies stand before the hub, one behind the other; so many are believed who asks "
        "(X-Forwarded-For, -Proto, -Host). 0: none, and whoever claims to be one is not believed.",
    )
    processes: int = Field(
        1, ge=1, le=64, description="How many processes answer in `hub web`, of eight requests at a time each."
    )
    local_systems: tuple[str, ...] = Field(
        (),
        description="Hosts of the hub's own machine, as 127.0.0.1, that departments may register systems at from the "
        "console: for trying things out. Else they may name none.",
    )


class WorkersSection(Section):
    """Who does the runs, and how they share the places."""

    executor: Literal["procrastinate", "local"] = Field(
        "procrastinate",
        description="How `hub worker` gets its runs: procrastinate (jobs in PostgreSQL, told at once) or local (it "
        "looks at the table of runs every second). `hub serve` is always local.",
    )
    threads: int = Field(4, ge=1, le=64, description="How many runs each process does at a time.")
    slice: Duration = Field(
        timedelta(minutes=1),
        description="A run that others wait for gives way at a page's end after this; a less urgent one at once.",
    )
    drain: Duration = Field(
        timedelta(seconds=20), description="A process that is told to stop is ended after this, whatever it does."
    )


class ConnectorSection(Section):
    """One department system."""

    name: Name = Field(description="Short name, for ever: a-z, 0-9 and hyphens.")
    title: str = Field(description="What people call this system.")
    type: str = Field(description="Connector type: soap, rest, push, files, or an installed plug-in.")
    agency: str = Field(description="Code of the agency that answers for it, as 000.00.15.H29.")
    mapping: str = Field(description="Mapping that reads its records, as so-tu-phap/ly-lich-tu-phap.")
    owner: str = Field("", max_length=200, description="The unit or person that answers for this system.")
    contact: str = Field(
        "", max_length=200, description="Their e-mail address or telephone; shown wherever the system is in trouble."
    )
    schedule: Cadence | None = Field(None, description="When it runs by itself; left out, only by hand.")
    fresh_within: Duration = Field(
        timedelta(hours=1), description="The source is late when it was last read longer ago than this."
    )
    precedence: int = Field(0, description="Where sources disagree on a dossier, the higher number is believed.")
    precedence_for: dict[str, int] = Field(
        default_factory=dict,
        description="Another precedence for a field, a list or a group of fields, as {applicant: 20, due_at: 5}.",
    )
    blackout: Blackout = Field((), description="Times of the day at which it is not asked, in Vietnam's time.")
    limits: LimitsSection = LimitsSection()
    retry: RetrySection = RetrySection()
    circuit: CircuitSection = CircuitSection()
    on_drift: DriftSection = DriftSection()
    stop_when: StopSection = StopSection()
    completeness: CompletenessSection = CompletenessSection()
    on_gone: GoneSection = GoneSection()
    warn_before: Duration = Field(
        timedelta(days=30), description="Operators are warned so long before a certificate, secret or token ends."
    )
    settings: dict[str, Any] = Field(default_factory=dict, description="Settings of the connector type.")

    @field_validator("precedence_for")
    @classmethod
    def _known_fields(cls, wanted: dict[str, int]) -> dict[str, int]:
        unknown = [name for name in wanted if name not in PARTS and not name.startswith(OPEN_PREFIX)]
        if unknown:
            name = unknown[0]
            raise ValueError(f"`{name}` is no field, list or group of a dossier. {did_you_mean(name, PARTS)}")
        return wanted

    def timetable(self) -> str:
        """When it runs by itself, as the store keeps it; empty where it runs only by hand."""
        if self.schedule is None:
            return ""
        return Timetable(**dict(self.schedule), blackout=self.blackout).text()


class MappingsSection(Section):
    """Where mappings are found."""

    folders: tuple[Path, ...] = Field((), description="Folders of mappings besides the built-in one.")


class SecretsSection(Section):
    """What opens the secrets that the hub keeps."""

    key: SecretStr | None = Field(
        None,
        description="Keys of the hub's secrets, the newest first; left out, HUB_SECRETS_KEY or var/secrets.key.",
    )


class PayloadsSection(Section):
    """How long what was received is kept when no record points at it any more."""

    keep: Duration = Field(
        timedelta(days=30),
        description="Answers are kept so long after the last record that came in them has a newer state.",
    )
    keep_troubled: Duration = Field(
        timedelta(days=180), description="The same for answers in which something could not be read."
    )

    @model_validator(mode="after")
    def _troubled_longer(self) -> Self:
        if self.keep_troubled < self.keep:
            raise ValueError("`keep_troubled` must not be shorter than `keep`")
        return self

    def read(self) -> Rule:
        """What the worker goes by."""
        return Rule(self.keep, self.keep_troubled)


class RunsSection(Section):
    """How long is kept what each run did, step by step; the runs themselves stay."""

    keep_log: Duration = Field(
        timedelta(days=30), description="Lines of a run's log and its samples of exchanges are kept so long."
    )


class DueSection(Section):
    """When a due date counts as near."""

    near: Duration = Field(
        NEAR_DUE, description="A dossier is near its due date when that is no further away than this."
    )


class Config(Section):
    """The whole file."""

    database: DatabaseSection = DatabaseSection()
    web: WebSection = WebSection()
    workers: WorkersSection = WorkersSection()
    mappings: MappingsSection = MappingsSection()
    secrets: SecretsSection = SecretsSection()
    payloads: PayloadsSection = PayloadsSection()
    runs: RunsSection = RunsSection()
    due: DueSection = DueSection()
    access: AccessSection = AccessSection()
    sign_in: SignInSection = SignInSection()
    reads: ReadsSection = ReadsSection()
    public: PublicSection = PublicSection()
    portal: PortalSection = PortalSection()
    webhooks: WebhooksSection = WebhooksSection()
    exports: ExportsSection = ExportsSection()
    alerts: AlertsSection = AlertsSection()
    telemetry: TelemetrySection = TelemetrySection()
    log: LogSection = LogSection()
    connectors: tuple[ConnectorSection, ...] = ()
