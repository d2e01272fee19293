"""A register that many threads change at once stays whole, and a server can go down and come back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests

from tests.departments.department import FIRST_CHANGE, Department
from tests.departments.dossier import Flaw
from tests.departments.generator import generate
from tests.departments.server import serve
from tests.departments.so_tu_phap import PATH, SoTuPhap

JUDICIAL = generate(judicial=20, one_stop=10, shared=5).judicial


def test_changes_from_many_threads_are_all_kept_each_with_a_second_of_its_own() -> None:
    department = Department(JUDICIAL)
    latest = department.dossiers()[-1].updated_at
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: department.change(JUDICIAL[n % 20].code, officer=f"officer {n}"), range(200)))
    stamps = [dossier.updated_at for dossier in department.dossiers()]
    assert len(stamps) == len(set(stamps)) == 20
    assert stamps == sorted(stamps)
    assert stamps[-1] == latest + timedelta(seconds=200)


def test_a_status_brings_the_times_that_follow_from_it() -> None:
    department = Department(JUDICIAL)
    code = next(dossier.code for dossier in JUDICIAL if dossier.status == "processing")
    completed = department.change(code, status="completed")
    returned = department.change(code, status="returned")
    assert (completed.completed_at, completed.returned_at) == (completed.updated_at, None)
    assert (returned.completed_at, returned.returned_at) == (completed.updated_at, returned.updated_at)
    assert [step.status for step in returned.steps[-2:]] == ["completed", "returned"]


def test_the_time_of_a_change_can_be_given() -> None:
    department = Department(JUDICIAL)
    changed = department.change(JUDICIAL[0].code, at=FIRST_CHANGE, flaw=Flaw.NO_STATUS)
    assert (changed.updated_at, changed.flaw) == (FIRST_CHANGE, Flaw.NO_STATUS)
    assert department.dossier(changed.code) == changed


def test_an_empty_register_takes_its_first_dossier_and_no_code_twice() -> None:
    department = Department()
    assert department.add(JUDICIAL[0]).updated_at == FIRST_CHANGE
    with pytest.raises(ValueError, match="is in the register already"):
        department.add(JUDICIAL[0])


def test_a_removed_dossier_is_gone_without_a_trace() -> None:
    department = Department(JUDICIAL)
    department.remove(JUDICIAL[3].code)
    assert JUDICIAL[3].code not in [dossier.code for dossier in department.dossiers()]
    with pytest.raises(KeyError):
        department.dossier(JUDICIAL[3].code)


def test_a_department_can_go_down_and_come_back_at_its_address() -> None:
    app = SoTuPhap(JUDICIAL).app
    with serve(app) as url:
        assert requests.get(url + PATH, timeout=10).status_code == 200
    with pytest.raises(requests.ConnectionError):
        requests.get(url + PATH, timeout=10)
    with serve(app, int(url.rpartition(":")[2])) as again:
        assert again == url
        assert requests.get(url + PATH, timeout=10).status_code == 200
