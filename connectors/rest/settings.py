"""The settings of a `rest` connector; the docs table, the lint and the JSON Schema come from here."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from connectors.settings import BasicAuth, HttpAddress, NoAuth, QuerySettings, Settings


class BearerAuth(Settings):
    """A fixed token with every request (`Authorization: Bearer`)."""

    type: Literal["bearer"]
    token: SecretStr = Field(description="The token that the department gave to the hub.")


class ApiKeyAuth(Settings):
    """A fixed key in a header of the department's choosing."""

    type: Literal["api_key"]
    header: str = Field(default="X-API-Key", min_length=1, description="The header that carries the key.")
    key: SecretStr = Field(description="The key that the department gave to the hub.")


class ClientCredentialsAuth(Settings):
    """OAuth2 client credentials: the hub gets a token by itself and renews it in time."""

    type: Literal["oauth2_client_credentials"]
    token_url: HttpAddress = Field(description="Where tokens are given out.")
    client_id: str = Field(min_length=1, description="The client that the department registered for the hub.")
    client_secret: SecretStr = Field(description="Its secret.")
    scope: str | None = Field(default=None, description="The scope to ask for, where the department requires one.")
    client_auth: Literal["basic", "post"] = Field(
        default="basic", description="How the client shows its secret: in the header (`basic`) or in the form (`post`)."
    )


Auth = Annotated[NoAuth | BasicAuth | BearerAuth | ApiKeyAuth | ClientCredentialsAuth, Field(discriminator="type")]


class NumberedPages(Settings):
    """`{page}` counts pages."""

    type: Literal["numbered"]
    first: Literal[0, 1] = Field(default=0, description="The number of the first page.")
    last: str | None = Field(
        default=None, description="Where the answer says true on its last page (a dotted path), if it does."
    )


class OffsetPages(Settings):
    """`{offset}` counts records."""

    type: Literal["offset"]
    last: str | None = Field(
        default=None, description="Where the answer says true on its last page (a dotted path), if it does."
    )


class LinkedPages(Settings):
    """Every answer names the address of the next one."""

    type: Literal["next_link"]
    next: str = Field(min_length=1, description="Where the answer names the next address (a dotted path).")


class SinglePage(Settings):
    """Pages are not counted: one answer holds everything, or everything up to its limit since `{since}`."""

    type: Literal["single"] = "single"


Pages = Annotated[NumberedPages | OffsetPages | LinkedPages | SinglePage, Field(discriminator="type")]


class RestSettings(QuerySettings):
    """How to ask a department system that answers JSON over HTTP."""

    url: HttpAddress = Field(description="The address that lists records, without parameters.")
    method: Literal["GET", "POST"] = Field(
        default="GET", description="GET sends the parameters in the address, POST as a form."
    )
    headers: dict[str, str] = Field(default_factory=dict, description="Headers to send with every request.")
    secret_headers: dict[str, SecretStr] = Field(
        default_factory=dict, description="Headers whose values are secret; never shown anywhere."
    )
    auth: Auth = Field(default=NoAuth(), description="The credentials that the system asks for.")
    pages: Pages = Field(default=SinglePage(), description="How a long list is cut into pages.")
    records: str = Field(
        default="", description="Where the answer holds its list of records (a dotted path); empty: it is the list."
    )
    total: str | None = Field(
        default=None, description="Where the answer says how many records there are (a dotted path), if it does."
    )

    @field_validator("parameters")
    @classmethod
    def _flat(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        for name, value in parameters.items():
            if value is None or isinstance(value, dict | list):
                raise ValueError(f"`{name}` must be a text, a number, true or false")
        return parameters

    @model_validator(mode="after")
    def _pages_fit(self) -> Self:
        used = self.placeholders()
        wants = {"numbered": "page", "offset": "offset"}.get(self.pages.type)
        if wants is not None and wants not in used:
            raise ValueError(f"`pages: {{type: {self.pages.type}}}` needs `{{{wants}}}` in `parameters`")
        for name in sorted({"page", "offset"} & used - {wants}):
            needed = "numbered" if name == "page" else "offset"
            raise ValueError(f"`{{{name}}}` in `parameters` needs `pages: {{type: {needed}}}`")
        return self
