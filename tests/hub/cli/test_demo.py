"""`hub demo`: the main job on one machine."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import requests

from tests.departments.generator import generate
from tests.hub.cli.command import ROOT, hub

COUNTS = ("fetched", "created", "updated", "unchanged", "quarantined")
BURLINGTON = ROOT.parent / "shared" / "real-data" / "burlington_building_permits.csv"


@pytest.fixture
def store(tmp_path: Path) -> dict[str, str]:
    """A store of this test's own, also for the demo."""
    return {"HUB_DATABASE_URL": f"sqlite:///{tmp_path / 'hub.db'}"}


def test_the_demo_syncs_its_departments_and_a_second_one_doubles_nothing(store: dict[str, str]) -> None:
    first = hub("demo", "--once", "--json", **store)
    assert first.code == 0, first.err
    summary = first.document
    assert set(summary) == {"connectors", "dossiers", "events", "quarantined"}
    judicial, one_stop = summary["connectors"]
    assert set(judicial) == {"name", *COUNTS, "seconds", "notes"}
    assert [judicial[name] for name in COUNTS] == [600, 597, 0, 0, 3]
    assert [one_stop[name] for name in COUNTS] == [800, 677, 120, 0, 3]
    assert summary["dossiers"] == 1274
    assert summary["quarantined"] == 6

    again = hub("demo", "--once", "--json", **store)
    assert again.code == 0, again.err
    assert [again.document[name] for name in ("dossiers", "events", "quarantined")] == [
        summary[name] for name in ("dossiers", "events", "quarantined")
    ]
    assert all(line["created"] == line["updated"] == 0 for line in again.document["connectors"])


def test_a_dossier_that_both_departments_have_is_one_record_with_two_sources(store: dict[str, str]) -> None:
    hub("demo", "--once", **store)
    shared = next(dossier.code for dossier in generate().judicial if dossier.code in _national_codes())
    dossier = hub("dossier", shared, "--json", **store).document
    assert [source["connector"] for source in dossier["sources"]] == ["mot-cua", "so-tu-phap"]
    assert len(dossier["codes"]) == 2


def _national_codes() -> set[str | None]:
    return {dossier.national_code for dossier in generate().one_stop}


@pytest.mark.skipif(
    not BURLINGTON.exists(), reason=f"{BURLINGTON.name} is not beside the project: its rows are NOT tested"
)
def test_every_row_of_a_real_citys_file_is_accounted_for(store: dict[str, str]) -> None:
    done = hub("demo", "--once", "--json", "--csv", BURLINGTON, **store)
    assert done.code == 0, done.err
    line = done.document["connectors"][2]
    assert [line[name] for name in COUNTS] == [5026, 4670, 356, 0, 0]
    said = hub("demo", "--once", "--csv", BURLINGTON, **store).out
    line = "5,026 rows = 0 new dossiers + 0 further events or changes of dossiers + 5,026 duplicates or unchanged"
    assert f"du-lieu-mo: {line} + 0 quarantined" in said


def test_a_file_of_other_columns_is_quarantined_row_by_row_with_reasons(tmp_path: Path, store: dict[str, str]) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a;b\n1;2\n3;4\n", encoding="utf-8")
    done = hub("demo", "--once", "--json", "--csv", other, **store)
    assert done.code == 0, done.err
    assert [done.document["connectors"][2][name] for name in COUNTS] == [2, 0, 0, 0, 2]


@pytest.mark.parametrize("content", [None, ""])
def test_a_file_that_cannot_be_served_is_said_in_a_sentence(
    tmp_path: Path, store: dict[str, str], content: str | None
) -> None:
    path = tmp_path / "file.csv"
    if content is not None:
        path.write_text(content)
    done = hub("demo", "--once", "--csv", path, **store)
    assert done.code == 2
    assert "file.csv" in done.err
    assert "Traceback" not in done.err


def test_the_demo_serves_and_one_ctrl_c_stops_everything_that_it_started(store: dict[str, str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "hub", "demo", "--port", "0"],
        cwd=ROOT,
        env=os.environ | store,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if "Ctrl-C" in line:
            break
    match = re.search(r"curl -H 'Authorization: Bearer (\S+)' '(\S+)'", said)
    assert match, said
    key, url = match.groups()
    names, password = re.search(r"sign in as one of (.*)\n", said), re.search(r"Password (\S+)", said)
    assert names is not None
    assert password is not None
    assert names[1].split(", ")[0] == "demo-administrator"
    assert_signs_in(url.partition("/api/")[0], names[1].split(", "), password[1])
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"})) as answer:
        assert json.load(answer)["code"]
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(url)
    children = _processes_of(process.pid)
    assert len(children) >= 3  # two departments and the serving process
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]


def assert_signs_in(url: str, names: list[str], password: str) -> None:
    """Each of them comes in with it, and an administrator sees them all."""
    for name in names:
        with requests.Session() as browser:
            page = browser.get(f"{url}/sign-in", timeout=10).text
            token = page.split('name="csrf_token" value="', 1)[1].split('"')[0]
            form = {"csrf_token": token, "name": name, "password": password}
            answer = browser.post(f"{url}/sign-in", data=form, headers={"Referer": f"{url}/sign-in"}, timeout=10)
            assert (answer.status_code, "/sign-in" in answer.url) == (200, False), name


def _processes_of(parent: int) -> list[int]:
    """The processes below this one, all the way down."""
    found = []
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *_processes_of(child)]
    return found
