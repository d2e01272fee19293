"""Conformance: secrets are known as such, and shown nowhere."""

# ruff: noqa: S101  (asserts are what tests are made of)
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from connectors.conformance.subject import Subject
from connectors.scrub import secrets_in

_SECRET_NAME = re.compile(r"(?:passw(?:or)?d|secret|token|api_?key|mat_?khau)$", re.IGNORECASE)


class Secrets(Subject):
    """What the settings hold and what is shown of it."""

    def test_settings_do_not_show_secrets(self, address: str) -> None:
        settings = self._settings(self.settings(address))
        self._shows_no_secret(address, f"{settings!r} {settings.model_dump_json()}", "the settings as they are printed")
        with self._open(address) as connector:
            self._shows_no_secret(address, repr(connector), "the connector's `repr`")
            self._shows_no_secret(address, " ".join(connector.check()), "what `check` says")

    def test_what_is_secret_is_declared_secret(self, address: str) -> None:
        settings = self._settings(self.settings(address))
        plain = set(_plain_secrets(settings)) - self.public_settings
        assert plain == set(), (
            f"{', '.join(sorted(plain))} would be shown wherever settings are: make it `SecretStr`, or name it in "
            "`public_settings` if it is no secret"
        )

    def test_the_tests_have_a_secret_to_look_for(self, address: str) -> None:
        knows_secrets = '"writeOnly":true' in _schema(self.connector_type.settings)
        assert not knows_secrets or any(secrets_in(self._settings(self.settings(address)))), (
            "the type has secret settings and `settings` gives none, so nothing shows that they are kept"
        )


def _plain_secrets(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            inner = getattr(value, name)
            if isinstance(inner, str) and _SECRET_NAME.search(name):
                yield name
            yield from _plain_secrets(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _plain_secrets(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _plain_secrets(inner)


def _schema(model: type[BaseModel]) -> str:
    return str(model.model_json_schema()).replace("'", '"').replace(" ", "").replace("True", "true")
