"""The settings of a `soap` connector; the docs table, the lint and the JSON Schema come from here."""

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from connectors.settings import BasicAuth, HttpAddress, NoAuth, QuerySettings, Settings


class UsernameTokenAuth(Settings):
    """User and password in the SOAP header (WS-Security UsernameToken)."""

    type: Literal["username_token"]
    username: str = Field(min_length=1, description="The user that the department gave to the hub.")
    password: SecretStr = Field(description="Its password.")
    sent_as: Literal["text", "digest"] = Field(
        default="text", description="Whether the password is sent as it is, or as a digest with nonce and time."
    )


Auth = Annotated[NoAuth | BasicAuth | UsernameTokenAuth, Field(discriminator="type")]


class Inside(Settings):
    """Where the answer carries a text that is itself a document, as most .NET services do."""

    element: str = Field(min_length=1, description="The element that holds the text (its local name).")
    format: Literal["xml", "json"] = Field(
        description="What the text is. `records` and the others are then read in it."
    )


def _wsdl_place(place: str) -> str:
    if "://" in place and urlsplit(place).scheme not in ("http", "https"):
        raise ValueError("must be an http:// or https:// address, or the path of a file")
    return place


class SoapSettings(QuerySettings):
    """How to ask a department system that is described by a WSDL."""

    wsdl: Annotated[str, AfterValidator(_wsdl_place)] = Field(
        min_length=1, description="The address of the WSDL, or the path of a file where the department only mails it."
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
    auth: Auth = Field(default=NoAuth(), description="The credentials that the system asks for.")
    soap_headers: dict[str, dict[str, SecretStr]] = Field(
        default_factory=dict,
        description="Elements for the SOAP header, such as `AuthHeader: {UserName: …, Password: …}`; never shown.",
    )
    first_page: Literal[0, 1] = Field(default=1, description="What `{page}` is for the first page.")
    records: str = Field(
        min_length=1,
        description="The element that is one record: its local name, or `parent.child` where that is not enough.",
    )
    inside: Inside | None = Field(
        default=None, description="Where the records are in a document inside a text of the answer."
    )
    more: str | None = Field(
        default=None, description="The element that says true while there are further pages, if there is one."
    )
    total: str | None = Field(
        default=None, description="The element that says how many records there are, if there is one."
    )

    @model_validator(mode="after")
    def _order_fits(self) -> Self:
        if self.order == "newest_first" and not {"page", "offset"} & self.placeholders():
            raise ValueError("`order: newest_first` needs `{page}` or `{offset}` in `parameters`")
        return self
