"""The commands that look at a department before anything is stored: check, discover, scaffold, preview."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.departments.generator import generate
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve
from tests.departments.so_tu_phap import PATH, SoTuPhap
from tests.hub.cli.command import ROOT
from tests.hub.cli.inside import hub

DEAD = "http://127.0.0.1:9"
CONFIG = """
database: {{url: "sqlite:///{folder}/hub.db"}}
mappings: {{folders: [mine]}}
connectors:
  - name: so-thu
    title: Sở Thử
    type: soap
    agency: 000.00.99.H29
    mapping: so-thu/ho-so
    settings:
      wsdl: {address}{path}?wsdl
      operation: LayDanhSachHoSo
      parameters: {{tuThoiDiem: "{{since}}", trang: "{{page}}", soDong: "{{page_size}}"}}
      page_size: 10
      records: HoSo
      key: SoHoSo
      changed_at: {{from: NgayCapNhat, date: dd/MM/yyyy HH:mm:ss}}
      more: ConTrang
      fetch: {{operation: LayHoSo, parameters: {{soHoSo: "{{key}}"}}, records: LayHoSoResult}}
"""
WSDL = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:HoSo" targetNamespace="urn:HoSo">
  <message name="Request"><part name="matKhau" type="xs:string"/><part name="trang" type="xs:int"/></message>
  <message name="Response"/>
  <portType name="P"><operation name="timHoSo">
    <input message="t:Request"/><output message="t:Response"/></operation></portType>
  <binding name="B" type="t:P"><soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="timHoSo"><soap:operation soapAction="urn:HoSo#timHoSo"/>
      <input><soap:body use="literal" namespace="urn:HoSo"/></input>
      <output><soap:body use="literal" namespace="urn:HoSo"/></output></operation></binding>
  <service name="HoSo"><port name="P" binding="t:B"><soap:address location="https://hoso.example/soap"/></port></service>
</definitions>"""
DRAFT = """
name: so-kin
title: Sở Kín
type: soap
agency: FILL_IN
mapping: so-kin/ho-so
settings:
  wsdl: {address}
  auth: {{type: basic, username: hub, password: "${{secret:so-kin.password}}"}}
  operation: FILL_IN
  records: FILL_IN
  key: FILL_IN
"""


@pytest.fixture(scope="module")
def departments() -> dict[str, SoTuPhap | MotCua]:
    """Both departments, small."""
    city = generate(judicial=40, one_stop=10, shared=2, faulty=1)
    return {"so-tu-phap": SoTuPhap(city.judicial), "mot-cua": MotCua(city.one_stop)}


@pytest.fixture(scope="module")
def addresses(departments: dict[str, SoTuPhap | MotCua]) -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        yield {
            "SO_TU_PHAP_URL": stack.enter_context(serve(departments["so-tu-phap"].app)),
            "MOT_CUA_URL": stack.enter_context(serve(departments["mot-cua"].app)),
        }


@pytest.fixture
def config(tmp_path: Path, addresses: dict[str, str]) -> Path:
    """A department's own configuration: a connector, and no mapping yet."""
    path = tmp_path / "mine.yaml"
    text = CONFIG.format(folder=tmp_path, address=addresses["SO_TU_PHAP_URL"], path=PATH)
    path.write_text(text, encoding="utf-8")
    return path


def test_check_shows_each_step_as_it_passes(config: Path) -> None:
    done = hub("check", "so-thu", "-c", config)
    assert done.code == 0, done.err
    name, *steps = done.out.splitlines()
    assert name == "so-thu"
    assert len(steps) >= 2
    assert all(step.startswith("  ✓ ") for step in steps)
    (report,) = hub("check", "-c", config, "--json").document
    assert (report["connector"], report["ok"], len(report["steps"])) == ("so-thu", True, len(steps))


def test_check_shows_what_passed_and_the_step_that_did_not(config: Path, addresses: dict[str, str]) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("records: HoSo", "records: hoso", 1), encoding="utf-8")
    done = hub("check", "-c", config)
    assert done.code == 1
    *passed, failed, hint = done.out.splitlines()[1:]
    assert passed
    assert all(step.startswith("  ✓ ") for step in passed)
    assert failed.startswith("  ✗ ")
    assert hint.startswith("    Correct `records`")
    config.write_text(text.replace(addresses["SO_TU_PHAP_URL"], DEAD), encoding="utf-8")
    (report,) = hub("check", "-c", config, "--json").document
    assert (report["ok"], report["code"]) == (False, "no_connection")


def test_looking_stores_nothing_and_makes_no_database(config: Path) -> None:
    for command in (
        ("check",),
        ("check", "so-thu"),
        ("discover", "so-thu"),
        ("mapping", "new", "--connector", "so-thu"),
        ("preview", "so-thu"),
    ):
        assert hub(*command, "-c", config).code == 0, command
    assert not (config.parent / "hub.db").exists()


def test_discover_shows_the_operations_as_trees(config: Path) -> None:
    done = hub("discover", "so-thu", "-c", config)
    assert done.code == 0, done.err
    for line in ("LayDanhSachHoSo", "    tuThoiDiem", "        HoSo", "          SoHoSo", "LayHoSo"):
        assert line in done.out
    document = hub("discover", "so-thu", "--operation", "LayHoSo", "-c", config, "--json").document
    (operation,) = document["operations"]
    assert [field["path"] for field in operation["parameters"]] == ["soHoSo"]
    assert document["fingerprint"]


def test_discover_with_a_sample_shows_nothing_of_any_person(config: Path) -> None:
    document = hub("discover", "so-thu", "--sample", "-c", config, "--json").document
    samples = {field["path"]: field["sample"] for field in document["sample"]}
    assert set(samples["HoTen"]) <= {"x", " "}
    assert set(samples["SoGiayTo"]) == {"9"}
    assert set(samples["DienThoai"]) == {"9"}
    assert samples["NgaySinh"] == "99/99/9999"
    assert samples["SoHoSo"].startswith("000.00.15.H29-")


def test_discover_needs_no_configuration_for_a_place(tmp_path: Path, addresses: dict[str, str]) -> None:
    url = f"{addresses['SO_TU_PHAP_URL']}{PATH}?wsdl"
    done = hub("discover", url, "-c", tmp_path / "none.yaml")
    assert (done.code, "LayDanhSachHoSo" in done.out) == (0, True)


def test_a_connector_that_discover_writes_can_be_checked(tmp_path: Path, addresses: dict[str, str]) -> None:
    url = f"{addresses['SO_TU_PHAP_URL']}{PATH}?wsdl"
    made = hub("discover", url, "--operation", "LayDanhSachHoSo", "--as-connector", "so-moi", "-c", tmp_path / "none")
    assert made.code == 0, made.err
    indented = made.out.replace("\n", "\n    ").rstrip()
    config = tmp_path / "config.yaml"
    config.write_text(
        f'database: {{url: "sqlite:///{tmp_path}/hub.db"}}\nconnectors:\n  -\n    {indented}\n', encoding="utf-8"
    )
    assert hub("check", "so-moi", "-c", config).code == 0
    previewed = hub("preview", "so-moi", "-n", "2", "-c", config, "--json").document
    assert len(previewed["records"]) == 2


def test_from_an_address_to_dossiers_at_a_running_hub_without_writing_a_line(
    tmp_path: Path, addresses: dict[str, str]
) -> None:
    config, connector, mapping = (tmp_path / name for name in ("config.yaml", "so-moi.yaml", "mapping.yaml"))
    config.write_text(f'database: {{url: "sqlite:///{tmp_path}/hub.db"}}\n', encoding="utf-8")
    url = f"{addresses['SO_TU_PHAP_URL']}{PATH}?wsdl"
    made = hub("discover", url, "--operation", "LayDanhSachHoSo", "--as-connector", "so-moi", "-c", config)
    connector.write_text(made.out, encoding="utf-8")
    put = hub("connector", "put", connector, "-c", config)
    assert "connector so-moi: version 1 is a draft" in put.out
    assert "It cannot be activated yet: `agency` still says FILL_IN in line 5." in put.err
    assert hub("check", "-c", config).code == 0
    mapping.write_text(hub("mapping", "new", "--connector", "so-moi", "-c", config).out, encoding="utf-8")
    assert hub("mapping", "put", mapping, "-c", config).code == 0
    assert hub("preview", "so-moi", "-c", config, "--json").document["records"][0]["read"]["code"]
    assert hub("fetch", "so-moi", "1", "-c", config).code == 2  # a draft is not run
    refused = hub("connector", "activate", "so-moi", "-c", config)
    assert (refused.code, "so-moi v1:5:9 `agency` still says FILL_IN" in refused.err) == (2, True)
    connector.write_text(made.out.replace("FILL_IN", "000.00.99.H29"), encoding="utf-8")
    assert hub("connector", "put", connector, "-c", config).code == 0
    assert hub("connector", "activate", "so-moi", "-c", config).code == 0
    connector.write_text(made.out, encoding="utf-8")
    assert hub("connector", "put", connector, "-c", config).code == 2  # it runs: nothing half done is put into use
    (synced,) = hub("sync", "so-moi", "-c", config, "--json").document["connectors"]
    assert synced["created"] >= 38


def test_what_discover_cannot_do_is_a_sentence_and_an_exit_code(config: Path, addresses: dict[str, str]) -> None:
    wsdl = f"{addresses['SO_TU_PHAP_URL']}{PATH}?wsdl"
    for arguments, code, sentence in (
        (("no-such",), 4, "there is no connector"),
        ((f"{DEAD}/x?wsdl",), 1, "127.0.0.1:9"),
        ((f"{addresses['SO_TU_PHAP_URL']}/nothing",), 1, "404"),
        ((wsdl, "--operation", "LayHoSO"), 4, "Did you mean `LayHoSo`?"),
        ((wsdl, "--as-connector", "x"), 2, "There are: LayDanhSachHoSo, LayHoSo"),
    ):
        done = hub("discover", *arguments, "-c", config)
        assert done.code == code, (arguments, done.out, done.err)
        assert sentence in done.err


def test_a_first_mapping_is_written_linted_and_previewed(config: Path) -> None:
    printed = hub("mapping", "new", "--connector", "so-thu", "-c", config)
    assert printed.code == 0, printed.err
    assert "  code: {from: SoHoSo} # 95 %: name and form fit; it is the key" in printed.out
    written = hub("mapping", "new", "--connector", "so-thu", "--write", "-c", config)
    path = config.parent / "mine" / "so-thu" / "ho-so" / "mapping.yaml"
    assert path.read_text(encoding="utf-8") == printed.out
    assert str(path) in written.err
    assert hub("mapping", "lint", "so-thu/ho-so", "-c", config).code == 0
    again = hub("mapping", "new", "--connector", "so-thu", "--write", "-c", config)
    assert (again.code, "is there already and stays as it is" in again.err) == (2, True)
    records = hub("preview", "so-thu", "-n", "10", "-c", config, "--json").document["records"]
    assert len(records) == 10
    assert sum(not record["quarantined"] for record in records) >= 9
    assert all(record["read"]["applicant"]["name"] for record in records)


def test_a_mapping_is_guessed_from_a_file_that_was_mailed(tmp_path: Path, config: Path) -> None:
    sample = tmp_path / "mau.json"
    sample.write_text(
        '{"duLieu": [{"maHoSo": "HS-1", "trangThai": "Đã trả", "hoTen": "Lê Văn Thử"}]}', encoding="utf-8"
    )
    made = hub("mapping", "new", "so-khac/ho-so", "--from", sample, "-c", config, "--json").document
    assert made["mapping"] == "so-khac/ho-so"
    assert "records: duLieu" in made["document"]
    assert {guess["field"] for guess in made["guesses"] if guess["used"]} >= {"code", "status", "applicant.name"}
    missing = hub("mapping", "new", "so-khac/ho-so", "--from", sample, "--records", "data", "-c", config)
    assert (missing.code, "has no record at `data`" in missing.err) == (1, True)
    assert hub("mapping", "new", "so-khac/ho-so", "-c", config).code == 2


@pytest.mark.parametrize("columns", [100, 80])
def test_a_preview_reads_well_on_screens_of_any_width(addresses: dict[str, str], tmp_path: Path, columns: int) -> None:
    world = addresses | {"HUB_DATABASE_URL": f"sqlite:///{tmp_path / 'hub.db'}"}
    done = hub("preview", "so-tu-phap", "-c", ROOT / "config.yaml", columns=columns, **world)
    assert done.code == 0, done.err
    assert max(map(len, done.out.splitlines())) <= columns
    assert "POST http://127.0.0.1" in done.out
    assert "<SoHoSo>" in done.out
    assert "applicant.name" in done.out


def test_a_preview_of_a_department_in_trouble_shows_its_answer_and_why(config: Path) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("records: HoSo", "records: hoso", 1), encoding="utf-8")
    done = hub("preview", "so-thu", "-c", config)
    assert done.code == 1
    assert "<DanhSach>" in done.out
    assert "so-thu: the answer of" in done.err
    assert "No mapping so-thu/ho-so yet: only what was received is shown." in done.err


def test_a_preview_without_a_record_shows_what_came_instead(config: Path) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("HH:mm:ss}", "HH:mm:ss, beginning: 2099-01-01}"), encoding="utf-8")
    done = hub("preview", "so-thu", "-c", config)
    assert (done.code, "LayDanhSachHoSoResponse" in done.out) == (0, True), done.err
    assert "so-thu has no record to show. If the answer above does hold records, `records: HoSo`" in done.out


def test_credentials_in_an_address_are_refused_and_not_repeated(tmp_path: Path) -> None:
    done = hub("discover", "http://hub:geheim@127.0.0.1:9/x?wsdl", "-c", tmp_path / "none.yaml")
    assert (done.code, "the address holds a user or a password" in done.err) == (1, True)
    assert "geheim" not in done.out + done.err


def test_a_description_behind_a_password_is_reached_through_a_draft(tmp_path: Path) -> None:
    config, draft = tmp_path / "config.yaml", tmp_path / "so-kin.yaml"
    config.write_text(f'database: {{url: "sqlite:///{tmp_path}/hub.db"}}\n', encoding="utf-8")
    with HTTPServer() as server:
        server.expect_request("/", headers={"Authorization": "Basic aHViOmdlaGVpbQ=="}).respond_with_data(WSDL)
        server.expect_request("/").respond_with_data("", 401)
        refused = hub("discover", server.url_for("/?wsdl"), "-c", config)
        assert (refused.code, "then `hub discover NAME` asks with its credentials" in refused.err) == (1, True)
        draft.write_text(DRAFT.format(address=server.url_for("/?wsdl")), encoding="utf-8")
        hub("secret", "set", "so-kin.password", "-c", config, stdin="geheim\n")
        put = hub("connector", "put", draft, "-c", config)
        assert (put.code, put.err.count("still says FILL_IN")) == (0, 4), put.err
        assert "timHoSo" in hub("discover", "so-kin", "-c", config).out
        options = ("--operation", "timHoSo", "--as-connector", "so-kin")
        made = hub("discover", "so-kin", *options, "-c", config)
    assert 'password: "${secret:so-kin.password}"' in made.out
    assert "title: Sở Kín" in made.out
    assert made.err.splitlines()[1:] == [f"    hub secret set so-kin.matKhau -c {config}"]  # the other one is there


def test_the_commands_for_secrets_are_told_apart_from_the_document(tmp_path: Path) -> None:
    (tmp_path / "dv.wsdl").write_text(WSDL, encoding="utf-8")
    options = ("--operation", "timHoSo", "--as-connector", "so-moi", "-c", tmp_path / "none.yaml")
    made = hub("discover", tmp_path / "dv.wsdl", *options)
    assert "${secret:so-moi.matKhau}" in made.out
    assert "hub secret set" not in made.out
    assert "    hub secret set so-moi.matKhau" in made.err.splitlines()


def test_a_preview_of_a_file_asks_nobody(config: Path, tmp_path: Path) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("http://127.0.0.1:", "http://127.0.0.1:1"), encoding="utf-8")
    sample = tmp_path / "answer.xml"
    sample.write_text("<r><HoSo><SoHoSo>HS-1</SoHoSo></HoSo></r>", encoding="utf-8")
    shown = hub("preview", "so-thu", "--from", sample, "-c", config, "--json").document
    assert [record["key"] for record in shown["records"]] == ["answer.xml 1"]
    assert hub("preview", "so-thu", "--from", tmp_path / "none.xml", "-c", config).code == 1


def test_one_record_is_fetched_and_stored(config: Path, addresses: dict[str, str]) -> None:
    assert hub("mapping", "new", "--connector", "so-thu", "--write", "-c", config).code == 0
    shown = hub("preview", "so-thu", "-n", "3", "-c", config, "--json").document["records"]
    key = next(record["key"] for record in shown if not record["quarantined"])
    done = hub("fetch", "so-thu", key, "-c", config)
    assert (done.code, "1 fetched: 1 created" in done.out) == (0, True), done.err
    (run,) = hub("runs", "-c", config, "--json").document
    assert (run["kind"], run["fetched"], run["bookmark_after"]) == ("one", 1, None)
    assert hub("dossier", key, "-c", config).code == 0
    unknown = hub("fetch", "so-thu", "000.00.15.H29-000000-9999", "-c", config)  # a Fault of this service
    assert (unknown.code, "so-thu:" in unknown.err) == (1, True)
    text = config.read_text(encoding="utf-8").replace(
        "      fetch:", '      faults: [{text: "*", means: empty}]\n      fetch:'
    )
    config.write_text(text, encoding="utf-8")
    unknown = hub("fetch", "so-thu", "000.00.15.H29-000000-9999", "-c", config)
    assert (unknown.code, "so-thu knows no record" in unknown.err) == (4, True)
    assert hub("fetch", "no-such", "1", "-c", config).code == 4


def test_what_the_source_has_is_held_against_what_the_hub_has_day_by_day(
    config: Path, departments: dict[str, SoTuPhap | MotCua]
) -> None:
    assert hub("mapping", "new", "--connector", "so-thu", "--write", "-c", config).code == 0
    dossiers = departments["so-tu-phap"].dossiers()
    last = dossiers[-1].updated_at.date()
    period = ("completeness", "so-thu", "--from", str(dossiers[0].updated_at.date()), "--to", str(last), "-c", config)
    never = hub(*period)
    assert (never.code, "the hub has not read the source since it began." in never.out) == (0, True), never.err
    hub("sync", "so-thu", "-c", config)
    departments["so-tu-phap"].add(replace(dossiers[0], code="000.00.15.H29-260101-9999"), at=dossiers[5].updated_at)
    lacking = hub(*period)
    assert (lacking.code, "Something is missing." in lacking.out) == (1, True), lacking.err
    assert "1 missing (“000.00.15.H29-260101-9999”)" in lacking.out
    assert "records of 1 day are missing" in hub("connector", "show", "so-thu", "-c", config).out
    mended = hub(*period, "--repair", "--json").document
    assert (mended["complete"], [day["missing"] for day in mended["days"]]) == (True, [0] * len(mended["days"]))
    assert [day["state"] for day in mended["days"]].count("repaired") == 1
    assert sum(day["here"] + day["quarantined"] for day in mended["days"]) == 41
    runs = hub("runs", "-c", config, "--json").document
    assert [run["kind"] for run in runs][:3] == ["count", "repair", "count"]
    assert hub(*period, "--known").code == 0
    assert hub("completeness", "so-thu", "--from", "2026-05-02", "--to", "2026-05-01", "-c", config).code == 2
    assert hub("completeness", "no-such", "-c", config).code == 4
    departments["so-tu-phap"].remove("000.00.15.H29-260101-9999")


def test_a_connector_without_the_ability_says_what_gives_it(addresses: dict[str, str], tmp_path: Path) -> None:
    world = addresses | {"HUB_DATABASE_URL": f"sqlite:///{tmp_path / 'hub.db'}"}
    done = hub("fetch", "so-tu-phap", "1", "-c", ROOT / "config.yaml", **world)
    assert (done.code, "`fetch` in its settings" in done.err) == (1, True)
