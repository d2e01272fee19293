"""Each department as a program: one line when it is ready, nothing more, and gone when its parent is."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.departments.du_lieu_mo import PATH as CKAN_PATH
from tests.departments.generator import generate
from tests.departments.mot_cua import SEARCH_PATH, TOKEN_PATH, MotCua
from tests.departments.mot_cua_json import write_dossier
from tests.departments.processes import ROOT, start
from tests.departments.so_tu_phap import PATH as SOAP_PATH

SMALL = ("--judicial", "20", "--one-stop", "20", "--shared", "5")


@contextmanager
def _program(module: str, *args: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", f"tests.departments.{module}", "--port", "0", *args]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    word, url = process.stdout.readline().split()
    assert word == "ready"
    return url


def test_a_program_says_that_it_is_ready_logs_nothing_and_ends_with_its_standard_input() -> None:
    with _program("so_tu_phap", *SMALL) as process:
        url = _ready(process)
        assert requests.get(f"{url}{SOAP_PATH}?wsdl", timeout=10).status_code == 200
        rest, complaints = process.communicate(timeout=30)  # closes standard input
    assert (rest, complaints, process.returncode) == ("", "", 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_program_ends_quietly_on_a_signal(number: signal.Signals) -> None:
    with _program("mot_cua", *SMALL) as process:
        _ready(process)
        os.kill(process.pid, number)
        process.wait(timeout=30)
        assert process.stdout is not None
        assert process.stderr is not None
        assert (process.stdout.read(), process.stderr.read(), process.returncode) == ("", "", 0)


def test_start_gives_the_address_of_each_department(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with (
        start("so_tu_phap", *SMALL) as soap,
        start("mot_cua", *SMALL) as rest,
        start("du_lieu_mo", "--csv", str(path)) as csv,
    ):
        assert requests.get(f"{soap}{SOAP_PATH}?xsd=xsd0", timeout=10).status_code == 200
        assert requests.post(f"{rest}{TOKEN_PATH}", timeout=10).status_code == 400
        assert requests.get(f"{csv}{CKAN_PATH}", timeout=10).json()["result"]["total"] == 1
    with pytest.raises(requests.ConnectionError):
        requests.get(csv, timeout=10)


def test_a_program_holds_the_very_city_that_the_tests_generate() -> None:
    city = generate(judicial=20, one_stop=20, shared=5)
    with start("mot_cua", *SMALL) as url:
        grant = {"grant_type": "client_credentials"}
        token = requests.post(url + TOKEN_PATH, data=grant, auth=("hub", "demo-only"), timeout=10).json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        answer = requests.get(f"{url}{SEARCH_PATH}?size=20&sort=updatedDate,asc", headers=headers, timeout=10).json()
    assert answer["content"] == [write_dossier(dossier) for dossier in MotCua(city.one_stop).dossiers()]


def test_the_environment_sets_secrets() -> None:
    grant = {"grant_type": "client_credentials"}
    with start("mot_cua", *SMALL, env={"MOT_CUA_SECRET": "khác"}) as url:
        refused = requests.post(url + TOKEN_PATH, data=grant, auth=("hub", "demo-only"), timeout=10)
        taken = requests.post(url + TOKEN_PATH, data={**grant, "client_id": "hub", "client_secret": "khác"}, timeout=10)
    assert (refused.status_code, taken.status_code) == (401, 200)
    with start("so_tu_phap", *SMALL, env={"SO_TU_PHAP_USER": "hub", "SO_TU_PHAP_PASSWORD": "x"}) as url:
        assert requests.get(url + SOAP_PATH, timeout=10).status_code == 401
        assert requests.get(url + SOAP_PATH, auth=("hub", "x"), timeout=10).status_code == 200


@pytest.mark.parametrize(("content", "says"), [(None, "No such file or directory"), (b"", "the file is empty")])
def test_a_file_that_cannot_be_served_is_exit_code_2_and_a_sentence(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    path = tmp_path / "data.csv"
    if content is not None:
        path.write_bytes(content)
    with _program("du_lieu_mo", "--csv", str(path)) as process:
        out, complaints = process.communicate(timeout=30)
    assert (out, process.returncode) == ("", 2)
    assert complaints.startswith(f"{path}: {says}")
    assert complaints.count("\n") == 1


def test_start_tells_why_a_department_did_not_start(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match=r"du_lieu_mo ended with code 2: .*No such file"),
        start("du_lieu_mo", "--csv", str(tmp_path / "absent.csv")),
    ):
        pass
