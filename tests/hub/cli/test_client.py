"""`hub client` and `hub key`: who may ask, what each sees, and keys that are replaced without a moment without one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.api.settings import Issuer
from hub.cli.app import configuration
from hub.cli.web_settings import web_settings
from hub.store import clients, keys
from hub.store.clients import Role
from hub.store.database import Database, connect
from tests.hub.cli.command import Outcome
from tests.hub.cli.inside import hub
from tests.hub.web.filling import SHARED, fill

Command = Callable[..., Outcome]

DOCUMENT = """\
client: cong-dich-vu-cong
title: Cổng dịch vụ công Thành phố
role: query
purpose: tra cứu hồ sơ của công dân
profile: public
sees:
  agencies: [000.00.15.H29, H29.999]
  content: full
quota: {per_minute: 600, per_day: 100000}
token: {issuer: 'https://sso.example/realms/city', client: portal}
"""
NAME = "cong-dich-vu-cong"


@pytest.fixture
def run(tmp_path: Path) -> Command:
    """`hub …` on a store of this test's own."""
    config = tmp_path / "config.yaml"
    config.write_text("{}\n")

    def command(*arguments: str | Path, stdin: str = "", code: int = 0) -> Outcome:
        done = hub(*arguments, "-c", config, stdin=stdin)
        assert done.code == code, (arguments, done.out, done.err)
        return done

    command("db", "upgrade")
    return command


@pytest.fixture
def store(run: Command, tmp_path: Path) -> Database:
    """Its store."""
    return connect("sqlite:///var/hub.db", tmp_path)


def test_a_client_is_put_looked_at_and_put_again_from_what_is_shown(run: Command, store: Database) -> None:
    done = run("client", "put", "-", "--author", "quản trị", stdin=DOCUMENT)
    assert f"{NAME} is registered." in done.err
    assert "sees.agencies: the catalogue has no 000.00.15.H29, H29.999 today" in done.err
    assert "token.issuer: https://sso.example/realms/city is none of `access.issuers`" in done.err
    shown = run("client", "show", NAME).out
    before = clients.named(store, NAME)
    assert "is changed" in run("client", "put", "-", "--author", "quản trị", stdin=shown).err
    after = clients.named(store, NAME)
    assert before is not None
    assert after is not None
    assert (before.grant, before.quota, before.subject) == (after.grant, after.quota, after.subject)
    (listed,) = run("client", "list", "--json").document
    assert (listed["client"], listed["author"], listed["keys"]) == (NAME, "quản trị", [])
    assert NAME in run("client", "list").out
    store.close()


def test_a_client_in_a_file_is_put_and_its_mistakes_are_told_by_line(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "portal.yaml"
    file.write_text(DOCUMENT.replace("content: full", "contents: full"), encoding="utf-8")
    assert f'{file}:8:3 unknown key "contents"; did you mean "content"?' in run("client", "put", file, code=2).err
    run("client", "show", NAME, code=4)
    file.write_text(DOCUMENT.replace("level", "levels"), encoding="utf-8")
    run("client", "put", file)
    run("client", "put", tmp_path / "none.yaml", code=2)


def test_removing_asks_first(run: Command) -> None:
    run("client", "put", "-", stdin=DOCUMENT)
    run("key", "new", NAME)
    run("client", "remove", NAME, stdin="n\n", code=1)
    assert run("client", "show", NAME).out
    run("client", "remove", NAME, "--yes")
    assert "there is no client" in run("client", "show", NAME, code=4).err
    assert run("key", "list", "--json").document == []
    run("client", "remove", NAME, "--yes", code=4)


def test_what_a_client_sees_is_shown_group_by_group_and_of_one_dossier(run: Command, store: Database) -> None:
    fill(store, datetime.now(UTC))
    run("client", "put", "-", stdin=DOCUMENT)
    told = run("client", "sees", NAME).out
    assert "agencies, with all below them: 000.00.15.H29, H29.999" in told
    assert "applicant.id_number" in told
    of_one = run("client", "sees", NAME, SHARED, "--json").document
    assert of_one["seen"]
    fields = of_one["fields"]
    assert fields["applicant.name"]["shown"] == "masked"
    assert "Dương" not in fields["applicant.name"]["value"]
    hidden = {name for name, one in fields.items() if one["shown"] == "hidden"}
    assert hidden
    assert not any("value" in fields[name] for name in hidden)
    assert "hidden" in run("client", "sees", NAME, SHARED).out
    run("client", "put", "-", stdin=DOCUMENT.replace("[000.00.15.H29, H29.999]", "[H29.999]"))
    assert "to it there is no such dossier" in run("client", "sees", NAME, SHARED).out
    assert not run("client", "sees", NAME, SHARED, "--json").document["seen"]
    run("client", "sees", NAME, "no-such-code", code=4)
    run("client", "sees", "nobody", code=4)
    store.close()


def test_a_key_of_a_client_keeps_its_role(run: Command, store: Database) -> None:
    """`hub key new NAME` must not make a portal one that reads everything."""
    run("client", "put", "-", stdin=DOCUMENT)
    assert run("key", "new", NAME, "--json").document["role"] == "query"
    client = clients.named(store, NAME)
    assert client is not None
    assert client.role is Role.QUERY
    told = run("key", "new", "somebody new", "--json")
    assert told.document["role"] == "read"
    assert "somebody new is new: its keys have the role read, which sees every dossier" in told.err
    for quiet in (("somebody new",), ("somebody else", "--role", "read")):
        assert run("key", "new", *quiet).err == ""
    store.close()


def test_a_key_is_replaced_while_the_older_one_still_works(run: Command, store: Database) -> None:
    old = run("key", "new", NAME, "--expires", "365d").out.strip()
    new = run("key", "add", NAME, "--expires", "30d", "--old-until", "24h", "--json").document
    now = datetime.now(UTC)
    assert keys.holder(store, old, now + timedelta(hours=23))
    assert not keys.holder(store, old, now + timedelta(hours=24, minutes=1))
    assert keys.holder(store, new["key"], now + timedelta(days=29))
    assert not keys.holder(store, new["key"], now + timedelta(days=31))
    rows = run("key", "list", "--json").document
    assert [row["name"] for row in rows] == [NAME, NAME]
    assert new["key"].startswith(rows[1]["hint"])
    assert "last used" in run("key", "list").out
    run("key", "revoke", NAME, "--id", str(rows[0]["id"]))
    assert not keys.holder(store, old, now)
    assert keys.holder(store, new["key"], now)
    assert f"{NAME!r} holds no key of the number 99" in run("key", "revoke", NAME, "--id", "99", code=4).err
    run("key", "revoke", NAME)
    run("key", "revoke", NAME, code=4)
    store.close()


@pytest.mark.parametrize("span", ["0d", "400d", "soon", "-1d"])
def test_a_span_that_is_none_makes_no_key(run: Command, span: str) -> None:
    run("key", "new", NAME, "--expires", span, code=2)
    assert run("key", "list", "--json").document == []


def test_a_key_for_nobody_is_not_added(run: Command) -> None:
    assert "nobody called 'ai' holds a key" in run("key", "add", "ai", code=4).err


def test_providers_of_identities_are_those_of_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    one = "issuer: https://sso.example/realms/city, audience: https://hub.example"
    two = "issuer: https://other.example, audience: hub, keys: 'https://other.example/jwks', client_claim: client_id"
    config.write_text(f"access: {{issuers: [{{{one}, ca_file: city-ca.pem}}, {{{two}, scope: hub}}]}}\n")
    assert web_settings(configuration(config)).issuers == (
        Issuer("https://sso.example/realms/city", "https://hub.example", ca_file=tmp_path / "city-ca.pem"),
        Issuer("https://other.example", "hub", "https://other.example/jwks", "client_id", scope="hub"),
    )
