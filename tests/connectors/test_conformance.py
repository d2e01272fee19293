"""The conformance suite finds what it is there to find: each connector here breaks one rule."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel, ConfigDict, SecretStr

from connectors.conformance import ConnectorConformance
from connectors.contract import Bookmark, ConnectorType, Page, Record, Retry
from connectors.errors import Refused, Unavailable

ADDRESS = "http://127.0.0.1:1"
UNIQUE = count()


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")
    url: str
    password: SecretStr


@dataclass
class Sound:
    """Two pages from memory; addresses other than ADDRESS are down or refuse."""

    settings: Settings

    def check(self) -> Sequence[str]:
        self.reach()
        return ["reached"]

    def reach(self) -> None:
        if self.settings.url != ADDRESS:
            kind = Refused if "refusing" in self.settings.url else Unavailable
            raise kind(f"{self.settings.url} cannot be asked", code="x", hint="Wait.")

    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        self.reach()
        for place in range(int(since or 0), 2):
            yield Page(b"", "x", [Record(str(place), None, b"")], bookmark=str(place + 1))


class Forgetful(Sound):
    def check(self) -> Sequence[str]:
        return [str(next(UNIQUE))]


class NewKeys(Sound):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        yield Page(b"", "x", [Record(f"{since} {next(UNIQUE)}", None, b"")], bookmark="1")


class Hasty(Sound):
    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        for page in super().pull(since):
            yield Page(b"", "x", page.records, bookmark="2")


class Leaky(Sound):
    def reach(self) -> None:
        if self.settings.url != ADDRESS:
            raise Refused(f"no to {self.settings.password.get_secret_value()}", code="x", hint="Wait.")


class Shown(Sound):
    def __repr__(self) -> str:
        return self.settings.password.get_secret_value()


class Lax(Settings):
    model_config = ConfigDict(extra="ignore")


def suite(make: Callable[[Settings], Any], model: type[BaseModel] = Settings) -> ConnectorConformance:
    @contextmanager
    def opened(given: Settings, retry: Retry) -> Iterator[Any]:
        yield make(given)

    class Suite(ConnectorConformance):
        connector_type = ConnectorType(settings=model, open=opened)

        def settings(self, address: str) -> dict[str, Any]:
            return {"url": address, "password": "s3cret-word"}

    return Suite()


def calling(settings: Settings) -> Sound:
    address = urlsplit(settings.url)
    socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=5).close()
    return Sound(settings)


def test_a_sound_connector_passes_everything() -> None:
    sound = suite(Sound)
    sound.test_check_can_be_repeated(ADDRESS)
    sound.test_opening_touches_no_network()
    sound.test_keys_are_the_same_in_every_pull(ADDRESS)
    sound.test_pulling_from_the_last_bookmark_yields_nothing_new(ADDRESS)
    sound.test_stopping_halfway_and_resuming_loses_nothing(ADDRESS)
    sound.test_an_unknown_setting_is_refused(ADDRESS)
    sound.test_a_dead_host_is_unavailable_and_keeps_secrets()
    sound.test_401_is_refused_and_keeps_secrets("http://refusing")
    sound.test_settings_do_not_show_secrets(ADDRESS)


@pytest.mark.parametrize(
    ("broken", "run"),
    [
        (suite(Forgetful), lambda s: s.test_check_can_be_repeated(ADDRESS)),
        (suite(NewKeys), lambda s: s.test_keys_are_the_same_in_every_pull(ADDRESS)),
        (suite(NewKeys), lambda s: s.test_pulling_from_the_last_bookmark_yields_nothing_new(ADDRESS)),
        (suite(Hasty), lambda s: s.test_stopping_halfway_and_resuming_loses_nothing(ADDRESS)),
        (suite(Leaky), lambda s: s.test_401_is_refused_and_keeps_secrets("http://refusing")),
        (suite(Shown), lambda s: s.test_settings_do_not_show_secrets(ADDRESS)),
    ],
)
def test_a_broken_rule_is_found(broken: ConnectorConformance, run: Callable[[Any], None]) -> None:
    with pytest.raises(AssertionError):
        run(broken)


@pytest.mark.parametrize(
    ("broken", "run"),
    [
        (suite(calling), lambda s: s.test_opening_touches_no_network()),
        (suite(Sound, Lax), lambda s: s.test_an_unknown_setting_is_refused(ADDRESS)),
    ],
)
def test_an_error_that_does_not_come_is_found(broken: ConnectorConformance, run: Callable[[Any], None]) -> None:
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        run(broken)


def test_the_wrong_kind_of_error_is_found() -> None:
    with pytest.raises(Refused):
        suite(Leaky).test_a_dead_host_is_unavailable_and_keeps_secrets()
