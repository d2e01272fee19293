"""Secrets: kept encrypted, found by reference, and nowhere written as they are."""

import stat
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from hub.config.vault import Vault
from hub.record.connector_state import Move
from hub.store import connectors, secrets
from hub.store.database import Database, connect
from hub.store.secrets import SecretsLocked, StillUsed, new_key
from hub.store.tables import connectors as connectors_table
from hub.store.tables import secrets as table
from mappings.engine.yaml_source import Invalid
from tests.hub.config.registering import BY_AN, EMBEDDED, Settings, configuration, mapping, put, register, section

HIDDEN = "mật khẩu rất dài"


def used(database: Database, folder: Path, settings: str, **environment: str) -> Settings:
    to = register(database, folder, environment)
    put(to, section(settings=settings))
    made = to.connector("so-thu").connection.settings
    assert isinstance(made, Settings)
    return made


class TestKept:
    def test_a_secret_reaches_the_connector_and_lies_nowhere_in_the_open(
        self, database: Database, tmp_path: Path
    ) -> None:
        register(database, tmp_path).vault.put("so-thu.key", HIDDEN, None)
        settings = "{auth: {type: locked, value: '${secret:so-thu.key}'}}"
        made = used(database, tmp_path, settings)
        assert made.auth.value.get_secret_value() == HIDDEN  # type: ignore[union-attr]
        with database.read() as connection:
            (kept,) = connection.execute(select(table.c.value)).scalars()
        assert HIDDEN.encode() not in kept
        to = register(database, tmp_path)
        shown = [repr(to.connector("so-thu")), str(to.exported("so-thu")), repr(to.vault.listed())]
        assert not any(HIDDEN in text for text in shown)

    def test_a_new_value_counts_from_the_next_look_on(self, database: Database, tmp_path: Path) -> None:
        to = register(database, tmp_path)
        for value in ("first", "second"):
            to.vault.put("key", value, None)
        assert used(database, tmp_path, "{keys: ['${secret:key}']}").keys[0].get_secret_value() == "second"

    def test_they_are_listed_with_their_days_and_users_and_not_removed_while_used(
        self, database: Database, tmp_path: Path
    ) -> None:
        to = register(database, tmp_path)
        to.vault.put("key", HIDDEN, date(2027, 3, 31))
        put(to, section(settings="{url: 'http://h/${secret:key}', headers: {A: '${secret:key}'}}"))
        (kept,) = to.vault.listed()
        assert (kept.name, kept.expires_on, kept.used_by) == ("key", "2027-03-31", ["so-thu"])
        with pytest.raises(StillUsed, match="the secret key is used by so-thu"):
            to.vault.remove("key")
        to.move("so-thu", Move.RETIRE, BY_AN)
        assert to.vault.remove("key")
        assert not to.vault.remove("key")

    def test_one_that_is_gone_breaks_its_connector_alone(self, database: Database, tmp_path: Path) -> None:
        to = register(database, tmp_path)
        to.vault.put("key", HIDDEN, None)
        put(to, mapping())
        put(to, section(settings="{keys: ['${secret:key}']}"))
        with database.write() as transaction:
            secrets.remove(transaction, "key")
        with pytest.raises(Invalid, match=r"so-thu v1:6:19 the hub keeps no secret key; `hub secret set key` takes it"):
            to.connector("so-thu")
        assert to.move("so-thu", Move.RETIRE, BY_AN).after == "retired"


class TestKeys:
    def test_a_key_is_made_once_for_its_owner_alone(self, database: Database, tmp_path: Path) -> None:
        vault = Vault(database, None, tmp_path / "var" / "secrets.key", {})
        vault.put("a", HIDDEN, None)
        made = vault.file.read_text()
        vault.put("b", HIDDEN, None)
        assert vault.file.read_text() == made
        assert stat.S_IMODE(vault.file.stat().st_mode) == 0o600
        assert [path.name for path in vault.file.parent.iterdir()] == ["secrets.key"]

    def test_two_who_need_the_first_key_at_once_get_the_same(
        self, database: Database, database_url: str, tmp_path: Path
    ) -> None:
        together = threading.Barrier(2, timeout=30)

        def keep(name: str) -> None:
            mine = connect(database_url)
            vault = Vault(mine, None, tmp_path / "secrets.key", {})
            together.wait()
            vault.put(name, name, None)
            mine.close()

        threads = [threading.Thread(target=keep, args=(name,)) for name in ("a", "b")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        vault = Vault(database, None, tmp_path / "secrets.key", {})
        assert [vault.look_up(name) for name in ("a", "b")] == ["a", "b"]

    def test_the_setting_goes_before_the_variable_and_that_before_the_file(
        self, database: Database, tmp_path: Path
    ) -> None:
        one, two = new_key(), new_key()
        file = tmp_path / "secrets.key"
        Vault(database, one, file, {"HUB_SECRETS_KEY": two}).put("a", HIDDEN, None)
        assert not file.exists()
        assert Vault(database, None, file, {"HUB_SECRETS_KEY": one}).look_up("a") == HIDDEN

    def test_keys_are_changed_by_putting_the_new_one_first(self, database: Database, tmp_path: Path) -> None:
        old, new = new_key(), new_key()
        file = tmp_path / "none"
        Vault(database, old, file, {}).put("a", HIDDEN, None)
        both = Vault(database, f"{new}, {old}", file, {})
        assert both.look_up("a") == HIDDEN
        assert both.encrypt_again() == 1
        assert Vault(database, new, file, {}).look_up("a") == HIDDEN
        what, right = Vault(database, old, file, {}).look_up("a")
        assert "the secret a was encrypted with a key that this process does not have" in what
        assert "HUB_SECRETS_KEY" in right

    def test_what_is_no_key_is_said_without_showing_it(self, database: Database, tmp_path: Path) -> None:
        for given in ("geheim", "", " , ", "QUJD", new_key() + "x"):
            vault = Vault(database, None, tmp_path / "secrets.key", {"HUB_SECRETS_KEY": given or " "})
            with pytest.raises(SecretsLocked, match="the environment variable HUB_SECRETS_KEY holds") as caught:
                vault.put("a", HIDDEN, None)
            assert not given.strip() or given not in str(caught.value)

    def test_a_lost_key_file_is_not_replaced_in_silence(self, database: Database, tmp_path: Path) -> None:
        vault = Vault(database, None, tmp_path / "secrets.key", {})
        vault.put("a", HIDDEN, None)
        vault.file.unlink()
        what, right = vault.look_up("a")
        assert f"cannot be read from {vault.file} (No such file" in what
        assert "bring the file back" in right
        with pytest.raises(SecretsLocked, match="bring the file back"):
            vault.put("b", HIDDEN, None)
        assert not vault.file.exists()

    def test_a_secret_opens_under_its_own_name_alone(self, database: Database, tmp_path: Path) -> None:
        vault = Vault(database, new_key(), tmp_path / "none", {})
        vault.put("a", HIDDEN, None)
        vault.put("b", "other", None)
        with database.write() as transaction:
            stolen = transaction.execute(select(table.c.value).where(table.c.name == "a")).scalar_one()
            transaction.execute(update(table).where(table.c.name == "b").values(value=stolen))
        assert isinstance(vault.look_up("b"), tuple)

    def test_a_hub_without_secrets_needs_no_key(self, database: Database, tmp_path: Path) -> None:
        vault = Vault(database, None, tmp_path / "secrets.key", {})
        assert vault.look_up("a") == ("the hub keeps no secret a", "`hub secret set a` takes it")
        assert not vault.file.exists()


@EMBEDDED
def test_a_secret_in_a_setting_that_is_wrong_is_told_as_its_reference(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path, {"TITLE": "geheim-too"})
    to.vault.put("key", "geheim", None)
    for wrong in ("auth: {type: '${secret:key}'}", "auth: {type: locked, value: x, '${env:TITLE}': 1}"):
        with pytest.raises(Invalid) as caught:
            put(to, section(more="precedence: '${env:TITLE}'\n", settings="{" + wrong + "}"))
        assert "geheim" not in str(caught.value)
        assert '"${env:TITLE}" is not a whole number' in str(caught.value)


@EMBEDDED
class TestPlain:
    @pytest.mark.parametrize(
        ("settings", "place"),
        [
            ("{auth: {type: locked, value: geheim}}", "6:40"),
            ("{headers: {X-Key: geheim}}", "6:29"),
            ("{keys: ['${env:A:-x}', geheim]}", "6:34"),
            ("{proxy: 'http://hub:geheim@proxy:3128'}", "6:19"),
            ("{proxy: 'http://proxy:3128/?token=geheim'}", "6:19"),
        ],
    )
    def test_a_secret_that_is_written_down_is_refused_at_its_place_and_not_shown(
        self, database: Database, tmp_path: Path, settings: str, place: str
    ) -> None:
        to = register(database, tmp_path)
        with pytest.raises(Invalid) as caught:
            put(to, section(settings=settings))
        (said,) = map(str, caught.value.findings)
        assert said.startswith(f"so-thu.yaml:{place} a secret stands here as it is")
        assert said.endswith("write ${secret:NAME}, ${env:NAME} or ${file:/path} instead")
        assert "geheim" not in said
        with pytest.raises(Invalid, match=r"config\.yaml:\d+:\d+ a secret stands here"):
            configuration(tmp_path, section(settings=settings))

    @pytest.mark.parametrize(
        "settings",
        [
            "{auth: {type: none, value: geheim}}",  # the same key, no secret in this kind
            "{auth: {type: locked, value: '${env:A}'}}",
            "{auth: {type: locked, value: '${env:B:-demo-only}'}}",
            "{headers: {Authorization: 'Bearer ${env:A}'}}",
            "{proxy: 'http://proxy:3128'}",
            "{proxy: 'http://hub:${env:A}@proxy:3128'}",
            "{proxy: null, headers: {}}",
            "{}",
        ],
    )
    def test_a_reference_and_what_is_no_secret_are_taken(
        self, database: Database, tmp_path: Path, settings: str
    ) -> None:
        used(database, tmp_path, settings, A="a")


def test_the_configuration_is_checked_without_a_store(tmp_path: Path) -> None:
    found = configuration(tmp_path, section(settings="{keys: ['${secret:nobody.knows}']}"))
    assert found.connections[0].section.name == "so-thu"


def test_a_new_value_lets_the_connectors_that_use_it_be_asked_again(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    to.vault.put("key", "wrong", None)
    put(to, section(settings="{headers: {A: '${secret:key}'}}"))
    put(to, section(name="so-khac"))
    left_alone(database)
    to.vault.put("key", "right", None)
    open_until = {row.name: row.open_until is not None for row in connectors.listed(database)}
    assert open_until == {"so-thu": False, "so-khac": True}


def test_resuming_an_active_connector_closes_its_circuit_once(database: Database, tmp_path: Path) -> None:
    to = register(database, tmp_path)
    put(to, mapping())
    put(to, section())
    to.move("so-thu", Move.ACTIVATE, BY_AN)
    left_alone(database)
    assert [to.move("so-thu", Move.RESUME, BY_AN).asked_again for _ in range(2)] == [True, False]
    (row,) = connectors.listed(database)
    assert (row.state, row.open_until, row.failures) == ("active", None, 0)


def left_alone(database: Database) -> None:
    """As after a refusal."""
    values = {"failures": 1, "open_until": datetime.now(UTC) + timedelta(hours=1), "open_because": "it was refused"}
    with database.write() as transaction:
        transaction.execute(update(connectors_table).values(**values))
