"""Steps that another system pushes in the national portal's form join the dossiers that a department pushed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask

from connectors.registry import Registry
from hub.config.file import load
from hub.store import connectors, dossiers, keys, quarantine
from hub.store.database import Database
from hub.store.filters import Filter
from hub.store.keys import Role
from hub.store.looking_up import brought_by
from hub.web.app import create_app
from hub.wiring import open_hub, register
from tests.hub.web.pushing import MAPPING, NAME, record
from tests.hub.web.served import SECRET

CODE = record(1)["maHoSo"]
STEPS = "truc-tich-hop"


@dataclass
class City:
    app: Flask
    database: Database
    keys: dict[str, str]

    def push(self, connector: str, body: Any) -> list[str]:
        answer = self.app.test_client().post(
            f"/api/v1/push/{connector}", data=orjson.dumps(body), headers={"X-API-Key": self.keys[connector]}
        )
        return [each["outcome"] for each in answer.get_json()["records"]]


def _connector(name: str, agency: str, mapping: str, **settings: str) -> dict[str, Any]:
    settings = {"format": "json", **settings}
    return {
        "name": name,
        "title": name,
        "type": "push",
        "agency": agency,
        "mapping": mapping,
        "settings": settings,
    }


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    place = tmp_path / "mine" / "so-day" / "ho-so" / "mapping.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(MAPPING.format(input="json"), encoding="utf-8")
    connectors = [
        _connector(NAME, "000.00.99.H29", "so-day/ho-so", key="maHoSo"),
        _connector(STEPS, "000.00.00.H29", "cong-quoc-gia/tien-do", key="BuocId", records="data"),
    ]
    path = tmp_path / "config.yaml"
    config = {"database": {"url": f"sqlite:///{tmp_path / 'hub.db'}"}, "mappings": {"folders": ["mine"]}}
    path.write_bytes(orjson.dumps(config | {"connectors": connectors}))  # JSON is YAML
    configuration = load(path, Registry())
    hub = open_hub(configuration)
    now = datetime.now(UTC)
    issued = {name: keys.issue(hub.database, name, now, Role.PUSH, name) for name in (NAME, STEPS)}
    yield City(create_app(hub.database, SECRET, register(configuration, hub.database)), hub.database, issued)
    hub.database.close()


def step(number: int, code: str = CODE, **more: str) -> dict[str, str]:
    return {
        "BuocId": str(number),
        "MaHoSo": code,
        "NguoiXuLy": "Trần Thị Mẫu",
        "ThoiDiemXuLy": f"202611210{number}0000",
        "NoiDungXuLy": f"Bước {number}",
        "TrangThai": "4",
        **more,
    }


@pytest.mark.parametrize("first", [NAME, STEPS])
def test_steps_and_their_dossier_meet_whichever_comes_first(city: City, first: str) -> None:
    bodies = {NAME: [record(1)], STEPS: {"data": [step(1), step(2, TrangThai="10")]}}
    for connector in sorted(bodies, key=lambda name: name != first):
        city.push(connector, bodies[connector])
    (row,) = dossiers.with_code(city.database, CODE)
    assert row.values["status"] == "returned"
    assert row.values["applicant"]["name"] == "Nguyễn Thử"
    told = [(each.name, each.status) for each in dossiers.timeline(city.database, row.id) if not each.inferred]
    assert told == [("Bước 1", "processing"), ("Bước 2", "returned")]
    assert len(dossiers.page(city.database, Filter())) == 1
    assert city.push(STEPS, bodies[STEPS]) == ["unchanged", "unchanged"]


def test_a_dossier_is_as_fresh_as_what_brought_it_and_not_as_who_told_a_step(city: City) -> None:
    city.push(STEPS, {"data": [step(1)]})
    ids = {one.name: one.id for one in connectors.listed(city.database)}
    (alone,) = dossiers.with_code(city.database, CODE)
    assert brought_by(city.database, [alone.id]) == {alone.id: (ids[STEPS],)}
    city.push(NAME, [record(1)])
    ids = {one.name: one.id for one in connectors.listed(city.database)}
    (both,) = dossiers.with_code(city.database, CODE)
    assert brought_by(city.database, [both.id]) == {both.id: (ids[NAME],)}


def test_a_step_without_a_code_or_with_an_unknown_status_waits_for_people(city: City) -> None:
    outcomes = city.push(STEPS, {"data": [step(1, TrangThai="77"), step(2, code="0"), step(3)]})
    assert outcomes == ["quarantined", "quarantined", "created"]
    reasons = {each.key: each.reasons[0]["field"] for each in quarantine.listed(city.database)}
    assert reasons == {"1": "status", "2": "dossier_code"}
