"""The credentials that a `soap` connector may need, as settings."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from connectors.settings import BasicAuth, DigestAuth, NoAuth, Settings


class UsernameTokenAuth(Settings):
    """User and password in the SOAP header (WS-Security UsernameToken)."""

    type: Literal["username_token"]
    username: str = Field(min_length=1, description="The user that the department gave to the hub.")
    password: SecretStr = Field(description="Its password.")
    sent_as: Literal["text", "text_with_nonce", "digest"] = Field(
        default="text",
        description="Whether the password is sent as it is, as it is with nonce and time beside it, "
        "or as a digest with nonce and time.",
    )
    timestamp_seconds: int | None = Field(
        default=None, gt=0, description="Say in a Timestamp for how long a request is valid; left out, there is none."
    )


class SignatureAuth(Settings):
    """Every request is signed with a certificate of the hub (WS-Security X.509); needs the extra `wsse`."""

    type: Literal["signature"]
    certificate: Path = Field(description="A PEM file with the certificate that the department knows the hub by.")
    private_key: Path = Field(description="The PEM file with its private key.")
    passphrase: SecretStr | None = Field(default=None, description="What the private key is encrypted with, if it is.")
    certificate_sent_as: Literal["token", "data"] = Field(
        default="token",
        description="How the certificate comes along: as a BinarySecurityToken, or as X509Data inside the signature.",
    )
    algorithm: Literal["rsa-sha256", "rsa-sha512", "rsa-sha1"] = Field(
        default="rsa-sha256", description="How it is signed; rsa-sha1 only for systems that know nothing newer."
    )
    timestamp_seconds: int | None = Field(
        default=300, gt=0, description="For how long a request is valid, as its Timestamp says; `null` for none."
    )
    username: str | None = Field(default=None, description="A user to name as well, in a UsernameToken.")
    password: SecretStr | None = Field(default=None, description="Its password, as text.")

    @model_validator(mode="after")
    def _password_has_user(self) -> Self:
        if self.password is not None and self.username is None:
            raise ValueError("`password` needs `username` beside it")
        return self


Auth = Annotated[NoAuth | BasicAuth | DigestAuth | UsernameTokenAuth | SignatureAuth, Field(discriminator="type")]
