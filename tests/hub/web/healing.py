"""Both departments of the demo, registered at run time as an operator does it, behind the console."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from connectors.registry import Registry
from hub.config.file import understand
from hub.config.mapping import text_of
from hub.config.register import Register
from hub.record.connector_state import Move
from hub.record.rights import Role
from hub.record.run_state import RunState
from hub.record.signature import Signature
from hub.store import connectors, runs
from hub.store.database import Database
from hub.store.runs import RunRow
from hub.sync.run import execute
from hub.web.app import create_app
from hub.wiring import Hub, open_hub, register
from mappings.engine.library import Library
from mappings.engine.yaml_source import parse
from mappings.engine.yaml_text import write
from tests.departments.generator import City
from tests.departments.server import serve
from tests.hub.sync.world import ROOT, Departments
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import QUICK, signed_in

JUDICIAL, ONE_STOP = "so-tu-phap", "mot-cua"
MAPPINGS = {JUDICIAL: "so-tu-phap/ly-lich-tu-phap", ONE_STOP: "mot-cua/ho-so"}
BY_US = Signature("an", "vì thử", datetime(2026, 11, 22, 8, 0, tzinfo=UTC))
_ADDRESSES = {
    JUDICIAL: "${env:SO_TU_PHAP_URL:-http://127.0.0.1:8711}",
    ONE_STOP: "${env:MOT_CUA_URL:-http://127.0.0.1:8712}",
}


@dataclass(frozen=True, slots=True)
class World:
    """A hub that manages two connectors itself."""

    hub: Hub
    register: Register
    app: Flask

    @property
    def database(self) -> Database:
        return self.hub.database

    def person(
        self, role: Role = Role.ADMINISTRATOR, *, sees: bool = True, agencies: tuple[str, ...] = ()
    ) -> FlaskClient:
        """Somebody who has signed in."""
        name = f"{role}-{'xem' if sees else 'che'}-{'-'.join(agencies)}".lower()
        return signed_in(self.app.test_client(), name, role, sees_personal=sees, agencies=agencies)

    def forget(self, name: str, word: str = "processing") -> str:
        """Put a mapping into use whose tables have no line for a status; the line that was taken out."""
        text = text_of(Library().path(MAPPINGS[name]))
        lines = text.splitlines()
        out = [line for line in lines if f": {word}" in line]
        kept = "\n".join(line for line in lines if line not in out) + "\n"
        self.register.put_mapping(kept, "mapping.yaml", BY_US)
        return out[0]

    def read(self, name: str) -> RunRow:
        """A whole run of a connector."""
        with self.database.write() as transaction:
            run_id = runs.enqueue(transaction, self.row_id(name), "full", "anyway", datetime.now(UTC))
        return self.work_off(name, run_id)

    def work_off(self, name: str, run_id: int) -> RunRow:
        """Do a run that waits, as a worker would."""
        assert execute(self.database, self.hub.source(name), run_id, "test", threading.Event())
        found = runs.get(self.database, run_id)
        assert found is not None
        return found

    def waiting(self) -> list[RunRow]:
        """The runs that wait."""
        return runs.listed(self.database, state=RunState.QUEUED)

    def row_id(self, name: str) -> int:
        row = connectors.found(self.database, name)
        assert row is not None
        return row.id


@contextmanager
def world(city: City, database_url: str, folder: Path) -> Iterator[World]:
    """Both departments, each answering on a port of its own."""
    departments = Departments(city)
    with serve(departments.faults[JUDICIAL]) as judicial, serve(departments.faults[ONE_STOP]) as one_stop:
        written = parse(f'database: {{url: "{database_url}"}}\nconnectors: []\n', "config.yaml")
        hub = open_hub(understand(written, folder, Registry(), {}))
        known = register(hub.configuration, hub.database)
        known.vault.put("mot-cua.client_secret", "demo-only", None)
        for name, document in _documents({JUDICIAL: judicial, ONE_STOP: one_stop}).items():
            known.put_text(name, document, f"{name}.yaml", BY_US)
            known.move(name, Move.ACTIVATE, BY_US)
        app = create_app(hub.database, SECRET, known)
        app.extensions["hub.passwords"] = QUICK
        yield World(hub, known, app)
        hub.database.close()


def _documents(addresses: dict[str, str]) -> dict[str, str]:
    """Their sections of the demo's configuration, each as a document of its own."""
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    for name, written in _ADDRESSES.items():
        text = text.replace(written, addresses[name])
    text = text.replace("${env:MOT_CUA_SECRET:-demo-only}", "${secret:mot-cua.client_secret}")
    sections = parse(text, "config.yaml").data["connectors"]
    return {one["name"]: write(one) for one in sections if one["name"] in addresses}
