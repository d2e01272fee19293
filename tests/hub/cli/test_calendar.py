"""`hub calendar`: files of special days, a year as it stands, and terms with their reason."""

import re
import shlex
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.record.catalogue import Span
from hub.store import catalogue, runs
from hub.store.catalogue import AGENCIES, FROM_FILE, PROCEDURES, Kept
from hub.store.database import connect
from hub.store.schema import upgrade
from hub.sync.run import execute
from tests.hub.cli.command import ROOT, Outcome
from tests.hub.cli.inside import hub
from tests.hub.sync.fixtures import Listing, mapping, registered, source

DAYS = "day,kind,name\n2027-02-05,holiday,Tết Nguyên Đán\n2027-02-04,working,Không nghỉ\n2027,confirmed,QĐ 1/2026\n"
STANDARD = ("--from", "2026-05-20 15:30", "--term", "5", "--unit", "working_days")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text("connectors: []\n", encoding="utf-8")
    return tmp_path


def calendar(folder: Path, *arguments: str | Path) -> Outcome:
    return hub("calendar", *arguments, "--config", folder / "config.yaml")


def file(folder: Path, text: str = DAYS) -> Path:
    path = folder / "nghi-2027.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_loaded_and_loading_it_again_changes_nothing(folder: Path) -> None:
    first = calendar(folder, "load", file(folder))
    assert (first.code, "3 new, 0 changed, 0 removed, 0 as before. Loaded." in first.out) == (0, True)
    assert "Friday" in first.out
    again = calendar(folder, "load", file(folder), "--json").document
    assert (again["added"], again["changed"], again["removed"], again["unchanged"]) == ([], [], [], 3)


def test_a_dry_run_shows_the_difference_and_does_nothing(folder: Path) -> None:
    dry = calendar(folder, "load", file(folder), "--dry-run")
    assert (dry.code, "3 new" in dry.out, "Nothing was done." in dry.out) == (5, True, True)
    calendar(folder, "load", file(folder))
    assert calendar(folder, "load", file(folder), "--dry-run").code == 0


def test_every_finding_is_told_at_once_and_nothing_is_loaded(folder: Path) -> None:
    done = calendar(
        folder, "load", file(folder, "day,kind,name\n2027-02-05,feast,x\n5.2.2027,holiday,x\n2027-02-06,holiday,x\n")
    )
    assert done.code == 2
    assert "nghi-2027.csv:2 " in done.err
    assert "nghi-2027.csv:3 " in done.err
    assert "Nothing was loaded." in done.err
    assert "06/02/2027" in calendar(folder, "show", "2027").out
    assert "nghi-2027.csv" not in calendar(folder, "show", "2027").out


def test_files_that_cannot_be_read_end_in_a_sentence(folder: Path) -> None:
    (folder / "latin.csv").write_bytes(b"day,kind,name\n2027-02-05,holiday,T\xea\xect")
    assert "is not UTF-8" in calendar(folder, "load", folder / "latin.csv").err
    assert "No such file" in calendar(folder, "load", folder / "none.csv").err
    (folder / "huge.csv").write_bytes(b"x" * 5_000_001)
    assert "larger than" in calendar(folder, "load", folder / "huge.csv").err


def test_a_year_says_who_says_so_and_whether_it_is_confirmed(folder: Path) -> None:
    before = calendar(folder, "show", "2027")
    assert "2027 is only computed" in before.err
    calendar(folder, "load", file(folder))
    after = calendar(folder, "show", "2027")
    assert "2027 is confirmed: QĐ 1/2026." in after.err
    assert "nghi-2027.csv" in after.out
    document = calendar(folder, "show", "2026", "--json").document
    assert {
        "day": "2026-01-10",
        "kind": "working",
        "name": "Làm bù cho ngày 02/01/2026",
        "origin": "vietnam.csv",
    } in document["days"]
    assert calendar(folder, "show", "3000").code == 2


def test_the_day_that_is_still_to_be_verified_says_so(folder: Path) -> None:
    days = {one["day"]: one["origin"] for one in calendar(folder, "show", "2026", "--json").document["days"]}
    assert days["2026-11-24"] == "Resolution 80-NQ/TW, to be verified"


def test_a_term_is_told_with_its_reason_in_either_language(folder: Path) -> None:
    told = calendar(folder, "term", *STANDARD)
    assert told.out.splitlines() == [
        "Working hours: Monday–Friday 07:30–11:30, 13:00–17:00.",
        "Received at 15:30 Wednesday 20/05/2026.",
        "The day of reception, Wednesday 20/05/2026, does not count (Civil Code Art. 147).",
        "2 weekly days off skipped.",
        "5 working days counted: until Wednesday 27/05/2026.",
        "Due: 17:00 Wednesday 27/05/2026.",
    ]
    assert "Hẹn trả: 17:00 Thứ Tư 27/05/2026." in calendar(folder, "term", *STANDARD, "--language", "vi").out
    document = calendar(folder, "term", *STANDARD, "--json").document
    assert document["due_at"] == "2026-05-27T17:00:00+07:00"
    handed_over = calendar(folder, "term", *STANDARD, "--hand-over").out
    assert "Due: 17:00 Thursday 28/05/2026." in handed_over


def test_a_term_that_reaches_an_unconfirmed_year_warns(folder: Path) -> None:
    told = calendar(folder, "term", "--from", "2026-12-30 09:00", "--term", "5", "--unit", "working_days")
    assert "Warning: The holidays of 2027 are computed" in told.out
    calendar(folder, "load", file(folder))
    told = calendar(folder, "term", "--from", "2026-12-30 09:00", "--term", "5", "--unit", "working_days")
    assert "Warning" not in told.out


def with_catalogue(folder: Path) -> None:
    """A centre that works on Saturday mornings, and a procedure with a term."""
    hours = [{"days": "mon-fri", "from": "08:00", "to": "16:00"}, {"days": "sat", "from": "07:30", "to": "11:30"}]
    centre = {"code": "H29.15", "name": "x", "hours": hours}
    birth = {"code": "1.001193", "name": "x", "term": 3, "term_unit": "working_days", "supplement_policy": "extend"}
    database = connect("sqlite:///var/hub.db", folder)
    upgrade(database)
    now = datetime(2026, 5, 1, tzinfo=UTC)
    with database.write() as connection:
        catalogue.write(connection, AGENCIES, FROM_FILE, [Kept("H29.15", "H29.15", "x", Span(), centre)], now)
        catalogue.write(connection, PROCEDURES, FROM_FILE, [Kept("1", "1.001193", "x", Span(), birth)], now)
    database.close()


def test_an_agency_s_hours_and_a_procedure_s_term_come_from_the_catalogue(folder: Path) -> None:
    with_catalogue(folder)
    told = calendar(folder, "term", "--from", "2026-05-20 15:30", "--agency", "H29.15", "--procedure", "1.001193")
    assert "Due: 11:30 Saturday 23/05/2026." in told.out
    assert "When a supplement comes: extend (the catalogue of procedures)." in told.out
    later = ("--from", "10/08/2026 08:30", "--term", "1", "--unit", "calendar_days", "--procedure", "1.001193")
    assert "Khi nhận bổ sung: cộng thời gian chờ" in calendar(folder, "term", *later, "--language", "vi").out


def test_a_term_over_a_day_that_is_to_be_verified_says_so(folder: Path) -> None:
    told = calendar(folder, "term", "--from", "23/11/2026 08:30", "--term", "2", "--unit", "working_days")
    assert "Warning: Tuesday 24/11/2026, Ngày Văn hóa Việt Nam, is taken for a day off" in told.out
    before = calendar(folder, "term", "--from", "19/11/2026 08:30", "--term", "2", "--unit", "working_days")
    assert "Warning" not in before.out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--from", "31/02/2026 08:00", "--term", "5"), 2, "is no time"),
        (("--from", "20/05/2026", "--term", "5"), 2, "has no time of the day"),
        (("--from", "2026-05-20", "--term", "5"), 2, "has no time of the day"),
        (("--from", "2026-05-20 15:30"), 2, "give --term and --unit"),
        (("--from", "2026-05-20 15:30", "--term", "5"), 2, "give --term and --unit"),
        (("--from", "2026-05-20 15:30", "--term", "-5", "--unit", "working_days"), 2, "from 0 to"),
        (("--from", "1800-05-20 15:30", "--term", "5", "--unit", "working_days"), 2, "1995 to 2099"),
        (("--from", "2099-12-20 15:30", "--term", "50", "--unit", "working_days"), 2, "1995 to 2099"),
        ((*STANDARD, "--agency", "H29.99"), 4, "no one agency H29.99"),
        ((*STANDARD, "--procedure", "9"), 4, "no one procedure 9"),
    ],
)
def test_what_cannot_be_reckoned_ends_in_a_sentence(
    folder: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    done = calendar(folder, "term", *arguments)
    assert (done.code, done.out) == (code, "")
    assert says in done.err


@pytest.mark.parametrize("page", ["docs/due-dates.md", "docs/due-dates.vi.md"])
def test_what_the_documents_show_is_what_the_commands_print(folder: Path, page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    command, shown = re.findall(r"```\n\$ hub calendar (.*?)\n(.*?)```", text, re.DOTALL)[0]
    assert calendar(folder, *shlex.split(command)).out == shown
    (table,) = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    assert "3 new" in calendar(folder, "load", file(folder, table)).out


def with_dossier(folder: Path) -> None:
    document = (
        "mapping: x/y\nversion: 1\nentity: dossier\ninput: json\nfields:\n"
        "  code: {from: code}\n  status: {value: processing}\n  agency.code: {value: H29.15}\n"
        "  procedure.code: {value: '1.001193'}\n  received_at: {from: received, date: iso}\n"
        "  due_at: {from: due, date: iso}\n"
    )
    row = {
        "id": 1,
        "code": "000.00.15.H29-260520-0001",
        "received": "2026-05-20T15:30:00+07:00",
        "due": "2026-05-26T17:00:00+07:00",
    }
    database = connect("sqlite:///var/hub.db", folder)
    connector = registered(database, "a")["a"]
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, connector.id, "full", "hand", datetime.now(UTC))
    execute(database, source("a", Listing([[row]]), mapping(folder, document)), run_id, "t", threading.Event())
    database.close()


def test_a_dossier_is_shown_with_its_due_dates_and_both_verdicts(folder: Path) -> None:
    with_catalogue(folder)
    with_dossier(folder)
    command = ("dossier", "000.00.15.H29-260520-0001", "--config", folder / "config.yaml")
    said = hub(*command).out
    assert "Promised by the source. Holds now." in said
    assert "Computed: 3 working days from reception." in said
    assert "Due: overdue." in said
    assert "By dates: late. Not finished, judged on" in said
    document = hub(*command, "--json").document
    assert document["due"] == {"state": "overdue", "due_at": "2026-05-26T10:00:00Z"}
    assert [one["at"] for one in document["due_dates"]] == ["2026-05-26T10:00:00Z", "2026-05-23T04:30:00Z"]
    assert document["on_time"]["by_the_portal"]["verdict"] == "late"
