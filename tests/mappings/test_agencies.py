"""The documents that come with the hub: no mistakes, cases as expected, and all records of the departments read."""

import csv
from pathlib import Path
from typing import Any

import orjson
import pytest
from lxml import etree

from mappings.engine import CaseResult, Library, Targets, run_cases
from mappings.engine.library import built_in
from tests.departments import mot_cua_json, so_tu_phap_xml
from tests.departments.dossier import Dossier
from tests.departments.generator import City, generate
from tests.mappings.conftest import record_targets

NAMES = sorted(Library().documents())
CASES = [
    (name, case)
    for name in NAMES
    for case in run_cases(Library().path(name).parent, Library().mapping(name, record_targets()))
]
BURLINGTON = Path(__file__).parents[2].parent / "shared" / "real-data" / "burlington_building_permits.csv"


@pytest.fixture(scope="module")
def city() -> City:
    return generate()


@pytest.mark.parametrize("name", NAMES)
def test_a_document_has_no_mistakes_and_several_cases(name: str, targets: Targets) -> None:
    assert Library().lint(name, targets) == []
    assert sum(of == name for of, _ in CASES) >= 5
    held = {path.name for path in Library().path(name).parent.iterdir()}
    assert {"cases", "mapping.yaml"} <= held <= {"cases", "mapping.yaml", "tables.yaml"}


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case.name}" for name, case in CASES])
def test_a_case_is_read_as_expected(name: str, case: CaseResult) -> None:
    assert case.differences == ()


def test_the_cases_hold_no_identity_number_that_a_person_could_have() -> None:
    for path in built_in().rglob("source.*"):
        text = path.read_text(encoding="utf-8")
        assert not any(part.isdigit() and len(part) == 12 and not part.startswith("000") for part in text.split('"'))


def _same(values: dict[str, Any], dossier: Dossier) -> None:
    """The facts that both departments send, as the dossier has them."""
    assert values["code"] == dossier.code
    assert values["status"] == dossier.status
    assert values["applicant"]["name"] == dossier.applicant.name
    assert values["applicant"]["birth_date"] == dossier.applicant.birth_date.isoformat()
    assert values["procedure"]["name"] == dossier.procedure.name
    assert values["received_at"] == _utc(dossier.received_at)
    assert [(fee["name"], fee["amount"]) for fee in values.get("fees", [])] == list(dossier.fees)
    assert [event["status"] for event in values["events"]] == [step.status for step in dossier.steps]
    assert [event["at"] for event in values["events"]] == [_utc(step.at) for step in dossier.steps]
    assert [paper["name"] for paper in values["documents"]] == list(dossier.papers)


def _utc(moment: Any) -> str:
    return f"{(moment - moment.utcoffset()).replace(tzinfo=None, microsecond=0).isoformat()}Z"


def test_every_judicial_record_is_read_and_the_faulty_ones_are_rejected(city: City, targets: Targets) -> None:
    mapping = Library().mapping("so-tu-phap/ly-lich-tu-phap", targets)
    for dossier in city.judicial:
        element = etree.Element(f"{{{so_tu_phap_xml.NAMESPACE}}}HoSo")
        so_tu_phap_xml.write_dossier(element, dossier)
        draft = mapping.read(etree.fromstring(etree.tostring(element)))
        assert draft.rejected == bool(draft.problems) == (dossier.flaw is not None)
        if not draft.rejected:
            _same(draft.values, dossier)
            assert draft.values["applicant"]["address"] == dossier.applicant.address
            assert draft.values.get("returned_at") == (dossier.returned_at and _utc(dossier.returned_at))


def test_every_one_stop_record_is_read_and_the_faulty_ones_are_rejected(city: City, targets: Targets) -> None:
    mapping = Library().mapping("mot-cua/ho-so", targets)
    for dossier in city.one_stop:
        draft = mapping.read(orjson.loads(orjson.dumps(mot_cua_json.write_dossier(dossier))))
        assert draft.rejected == bool(draft.problems) == (dossier.flaw is not None)
        if not draft.rejected:
            _same(draft.values, dossier)
            assert draft.values["channel"] == dossier.channel
            assert draft.values.get("due_at") == (dossier.due_at and _utc(dossier.due_at))
            known = dossier.national_code if dossier.national_code != "undefined" else None
            assert draft.values.get("national_code") == known


@pytest.mark.skipif(not BURLINGTON.exists(), reason=f"the city's file is not at {BURLINGTON}: its rows are NOT tested")
def test_every_row_of_a_real_citys_permits_is_read(targets: Targets) -> None:
    mapping = Library().mapping("du-lieu-mo/giay-phep-xay-dung", targets)
    with BURLINGTON.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    drafts = [mapping.read(row) for row in rows]
    assert len(drafts) == 5026
    assert [draft for draft in drafts if draft.rejected or draft.problems] == []
    assert len({draft.values["code"] for draft in drafts}) == 4670
    assert sum(len(draft.values["events"]) for draft in drafts) == 2 * 5026  # applied for, and granted
    statuses = [draft.values["status"] for draft in drafts]
    assert (statuses.count("completed"), statuses.count("returned")) == (1566, 3460)
