"""A connector by its name, for whoever looks at one: from config.yaml, or from the store."""

from pathlib import Path

import pytest

from connectors.registry import Registry
from hub.config.file import Configuration, load
from hub.store.registrations import Unregistered
from hub.wiring import open_hub, open_store, register, registered
from mappings.engine.yaml_source import Invalid
from tests.hub.config.registering import BY_AN, mapping, on_the_shelf

SECTION = """
name: {name}
title: Sở Thử
type: rest
agency: 000.00.99.H29
mapping: so-thu/ho-so
settings: {{url: "http://127.0.0.1:1/", key: id, auth: {{type: bearer, token: "{token}"}}}}
"""


def section(name: str, token: str = "${env:TOKEN:-none}") -> str:
    return SECTION.format(name=name, token=token).lstrip()


def configured(folder: Path, *sections: str) -> Configuration:
    items = ["  - " + text.rstrip().replace("\n", "\n    ") for text in sections]
    path = folder / "config.yaml"
    path.write_text("\n".join(["mappings: {folders: [shelf]}", "connectors:", *items]), encoding="utf-8")
    return load(path, Registry(), {})


def token(found: Configuration, name: str) -> str:
    settings = registered(found, name).connection.settings
    return str(settings.auth.token.get_secret_value())  # type: ignore[attr-defined]


def test_what_stands_in_config_yaml_needs_no_store(tmp_path: Path) -> None:
    found = configured(tmp_path, section("so-thu"))
    one = registered(found, "so-thu")
    assert (one.section.name, one.row, one.version, one.mapping) == ("so-thu", None, 0, None)
    with pytest.raises(Invalid, match=r'config\.yaml:7:14 there is no mapping "so-thu/ho-so"'):
        one.readable()
    on_the_shelf(tmp_path, mapping())
    assert registered(found, "so-thu").readable().name == "so-thu/ho-so"
    assert not (tmp_path / "var").exists()


def test_a_secret_of_the_hub_is_brought_from_the_store_and_its_lack_is_told_with_its_line(tmp_path: Path) -> None:
    found = configured(tmp_path, section("so-thu", "${secret:key}"))
    with pytest.raises(Invalid, match=r"config\.yaml:8:\d+ the hub keeps no secret key"):
        registered(found, "so-thu")
    database = open_store(found)
    register(found, database).vault.put("key", "geheim", None)
    database.close()
    assert token(found, "so-thu") == "geheim"


def test_what_is_not_there_is_looked_for_in_the_store(tmp_path: Path) -> None:
    found = configured(tmp_path, section("so-thu"))
    database = open_store(found)
    to = register(found, database)
    to.put_connector(to.read(section("so-hai"), "so-hai.yaml"), BY_AN)
    database.close()
    assert token(found, "so-hai") == "none"
    assert registered(found, "so-hai").version == 1
    with pytest.raises(Unregistered, match="registered: so-hai"):
        registered(found, "so-ba")


def test_the_hub_goes_by_what_config_yaml_said_when_it_was_opened(tmp_path: Path) -> None:
    on_the_shelf(tmp_path, mapping())
    hub = open_hub(configured(tmp_path, section("so-thu")))
    try:
        assert hub.names() == ["so-thu"]
        assert hub.source("so-thu").mapping.name == "so-thu/ho-so"
        configured(tmp_path, section("so-thu").replace("Sở Thử", "Khác"))
        assert hub.in_use.connector("so-thu").section.title == "Sở Thử"
    finally:
        hub.database.close()
