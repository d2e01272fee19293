"""`config.yaml`: alerts. What is one, who hears of it, and how it reaches them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from hub.alerts.heartbeat import EVERY
from hub.alerts.hook import Hook
from hub.alerts.kinds import Rule, Severity
from hub.alerts.mail import Mail, Security
from hub.alerts.policy import Channel, Policy, Way
from hub.alerts.thresholds import Thresholds
from hub.config.outside import Address, WebhooksSection
from hub.config.references import refers
from hub.config.strict import Section
from hub.outbox.webhooks.address import Allowed
from mappings.engine.yaml_source import Finding, Source
from schedules.cadence import Duration

_MAILBOX = re.compile(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+")
_LONGEST = 254


def _mailbox(text: str) -> str:
    if len(text) > _LONGEST or not text.isascii() or _MAILBOX.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no mailbox; write it as duty@hub.example")
    return text


Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
HookAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]+[^\s#]*$")]
Share = Annotated[float, Field(gt=0, le=1)]
SECRETS_OF_CHANNELS = ("password", "secret")  # that may be the hub's own, `${secret:NAME}`
_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
_DEFAULTS = Thresholds()


class RuleSection(Section):
    """One rule."""

    on: bool = Field(default=True, description="Whether it is looked for.")


class FreshnessRule(RuleSection):
    """A source is read later than promised (`fresh_within`)."""

    after: Duration = Field(_DEFAULTS.freshness_after, description="Only when missed for so long.")
    critical_after: Duration = Field(_DEFAULTS.freshness_critical_after, description="Critical from here on.")


class FailingRule(RuleSection):
    """Most runs of a connector fail."""

    share: Share = Field(_DEFAULTS.failing_share, description="Of the runs that ended, 0 to 1.")
    within: Duration = Field(_DEFAULTS.failing_within, description="Within which time.")
    runs: int = Field(_DEFAULTS.failing_runs, ge=1, description="At least so many failed; or so many in a row.")


class QuarantineRule(RuleSection):
    """Many records are set aside within a day."""

    records: int = Field(_DEFAULTS.quarantine_records, ge=1, description="At least so many records.")
    share: Share = Field(_DEFAULTS.quarantine_share, description="And of those that were fetched at least, 0 to 1.")


class VolumeRule(RuleSection):
    """Far more or far fewer records than usual at this hour of this weekday."""

    weeks: int = Field(_DEFAULTS.volume_weeks, ge=4, le=26, description="How many weeks are usual.")
    times: float = Field(_DEFAULTS.volume_times, ge=1, description="How many usual deviations away is unusual.")
    least: int = Field(_DEFAULTS.volume_least, ge=1, description="Fewer records than this say nothing.")


class ExpiringRule(RuleSection):
    """A certificate, token or secret ends soon; when it is told of first is the connector's `warn_before`."""

    critical: Duration = Field(_DEFAULTS.expiring_critical, description="Critical so long before.")


class DiskRule(RuleSection):
    """The hub's disk is nearly full."""

    free: Share = Field(_DEFAULTS.disk_free, description="Less than this is free, 0 to 1, and less than 20 GiB.")
    critical: Share = Field(_DEFAULTS.disk_critical, description="Critical below this.")


class WaitingRule(RuleSection):
    """Runs wait too long."""

    after: Duration = Field(_DEFAULTS.backlog_after, description="For longer than this.")


class NoWorkerRule(RuleSection):
    """Runs wait, and nobody works."""

    after: Duration = Field(_DEFAULTS.no_worker_after, description="For longer than this.")


class WidespreadRule(RuleSection):
    """Most connectors fail at once."""

    share: Share = Field(_DEFAULTS.widespread_share, description="Of the active connectors, 0 to 1.")
    least: int = Field(_DEFAULTS.widespread_least, ge=2, description="At least so many.")


class SubscriberRule(RuleSection):
    """A subscriber cannot be told of changes."""

    after: Duration = Field(_DEFAULTS.subscriber_after, description="For longer than this.")


class SlowStoreRule(RuleSection):
    """The database is slow."""

    seconds: float = Field(_DEFAULTS.slow_store_seconds, gt=0, description="For what takes milliseconds.")


class ChannelRule(RuleSection):
    """A channel does not take what is sent."""

    after: Duration = Field(_DEFAULTS.channel_after, description="For longer than this.")


class RulesSection(Section):
    """What is an alert; each rule is on unless it says otherwise."""

    freshness: FreshnessRule = FreshnessRule()
    failing: FailingRule = FailingRule()
    quarantine: QuarantineRule = QuarantineRule()
    volume: VolumeRule = VolumeRule()
    drift: RuleSection = RuleSection()
    removal: RuleSection = RuleSection()
    expiring: ExpiringRule = ExpiringRule()
    disk: DiskRule = DiskRule()
    backlog: WaitingRule = WaitingRule()
    no_worker: NoWorkerRule = NoWorkerRule()
    widespread: WidespreadRule = WidespreadRule()
    subscriber: SubscriberRule = SubscriberRule()
    slow_store: SlowStoreRule = SlowStoreRule()
    seals: RuleSection = RuleSection()
    channel: ChannelRule = ChannelRule()

    def read(self) -> Thresholds:
        """What the rules go by."""
        known = {each.name for each in fields(Thresholds)}
        of_rules = ((name, getattr(self, name)) for name in type(self).model_fields)
        said = {f"{name}_{key}": value for name, section in of_rules for key, value in dict(section).items()}
        off = frozenset(Rule(name) for name in type(self).model_fields if not getattr(self, name).on)
        return Thresholds(off=off, **{key: value for key, value in said.items() if key in known})


class HeardSection(Section):
    """Who is told of what."""

    name: Name = Field(description="Short name: a-z, 0-9 and hyphens.")
    severity: Literal["warning", "critical"] = Field("warning", description="From here on.")
    level: int = Field(
        0, ge=0, le=5, description="0: told at once; 1: when nobody has answered for `escalate_after`; 2: twice that …"
    )
    agencies: tuple[str, ...] = Field((), description="Only of these agencies and all below them; none: of all.")
    connectors: tuple[str, ...] = Field((), description="Of these connectors, too.")
    timeout: Duration = Field(timedelta(seconds=10), description="What an exchange may take, all in all; 60s at most.")
    ca_file: Path | None = Field(
        None, description="PEM file with authorities to trust instead of this machine's, relative to config.yaml."
    )

    @model_validator(mode="after")
    def _not_for_ever(self) -> Self:
        if not timedelta(seconds=1) <= self.timeout <= timedelta(seconds=60):
            raise ValueError("`timeout` must be from 1s to 60s")
        return self


class MailSection(HeardSection):
    """E-mail."""

    kind: Literal["mail"] = Field(description="mail: by SMTP; webhook: to an address.")
    host: str = Field(min_length=1, description="The SMTP server.")
    port: int | None = Field(None, ge=1, le=65535, description="Left out, 587 for starttls, 465 for tls, 25 for none.")
    security: Security = Field(Security.STARTTLS, description="starttls, tls, or none in a closed network.")
    user: str = Field("", description="Signs in with this name; left out, nobody signs in.")
    password: SecretStr | None = Field(None, description="By reference: ${secret:NAME}, ${env:NAME} or ${file:/path}.")
    sender: Mailbox = Field(alias="from", description="Whom it is from.")
    to: tuple[Mailbox, ...] = Field(min_length=1, description="Who gets it.")

    @model_validator(mode="after")
    def _signs_in_safely(self) -> Self:
        if self.user and self.security is Security.NONE:
            raise ValueError("a password must not travel openly: `security` must be starttls or tls")
        return self


class HookSection(HeardSection):
    """A webhook, signed as Standard Webhooks."""

    kind: Literal["webhook"] = Field(description="mail: by SMTP; webhook: to an address.")
    url: HookAddress = Field(description="Where it is sent; by reference where it holds a token.")
    secret: SecretStr = Field(description="What signs it (whsec_…), by reference: ${secret:NAME}, ${env:NAME} …")


class AlertsSection(Section):
    """What is an alert, and who hears of it. The console shows all of them anyway."""

    address: Address | None = Field(
        None, description="Where people reach the console, as https://hub.example: for the links in what is sent."
    )
    rules: RulesSection = RulesSection()
    channels: tuple[Annotated[MailSection | HookSection, Field(discriminator="kind")], ...] = Field(
        (), description="Who is told; none: the console alone shows alerts."
    )
    group_wait: Duration = Field(
        timedelta(seconds=30), description="What opens within this of one department is told together."
    )
    escalate_after: Duration = Field(
        timedelta(minutes=30), description="The next level is told when nobody has answered for so long."
    )
    repeat: Duration = Field(
        timedelta(hours=4), description="What is critical and not answered is told again so often."
    )
    every: Duration = Field(EVERY, description="The rules are looked through so often; from 1s to 1m.")
    over_after: Duration | None = Field(
        None,
        description="An alert is over when nothing was found for so long, times how often it came back (6 at most); "
        "left out, 1 to 10 minutes by its rule.",
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [one.name for one in self.channels]
        if len(set(names)) != len(names):
            raise ValueError("a channel is named twice")
        if self.repeat < timedelta(minutes=5):
            raise ValueError("`repeat` must be 5m or longer")
        if not timedelta(seconds=1) <= self.every <= timedelta(minutes=1):
            raise ValueError("`every` must be from 1s to 1m")
        return self


def policy(section: AlertsSection, webhooks: WebhooksSection, root: Path, opened: Callable[[str], str]) -> Policy:
    """What alerts go by; `opened` gives what a reference to a secret of the hub stands for."""
    return Policy(
        section.rules.read(),
        tuple(_channel(one, webhooks, root, opened) for one in section.channels),
        section.group_wait,
        section.escalate_after,
        section.repeat,
        (section.address or "").rstrip("/"),
        section.every,
        section.over_after,
    )


def plain_secrets(written: Source) -> Iterator[Finding]:
    """Passwords and secrets of channels that stand in the file itself."""
    data = written.data if isinstance(written.data, dict) else {}
    section = data.get("alerts")
    channels = section.get("channels") if isinstance(section, dict) else None
    for at, channel in enumerate(channels if isinstance(channels, list) else []):
        for key in SECRETS_OF_CHANNELS:
            text: Any = channel.get(key) if isinstance(channel, dict) else None
            if isinstance(text, str) and text and not refers(text):
                what = f"`{key}` of a channel must not stand in the file"
                yield written.finding(
                    ("alerts", "channels", at, key), what, "write ${secret:NAME}, ${env:NAME} or ${file:/path}"
                )


def _channel(
    one: MailSection | HookSection, webhooks: WebhooksSection, root: Path, opened: Callable[[str], str]
) -> Channel:
    ca_file = None if one.ca_file is None else root / one.ca_file
    way: Way
    if isinstance(one, MailSection):
        password = one.password.get_secret_value() if one.password else ""
        port, seconds = one.port or _PORTS[one.security], one.timeout.total_seconds()
        secret = partial(opened, password)
        way = Mail(one.host, port, one.sender, one.to, one.security, one.user, secret, seconds, ca_file)
        to = ", ".join(one.to)
    else:
        allowed, to = _allowed(one.url, webhooks)
        secret = partial(opened, one.secret.get_secret_value())
        way = Hook(one.url, allowed, secret, one.timeout.total_seconds(), ca_file)
    severity = Severity(one.severity)
    return Channel(one.name, one.kind, way, to, severity, one.level, one.agencies, one.connectors)


def _allowed(url: str, webhooks: WebhooksSection) -> tuple[Allowed, str]:
    """The host that the keeper names here, all other checks as for webhooks; and the host alone, for a person: what
    follows may hold a token."""
    parts = urlsplit(url)
    return Allowed(((parts.hostname or "").lower(),), webhooks.plain_http), f"{parts.scheme}://{parts.hostname}"
