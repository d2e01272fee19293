"""A department puts a new version of its software into use, over real sockets: what its operators are told."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.record.signature import Signature
from hub.store import connectors, dossiers
from hub.sync import watch
from hub.wiring import Hub
from tests.departments.generator import City, generate
from tests.hub.sync.world import Departments, sync

ANOTHER_WSDL = {b'<xs:element name="soHoSo"': b'<xs:element name="maHoSo"'}
OTHER_FIELDS = {b"CanBo>": b"NguoiXuLy>"}
MORE_FIELDS = {
    b'"content": [{': b'"content": [{"kenhTiepNhan": {"ma": 1}, ',
    b'"content":[{': b'"content":[{"kenhTiepNhan":{"ma":1},',
}


@pytest.fixture(scope="module")
def city() -> City:
    return generate(judicial=40, one_stop=40, shared=5, faulty=0)


@pytest.fixture
def departments(city: City) -> Departments:
    return Departments(city)


def known(hub: Hub, name: str) -> Any:
    row = connectors.named(hub.database, name)
    assert row is not None
    return row


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'hub.db'}"


def test_another_wsdl_is_noticed_though_nothing_changed_in_the_records(
    departments: Departments, tmp_path: Path
) -> None:
    with departments.hub(url(tmp_path), tmp_path) as hub:
        assert sync(hub, "so-tu-phap").notes == []
        assert sync(hub, "so-tu-phap").notes == []
        departments.rewritten["so-tu-phap"].words = ANOTHER_WSDL
        run = sync(hub, "so-tu-phap")
        assert run.state == "succeeded"
        assert [note["code"] for note in run.notes] == ["drift"]
        assert (
            "its interface (WSDL, OpenAPI) is not the one that was accepted"
            in known(hub, "so-tu-phap").warnings[0]["sentence"]
        )
        assert sync(hub, "so-tu-phap").notes == []


def test_where_the_policy_says_stop_another_wsdl_ends_the_run_until_it_is_accepted(
    departments: Departments, tmp_path: Path
) -> None:
    with departments.hub(url(tmp_path), tmp_path, "on_drift: {description: stop}") as hub:
        sync(hub, "so-tu-phap")
        departments.rewritten["so-tu-phap"].words = ANOTHER_WSDL
        for _ in range(2):
            assert sync(hub, "so-tu-phap").error_code == "drift"
        with hub.database.write() as transaction:
            watch.accept(transaction, "so-tu-phap", Signature("an operator", "", datetime.now(UTC)))
        assert sync(hub, "so-tu-phap").state == "succeeded"


def test_fields_that_are_renamed_are_told_as_new_and_missing(departments: Departments, tmp_path: Path) -> None:
    with departments.hub(url(tmp_path), tmp_path) as hub:
        sync(hub, "so-tu-phap")
        departments.rewritten["so-tu-phap"].words = OTHER_FIELDS
        told = [note["sentence"] for note in sync(hub, "so-tu-phap", kind="full").notes]
    assert told == [
        "its records have fields that they did not have before: `NguoiXuLy`, `QuaTrinh.Buoc.NguoiXuLy`.",
        "fields that every record had are missing: `CanBo`, `QuaTrinh.Buoc.CanBo`.",
    ]


def test_where_the_policy_says_stop_nothing_of_such_a_page_is_stored(departments: Departments, tmp_path: Path) -> None:
    with departments.hub(url(tmp_path), tmp_path, "on_drift: {fields: stop}") as hub:
        sync(hub, "mot-cua")
        before = dossiers.totals(hub.database)
        departments.rewritten["mot-cua"].words = MORE_FIELDS
        run = sync(hub, "mot-cua", kind="full")
        assert (run.state, run.error_code, run.pages) == ("failed", "drift", 0)
        assert run.sentence is not None
        assert "`kenhTiepNhan`" in run.sentence
        assert dossiers.totals(hub.database) == before
