"""`sign_in` of `config.yaml`: how people sign in to the console."""

from datetime import timedelta
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator

from hub.config.outside import Address
from hub.config.strict import Section
from hub.record.rights import Role
from hub.record.sign_in import Provider, SignIn
from schedules.cadence import Duration


class ProviderSection(Section):
    """A provider of identities (OpenID Connect) at which people sign in instead of here."""

    issuer: Address = Field(description="Its `iss`, as https://sso.example/realms/city; the rest is found from there.")
    client_id: str = Field(min_length=1, description="What the provider calls the hub.")
    client_secret: SecretStr | None = Field(
        None, description="Its password for the hub, as ${env:SSO_SECRET}; left out for a public client."
    )
    title: str = Field("", description="What people call it; stands on the button of the sign-in page.")
    scopes: tuple[str, ...] = Field(("openid", "profile", "email"), description="What is asked for; with openid.")
    name_claim: str = Field("preferred_username", description="Claim after which an account made here is called.")
    role_claim: str | None = Field(
        None, description="Claim that says the role, as groups or realm_access.roles; left out, roles are given here."
    )
    roles: dict[str, Role] = Field(
        default_factory=dict, description="Value of that claim → role; where somebody has several, the first here."
    )
    agencies_claim: str | None = Field(None, description="Claim with the codes of a department's agencies.")
    create: bool = Field(
        default=False, description="Whether whoever has a role gets an account at the first sign-in by themselves."
    )
    ca_file: Path | None = Field(
        None,
        description="PEM file with the authorities to trust instead of the public ones, relative to config.yaml.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if "openid" not in self.scopes:
            raise ValueError("`scopes` must hold openid: without it the provider says not who signs in")
        if bool(self.roles) != (self.role_claim is not None):
            raise ValueError("`role_claim` and `roles` belong together: the claim, and the role of each value")
        if self.create and not self.roles:
            raise ValueError("`create` needs `role_claim` and `roles`: else nobody knows what a new person may do")
        return self


class SignInSection(Section):
    """How people sign in to the console. Programs come with keys (`access`)."""

    idle: Duration = Field(timedelta(hours=1), description="A session ends when it was not used for so long.")
    lasts: Duration = Field(timedelta(hours=12), description="A session ends after this, however much it is used.")
    second_factor: tuple[Role, ...] = Field(
        (), description="Roles that need a second factor (an app's code), as [administrator]; others may have one."
    )
    provider: ProviderSection | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.idle < timedelta(minutes=5):
            raise ValueError("`idle` must be 5m or longer: a page is read that long")
        if self.lasts < self.idle:
            raise ValueError("`lasts` must not be shorter than `idle`")
        if self.lasts > timedelta(days=7):
            raise ValueError("`lasts` must be 7d or shorter: a forgotten session opens the hub to whoever finds it")
        return self

    def read(self, root: Path) -> SignIn:
        """What the web part goes by, files absolute."""
        return SignIn(self.idle, self.lasts, frozenset(self.second_factor), self._provider(root))

    def _provider(self, root: Path) -> Provider | None:
        one = self.provider
        if one is None:
            return None
        told = one.model_dump() | {
            "client_secret": one.client_secret.get_secret_value() if one.client_secret else "",
            "ca_file": one.ca_file and root / one.ca_file,
        }
        return Provider(**told)
