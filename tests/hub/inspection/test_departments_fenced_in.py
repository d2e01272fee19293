"""What a department writes leads the hub nowhere but to its own systems: neither by address, nor file, nor secret."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from connectors.errors import ConnectorError, Refused
from connectors.fence import Fence, fenced, keep_inside
from connectors.registry import Registry
from hub import wiring
from hub.config.file import load
from hub.inspection.discovery import described
from hub.inspection.permitted import Why, Writer, refusals
from hub.inspection.reach import NotReachable, fence, host_of, host_of_proxy, refuse
from hub.record.rights import Role
from hub.record.signature import Signature
from hub.store import versions
from hub.store.versions import HUB, Kind
from hub.wiring import open_hub
from tests.hub.web.visitor import AGENCY, person

HERE = ("127.0.0.1", "169.254.169.254")  # this machine, and what a cloud tells it


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1\\@example.org/",  # who asks reads the host before the backslash
        "http://169.254.169.254\\@example.org/latest/meta-data/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/",
        "http://[::127.0.0.1]/",
        "http://[::1]/",
        "http://0x7f000001/",
    ],
)
def test_an_address_of_this_machine_is_known_however_it_is_written(url: str) -> None:
    with pytest.raises(NotReachable):
        refuse([host_of(url) or ""], ())
    with pytest.raises(Refused):
        fence(())(url)


@pytest.mark.parametrize("text", [f"{host}:3128" for host in HERE] + ["http://127.0.0.1:1", "socks5://127.0.0.1:1"])
def test_a_departments_proxy_is_not_on_this_machine(text: str) -> None:
    document = {"agency": AGENCY, "name": "so", "settings": {"url": "https://192.0.2.1/", "proxy": text}}
    found = refusals(Writer(frozenset({AGENCY}), ("so",)), document, None, None)
    assert [(one.why, one.place) for one in found] == [(Why.ADDRESS, ("settings", "proxy"))]
    assert host_of_proxy("u:p@192.0.2.1:3128") == "192.0.2.1"


@pytest.mark.parametrize(
    ("place", "text", "why"),
    [
        ("url", "${secret:so.url}", Why.UNSAID),
        ("url", "http://${secret:so.host}/x", Why.UNSAID),
        ("url", "http://${secret:so.user}@192.0.2.1/x", Why.UNSAID),
        ("proxy", "http://u:${secret:so.p}@192.0.2.1:1", Why.UNSAID),
        ("url", "http://192.0.2.1/x?key=${secret:so.key}", None),
        ("token", "${secret:so.token}", None),
    ],
)
def test_which_host_is_asked_stands_in_no_secret_that_changes_unseen(place: str, text: str, why: Why | None) -> None:
    document = {"agency": AGENCY, "name": "so", "settings": {place: text}}
    found = refusals(Writer(frozenset({AGENCY}), ("so",)), document, None, None)
    assert [one.why for one in found] == ([why] if why else [])


def test_reading_with_another_agencys_mapping_is_refused() -> None:
    writer = Writer(frozenset({AGENCY}), ("so",), frozenset({"so-khac", "rieng/ho-so"}))
    document = {"agency": AGENCY, "name": "so", "mapping": "rieng/ho-so"}
    assert [one.why for one in refusals(writer, document, None, None)] == [Why.MAPPING]
    assert [one.why for one in refusals(writer, document | {"mapping": "so-khac/moi"}, None, None)] == [Why.MAPPING]
    assert refusals(writer, document, None, document) == []  # as whoever keeps the hub has set it up
    assert refusals(writer, document | {"mapping": "so/ho-so"}, None, None) == []


WSDL = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 targetNamespace="urn:a"><types><xs:schema targetNamespace="urn:a"><xs:import namespace="urn:b"
 schemaLocation="{}"/></xs:schema></types></definitions>"""
OPENAPI = '{{"openapi": "3.0.0", "info": {{}}, "paths": {{"/a": {{"$ref": "{}"}}}}}}'
OF_THE_HUB = '{"get": {"operationId": "cua-hub", "responses": {}}}'


def told_of(place: Path) -> str:
    """What a description comes to, or why it does not."""
    try:
        return str(described(str(place), Registry()))
    except ConnectorError as error:
        return str(error)


@pytest.mark.parametrize(("name", "text"), [("a.wsdl", WSDL), ("a.json", OPENAPI)])
def test_a_description_that_a_department_sends_reads_no_file_of_the_hub(tmp_path: Path, name: str, text: str) -> None:
    """The hub's own configuration is such a file."""
    hubs, sent = tmp_path / "hub.json", tmp_path / "sent" / name
    sent.parent.mkdir()
    hubs.write_text(OF_THE_HUB, encoding="utf-8")
    sent.write_text(text.format(hubs), encoding="utf-8")
    assert ("cua-hub" if name == "a.json" else "hub.json") in told_of(sent)
    with fenced(fence(())):
        told = told_of(sent)
    assert "cua-hub" not in told
    assert "hub's own machine" in told


@pytest.mark.parametrize("role", [Role.DEPARTMENT, Role.OPERATOR])
def test_a_run_of_what_a_department_has_written_is_fenced_in(
    tmp_path: Path, sqlite_store: Path, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer names the next address, and a host's name leads elsewhere tomorrow."""
    (tmp_path / "hub.db").write_bytes(sqlite_store.read_bytes())
    (tmp_path / "config.yaml").write_text('database: {url: "sqlite:///hub.db"}\nconnectors: []\n', encoding="utf-8")
    hub = open_hub(load(tmp_path / "config.yaml", Registry()))
    person(hub.database, "an", role)
    with hub.database.write() as transaction:
        by = Signature("an", "", datetime.now(UTC))
        versions.put(transaction, Kind.CONNECTOR, "so", "name: so", managed_by=HUB, signature=by)
    assert versions.is_by_department(hub.database, "so") is (role is Role.DEPARTMENT)
    assert versions.is_by_department(hub.database, "so-khac") is False

    @contextmanager
    def opened(_settings: object, _retry: object) -> Iterator[str]:
        keep_inside("http://127.0.0.1/")  # as every request does
        yield "asked"

    connection = SimpleNamespace(type=SimpleNamespace(open=opened), settings=None)
    monkeypatch.setattr(wiring, "source_of", partial(run_once, connection))
    asked = replace(hub, in_use=cast("Any", SimpleNamespace(connector=lambda _name: None))).source("so")
    assert asked == ("refused" if role is Role.DEPARTMENT else "asked")
    hub.database.close()


def run_once(connection: Any, _found: object, kept: Fence | None = None) -> str:
    """What a run comes to that is opened as `hub.wiring` opens it."""
    try:
        opened = wiring._open(connection, cast("Any", None)) if kept is None else None
        with opened or wiring._open_inside(cast("Any", kept), connection, cast("Any", None)) as said:
            return str(said)
    except Refused:
        return "refused"
