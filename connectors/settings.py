"""What the settings of every connector have in common: strict models, placeholders, change times, HTTP."""

import codecs
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, SecretStr, model_validator

from connectors.times import EPOCH, TimeForm, time_form
from connectors.wording import did_you_mean

PLACEHOLDERS = ("since", "page", "page_size", "offset")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")

Order = Literal["oldest_first", "newest_first", "none"]


class Settings(BaseModel):
    """A group of settings: an unknown name is an error, and a wrong value is never repeated in the message."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)


def _http_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a whole address that begins with http:// or https://")
    if parts.username or parts.password:
        raise ValueError("must not hold a user or password; give them under `auth`")
    return url


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("is not a time zone; write one such as Asia/Ho_Chi_Minh or UTC") from error
    return name


def _time_form(pattern: str) -> str:
    time_form(pattern, "UTC")
    return pattern


def _charset(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError as error:
        raise ValueError("is not a known charset; write one such as utf-8, utf-16 or windows-1258") from error


Charset = Annotated[str, AfterValidator(_charset)]
HttpAddress = Annotated[str, AfterValidator(_http_address)]
Zone = Annotated[str, AfterValidator(_zone)]
TimePattern = Annotated[str, AfterValidator(_time_form)]


class NoAuth(Settings):
    """The system asks for no credentials."""

    type: Literal["none"] = "none"


class BasicAuth(Settings):
    """User and password with every request (HTTP Basic)."""

    type: Literal["basic"]
    username: str = Field(min_length=1, description="The user that the department gave to the hub.")
    password: SecretStr = Field(description="Its password.")


class DigestAuth(Settings):
    """User and password, of which only a digest is sent (HTTP Digest)."""

    type: Literal["digest"]
    username: str = Field(min_length=1, description="The user that the department gave to the hub.")
    password: SecretStr = Field(description="Its password.")


class ChangedAt(Settings):
    """Where a record says when it last changed."""

    from_: str = Field(alias="from", min_length=1, description="The field of a record that says when it last changed.")
    date: TimePattern = Field(
        default="iso",
        description="How that time is written: `iso`, a pattern such as `dd/MM/yyyy HH:mm:ss`, or `epoch_seconds` "
        "or `epoch_millis` for a count since 1970. "
        "`{since}` is sent in the same form, unless `sent_as` says another.",
    )
    zone: Zone = Field(
        default="Asia/Ho_Chi_Minh", description="The time zone of times that do not say theirs, and of `{since}`."
    )
    beginning: datetime = Field(
        default=datetime(1900, 1, 1),  # noqa: DTZ001  (a wall time of `zone`)
        description="What `{since}` is on the very first run: nothing changed before it. A local time.",
    )
    overlap_seconds: float = Field(
        default=0,
        ge=0,
        description="How far before the last known change to ask again. Set it where a change may become visible "
        "later than its own time says.",
    )

    sent_as: TimePattern | None = Field(
        default=None, description="How `{since}` is written, where that is not as `date` says."
    )

    @property
    def form(self) -> TimeForm:
        """How change times are read."""
        return time_form(self.date, self.zone)

    @property
    def sent_form(self) -> TimeForm:
        """How change times are written."""
        return time_form(self.sent_as or self.date, self.zone)

    @property
    def first(self) -> datetime:
        """`beginning` as an aware time; not before 1970 where times are counted from there."""
        aware = self.beginning if self.beginning.tzinfo else self.beginning.replace(tzinfo=ZoneInfo(self.zone))
        return max(aware, EPOCH) if self.sent_form.is_count else aware


class HttpSettings(Settings):
    """How to reach a department system over HTTP."""

    connect_timeout_seconds: float = Field(
        default=10, gt=0, description="How long to wait for a connection to be opened."
    )
    timeout_seconds: float = Field(
        default=30, gt=0, description="How long the system may stay silent before and during its answer."
    )
    answer_timeout_seconds: float = Field(
        default=300, gt=0, description="How long one whole answer may take, even if it keeps trickling in."
    )
    max_answer_bytes: int = Field(
        default=64 * 1024 * 1024,
        gt=0,
        description="The largest answer that is accepted, counted after decompression. "
        "XML and JSON with one plain list may be far larger: they are read in parts.",
    )
    ca_file: Path | None = Field(
        default=None, description="A PEM file with the certificate authorities to trust instead of the public ones."
    )
    client_certificate: Path | None = Field(
        default=None, description="A PEM file with the certificate that the hub shows (mutual TLS)."
    )
    client_key: Path | None = Field(
        default=None, description="The PEM file with its private key, where it is not in the same file."
    )
    proxy: SecretStr | None = Field(
        default=None,
        description="The address of a proxy for this system; secret because it may hold a password. "
        "Proxies in the environment are ignored.",
    )

    @model_validator(mode="after")
    def _key_needs_certificate(self) -> Self:
        if self.client_key is not None and self.client_certificate is None:
            raise ValueError("`client_key` needs `client_certificate` beside it")
        return self


def placeholders_in(value: Any) -> Iterator[str]:
    """Every `{name}` in a parameter's value, however deep."""
    if isinstance(value, str):
        yield from _PLACEHOLDER.findall(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from placeholders_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from placeholders_in(item)


def fill(value: JsonValue, values: Mapping[str, Any]) -> Any:
    """The parameter's value with its placeholders filled in; a lone `{page}` stays a number."""
    if isinstance(value, str):
        lone = _PLACEHOLDER.fullmatch(value)
        return values[lone[1]] if lone else _PLACEHOLDER.sub(lambda found: str(values[found[1]]), value)
    if isinstance(value, dict):
        return {name: fill(item, values) for name, item in value.items()}
    if isinstance(value, list):
        return [fill(item, values) for item in value]
    return value


class QuerySettings(HttpSettings):
    """What every connector that is asked page by page has to know of the records."""

    KNOWN: ClassVar[tuple[str, ...]] = PLACEHOLDERS  # what may be filled in

    parameters: dict[str, JsonValue] = Field(
        default_factory=dict,
        description="What is sent with every request. `{since}`, `{page}`, `{page_size}` and `{offset}` are filled in.",
    )
    secret_parameters: dict[str, SecretStr] = Field(
        default_factory=dict, description="Parameters that are secret, such as a password; never shown anywhere."
    )
    page_size: int = Field(default=100, gt=0, le=100_000, description="How many records to ask for at a time.")
    charset: Charset | None = Field(
        default=None,
        description="The charset of answers where they name a wrong one or none, such as windows-1258 or utf-16.",
    )
    key: str = Field(min_length=1, description="The field of a record that identifies it for ever.")
    changed_at: ChangedAt | None = Field(
        default=None,
        description="Where a record says when it last changed. Without it every run reads everything.",
    )
    order: Order | None = Field(
        default=None,
        description="The order in which records come: `oldest_first` or `newest_first` by change time, or `none`. "
        "Unless told: `oldest_first` where a parameter carries `{since}`, else `none`.",
    )

    def placeholders(self) -> set[str]:
        """The placeholders that the parameters use."""
        return set(placeholders_in(self.parameters))

    @property
    def sorted_by(self) -> Order:
        """`order`, or what it is unless told."""
        return self.order or ("oldest_first" if "since" in self.placeholders() else "none")

    @model_validator(mode="after")
    def _query_fits(self) -> Self:
        used = self.placeholders()
        for name in sorted(used - set(self.KNOWN)):
            raise ValueError(f"no placeholder `{{{name}}}` exists in `parameters`. {did_you_mean(name, self.KNOWN)}")
        if "since" in used and self.changed_at is None:
            raise ValueError("`{since}` in `parameters` needs `changed_at`, which says where change times are read")
        if self.order == "newest_first" and self.changed_at is None:
            raise ValueError("`order: newest_first` needs `changed_at`, which says where change times are read")
        if self.order == "oldest_first" and "since" not in used:
            raise ValueError("`order: oldest_first` needs `{since}` in `parameters`; without it write `order: none`")
        for name in sorted(set(self.parameters) & set(self.secret_parameters)):
            raise ValueError(f"`{name}` is in both `parameters` and `secret_parameters`; keep one")
        return self
