"""Four departments that can fail, `hub serve` that reads them, and a mailbox and a webhook that hear of alerts."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from wsgiref.types import WSGIApplication

from connectors.registry import Registry
from hub.config.file import load
from hub.config.mapping import text_of
from hub.record.connector_state import Move
from hub.record.rights import Role
from hub.record.signature import Signature
from hub.store import alerts, connectors, quarantine, runs
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.wiring import open_store, register
from mappings.engine.library import Library
from tests.departments.generator import City
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.departments.so_tu_phap import SoTuPhap
from tests.hub.alerts.postbox import Postbox, postbox
from tests.hub.outbox.webhooks.receiver import Receiver, receiving
from tests.hub.sync.world import ROOT, Rewritten
from tests.hub.web.visitor import person

REFUSES, UNKNOWN, CHANGES, SHRINKS = "so-tu-phap", "mot-cua", "cong-quan", "so-cu"
TITLES = {REFUSES: "Sở Tư pháp", UNKNOWN: "Cổng một cửa", CHANGES: "Cổng quận", SHRINKS: "Sổ cũ"}
MAPPING, OWN_MAPPING = "mot-cua/ho-so", "so-cu/ho-so"  # the first is changed while it is used
OPERATOR = "truc-ban"
OLD, NEW = ("hub", "mat-khau-cu"), ("hub", "mat-khau-moi")
WHSEC = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="
PATIENCE = 40.0  # seconds that something may take on a busy machine before a test fails

_CONFIG = """
database: {url: "sqlite:///hub.db"}
web: {port: %(port)s}
webhooks: {plain_http: true}
alerts:
  address: http://127.0.0.1:%(port)s
  group_wait: 0s
  every: 1s
  over_after: 0s
  rules:
    disk: {on: false}
    slow_store: {on: false}
    freshness: {after: 0s}
    quarantine: {records: 3}
  channels:
    - {name: truc, kind: mail, host: 127.0.0.1, port: %(mail)s, security: none, from: a@b.example, to: [b@b.example]}
    - {name: chat, kind: webhook, url: "%(hook)s", secret: "${env:CHAT}"}
connectors: []
"""
_SOAP = """
name: %(name)s
title: %(title)s
type: soap
agency: 000.00.15.H29
mapping: so-tu-phap/ly-lich-tu-phap
schedule: {every: 1s}
fresh_within: 6s
retry: {attempts: 1}
settings:
  wsdl: %(url)s/HoSoService.asmx?wsdl
  auth: {type: basic, username: hub, password: "${secret:so-tu-phap.password}"}
  operation: LayDanhSachHoSo
  parameters: {tuThoiDiem: "{since}", trang: "{page}", soDong: "{page_size}"}
  records: HoSo
  key: SoHoSo
  changed_at: {from: NgayCapNhat, date: dd/MM/yyyy HH:mm:ss}
  more: ConTrang
  total: TongSo
"""
_REST = """
name: %(name)s
title: %(title)s
type: rest
agency: 000.00.00.H29
mapping: %(mapping)s
schedule: {every: %(every)s}
settings:
  url: %(url)s/pa/dossier/search
  auth:
    type: oauth2_client_credentials
    token_url: %(url)s/auth/realms/digo/protocol/openid-connect/token
    client_id: hub
    client_secret: "${secret:mot-cua.client_secret}"
  parameters: {spec: slice, sort: "updatedDate,desc", page: "{page}", size: "{page_size}"}
  pages: {type: numbered, last: last}
  records: content
  key: id
  changed_at: {from: updatedDate, date: iso}
  order: newest_first
"""


class Replaced:
    """A department's server, in place of which another one may stand from one request to the next."""

    def __init__(self, app: WSGIApplication) -> None:
        self.app = app

    def __call__(self, *said: object) -> object:
        return self.app(*said)  # type: ignore[arg-type]  # as it was called


@dataclass(slots=True)
class Failing:
    """All of it."""

    url: str
    database: Database
    box: Postbox
    hook: Receiver
    city: City
    justice: Replaced
    gateways: dict[str, MotCua]
    answers: dict[str, Rewritten] = field(default_factory=dict)

    def row(self, name: str) -> ConnectorRow:
        found = connectors.found(self.database, name)
        assert found is not None
        return found

    def quarantined(self, name: str) -> int:
        return quarantine.counts(self.database).get(name, 0)

    def mail(self, begins: str, title: str, beyond: int = 0) -> EmailMessage:
        """The first mail after so many whose subject begins so and speaks of this connector."""
        wanted = f"[Một Cửa Hub] {begins}"

        def found() -> list[EmailMessage]:
            subjects = [(" ".join(str(one["Subject"]).split()), one) for one in self.box.mails[beyond:]]
            return [one for said, one in subjects if said.startswith(wanted) and title in said]

        until(lambda: bool(found()), lambda: [str(one["Subject"]) for one in self.box.mails])
        return found()[0]


def read_all(database: Database, name: str) -> None:
    """A full listing, as a colleague asks for it at night."""
    row = connectors.found(database, name)
    assert row is not None
    with database.write() as transaction:
        runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))


def until(holds: Callable[[], bool], said: Callable[[], object] = lambda: "") -> None:
    """Wait for what other processes do."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, said()
        time.sleep(0.05)


def link_of(mail: EmailMessage) -> str:
    """The address that its Vietnamese part leads to."""
    found = re.search(r"Xem: (\S+)", mail.get_content())
    assert found
    return found[1]


@contextmanager
def failing(city: City, folder: Path) -> Iterator[Failing]:
    """Each department has been read once and nothing is wrong yet."""
    justice = Replaced(SoTuPhap(city.judicial, credentials=OLD).app)
    third = len(city.one_stop) // 3  # none speaks of another's dossiers
    parts = {name: city.one_stop[at * third :][:third] for at, name in enumerate((UNKNOWN, CHANGES, SHRINKS))}
    gateways = {name: MotCua(dossiers) for name, dossiers in parts.items()}
    answers = {name: Rewritten(one.app) for name, one in gateways.items()}
    with ExitStack() as stack:
        box, hook = stack.enter_context(postbox()), stack.enter_context(receiving())
        config = folder / "config.yaml"
        config.write_text(_CONFIG % {"port": _free_port(), "mail": box.port, "hook": hook.url}, encoding="utf-8")
        urls = {REFUSES: stack.enter_context(serve(justice))}  # type: ignore[arg-type]  # it is called as one is
        urls |= {name: stack.enter_context(serve(app)) for name, app in answers.items()}
        environment = {"CHAT": WHSEC}
        starting = stack.enter_context(_serving(config, environment))
        database = _registered(config, urls, environment)
        stack.callback(database.close)
        url = starting()
        _activate(config, database, environment)
        world = Failing(url, database, box, hook, city, justice, gateways, answers)
        until(lambda: all(world.row(name).seen_at is not None for name in TITLES))
        until(lambda: not alerts.going_on(database))
        yield world


def _registered(config: Path, urls: dict[str, str], environment: dict[str, str]) -> Database:
    """What an operator has registered by now."""
    configuration = load(config, Registry(), environment)
    database = open_store(configuration)
    known = register(configuration, database)
    known.vault.put("so-tu-phap.password", OLD[1], None)
    known.vault.put("mot-cua.client_secret", "demo-only", None)
    text = text_of(Library().path(MAPPING)).replace(f"mapping: {MAPPING}", f"mapping: {OWN_MAPPING}")
    known.put_mapping(text, "mapping.yaml", _by())
    for name, title in TITLES.items():
        document = (_SOAP if name == REFUSES else _REST) % {
            "name": name,
            "title": title,
            "url": urls[name],
            "mapping": OWN_MAPPING if name == SHRINKS else MAPPING,
            "every": "1h" if name == SHRINKS else "2s",  # what listens to nobody would keep a full listing waiting
        }
        known.put_text(name, document, f"{name}.yaml", _by())
    person(database, OPERATOR, Role.OPERATOR)
    return database


def _activate(config: Path, database: Database, environment: dict[str, str]) -> None:
    """Only once the hub reads: what was promised counts from now."""
    known = register(load(config, Registry(), environment), database)
    for name in TITLES:
        known.move(name, Move.ACTIVATE, _by())
    read_all(database, SHRINKS)


@contextmanager
def _serving(config: Path, environment: dict[str, str]) -> Iterator[Callable[[], str]]:
    """`hub serve`, and what waits until it serves; its log goes to a file, as a pipe that nobody reads fills up."""
    said = config.with_name("log")
    command = [sys.executable, "-m", "hub", "serve", "--config", str(config)]
    with said.open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stderr=log)

    def address() -> str:
        until(lambda: "Console http" in said.read_text() or process.poll() is not None)
        announced = re.search(r"Console (http://[\d.:]+)", said.read_text())
        assert announced, said.read_text()
        return announced[1]

    try:
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _by() -> Signature:
    return Signature("an", "", datetime.now(UTC))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
