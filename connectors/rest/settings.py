"""The settings of a `rest` connector; the docs table, the lint and the JSON Schema come from here."""

from datetime import timedelta
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, JsonValue, SecretStr, field_validator, model_validator

from connectors.csv import Separator
from connectors.error_table import ErrorTable
from connectors.places import refuse_empty_parts
from connectors.rest.auth_settings import Auth, SessionAuth
from connectors.rest.page_settings import NEEDED, HeaderPages, LinkedPages, Pages, SinglePage
from connectors.settings import HttpAddress, NoAuth, QuerySettings, Settings, placeholders_in

Format = Literal["json", "xml", "csv", "ndjson"]

_TOKEN, _PERIOD = "token", ("since", "until")


class FetchSettings(Settings):
    """How to ask for one record by its key."""

    url: str = Field(
        pattern=r"^https?://", description="The address of one record; `{key}` in it is its key, percent-encoded."
    )
    parameters: dict[str, JsonValue] = Field(
        default_factory=dict, description="What is sent with it, where the key goes as a parameter: `{key}`."
    )
    records: str = Field(
        default="", description="Where that answer holds the record, or a list with it; empty: it is the record."
    )

    @model_validator(mode="after")
    def _names_the_key(self) -> Self:
        used = {*placeholders_in(self.url), *placeholders_in(self.parameters)}
        if used != {"key"}:
            raise ValueError("must have `{key}` in `url` or `parameters`, and no other placeholder")
        return self


class CountSettings(Settings):
    """How to ask how many records changed in a period."""

    url: HttpAddress | None = Field(default=None, description="The address that counts, where it is not `url`.")
    parameters: dict[str, JsonValue] = Field(
        description="What is sent: `{since}` is the period's beginning, `{until}` its end, which is not part of it."
    )
    at: str = Field(
        default="", description="Where the answer says the number (a dotted path, or `header:NAME`); empty: it is it."
    )

    @field_validator("parameters")
    @classmethod
    def _names_the_period(cls, parameters: dict[str, JsonValue]) -> dict[str, JsonValue]:
        if set(placeholders_in(parameters)) != set(_PERIOD):
            raise ValueError("must have `{since}` and `{until}`, and no other placeholder")
        return parameters


class RestSettings(QuerySettings):
    """How to ask a department system that answers over HTTP, in JSON, XML, CSV or NDJSON."""

    KNOWN: ClassVar[tuple[str, ...]] = (
        *("since", "until", "page", "page_size", "offset", "last", "end", "cursor", "last_id"),
        _TOKEN,
    )

    url: HttpAddress = Field(description="The address that lists records, without parameters.")
    method: Literal["GET", "POST"] = Field(default="GET", description="How the list is asked for.")
    parameters: dict[str, JsonValue] = Field(
        default_factory=dict,
        description="What is sent with every request; a list is a parameter that is repeated. Filled in: `{since}`, "
        "`{until}`, `{page}`, `{page_size}`, `{offset}`, `{last}`, `{end}`, `{cursor}`, `{last_id}` and `{token}`.",
    )
    parameters_in: Literal["address", "form"] | None = Field(
        default=None,
        description="Where the parameters go. Unless told: into the address, with POST into a form, but beside a "
        "`body` into the address.",
    )
    body: dict[str, JsonValue] | list[JsonValue] | None = Field(
        default=None, description="The JSON that a POST sends. Placeholders are filled in, however deep."
    )
    secret_body: dict[str, SecretStr] = Field(
        default_factory=dict, description="What else that JSON holds, by dotted path, and is never shown."
    )
    headers: dict[str, str] = Field(
        default_factory=dict, description="Headers to send with every request. Placeholders are filled in."
    )
    secret_headers: dict[str, SecretStr] = Field(
        default_factory=dict, description="Headers whose values are secret; never shown anywhere."
    )
    auth: Auth = Field(default=NoAuth(), description="The credentials that the system asks for.")
    pages: Pages = Field(default=SinglePage(), description="How a long list is cut into pages.")
    window_days: float | None = Field(
        default=None,
        gt=0,
        description="How many days one question spans, from `{since}` to `{until}`, where the system wants an end "
        "or allows only so many days.",
    )
    format: Format = Field(default="json", description="How answers are written.")
    separator: Separator = Field(
        default="auto", description="What parts the cells of CSV; `auto` sees it in the first row."
    )
    columns: list[str] = Field(
        default_factory=list, description="The names of the columns, where CSV has no row that names them."
    )
    inside: str | None = Field(
        default=None,
        min_length=1,
        description="Where a JSON answer holds a text that is JSON or XML itself; everything is then read in that, "
        "and what it does not have, around it.",
    )
    records: str = Field(
        default="",
        description="Where the answer holds its list of records: a dotted path, `*` for every item of a list or "
        "object. Empty: it is the list. In XML the element that is one record.",
    )
    total: str | None = Field(
        default=None,
        description="Where the answer says how many records there are (a dotted path, or `header:NAME`), if it does.",
    )
    errors: ErrorTable | None = Field(
        default=None, description="What answers say of themselves, where errors come with status 200."
    )
    conditional: bool = Field(
        default=False,
        description="Ask only whether one answer that holds everything has changed (ETag, Last-Modified). If it has "
        "not, the pull brings nothing.",
    )
    openapi: str | None = Field(
        default=None,
        min_length=1,
        description="The address or file of the system's OpenAPI description, for `hub discover`; each run reads it "
        "too, to tell when it has changed.",
    )
    fetch: FetchSettings | None = Field(default=None, description="How to ask for one record, if it can be asked for.")
    count: CountSettings | None = Field(
        default=None, description="How to ask how many records changed in a period, if it can be asked for."
    )

    def placeholders(self) -> set[str]:
        """The placeholders that requests use."""
        return {name for part in (self.parameters, self.body, self.headers) for name in placeholders_in(part)}

    @field_validator("parameters")
    @classmethod
    def _flat(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        for name, value in parameters.items():
            for item in value if isinstance(value, list) else [value]:
                if item is None or isinstance(item, dict | list):
                    raise ValueError(f"`{name}` must be a text, a number, true or false, or a list of such")
        return parameters

    @model_validator(mode="after")
    def _pages_fit(self) -> Self:
        used = self.placeholders()
        needed = NEEDED.get(self.pages.type, ())
        if needed and not used & set(needed):
            raise ValueError(f"`pages: {{type: {self.pages.type}}}` needs `{{{needed[0]}}}` in `parameters`")
        for kind, names in NEEDED.items():
            for name in sorted(used & set(names) - set(needed)):
                raise ValueError(f"`{{{name}}}` in `parameters` needs `pages: {{type: {kind}}}`")
        if _TOKEN in used and not (isinstance(self.auth, SessionAuth) and self.auth.token):
            raise ValueError("`{token}` needs `auth: {type: session}` with `token`, which says where the token is")
        return self

    @model_validator(mode="after")
    def _windows_fit(self) -> Self:
        used = self.placeholders()
        if ("until" in used) != (self.window_days is not None):
            raise ValueError("`{until}` and `window_days` need each other")
        if self.window_days is not None:
            if "since" not in used or self.changed_at is None:
                raise ValueError("`window_days` needs `{since}` in `parameters`")
            if timedelta(days=self.window_days) < 2 * self.changed_at.sent_form.step(self.changed_at.first):
                raise ValueError("`window_days` is shorter than two of the days that `{since}` is written in")
            if "beginning" not in self.changed_at.model_fields_set:
                raise ValueError("`window_days` needs `changed_at: {beginning: …}`, the first window's beginning")
        return self

    @model_validator(mode="after")
    def _request_fits(self) -> Self:
        if self.method == "GET" and (self.body is not None or self.parameters_in == "form"):
            raise ValueError("a `body` or a form needs `method: POST`")
        if self.body is not None and self.parameters_in == "form":
            raise ValueError("`parameters_in: form` cannot stand beside `body`")
        if self.secret_body and not isinstance(self.body, dict):
            raise ValueError("`secret_body` needs a `body` with names")
        return self

    @model_validator(mode="after")
    def _format_fits(self) -> Self:
        if self.format == "xml" or self.inside:  # in JSON a name may have dots of its own
            changed_at = self.changed_at.from_ if self.changed_at else None
            refuse_empty_parts({"records": self.records, "key": self.key, "changed_at": changed_at})
        if self.format == "xml" and not self.records:
            raise ValueError("`format: xml` needs `records`, the element that is one record")
        if self.format in ("csv", "ndjson") and (self.records or self.inside):
            raise ValueError(f"`format: {self.format}` has no `records` or `inside`: every row is a record")
        if self.inside and self.format != "json":
            raise ValueError("`inside` needs `format: json`")
        if self.format in ("csv", "ndjson") and self.errors is not None:
            raise ValueError("`errors` needs `format: json` or `xml`, in which answers can say how it went")
        if self.columns and not {self.key, *([self.changed_at.from_] if self.changed_at else [])} <= set(self.columns):
            raise ValueError("`columns` must have the `key`, and what `changed_at` names")
        if self.format != "csv" and (self.columns or self.separator != "auto"):
            raise ValueError("`columns` and `separator` need `format: csv`")
        return self

    @model_validator(mode="after")
    def _abilities_fit(self) -> Self:
        if self.conditional and (
            not isinstance(self.pages, SinglePage) or self.placeholders() & {"since", "page_size"}
        ):
            raise ValueError("`conditional` fits only where one answer holds everything: no `pages`, no `{since}`")
        if self.count is not None and self.changed_at is None:
            raise ValueError("`count` needs `changed_at`, which says how times are written")
        if isinstance(self.pages, LinkedPages) and "$top" in self.parameters:
            raise ValueError(
                "`$top` ends an OData list after so many records, without a next link; "
                'write `headers: {Prefer: "odata.maxpagesize={page_size}"}` instead'
            )
        if isinstance(self.pages, HeaderPages) and self.method != "GET":
            raise ValueError("`pages: {type: link_header}` needs `method: GET`")
        return self
