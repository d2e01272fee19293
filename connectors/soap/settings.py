"""The settings of a `soap` connector; the docs table, the lint and the JSON Schema come from here."""

from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, JsonValue, SecretStr, model_validator

from connectors.error_table import ErrorTable, Meaning
from connectors.places import Place, refuse_empty_parts
from connectors.settings import HttpAddress, NoAuth, QuerySettings, Settings, placeholders_in
from connectors.soap.addressing import Version
from connectors.soap.auth_settings import Auth
from connectors.wording import did_you_mean

Parameters = dict[str, JsonValue]


class Inside(Settings):
    """Where the answer carries a text that is itself a document, as most .NET services do."""

    element: Place = Field(
        min_length=1,
        description="The element that holds the text (its local name); where it comes more than once, every one is "
        "read. `attachment` is a file that comes with the answer.",
    )
    format: Literal["xml", "json"] = Field(
        description="What the text is. `records` and the others are then read in it. Base64, gzip, CDATA and escaping "
        "around it are taken off."
    )


class FaultRule(Settings):
    """What a SOAP Fault means for the run; all that is given must fit. `*` stands for any text."""

    code: str | None = Field(default=None, description="Its code, with or without prefix: `Server`, `*Timeout`.")
    text: str | None = Field(default=None, description="What it says: `*không có dữ liệu*`.")
    detail: str | None = Field(default=None, description="What stands in its detail.")
    means: Meaning = Field(
        description="`unavailable` (try later), `refused` (credentials), `changed` (stop) or `empty` (no records)."
    )
    retry_after_seconds: float | None = Field(
        default=None, ge=0, description="How long to wait, where it means `unavailable`."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.code is None and self.text is None and self.detail is None:
            raise ValueError("needs at least one of `code`, `text` and `detail`")
        return self


class Fetch(Settings):
    """How one record is asked for by its key."""

    operation: str = Field(min_length=1, description="The operation that gives one record.")
    parameters: Parameters = Field(description="What is sent with it; `{key}` is filled in.")
    records: Place | None = Field(
        default=None, description="The element that is the record, where it is another than in a list."
    )
    inside: Inside | None = Field(
        default=None, description="Where the record is in a document inside a text, where that is not as in a list."
    )

    @model_validator(mode="after")
    def _names_the_key(self) -> Self:
        _only(self.parameters, ("key",), "fetch")
        if "key" not in set(placeholders_in(self.parameters)):
            raise ValueError("`parameters` must send `{key}`")
        return self


class Count(Settings):
    """How the department is asked which records changed in a period, to prove that nothing is missing."""

    operation: str = Field(min_length=1, description="The operation that counts, or lists, the changes of a period.")
    parameters: Parameters = Field(
        description="What is sent with it; `{since}` and `{until}` are filled in. The period begins at `{since}` and "
        "ends before `{until}`."
    )
    at: Place | None = Field(default=None, description="The element that says how many there are.")
    keys: Place | None = Field(
        default=None,
        description="The element that is the key of each: `DanhSach.HoSo.SoHoSo`. Without it they are pulled.",
    )
    inside: Inside | None = Field(
        default=None, description="Where these are in a document inside a text, where that is not as in a list."
    )

    @model_validator(mode="after")
    def _names_a_period(self) -> Self:
        _only(self.parameters, ("since", "until"), "count")
        if set(placeholders_in(self.parameters)) != {"since", "until"}:
            raise ValueError("`parameters` must send `{since}` and `{until}`")
        if self.at is None and self.keys is None:
            raise ValueError("needs at least one of `at` and `keys`")
        return self


def _only(parameters: Parameters, known: tuple[str, ...], where: str) -> None:
    for name in sorted(set(placeholders_in(parameters)) - set(known)):
        raise ValueError(f"no placeholder `{{{name}}}` exists in `{where}`. {did_you_mean(name, known)}")


def _wsdl_place(place: str) -> str:
    if "://" in place and urlsplit(place).scheme not in ("http", "https"):
        raise ValueError("must be an http:// or https:// address, or the path of a file or folder")
    return place


class SoapSettings(QuerySettings):
    """How to ask a department system that is described by a WSDL."""

    KNOWN: ClassVar[tuple[str, ...]] = ("since", "until", "page", "page_size", "offset", "cursor", "last_id")

    wsdl: Annotated[str, AfterValidator(_wsdl_place)] = Field(
        min_length=1,
        description="The address of the WSDL; or the path of a file, or of a folder with all its files, where the "
        "department only mails it.",
    )
    schema_hosts: tuple[str, ...] = Field(
        default=(),
        description="Other hosts that may be asked for schemas that the WSDL imports; they get no credentials.",
    )
    operation: str = Field(min_length=1, description="The operation that lists records.")
    service: str | None = Field(
        default=None, description="The service in the WSDL; needed only where several offer the operation."
    )
    port: str | None = Field(
        default=None, description="The port in the WSDL; needed only where several offer the operation."
    )
    address: HttpAddress | None = Field(
        default=None, description="Where to send requests, where the address that the WSDL gives cannot be reached."
    )
    action: str | None = Field(
        default=None, description="The SOAPAction to send, where the one that the WSDL gives is wrong."
    )
    auth: Auth = Field(default=NoAuth(), description="The credentials that the system asks for.")
    soap_headers: dict[str, SecretStr | dict[str, SecretStr]] = Field(
        default_factory=dict,
        description="Elements for the SOAP header, such as `AuthHeader: {UserName: …, Password: …}`; never shown, "
        "so every value must be a reference, the user's name too. "
        'One that the WSDL leaves out is written with its namespace: `"{http://tempuri.org/}AuthHeader"`.',
    )
    addressing: Literal["none"] | Version = Field(
        default="none", description="The version of WS-Addressing that requests must carry."
    )
    parameters: Parameters = Field(
        default_factory=dict,
        description="What is sent with every request, by the names in the WSDL. Filled in: `{since}`, `{until}`, "
        "`{page}`, `{page_size}`, `{offset}`, `{cursor}`, `{last_id}` (the key of the last record), and what "
        "`secret_parameters` names. In a text that is XML or JSON itself they are escaped.",
    )
    window_days: float | None = Field(
        default=None,
        gt=0,
        description="How many days one question spans, from `{since}` to `{until}`, where the system wants an end "
        "or allows only so many days.",
    )
    first_page: Literal[0, 1] = Field(default=1, description="What `{page}` is for the first page.")
    records: Place = Field(
        default="",
        description="The element that is one record: its local name, or `parent.child` where that is not enough. "
        "A path in a text that holds JSON; empty: the text is the list.",
    )
    inside: Inside | None = Field(
        default=None, description="Where the records are in a document inside a text of the answer."
    )
    more: Place | None = Field(
        default=None, description="The element that says true while there are further pages, if there is one."
    )
    next_cursor: Place | None = Field(
        default=None, description="The element whose text the next request must send as `{cursor}`, if there is one."
    )
    first_cursor: str | None = Field(
        default=None,
        description="What `{cursor}` or `{last_id}` is in the first request; left out, that parameter is left out.",
    )
    total: Place | None = Field(
        default=None, description="The element that says how many records there are, if there is one."
    )
    errors: ErrorTable | None = Field(
        default=None, description="Where an answer says that something went wrong, without a Fault."
    )
    faults: tuple[FaultRule, ...] = Field(
        default=(), description="What Faults mean, where it is not what their codes say; the first that fits counts."
    )
    fetch: Fetch | None = Field(default=None, description="How one record is asked for by its key, if it can be.")
    count: Count | None = Field(
        default=None, description="How the changes of a period are counted or listed, if they can be."
    )

    def placeholders(self) -> set[str]:
        """The placeholders that the parameters use, but for those that stand for a secret."""
        return super().placeholders() - set(self.secret_parameters)

    @model_validator(mode="after")
    def _places_fit(self) -> Self:
        refuse_empty_parts({"key": self.key, "changed_at": self.changed_at.from_ if self.changed_at else None})
        if self.errors is not None:
            errors = self.errors
            refuse_empty_parts({"errors.at": errors.at, "errors.message": errors.message})
            refuse_empty_parts({"errors.retry_after": errors.retry_after})
        return self

    @model_validator(mode="after")
    def _cursor_fits(self) -> Self:
        used = self.placeholders()
        if {"cursor", "last_id"} <= used:
            raise ValueError("`parameters` can send `{cursor}` or `{last_id}`, not both")
        if ("cursor" in used) != (self.next_cursor is not None):
            raise ValueError("`{cursor}` in `parameters` and `next_cursor`, where it is read, need each other")
        return self

    @model_validator(mode="after")
    def _windows_fit(self) -> Self:
        used = self.placeholders()
        if ("until" in used) != (self.window_days is not None):
            raise ValueError("`{until}` and `window_days` need each other")
        if self.window_days is not None:
            if "since" not in used or self.changed_at is None:
                raise ValueError("`window_days` needs `{since}` in `parameters`")
            if "beginning" not in self.changed_at.model_fields_set:
                raise ValueError("`window_days` needs `changed_at: {beginning: …}`, the first window's beginning")
        return self

    @model_validator(mode="after")
    def _order_fits(self) -> Self:
        if self.order == "newest_first" and not {"page", "offset"} & self.placeholders():
            raise ValueError("`order: newest_first` needs `{page}` or `{offset}` in `parameters`")
        if not self.records and (self.inside is None or self.inside.format == "xml"):
            raise ValueError("`records` must name the element that is one record")
        if self.count is not None and self.changed_at is None:
            raise ValueError("`count` needs `changed_at`, which says how times are written")
        return self
