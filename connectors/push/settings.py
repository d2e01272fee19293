"""The settings of a `push` connector; the docs table, the lint and the JSON Schema come from here."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from connectors.csv import Separator
from connectors.last_changed import LastChanged
from connectors.settings import Charset, HttpAddress, Settings

_ELEMENT = re.compile(r"[^\W\d][\w.-]*")
OWN_NAMESPACE = "urn:mot-cua-hub:push"


def _element(name: str) -> str:
    if not _ELEMENT.fullmatch(name):
        raise ValueError("must be the name of an element: a letter, then letters, digits, `-`, `_` or `.`")
    return name


Element = Annotated[str, AfterValidator(_element)]


class Signature(Settings):
    """A signature (HMAC) of the body, besides the key."""

    secret: SecretStr = Field(description="The secret that both sides know.")
    header: str = Field(default="X-Signature", min_length=1, description="The header that carries the signature.")
    algorithm: Literal["sha256", "sha512", "sha1"] = Field(default="sha256", description="The hash that it uses.")
    written: Literal["hex", "base64"] = Field(
        default="hex", description="How it is written; `sha256=` before it is allowed."
    )


class SoapAnswer(Settings):
    """An answer in one text, as software that speaks to a service bus expects it."""

    element: Element | None = Field(
        default=None, description="The element of the answer; unless told the operation with `Result` behind it."
    )
    text: str = Field(
        default='{"error_code":"{code}","message":"{message}"}',
        description="What it says. `{code}`, `{message}`, `{request_id}`, `{received}`, `{created}`, `{updated}`, "
        "`{unchanged}` and `{quarantined}` are filled in, in a way that fits JSON and XML.",
    )
    taken: str = Field(default="0", description="The `{code}` when every record was taken.")
    partly: str = Field(default="0", description="The `{code}` when some were quarantined: the hub has them, too.")
    refused: str = Field(default="1", description="The `{code}` when none was taken, or the data cannot be read.")


class SoapService(Settings):
    """The service that the department's software speaks to already, so that it needs only a new address."""

    namespace: str = Field(
        default=OWN_NAMESPACE, min_length=1, description="The namespace of the service, such as `http://tempuri.org/`."
    )
    service: Element = Field(default="Push", description="The name of the service in the WSDL.")
    operation: Element = Field(default="Push", description="The operation that brings records.")
    action: str | None = Field(
        default=None, description="The SOAPAction in the WSDL; unless told the namespace and the operation."
    )
    elements: Literal["qualified", "unqualified"] = Field(
        default="qualified",
        description="Whether parameters are in the namespace too (.NET) or in none (Java, rpc); any are understood.",
    )
    data: Element | None = Field(default=None, description="The parameter that holds the records as a text.")
    records: Element | None = Field(
        default=None, description="The parameter that holds the records as elements (only with `format: xml`)."
    )
    request_id: Element | None = Field(default=None, description="The parameter that numbers the request.")
    username: Element | None = Field(default=None, description="The parameter with a user name; it may say anything.")
    password: Element | None = Field(
        default=None, description="The parameter with the key, where the software sends its password like that."
    )
    others: list[Element] = Field(default=[], description="Further parameters that it sends; they are not read.")
    answer: SoapAnswer | None = Field(
        default=None, description="How it is answered; unless told, with an element for each count and record."
    )

    @model_validator(mode="after")
    def _has_records(self) -> Self:
        if self.data is None and self.records is None:
            raise ValueError("name `data` or `records`: the parameter that holds the records")
        return self

    @property
    def parameters(self) -> tuple[Element, ...]:
        """Every parameter but the records, in the order of the WSDL."""
        return tuple(name for name in (self.username, self.password, *self.others, self.request_id) if name)


class PushSettings(Settings):
    """How to read what a department pushes; the hub asks it for nothing."""

    format: Literal["json", "xml", "csv", "ndjson"] = Field(
        description="What the department sends; its mapping reads the same."
    )
    records: str = Field(
        default="",
        description="JSON: where the list of records stands (a dotted path; empty: the body is the list, or the one "
        "record). XML: the element that is one record; empty: the whole document is one.",
    )
    key: str = Field(min_length=1, description="The field of a record that identifies it for ever.")
    changed_at: LastChanged | None = Field(
        default=None,
        description="Where a record says when it last changed. With it, a state that arrives late does not replace a "
        "newer one.",
    )
    charset: Charset | None = Field(
        default=None,
        description="The charset of the body where it names a wrong one or none, such as windows-1258 or utf-16.",
    )
    separator: Separator = Field(
        default="auto", description="What stands between the cells of CSV; `auto` sees it in the first row."
    )
    request_id: str | None = Field(
        default=None,
        min_length=1,
        description="Where the body says the number of the request (a dotted path or element), besides the headers "
        "`Idempotency-Key` and `X-Request-Id`.",
    )
    remember_days: float = Field(
        default=90, gt=0, description="How long a request number is known: the same one is answered the same."
    )
    signature: Signature | None = Field(default=None, description="A signature of the body, where it must have one.")
    soap: SoapService | None = Field(
        default=None, description="The SOAP service to be, where software expects one; unless told, the hub's own."
    )
    public_address: HttpAddress | None = Field(
        default=None,
        description="Where the department reaches the hub, such as `https://hub.example`, if the hub does not see it "
        "itself because a proxy stands before it; the WSDL names it.",
    )
    max_body_bytes: int = Field(
        default=16 * 1024 * 1024, gt=0, description="The largest body that is taken, counted after decompression."
    )
    max_records: int = Field(default=10_000, gt=0, description="The most records that one push may bring.")

    @property
    def service(self) -> SoapService:
        """The SOAP service: the department's, or the hub's own."""
        records = "records" if self.format == "xml" else None
        return self.soap or SoapService(data="data", records=records, request_id="requestId")

    @model_validator(mode="after")
    def _elements_are_xml(self) -> Self:
        if self.soap is not None and self.soap.records is not None and self.format != "xml":
            raise ValueError(
                f"`soap: {{records: …}}` brings elements, and `format: {self.format}` reads none; use `data`"
            )
        return self
