"""Every list that the national portal's dossier has, from JSON and from XML; and lists that stand in one text."""

from typing import Any

import pytest

from tests.mappings.conftest import Read

DATE = "date: yyyyMMddHHmmss"
FIELDS = f"""
  documents:
    each: TaiLieuNop
    fields:
      id: {{from: TepDinhKemId}}
      file_name: {{from: TenTepDinhKem}}
      deleted: {{from: IsDeleted}}
  papers: {{each: DanhSachTepDinhKemKhac, fields: {{name: {{from: TenGiayTo}}, quantity: {{from: SoLuong}}}}}}
  fees: {{each: DanhSachLePhi, fields: {{name: {{from: TenPhiLePhi}}, amount: {{from: Gia, money: vnd}}}}}}
  supplements:
    each: DanhSachHoSoBoSung
    fields:
      id: {{from: HoSoBoSungId}}
      content: {{from: NoiDungBoSung}}
      requested_at: {{from: NgayBoSung, {DATE}}}
      papers:
        each: DanhSachGiayToBoSung
        fields: {{name: {{from: TenGiayTo}}, quantity: {{from: SoLuong}}}}
      fees:
        each: DanhSachLePhiBoSung
        fields: {{name: {{from: TenPhiLePhi}}, amount: {{from: Gia, money: vnd}}}}
  results: {{each: DanhSachGiayToKetQua, fields: {{name: {{from: TenGiayTo}}, kind: {{from: MaGiayToKetQua}}}}}}
  databases: {{each: DSKetNoiCSDL, fields: {{code: {{from: MaCSDL}}}}}}
  events: {{each: TienDo, fields: {{at: {{from: ThoiDiemXuLy, {DATE}}}, actor: {{from: NguoiXuLy}}}}}}
"""
RECORD = {
    "TaiLieuNop": [{"TepDinhKemId": "1", "TenTepDinhKem": "a.pdf", "IsDeleted": "False"}, {"TepDinhKemId": "2"}],
    "DanhSachTepDinhKemKhac": [{"TenGiayTo": "Ảnh", "SoLuong": "2"}],
    "DanhSachLePhi": [{"TenPhiLePhi": "Lệ phí", "Gia": "200.000"}],
    "DanhSachHoSoBoSung": [
        {
            "HoSoBoSungId": "7",
            "NoiDungBoSung": "Thiếu giấy",
            "NgayBoSung": "20260520081500",
            "DanhSachGiayToBoSung": [{"TenGiayTo": "Đơn", "SoLuong": "1"}, {"TenGiayTo": "Bản vẽ", "SoLuong": "3"}],
            "DanhSachLePhiBoSung": [{"TenPhiLePhi": "Thẩm định", "Gia": "50.000"}],
        },
        {"HoSoBoSungId": "8", "NoiDungBoSung": "Thiếu chữ ký"},
    ],
    "DanhSachGiayToKetQua": [{"TenGiayTo": "Giấy phép", "MaGiayToKetQua": "KQ.G15.000031"}],
    "DSKetNoiCSDL": [{"MaCSDL": "7"}],
    "TienDo": [{"ThoiDiemXuLy": "20260520081500", "NguoiXuLy": "Tư"}],
}
EXPECTED = {
    "documents": [{"id": "1", "file_name": "a.pdf", "deleted": False}, {"id": "2"}],
    "papers": [{"name": "Ảnh", "quantity": 2}],
    "fees": [{"name": "Lệ phí", "amount": 200000}],
    "supplements": [
        {
            "id": "7",
            "content": "Thiếu giấy",
            "requested_at": "2026-05-20T01:15:00Z",
            "papers": [{"name": "Đơn", "quantity": 1}, {"name": "Bản vẽ", "quantity": 3}],
            "fees": [{"name": "Thẩm định", "amount": 50000}],
        },
        {"id": "8", "content": "Thiếu chữ ký"},
    ],
    "results": [{"name": "Giấy phép", "kind": "KQ.G15.000031"}],
    "databases": [{"code": "7"}],
    "events": [{"at": "2026-05-20T01:15:00Z", "actor": "Tư"}],
}


def as_xml(value: Any, name: str = "HoSo") -> str:
    if isinstance(value, list):
        return "".join(as_xml(one, name) for one in value)
    inner = "".join(as_xml(one, key) for key, one in value.items()) if isinstance(value, dict) else value
    return f"<{name}>{inner}</{name}>"


@pytest.mark.parametrize("record", [RECORD, as_xml(RECORD)], ids=["json", "xml"])
def test_every_list_of_a_dossier_is_read_with_the_lists_in_it(record: Any, read: Read) -> None:
    draft = read(FIELDS, record)
    assert draft.problems == ()
    assert {name: draft.values[name] for name in EXPECTED} == EXPECTED


def test_lists_in_rows_are_found_by_xpath_too(read: Read) -> None:
    fields = (
        "  supplements: {each: 'B[@k]', fields: {content: {from: N}, papers: {each: 'G[T]', fields: "
        "{name: {from: 'normalize-space(T)'}}}}}\n"
    )
    draft = read(fields, '<H><B><N>không</N></B><B k="1"><N>x</N><G><T> Đơn </T></G><G/></B></H>')
    assert draft.values["supplements"] == [{"content": "x", "papers": [{"name": "Đơn"}]}]


def test_a_problem_in_a_list_of_a_list_says_where_it_is(read: Read) -> None:
    record = {
        "DanhSachHoSoBoSung": [{}, {"NoiDungBoSung": "x", "DanhSachLePhiBoSung": [{"Gia": "1"}, {"Gia": "1,5 triệu"}]}]
    }
    draft = read(FIELDS, record)
    assert draft.values["supplements"] == [{"content": "x", "fees": [{"amount": 1}]}]
    assert [problem.field for problem in draft.problems] == ["supplements[1].fees[1].amount"]
    assert 'Gia says "1,5 triệu", expected an amount in whole đồng' in str(draft.problems[0])


SPLIT = """
  documents:
    each: tep
    split: "##"
    fields:
      file_name: {from: ., split: "|", part: 1}
      url: {from: ., split: "|", part: 2}
"""


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a.pdf|http://x/1##b.pdf", [{"file_name": "a.pdf", "url": "http://x/1"}, {"file_name": "b.pdf"}]),
        ("a.pdf", [{"file_name": "a.pdf"}]),
        ("## a.pdf | http://x/1 ####", [{"file_name": "a.pdf", "url": "http://x/1"}]),
        ("####", None),
        ("", None),
        (None, None),
        (5, [{"file_name": "5"}]),
    ],
)
def test_rows_that_stand_in_one_text(text: Any, rows: Any, read: Read) -> None:
    draft = read(SPLIT, {"tep": text})
    assert draft.problems == ()
    assert draft.values.get("documents") == rows


def test_rows_in_one_text_of_xml_and_of_several_elements(read: Read) -> None:
    draft = read(SPLIT, "<H><tep>a.pdf##b.pdf</tep><tep>c.pdf</tep></H>")
    assert [row["file_name"] for row in draft.values["documents"]] == ["a.pdf", "b.pdf", "c.pdf"]


def test_rows_that_should_be_one_text_and_are_not_are_a_problem(read: Read) -> None:
    draft = read(SPLIT, {"tep": {"a": 1}})
    assert "the path leads to a group of values" in str(draft.problems[0])


@pytest.mark.parametrize(
    ("field", "record", "value"),
    [
        ("note: {from: a, split: /, part: 1}", {"a": " x / y "}, "x"),
        ("note: {from: a, split: /, part: -1}", {"a": "x/y/z"}, "z"),
        ("note: {from: a, split: /, part: 3}", {"a": "x/y"}, None),
        ("note: {from: a, split: /, part: -3}", {"a": "x/y"}, None),
        ("note: {from: a, split: /, part: 3, default: không}", {"a": "x/y"}, "không"),
        ("note: {from: a, split: /, part: 2}", {"a": "x/ /z"}, None),
        ("note: {from: [a, b], split: /, part: 2}", {"a": "", "b": "x/y"}, "y"),
        ("note: {from: a, split: /, part: 1}", {}, None),
    ],
)
def test_a_piece_of_a_text(field: str, record: Any, value: str | None, read: Read) -> None:
    draft = read(f"  {field}\n", record)
    assert draft.problems == ()
    assert draft.values.get("note") == value


def test_a_piece_is_read_like_any_other_value(read: Read) -> None:
    piece = "from: a, split: ' - '"
    fields = f"  received_at: {{{piece}, part: 1, date: d/M/yyyy}}\n  note: {{{piece}, part: 2, text: tcvn3}}\n"
    draft = read(fields, {"a": "1/6/2026 - H­êng"})
    assert draft.values["received_at"] == "2026-05-31T17:00:00Z"
    assert draft.values["note"] == "Hường"
    problem = read(fields, {"a": "32/6/2026 - x"}).problems[0]
    assert problem.value == "32/6/2026"


@pytest.mark.parametrize(
    ("field", "what"),
    [
        ("note: {from: a, split: /}", "`split` needs `part`"),
        ("note: {from: a, part: 1}", "`part` needs `split`"),
        ("note: {from: a, split: /, part: 0}", "the first piece is 1"),
        ('note: {from: a, split: "", part: 1}', "at least 1 character"),
        ("note: {from: [a, b], join: x, split: /, part: 1}", "`split` takes one text apart"),
    ],
)
def test_a_wrong_way_to_split_is_a_mistake_of_the_document(field: str, what: str, read: Read) -> None:
    with pytest.raises(Exception, match=what):
        read(f"  {field}\n", {})
