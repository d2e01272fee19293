"""Real WSDLs of public systems: each is described, or a sentence says what is wrong with it; nobody is asked.

The folder is named by HUB_WSDL_CORPUS; without it, one that lies beside the checkout is taken.
"""

import os
import socket
from pathlib import Path

import pytest

from connectors.contract import Description
from connectors.errors import Changed, ConnectorError
from connectors.http import Client
from connectors.settings import HttpSettings
from connectors.soap.auth_settings import NoAuth
from connectors.soap.line import Line
from connectors.soap.service import Service
from connectors.soap.settings import SoapSettings
from connectors.soap.wsdl.definitions import Definitions
from connectors.soap.wsdl.describe import described
from connectors.soap.wsdl.library import Library

NAMED = os.environ.get("HUB_WSDL_CORPUS")
CORPUS = Path(NAMED) if NAMED else Path(__file__).parents[3] / "shared" / "wsdl-corpus"
FILES = (
    sorted(path for path in CORPUS.rglob("*") if path.suffix.lower() in (".wsdl", ".xsd")) if CORPUS.is_dir() else []
)

pytestmark = pytest.mark.skipif(not FILES, reason=f"no WSDLs in {CORPUS}; HUB_WSDL_CORPUS names a folder with some")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("somebody was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def asked(url: str) -> bytes:
    raise AssertionError(f"{url} was asked")


def read(path: Path) -> Definitions:
    return Definitions(Library(str(path), asked))


def outcome(path: Path) -> Description | ConnectorError:
    try:
        return described(read(path))
    except ConnectorError as error:
        return error


def test_every_file_is_described_or_a_sentence_says_why_not() -> None:
    for path in FILES:
        found = outcome(path)
        if isinstance(found, Description):
            assert found.operations, path
            assert found.fingerprint, path
        else:
            assert isinstance(found, Changed), path
            assert str(path) in str(found), path
            assert found.hint, path


def test_all_but_a_few_wsdls_list_operations_with_fields() -> None:
    wsdls = [path for path in FILES if path.suffix.lower() == ".wsdl"]
    listed = [found for path in wsdls if isinstance(found := outcome(path), Description)]
    fields = [sum(len(o.parameters) + len(o.answer) for o in found.operations) for found in listed]
    assert len(listed) >= 0.9 * len(wsdls)
    assert sum(map(bool, fields)) >= 0.9 * len(listed)


def test_a_schema_alone_is_told_from_a_wsdl() -> None:
    for path in FILES:
        if path.suffix.lower() == ".xsd":
            found = outcome(path)
            assert isinstance(found, ConnectorError), path
            assert "it is a schema" in str(found) or "it is XML, but no WSDL" in str(found), path


def test_every_operation_that_says_how_it_is_asked_can_be_asked() -> None:
    refused = []
    with Client(HttpSettings()) as client:
        line = Line(client, NoAuth())
        for path in FILES:
            try:
                definitions = read(path)
            except ConnectorError:
                continue
            for offer in definitions.offers:
                if offer.style:
                    place = {"service": offer.service, "port": offer.port} if offer.service else {"port": offer.port}
                    settings = SoapSettings.model_validate(
                        {"wsdl": str(path), "operation": offer.name, "records": "x", "key": "x", **place}
                        | {"address": "http://address.invalid"}
                    )
                    try:
                        Service(settings, definitions, offer.name, line)
                    except Changed as error:
                        refused.append(f"{path.name}: {error}")
    assert len(refused) <= 4, refused
