"""A first mapping from records: how much of it is right, that it is always valid, and that doubt is always said."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from hub.wiring import record_targets
from mappings.engine import Library, Mapping, Target, compile, lint, load  # noqa: A004
from mappings.engine.document import ListSpec
from mappings.engine.library import built_in
from mappings.scaffold.document import Scaffold, scaffold
from mappings.scaffold.labels import LIKELY, OFFICIAL_NUMBERS, Meaning, meaning
from tests.departments import mot_cua_json, so_tu_phap_xml
from tests.departments.generator import generate
from tests.mappings.strange_systems import SYSTEMS

CITY = generate(judicial=60, one_stop=60, shared=5, faulty=1)
PERMITS = "du-lieu-mo/giay-phep-xay-dung"


def judicial() -> list[Any]:
    found = []
    for dossier in CITY.judicial[:50]:
        element = etree.Element(f"{{{so_tu_phap_xml.NAMESPACE}}}HoSo")
        so_tu_phap_xml.write_dossier(element, dossier)
        found.append(etree.fromstring(etree.tostring(element)))
    return found


def one_stop() -> list[Any]:
    return [orjson.loads(orjson.dumps(mot_cua_json.write_dossier(dossier))) for dossier in CITY.one_stop[:50]]


def permits() -> list[Any]:
    mapping = Library().mapping(PERMITS, record_targets())
    sources = sorted((built_in() / PERMITS).rglob("source.json"))
    return [record for source in sources for record in mapping.records(source.read_bytes())]


def guessed(folder: Path, made: Scaffold, target: Target) -> Mapping:
    """The scaffold as a mapping; it must have no mistake."""
    path = folder / "mapping.yaml"
    path.write_text(made.text, encoding="utf-8")
    assert lint(path, {target.entity: target}) == [], made.text
    return compile(load(path), {target.entity: target})


def flat(values: dict[str, Any], above: str = "") -> dict[str, Any]:
    """Every value by its dotted name; a column of a list is the list of its values."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            found |= flat(value, f"{above}{name}.")
        elif isinstance(value, list):
            found |= {f"{name}.{column}": [row.get(column) for row in value] for row in value for column in row}
        else:
            found[above + name] = value
    return found


def fields_of(name: str) -> set[str]:
    """The fields that a person has mapped for this department, but for constants and facts without a field of ours."""
    found = set()
    for field, spec in load(Library().path(name)).document.fields.items():
        if isinstance(spec, ListSpec):
            found |= {f"{field}.{column}" for column in spec.fields}
        elif spec.paths and not field.startswith("extra."):
            found.add(field)
    return found


@pytest.mark.parametrize(
    ("name", "kind", "records", "floor"),
    [
        ("so-tu-phap/ly-lich-tu-phap", "xml", judicial, 1.0),
        ("mot-cua/ho-so", "json", one_stop, 0.95),
        (PERMITS, "json", permits, 0.6),
    ],
    ids=["justice", "one-stop", "permits"],
)
def test_most_fields_of_the_departments_are_guessed_as_a_person_has_mapped_them(
    name: str, kind: str, records: Callable[[], list[Any]], floor: float, tmp_path: Path, target: Target
) -> None:
    reads = Library().mapping(name, {"dossier": target})
    found = [record for record in records() if not reads.read(record).rejected]
    ours = [flat(reads.read(record).values) for record in found]
    mapping = guessed(tmp_path, scaffold(name, kind, found, target), target)
    theirs = [flat(mapping.read(record).values) for record in found]
    wanted = fields_of(name)
    right = {
        field
        for field in wanted
        if sum(one.get(field) == other.get(field) for one, other in zip(ours, theirs, strict=True)) >= 0.95 * len(ours)
    }
    assert len(right) >= floor * len(wanted), sorted(wanted - right)


@pytest.mark.parametrize("name", SYSTEMS)
def test_systems_that_nobody_here_has_seen_are_guessed_right(name: str, tmp_path: Path, target: Target) -> None:
    make, wanted = SYSTEMS[name]
    records = [make(number) for number in range(1, 40)]
    made = scaffold("a/b", "json", records, target)
    found = {one.field: one.leaves[0].source for one in made.guesses.fields if one.used}
    for rows in made.guesses.lists:
        found |= {f"{rows.name}.{one.field}": one.leaves[0].source for one in rows.columns if one.used}
    assert {field: found.get(field) for field in wanted} == wanted
    mapping = guessed(tmp_path, made, target)
    assert not any(mapping.read(record).rejected for record in records)


def test_every_guess_says_how_sure_it_is_and_why(target: Target) -> None:
    lines = scaffold("a/b", "xml", judicial(), target).text.splitlines()
    guesses = [line for line in lines if re.search(r"\{from: ", line)]
    assert len(guesses) > 20
    assert all(re.search(r"# \d\d %: \w", line) for line in guesses)
    assert not any("100 %" in line for line in lines)


def test_what_became_nothing_is_listed_without_what_it_says(target: Target) -> None:
    made = scaffold("a/b", "json", [{"maHoSo": f"HS-{n}", "matMa": f"rieng-tu-{n}"} for n in range(9)], target)
    assert "#   matMa: texts, in 9 of 9 records" in made.text
    assert "rieng-tu" not in made.text


def test_without_a_status_or_a_code_every_record_is_rejected_instead_of_guessed(tmp_path: Path, target: Target) -> None:
    records = [{"mau": "xanh"}, {"mau": "đỏ"}]
    mapping = guessed(tmp_path, scaffold("a/b", "json", records, target), target)
    draft = mapping.read(records[0])
    assert draft.rejected
    assert {problem.field for problem in draft.problems} == {"code", "status"}


def test_a_weak_guess_is_written_down_but_not_used(tmp_path: Path, target: Target) -> None:
    records = [{"recordID": f"r{n}", "status": "done", "createdAt": "2026-05-20T08:00:00"} for n in range(9)]
    made = scaffold("a/b", "json", records, target)
    assert "# ? submitted_at: {from: createdAt, date: iso}" in made.text
    assert "submitted_at" not in guessed(tmp_path, made, target).read(records[0]).values


def test_the_key_of_the_records_is_rather_their_code(target: Target) -> None:
    records = [{"recordID": f"HS-{n}", "status": "done"} for n in range(9)]
    (with_key,) = (
        one
        for one in scaffold("a/b", "json", records, target, keys=[f"HS-{n}" for n in range(9)]).guesses.fields
        if one.field == "code"
    )
    (without,) = (one for one in scaffold("a/b", "json", records, target).guesses.fields if one.field == "code")
    assert with_key.confidence > without.confidence


ISSUED = [
    {
        "Permit #": f"6{n:03}-CN",
        "Current Status": "done",
        "Issue Date": f"2026-05-{n:02}",
        "Final Date": f"2026-06-{n:02}",
    }
    for n in range(1, 10)
]


def test_where_nothing_looks_like_the_code_the_key_is_taken_with_its_doubt(tmp_path: Path, target: Target) -> None:
    made = scaffold("a/b", "csv", ISSUED, target, keys=[row["Permit #"] for row in ISSUED])
    assert '  code: {from: "Permit #"} # 60 %: it is the key; nothing looks more like the code' in made.text
    assert made.text.count("code: {") == 1
    assert guessed(tmp_path, made, target).read(ISSUED[0]).values["code"] == "6001-CN"


def test_the_number_of_an_event_is_not_taken_for_its_dossiers_code(target: Target) -> None:
    records = [{"n": str(n), "what": "nhận"} for n in range(9)]
    made = scaffold("a/b", "json", records, record_targets()["event"], keys=[row["n"] for row in records])
    assert "dossier_code: {from: not_found}" in made.text


def test_a_weak_guess_for_a_required_field_leaves_one_line_that_can_be_corrected(target: Target) -> None:
    text = scaffold("a/b", "csv", ISSUED, target).text
    assert '  # code may be {from: "Permit #"}, ' in text
    assert [line for line in text.splitlines() if "code: {" in line] == [
        (
            "  code: {from: not_found} # nothing looks enough like it: write the name of the field; "
            "until then every record is rejected"
        )
    ]


def test_a_final_date_ends_a_dossier_rather_than_an_issue_date_which_does_alone(target: Target) -> None:
    assert "  completed_at: {from: Final Date, date: iso}" in scaffold("a/b", "csv", ISSUED, target).text
    without = [{name: text for name, text in row.items() if name != "Final Date"} for row in ISSUED]
    assert "  completed_at: {from: Issue Date, date: iso}" in scaffold("a/b", "csv", without, target).text


def status_lines(records: list[Any], target: Target) -> str:
    text = scaffold("a/b", "json", records, target).text
    return text[text.index("tables:") :].partition("\n\n")[0]


def test_every_status_that_was_seen_stands_in_the_table_with_its_guess_or_without(target: Target) -> None:
    seen = ["Đã trả kết quả", "ĐÃ TRẢ  KẾT QUẢ", "Đang chờ ký số", "Treo"]
    lines = status_lines([{"maHoSo": f"HS-{n}", "trangThai": seen[n % 4]} for n in range(40)], target)
    assert "    Đã trả kết quả: returned # 95 %: seen 20 times" in lines
    assert "    Đang chờ ký số: processing # 75 %: seen 10 times" in lines
    assert "    # ? Treo: # seen 10 times; which of our words is it?" in lines


def test_a_status_in_words_takes_no_meaning_from_what_stands_beside_it(target: Target) -> None:
    words = ("Đang thẩm định", "Đã nộp bản vẽ")
    kinds = ("Cấp phép xây dựng", "Dừng xử lý")
    records = [
        {"maHoSo": f"HS-{n}", "trangThai": words[n % 2], "tenThuTuc": kinds[n % 2], "noiDung": "sử dụng đất"}
        for n in range(20)
    ]
    lines = status_lines(records, target)
    assert "Đang thẩm định: processing" in lines
    assert "stopped" not in lines
    assert meaning("status", "Xây dựng mới") is None
    assert meaning("status", "Hồ sơ phải dừng xử lý") == Meaning("stopped", LIKELY)


def test_a_number_takes_its_meaning_from_the_label_beside_it(target: Target) -> None:
    labels = {"3": "Yêu cầu bổ sung", "7": "Đã trả kết quả"}
    records = [
        {"code": f"HS-{n}", "status": {"id": n % 2 * 4 + 3, "name": labels[str(n % 2 * 4 + 3)]}, "type": "Cấp mới"}
        for n in range(20)
    ]
    lines = status_lines(records, target)
    assert '"3": supplement_requested # 95 %: Yêu cầu bổ sung; seen 10 times' in lines
    assert '"7": returned # 95 %: Đã trả kết quả; seen 10 times' in lines


def test_numbers_alone_mean_nothing_unless_the_payload_is_the_national_portals(target: Target) -> None:
    assert list(OFFICIAL_NUMBERS["status"]) == [str(number) for number in range(1, 11)]
    strange = status_lines([{"code": f"HS-{n}", "status": n % 3 + 1} for n in range(20)], target)
    assert "  status: {}" in strange
    assert '# ? "1": registered # 50 %' in strange
    make, _ = SYSTEMS["national"]
    official = status_lines([make(n) for n in range(20)], target)
    assert '    "4": processing # 75 %' in official
    assert "numbers may mean anything" in official
    whole = scaffold("a/b", "json", [make(n) for n in range(20)], target).text
    assert "the mapping cong-quoc-gia/ho-so reads that as it is" in whole
    assert "cong-quoc-gia" not in scaffold("a/b", "json", [{"code": "HS-1", "status": 1}], target).text


def test_day_and_month_that_cannot_be_told_apart_are_said_to_be_in_doubt(target: Target) -> None:
    doubtful = [{"maHoSo": f"HS-{n}", "ngayNhan": f"{n % 12 + 1:02}/03/2026"} for n in range(20)]
    assert (
        "no sample has a day after the 12th, so this may be month first"
        in scaffold("a/b", "json", doubtful, target).text
    )
    settled = [one | {"ngayHen": f"{n % 12 + 1:02}/{n % 9 + 14}/2026"} for n, one in enumerate(doubtful)]
    text = scaffold("a/b", "json", settled, target).text
    assert "received_at: {from: ngayNhan, date: MM/dd/yyyy}" in text
    assert "day or month first: as in ngayHen" in text


def test_text_of_old_fonts_is_recognised_and_a_font_that_cannot_be_read_is_said(target: Target) -> None:
    tcvn3 = [{"maHoSo": f"HS-{n}", "hoTen": "NguyÔn ThÞ H­êng"} for n in range(5)]
    assert "applicant.name: {from: hoTen, text: tcvn3}" in scaffold("a/b", "json", tcvn3, target).text
    vni = [{"maHoSo": f"HS-{n}", "hoTen": "Nguyeãn Vaên Thöû, Ñoàng Nai"} for n in range(5)]
    assert "VNI font" in scaffold("a/b", "json", vni, target).text
    plain = [{"maHoSo": f"HS-{n}", "hoTen": "Nguyễn Thị Hường"} for n in range(5)]
    assert "tcvn3" not in scaffold("a/b", "json", plain, target).text


def test_words_for_no_value_and_times_of_the_year_one_are_left_out(tmp_path: Path, target: Target) -> None:
    records = [
        {"maHoSo": f"HS-{n}", "ghiChu": "undefined", "ngayTra": "0001-01-01T00:00:00" if n else "2026-05-20T08:00:00"}
        for n in range(3)
    ]
    made = scaffold("a/b", "json", records, target)
    assert "missing: [undefined]" in made.text
    mapping = guessed(tmp_path, made, target)
    assert [problem.field for problem in mapping.read(records[1]).problems] == ["status"]


def test_a_field_that_no_record_has_is_known_from_the_description(tmp_path: Path, target: Target) -> None:
    element = etree.fromstring("<HoSo><SoHoSo>HS-1</SoHoSo><TrangThai>Đã trả</TrangThai></HoSo>")
    declared = {("NgayHenTra",): "xs:dateTime", ("LePhi",): "xs:string", ("SoHoSo",): "xs:string"}
    made = scaffold("a/b", "xml", [element], target, declared=declared)
    assert "due_at: {from: NgayHenTra, date: iso}" in made.text
    assert "no value was seen" in made.text
    guessed(tmp_path, made, target)


def test_one_amount_in_the_record_itself_becomes_a_list_of_one_fee(tmp_path: Path, target: Target) -> None:
    records = [{"maHoSo": f"HS-{n}", "status": "done", "lePhi": "135.000"} for n in range(5)]
    mapping = guessed(tmp_path, scaffold("a/b", "json", records, target), target)
    assert mapping.read(records[0]).values["fees"] == [{"name": "Lệ phí", "amount": 135_000}]


@pytest.mark.parametrize("records", [[], [{}], [None], [1], ["x"], [[]], [{"": ""}], [{"a": {"b": {"c": [[[1]]]}}}]])
def test_whatever_the_records_are_the_document_is_valid(records: list[Any], tmp_path: Path, target: Target) -> None:
    guessed(tmp_path, scaffold("a/b", "json", records, target), target)


NAMES = st.one_of(
    st.sampled_from(["maHoSo", "trangThai", "ngayNhan", "hoTen", "lePhi", "giayTo", "id", 'x"y', "a.b", "từ: #", "@x"]),
    st.text(max_size=8),
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=30),
    st.sampled_from(["Đã trả", "20/05/2026", "1", "2", "0901234567", "200.000", "true", "yes", "NguyÔn", "- x: y"]),
)
RECORDS = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=15
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.dictionaries(NAMES, RECORDS, max_size=6), max_size=4))
def test_records_of_any_form_give_a_document_without_a_mistake(tmp_path: Path, records: list[Any]) -> None:
    target = record_targets()["dossier"]
    guessed(tmp_path, scaffold("a/b", "json", records, target), target)


TAGS = st.sampled_from(["SoHoSo", "TrangThai", "DanhSach", "Buoc", "NgayNhan", "s"])


def elements(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(TAGS, st.lists(children, max_size=4)).map(lambda one: f"<{one[0]}>{''.join(one[1])}</{one[0]}>")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.recursive(st.sampled_from(["x", "20/05/2026", "Đã trả", "1", ""]), elements, max_leaves=12))
def test_elements_of_any_form_give_a_document_without_a_mistake(tmp_path: Path, inside: str) -> None:
    target = record_targets()["dossier"]
    record = etree.fromstring(f"<r a='1' xmlns:p='urn:p' p:b='2'>{inside}</r>")
    guessed(tmp_path, scaffold("a/b", "xml", [record], target), target)


def test_the_national_portals_whole_payload_is_guessed_with_its_nested_lists(tmp_path: Path, target: Target) -> None:
    name = "cong-quoc-gia/ho-so"
    source = built_in() / name / "cases" / "every-field" / "source.json"
    (whole,) = orjson.loads(source.read_bytes())["data"]
    records = [whole | {"MaHoSo": f"HS-{number}", "KenhThucHien": str(number % 3 + 1)} for number in range(30)]
    made = scaffold("a/b", "json", records, target)
    theirs = flat(guessed(tmp_path, made, target).read(records[0]).values)
    ours = flat(Library().mapping(name, {"dossier": target}).read(records[0]).values)
    wrong = {field for field, value in ours.items() if theirs.get(field) != value}
    assert wrong <= {"applicant.paper_number"}, (wrong, made.text)


def test_a_column_of_a_table_is_named_as_it_is_headed(tmp_path: Path, target: Target) -> None:
    row = {"Mã hồ sơ": "HS-1", "Tình  trạng\n(hiện nay)": "Đã trả kết quả", "a.b": "x", "Số tiền": "135.000 đ"}
    made = scaffold("a/b", "csv", [row | {"Mã hồ sơ": f"HS-{number}"} for number in range(9)], target)
    assert "  code: {from: Mã hồ sơ}" in made.text
    draft = guessed(tmp_path, made, target).read(row)
    assert (draft.values["code"], draft.values["status"]) == ("HS-1", "returned")
    assert draft.values["fees"] == [{"name": "Lệ phí", "amount": 135_000}]
