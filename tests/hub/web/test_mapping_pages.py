"""A mapping that lacks a status, mended in the browser; and who may do that."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from connectors.registry import Registry
from hub.config.file import load
from hub.inspection.drafting import linted
from hub.inspection.received import rereads_by
from hub.inspection.trial import tried
from hub.record.rights import Role
from hub.store import acts, connectors, quarantine
from hub.web.app import create_app
from hub.wiring import open_hub, register
from tests.departments.generator import generate
from tests.hub.cli.test_kept import RECORDS
from tests.hub.cli.test_kept import World as FileWorld
from tests.hub.web.healing import BY_US, JUDICIAL, MAPPINGS, ONE_STOP, World, world
from tests.hub.web.served import SECRET
from tests.hub.web.test_console import text_of
from tests.hub.web.visitor import csrf, signed_in

EDIT = {name: f"/mappings/{mapping}/edit" for name, mapping in MAPPINGS.items()}
JUSTICE, GATEWAY = "000.00.15.H29", "000.00.00.H29"


@pytest.fixture
def broken(database_url: str, tmp_path: Path) -> Iterator[World]:
    """Both departments were read with mappings that do not know the status "being processed"."""
    with world(generate(judicial=40, one_stop=40, shared=5, faulty=0), database_url, tmp_path) as made:
        for name in MAPPINGS:
            made.forget(name)
            assert made.read(name).quarantined
        yield made


EMBEDDED = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def document(page: str) -> str:
    """What stands in the editor."""
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert found
    return unescape(found[1])


def form_of(console: FlaskClient, address: str) -> dict[str, str]:
    """What the editor's form sends back."""
    page = console.get(address).text
    fields = dict(re.findall(r'<input type="hidden" name="(expected|connector|group)" value="([^"]*)"', page))
    return fields | {"csrf_token": csrf(console, address), "text": document(page)}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", MAPPINGS)
def test_an_unknown_status_is_mended_in_the_browser_from_its_group_to_an_empty_quarantine(
    broken: World, name: str
) -> None:
    console = broken.person()
    group = quarantine.groups(broken.database, name)[0]
    page = console.get(f"/quarantine?connector={name}&group={group.code}").text
    link = unescape(re.search(r'href="([^"]*/edit\?[^"]*)"', page)[1])  # type: ignore[index]  # else it fails here
    editor = console.get(link).text
    values = re.findall(r'name="value" value="([^"]*)" checked', editor)
    assert [unescape(one) for one in values] == [group.example]
    form = form_of(console, link) | {"value": unescape(values[0])}
    added = console.post(EDIT[name], data=form | {"do": "add"}).text
    assert f'"{group.example}": ' in document(added)
    completed = re.sub(rf'("{group.example}"): .*# \?', r"\1: processing", document(added))
    preview = console.post(EDIT[name], data=form | {"text": completed, "do": "preview"}).text
    assert "Không có lỗi" in preview
    released = quarantine.counts(broken.database)[name]
    assert re.search(r'id="released">([\d.]+)<', preview)[1] == str(released)  # type: ignore[index]
    done = console.post(EDIT[name], data=form | {"text": completed, "do": "activate", "reason": "đã hỏi cơ quan"})
    (run,) = broken.waiting()
    assert done.headers["Location"] == f"/runs/{run.id}"
    assert broken.work_off(name, run.id).state == "succeeded"
    assert name not in quarantine.counts(broken.database)
    assert "Không còn bản ghi nào có lý do này" in console.get(f"/quarantine?connector={name}&group={group.code}").text
    newest = acts.listed(broken.database, acts.Sought(kind=acts.Kind.MAPPING))[0]
    assert (newest.name, newest.act, newest.reason) == (MAPPINGS[name], "changed", "đã hỏi cơ quan")


@EMBEDDED
def test_a_draft_comes_back_whatever_is_wrong_with_it(broken: World) -> None:
    console, name = broken.person(), JUDICIAL
    form = form_of(console, EDIT[name])
    wrong = form["text"].replace("table: status", "table: stauts", 1) + "# của tôi: <b>\n"
    for do, status in (("lint", 200), ("preview", 200), ("activate", 422)):
        page = console.post(EDIT[name], data=form | {"text": wrong, "do": do, "reason": "x"})
        line = wrong.splitlines().index(next(one for one in wrong.splitlines() if "stauts" in one)) + 1
        assert (page.status_code, document(page.text)) == (status, wrong)
        assert f'data-go-to="{line}"' in page.text
    no_reason = console.post(EDIT[name], data=form | {"do": "activate"})
    assert (no_reason.status_code, "Hãy ghi lý do" in no_reason.text) == (422, True)
    other = form["text"].replace("mapping: so-tu-phap/ly-lich-tu-phap", "mapping: mot-cua/ho-so")
    theirs = console.post(EDIT[name], data=form | {"text": other, "do": "activate", "reason": "x"})
    assert (theirs.status_code, document(theirs.text)) == (422, other)
    assert not broken.waiting()


@EMBEDDED
def test_cases_that_come_out_otherwise_are_told_side_by_side(broken: World) -> None:
    console, name = broken.person(), JUDICIAL
    form = form_of(console, EDIT[name])
    text = form["text"].replace("due_at: {from: NgayHen, date: d/M/yyyy", "due_at: {from: NgayHen, date: M/d/yyyy")
    page = text_of(console.post(EDIT[name], data=form | {"text": text, "do": "cases"}).text)
    assert "ca thử đúng như mong đợi" in page
    assert re.search(r"due_at : mong đợi [^,]*Z[^,]* , đọc được", page), page[page.index("Ca thử") :][:300]
    assert "Trên dữ liệu đã nhận" not in page


@EMBEDDED
def test_whoever_was_overtaken_sees_the_others_change_and_loses_nothing(broken: World) -> None:
    console, name = broken.person(), JUDICIAL
    form = form_of(console, EDIT[name])
    broken.register.put_mapping(form["text"] + "# của người khác\n", "", BY_US)
    mine = form["text"] + "# của tôi\n"
    page = console.post(EDIT[name], data=form | {"text": mine, "do": "activate", "reason": "x"})
    assert (page.status_code, document(page.text)) == (409, mine)
    assert "# của người khác" in text_of(page.text)
    newest = re.search(r'name="expected" value="(\d+)"', page.text)
    assert newest
    again = console.post(EDIT[name], data=form | {"text": mine, "do": "activate", "reason": "x", "expected": newest[1]})
    assert again.status_code == 302


@EMBEDDED
def test_an_old_version_is_compared_and_taken_back(broken: World) -> None:
    console, name = broken.person(), MAPPINGS[JUDICIAL]
    before = broken.register.mapping_in_use(name)
    broken.register.put_mapping(before.text + "# mới\n", "", BY_US)
    page = console.get(f"/mappings/{name}").text
    assert "vì thử" in page
    assert before.version is not None
    diff = console.get(f"/mappings/{name}/diff?from={before.version}&to={before.version + 1}")
    assert "# mới" in text_of(diff.text)
    back = f"/mappings/{name}/versions/{before.version}/rollback"
    token = csrf(console, f"/mappings/{name}")
    assert console.post(back, data={"csrf_token": token}).status_code == 302
    assert broken.register.mapping_in_use(name).version == before.version + 1
    console.post(back, data={"csrf_token": token, "reason": "nhầm"})
    now = broken.register.mapping_in_use(name)
    assert (now.version, now.text) == (before.version + 2, before.text)
    assert acts.listed(broken.database, acts.Sought(name=name))[0].act == "rolled_back"
    for address in ("diff?from=1", "diff?from=1&to=99999999999", "versions/99999999999", "edit?version=77"):
        assert console.get(f"/mappings/{name}/{address}").status_code == 404


@EMBEDDED
def test_a_department_sees_and_changes_what_its_own_connectors_read_with(broken: World) -> None:
    justice = broken.person(Role.DEPARTMENT, agencies=(JUSTICE,))
    assert MAPPINGS[JUDICIAL] in justice.get("/mappings").text
    assert MAPPINGS[ONE_STOP] not in justice.get("/mappings").text
    gateway = broken.register.mapping_in_use(MAPPINGS[ONE_STOP])
    foreign = quarantine.listed(broken.database, ONE_STOP)[0]
    for address in ("", "/edit", f"/versions/{gateway.version}", "/diff?from=1&to=2"):
        assert justice.get(f"/mappings/{MAPPINGS[ONE_STOP]}{address}").status_code == 404
    form = form_of(justice, EDIT[JUDICIAL])
    for address in (EDIT[ONE_STOP], f"/mappings/{MAPPINGS[ONE_STOP]}/versions/{gateway.version}/rollback"):
        assert justice.post(address, data=form | {"do": "activate", "reason": "x"}).status_code == 404
    for address in (f"?connector={ONE_STOP}", f"/{ONE_STOP}/{foreign.id}", f"/{JUDICIAL}/{foreign.id}"):
        assert justice.get(f"/quarantine{address}").status_code == 404
    for address in ("replay", "drop"):
        assert justice.post(f"/quarantine/{ONE_STOP}/{address}", data=form | {"reason": "x"}).status_code == 404
    assert ONE_STOP not in justice.get("/quarantine").text
    assert justice.post(EDIT[JUDICIAL], data=form | {"do": "lint"}).status_code == 200


@EMBEDDED
def test_a_mapping_that_others_read_with_too_is_not_one_departments_to_change(broken: World) -> None:
    shared = broken.register.standing(JUDICIAL).version.text.replace("name: so-tu-phap", "name: so-khac")
    broken.register.put_text("so-khac", shared.replace(JUSTICE, "000.00.16.H29"), "", BY_US)
    justice = broken.person(Role.DEPARTMENT, agencies=(JUSTICE,))
    page = justice.get(f"/mappings/{MAPPINGS[JUDICIAL]}").text
    assert "1 đầu nối của cơ quan khác cũng dùng ánh xạ này" in text_of(page)
    assert "000.00.16.H29" not in page
    assert justice.get(EDIT[JUDICIAL]).status_code == 403


@EMBEDDED
def test_who_only_looks_gets_no_editor(broken: World) -> None:
    for role in (Role.AUDITOR, Role.LEADER):
        watcher = broken.person(role)
        page = watcher.get(f"/mappings/{MAPPINGS[JUDICIAL]}")
        assert (page.status_code, "Sửa ánh xạ" in page.text) == (200, False)
        assert watcher.get(EDIT[JUDICIAL]).status_code == 403


@EMBEDDED
def test_without_the_right_to_personal_data_only_the_form_of_values_is_shown(broken: World) -> None:
    held = quarantine.listed(broken.database, JUDICIAL)[0]
    address = f"/quarantine/{JUDICIAL}/{held.id}"
    seen, masked = (broken.person(Role.OPERATOR, sees=sees).get(address).text for sees in (True, False))
    name = re.search(r"<HoTen>([^<]+)</HoTen>", held.raw.decode())
    assert name
    assert name[1] in text_of(seen)
    assert name[1] not in text_of(masked)
    assert re.search(r"<mark>TinhTrang</mark>", masked)
    assert "Đang xử lý" in masked  # what failed is a status, and speaks of nobody
    operator = broken.person(Role.OPERATOR, sees=False)
    form = form_of(operator, EDIT[JUDICIAL])
    text = form["text"].replace("applicant.name: {from: HoTen", "applicant.name: {from: DiaChi")
    preview = text_of(operator.post(EDIT[JUDICIAL], data=form | {"text": text, "do": "preview"}).text)
    assert re.search(r"Tên[^→]* Xxx|xxx+ xxx+ .* → 00", preview)
    assert not any(one.raw.decode().split("<HoTen>")[1].split("<")[0] in preview for one in [held])


@EMBEDDED
def test_a_preview_ends_when_its_time_is_over_and_says_so(broken: World) -> None:
    before = broken.register.connector(JUDICIAL).readable()
    text = broken.register.mapping_in_use(MAPPINGS[JUDICIAL]).text
    after = linted(text.replace("from: HoTen", "from: DiaChi"), MAPPINGS[JUDICIAL], broken.register.targets).mapping
    assert after is not None
    rows = [row for row in connectors.listed(broken.database) if row.name == JUDICIAL]
    rereads = rereads_by(broken.register.connector)
    whole = tried(broken.database, before, after, rows, rereads)
    assert (whole.cut_short, whole.summary.records) == (False, 40)
    assert whole.summary.still == quarantine.counts(broken.database)[JUDICIAL]
    cut = tried(broken.database, before, after, rows, rereads, seconds=0)
    assert (cut.cut_short, cut.summary.records) == (True, 0)
    assert tried(broken.database, before, before, rows, rereads).alike


def test_a_mapping_of_config_yaml_is_drafted_and_taken_along_but_not_activated(tmp_path: Path) -> None:
    made = FileWorld(tmp_path, "sqlite:///hub.db")
    made.bring(*RECORDS)
    hub = open_hub(load(made.config, Registry()))
    app = create_app(hub.database, SECRET, register(hub.configuration, hub.database))
    console, address = signed_in(app.test_client()), "/mappings/phuong-thu/ho-so/edit"
    assert str(made.mapping) in console.get("/mappings/phuong-thu/ho-so").text
    form = form_of(console, address)
    assert 'value="activate"' not in console.get(address).text
    text = form["text"].replace('"2": processing', '"2": processing, "7": stopped')
    preview = console.post(address, data=form | {"text": text, "do": "preview"}).text
    assert 'id="released">1<' in preview
    file = console.post(address, data=form | {"text": text, "do": "download"})
    assert (file.text, "attachment" in file.headers["Content-Disposition"]) == (text, True)
    patch = console.post(address, data=form | {"text": text, "do": "patch"}).text
    assert '+  tinhTrang: {"1": accepted, "2": processing, "7": stopped}' in patch
    refused = console.post(address, data=form | {"text": text, "do": "activate", "reason": "x"})
    assert (refused.status_code, document(refused.text)) == (409, text)
    hub.database.close()


@EMBEDDED
def test_a_record_is_taken_out_unread_with_a_reason_and_its_page_says_that_it_is_gone(broken: World) -> None:
    console, held = broken.person(), quarantine.listed(broken.database, JUDICIAL)[0]
    address = f"/quarantine/{JUDICIAL}/{held.id}"
    form = {"csrf_token": csrf(console, address), "key": held.key}
    for refused in (form, {"csrf_token": form["csrf_token"], "reason": "hết"}):
        console.post(f"/quarantine/{JUDICIAL}/drop", data=refused)
    assert quarantine.one(broken.database, broken.row_id(JUDICIAL), held.id)
    console.post(f"/quarantine/{JUDICIAL}/drop", data=form | {"reason": "Sở xác nhận là bản ghi thử"})
    gone = console.get(address)
    assert (gone.status_code, "Không còn trong cách ly" in gone.text) == (404, True)
    assert "Sở xác nhận là bản ghi thử" in console.get(f"/quarantine?connector={JUDICIAL}").text
    assert console.get(f"/quarantine/{JUDICIAL}/{2**70}").status_code == 404
