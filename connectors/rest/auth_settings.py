"""The credentials that a `rest` connector may need, as settings."""

import string
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, JsonValue, SecretStr, model_validator

from connectors.settings import BasicAuth, DigestAuth, HttpAddress, NoAuth, Settings
from connectors.wording import did_you_mean

SIGNED_WORDS = (
    "method",
    "host",
    "path",
    "query",
    "sorted_query",
    "timestamp",
    "nonce",
    "body",
    "body_sha256",
    "key_id",
)


class BearerAuth(Settings):
    """A fixed token with every request (`Authorization: Bearer`)."""

    type: Literal["bearer"]
    token: SecretStr = Field(description="The token that the department gave to the hub.")


class ApiKeyAuth(Settings):
    """A fixed key in a header of the department's choosing, or in the address."""

    type: Literal["api_key"]
    header: str = Field(default="X-API-Key", min_length=1, description="The header that carries the key.")
    parameter: str | None = Field(
        default=None, min_length=1, description="The parameter of the address that carries the key instead of a header."
    )
    key: SecretStr = Field(description="The key that the department gave to the hub.")


class _TokenAuth(Settings):
    """What every way to an OAuth2 token needs."""

    token_url: HttpAddress = Field(description="Where tokens are given out.")
    client_id: str = Field(min_length=1, description="The client that the department registered for the hub.")
    client_secret: SecretStr | None = Field(default=None, description="Its secret, if it has one.")
    scope: str | None = Field(default=None, description="The scope to ask for, where the department requires one.")
    client_auth: Literal["basic", "post", "private_key_jwt", "none"] = Field(
        default="basic",
        description="How the client proves who it is: its secret in the header (`basic`) or in the form (`post`), "
        "a signature by `private_key_file` (`private_key_jwt`), or not at all (`none`).",
    )
    private_key_file: Path | None = Field(
        default=None, description="The PEM file with the key that signs, for `private_key_jwt`."
    )
    private_key: SecretStr | None = Field(default=None, description="That key itself, instead of a file.")
    key_id: str | None = Field(default=None, description="The name of that key (`kid`), where the department wants it.")
    algorithm: Literal["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512"] = Field(
        default="RS256", description="How `private_key_jwt` is signed; RSA keys sign RS and PS, elliptic ones ES."
    )
    audience: str | None = Field(
        default=None, description="Whom the signature is meant for, where that is not `token_url`."
    )
    token_parameters: dict[str, str] = Field(
        default_factory=dict, description="What else the token address wants in its form, such as `resource`."
    )

    @model_validator(mode="after")
    def _proof_is_there(self) -> Self:
        if self.client_auth == "private_key_jwt" and (self.private_key_file is None) == (self.private_key is None):
            raise ValueError("`client_auth: private_key_jwt` needs `private_key_file` or `private_key`, one of them")
        if self.client_auth in ("basic", "post") and self.client_secret is None:
            raise ValueError(f"`client_auth: {self.client_auth}` needs `client_secret`")
        return self


class ClientCredentialsAuth(_TokenAuth):
    """OAuth2 client credentials: the hub gets a token by itself and renews it in time."""

    type: Literal["oauth2_client_credentials"]


class PasswordAuth(_TokenAuth):
    """OAuth2 with a user's password, as old systems want it; a refresh token is used where one is given."""

    type: Literal["oauth2_password"]
    username: str = Field(min_length=1, description="The user that the department gave to the hub.")
    password: SecretStr = Field(description="Its password.")


class SessionAuth(Settings):
    """A log-in before everything else; it gives a cookie or a token, and is repeated when that has ended."""

    type: Literal["session"]
    url: HttpAddress = Field(description="Where the hub logs in.")
    method: Literal["GET", "POST"] = Field(default="POST", description="How the log-in is sent.")
    send_as: Literal["form", "json", "query"] = Field(
        default="form", description="Whether the fields go as a form, as JSON, or in the address (`query`)."
    )
    fields: dict[str, JsonValue] = Field(default_factory=dict, description="What is sent, such as `username: hub`.")
    secret_fields: dict[str, SecretStr] = Field(
        default_factory=dict, description="What is sent and never shown, such as the password."
    )
    token: str | None = Field(
        default=None,
        description="Where the answer holds the token (a dotted path). Without it, the cookie that it sets counts.",
    )
    header: str | None = Field(
        default="Authorization",
        description="The header that carries the token. `null` where it goes as `{token}` into `parameters` or `body`.",
    )
    value: str = Field(default="Bearer {token}", description="What that header says.")
    lasts_seconds: float | None = Field(
        default=None,
        gt=0,
        description="How long a log-in is good for, where the system does not refuse an old one but answers wrongly.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if "{token}" not in self.value:
            raise ValueError("`value` must have `{token}` in it")
        if self.method == "GET" and self.send_as != "query":
            raise ValueError("`method: GET` needs `send_as: query`")
        return self


def _signed_template(text: str) -> str:
    return _template(text, SIGNED_WORDS)


def _header_template(text: str) -> str:
    return _template(text, (*SIGNED_WORDS, "signature"))


def _template(text: str, known: tuple[str, ...]) -> str:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise ValueError("has a brace without its partner") from error
    for name in names:
        if name not in known:
            raise ValueError(f"has no placeholder `{{{name}}}`. {did_you_mean(name, known)}")
    return text


class HmacAuth(Settings):
    """Every request is signed with a shared secret (HMAC)."""

    type: Literal["hmac"]
    secret: SecretStr = Field(description="The secret that the department gave to the hub.")
    secret_as: Literal["text", "base64", "hex"] = Field(default="text", description="How that secret is written.")
    key_id: str = Field(default="", description="The name of the secret, for `{key_id}`.")
    algorithm: Literal["sha256", "sha512", "sha1", "md5"] = Field(default="sha256", description="The hash.")
    signed: Annotated[str, AfterValidator(_signed_template)] = Field(
        default="{method}\n{path}\n{query}\n{timestamp}\n{body_sha256}",
        description="What is signed, of `{method}`, `{host}`, `{path}`, `{query}`, `{sorted_query}`, `{timestamp}`, "
        "`{nonce}`, `{body}`, `{body_sha256}` and `{key_id}`.",
    )
    signature_as: Literal["hex", "base64"] = Field(default="hex", description="How the signature is written.")
    timestamp: Literal["seconds", "milliseconds", "iso"] = Field(
        default="seconds", description="How `{timestamp}` is written: seconds or milliseconds since 1970, or `iso`."
    )
    headers: dict[str, Annotated[str, AfterValidator(_header_template)]] = Field(
        default_factory=lambda: {"X-Signature": "{signature}", "X-Timestamp": "{timestamp}"},
        description="The headers that carry it: `{signature}` and whatever `signed` may have.",
    )

    @model_validator(mode="after")
    def _signature_is_sent(self) -> Self:
        if not any("{signature}" in template for template in self.headers.values()):
            raise ValueError("one of `headers` must have `{signature}` in it")
        return self


class LgspAuth(Settings):
    """The header of a city's data-sharing platform (LGSP): keys and codes as JSON in Base64."""

    type: Literal["lgsp"]
    access_key: SecretStr = Field(description="The AccessKey.")
    secret_key: SecretStr = Field(description="The SecretKey.")
    app_name: str = Field(min_length=1, description="The AppName.")
    partner_code: str | None = Field(default=None, description="The PartnerCode, such as 000.00.01.H29.")
    partner_code_cus: str | None = Field(default=None, description="The PartnerCodeCus, where there is one.")
    header: str = Field(default="Authorization", min_length=1, description="The header; some write `lgspaccesstoken`.")
    token_url: HttpAddress | None = Field(
        default=None,
        description="Where that header gets a token (a form with `grant_type=client_credentials`), if it must.",
    )

    @model_validator(mode="after")
    def _headers_differ(self) -> Self:
        if self.token_url is not None and self.header.lower() == "authorization":
            raise ValueError("with `token_url` the token goes into Authorization; write `header: lgspaccesstoken`")
        return self


Auth = Annotated[
    NoAuth
    | BasicAuth
    | DigestAuth
    | BearerAuth
    | ApiKeyAuth
    | ClientCredentialsAuth
    | PasswordAuth
    | SessionAuth
    | HmacAuth
    | LgspAuth,
    Field(discriminator="type"),
]
