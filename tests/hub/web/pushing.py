"""A hub that a department pushes to: registered from files, as its keeper does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from flask import Flask
from werkzeug.test import TestResponse

from connectors.registry import Registry
from hub.config.file import load
from hub.store import keys
from hub.store.database import Database
from hub.store.keys import Role
from hub.web.app import create_app
from hub.wiring import open_hub, register
from tests.hub.web.served import SECRET

MAPPING = """
mapping: so-day/ho-so
version: 1
entity: dossier
input: {input}
fields:
  code: {{from: maHoSo}}
  status: {{from: trangThai, table: status}}
  applicant.name: {{from: chuHoSo}}
  received_at: {{from: ngayNhan, date: "dd/MM/yyyy", required: true}}
  due_at: {{from: hanTra, date: "dd/MM/yyyy"}}
tables:
  status: {{"Mới nhận": accepted, "Đang giải quyết": processing, "Đã trả": returned}}
"""
NAME = "so-day"


def record(number: int, **more: Any) -> dict[str, Any]:
    return {
        "maHoSo": f"000.00.99.H29-261122-{number:04}",
        "trangThai": "Mới nhận",
        "chuHoSo": "Nguyễn Thử",
        "ngayNhan": "20/11/2026",
        **more,
    }


def written(folder: Path, url: str, settings: dict[str, Any]) -> Path:
    """config.yaml with one connector that is pushed to, and its mapping."""
    reads = "xml" if settings["format"] == "xml" else "json"
    place = folder / "mine" / "so-day" / "ho-so" / "mapping.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(MAPPING.format(input=reads), encoding="utf-8")
    connector = {
        "name": NAME,
        "title": "Sở Thử nghiệm đẩy hồ sơ",
        "type": "push",
        "agency": "000.00.99.H29",
        "mapping": "so-day/ho-so",
        "settings": settings,
    }
    asked = connector | {"name": "so-hoi", "type": "files", "settings": {"folder": str(folder), "key": "x"}}
    config = {"database": {"url": url}, "mappings": {"folders": ["mine"]}, "connectors": [connector, asked]}
    path = folder / "config.yaml"
    path.write_bytes(orjson.dumps(config))  # JSON is YAML
    return path


@dataclass
class Door:
    """The hub, and a department's key."""

    app: Flask
    database: Database
    key: str

    def post(self, body: Any, address: str = f"/api/v1/push/{NAME}", **headers: str) -> TestResponse:
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.app.test_client().post(address, data=data, headers={"X-API-Key": self.key, **named})


@contextmanager
def opened(folder: Path, url: str, **settings: Any) -> Iterator[Door]:
    """A hub whose connector `so-day` has these settings."""
    settings = {"format": "json", "key": "maHoSo", **settings}
    configuration = load(written(folder, url, settings), Registry())
    hub = open_hub(configuration)
    try:
        key = keys.issue(hub.database, "Sở Thử nghiệm", datetime.now(UTC), Role.PUSH, NAME)
        yield Door(create_app(hub.database, SECRET, register(configuration, hub.database)), hub.database, key)
    finally:
        hub.database.close()
