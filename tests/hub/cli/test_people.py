"""`hub people`: accounts from the machine itself, and how the configuration says that people sign in."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.cli.app import configuration
from hub.cli.web_settings import web_settings
from hub.record.rights import Role
from hub.store import acts, people, people_sessions
from hub.store.acts import Act, Kind, Sought
from hub.store.database import Database, connect
from hub.store.passwords import Passwords
from hub.store.people_sessions import Browser, Way
from tests.hub.cli.command import Outcome
from tests.hub.cli.inside import hub

Command = Callable[..., Outcome]

PROVIDER = """\
sign_in:
  idle: 30m
  lasts: 8h
  second_factor: [administrator]
  provider:
    issuer: https://sso.example/realms/city
    client_id: hub
    client_secret: ${env:SSO_SECRET}
    role_claim: realm_access.roles
    roles: {quan-tri: administrator, so: department}
    agencies_claim: agencies
    create: true
    ca_file: ca.pem
"""


@pytest.fixture
def run(tmp_path: Path) -> Command:
    """`hub people …` on a store of this test's own."""
    config = tmp_path / "config.yaml"
    config.write_text("{}\n")

    def command(*arguments: str) -> Outcome:
        return hub("people", *arguments, "-c", config)

    return command


def opened(folder: Path) -> Database:
    """The store that the commands use."""
    return connect("sqlite:///var/hub.db", folder)


def test_the_first_administrator_is_made_with_a_password_that_is_shown_once(run: Command, tmp_path: Path) -> None:
    added = run("add", "Quan.Tri", "--role", "administrator", "--title", "Phan Quốc Trị", "--author", "lan")
    assert added.code == 0
    password = added.out.strip()
    assert "shown this once" in added.err
    database = opened(tmp_path)
    found = people.named(database, "quan.tri")
    assert found is not None
    assert (found.role, found.must_change, found.author) == (Role.ADMINISTRATOR, True, "lan")
    assert Passwords().is_right(password, found.password)
    (listed,) = run("list", "--json").document
    assert (listed["name"], listed["state"], listed["sees_personal"]) == ("quan.tri", "active", False)
    assert password not in run("list").out
    assert "one-time password" in run("list").out
    database.close()


def test_what_is_wrong_is_told_in_a_sentence(run: Command) -> None:
    run("add", "an", "--role", "administrator")
    for wrong, sentence in (
        (("add", "an", "--role", "leader"), "already"),
        (("add", "có dấu", "--role", "leader"), "a-z"),
        (("add", "binh", "--role", "department"), "--agency 000.00.15.H29"),
        (("block", "an"), "last administrator"),
        (("set", "an", "--role", "leader"), "last administrator"),
        (("reset", "am"), "nobody called 'am'. Known: `an`"),
        (("sessions", "nobody"), "nobody called 'nobody'"),
    ):
        said = run(*wrong)
        assert (said.code != 0, sentence in said.err) == (True, True), (wrong, said.err)
        assert "Traceback" not in said.err


def test_accounts_are_changed_reset_blocked_and_signed_out(run: Command, tmp_path: Path) -> None:
    run("add", "an", "--role", "department", "--agency", "000.00.15.H29", "--agency", "000.00.17.H29", "--personal")
    run("set", "an", "--title", "Đinh Công Tư", "--no-personal", "--reason", "đổi việc")
    database = opened(tmp_path)
    found = people.named(database, "an")
    assert found is not None
    assert (found.agencies, found.title, found.sees_personal) == (
        *(("000.00.15.H29", "000.00.17.H29"), "Đinh Công Tư", False),
    )
    now, browser = datetime.now(UTC), Browser("10.0.0.1", "Firefox")
    with database.write() as transaction:
        people_sessions.begin(transaction, found.id, "an", Way.PASSWORD, browser, now, timedelta(hours=1))
    assert "Firefox" in run("sessions", "an").out
    assert "1 ended" in run("sessions", "an", "--end").err
    first = found.password
    new = run("reset", "an", "--json", "--second-factor").document["password"]
    run("block", "an")
    assert run("list", "--json").document[0]["state"] == "blocked"
    run("unblock", "an")
    found = people.named(database, "an")
    assert found is not None
    assert found.password != first
    assert Passwords().is_right(new, found.password)
    noted = [row.act for row in reversed(acts.listed(database, Sought(kind=Kind.PERSON)))]
    assert noted == [Act.MADE, Act.CHANGED, Act.RENEWED, Act.CHANGED, Act.LOCKED, Act.UNLOCKED]
    database.close()


def test_the_configuration_says_how_people_sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSO_SECRET", "bí mật")
    config = tmp_path / "config.yaml"
    config.write_text(PROVIDER)
    told = web_settings(configuration(config)).sign_in
    assert (told.idle, told.lasts, told.second_factor) == (
        *(timedelta(minutes=30), timedelta(hours=8), {Role.ADMINISTRATOR}),
    )
    provider = told.provider
    assert provider is not None
    assert (provider.client_secret, provider.ca_file) == ("bí mật", tmp_path / "ca.pem")
    assert dict(provider.roles) == {"quan-tri": Role.ADMINISTRATOR, "so": Role.DEPARTMENT}
    assert "bí mật" not in repr(told)


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ("{idle: 1m}", "5m or longer"),
        ("{idle: 9h, lasts: 8h}", "shorter than `idle`"),
        ("{lasts: 30d}", "7d or shorter"),
        ("{second_factor: [king]}", "king"),
        ("{provider: {issuer: 'https://sso.example', client_id: hub, create: true}}", "role_claim"),
        ("{provider: {issuer: 'https://sso.example', client_id: hub, role_claim: groups}}", "belong together"),
        ("{provider: {issuer: 'https://sso.example', client_id: hub, scopes: [email]}}", "openid"),
    ],
)
def test_a_configuration_that_would_lock_out_or_leave_open_is_refused(
    tmp_path: Path, section: str, sentence: str
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"sign_in: {section}\n")
    said = hub("people", "list", "-c", config)
    assert said.code != 0
    assert sentence in said.err
