"""What answers of the `rest` type are written in: JSON of every kind, XML, CSV, NDJSON, in any charset, compressed."""

import gzip
import zlib
from typing import Any

import pytest
from werkzeug.wrappers import Response

from connectors.errors import Changed, Unavailable
from connectors.rest import REST
from tests.connectors.desk import check, desk, keys, pull, say
from tests.connectors.small_rest import fails, simple

NAME = "Nguyễn Thị Ấu"


def brought(body: bytes, content_type: str = "application/json", **settings: Any) -> list[Any]:
    """The values of the records that one answer brings."""
    with desk(lambda _: Response(body, content_type=content_type)) as there:
        return [record.value for page in pull(REST, simple(there.url, **settings)) for record in page.records]


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_json_is_read_in_every_unicode_form_with_or_without_a_mark(charset: str) -> None:
    body = f'[{{"id": 1, "ten": "{NAME}"}}]'.encode(charset)
    assert brought(body, "text/plain; charset=us-ascii") == [{"id": 1, "ten": NAME}]


def test_the_declared_charset_counts_where_the_answer_is_not_utf8() -> None:
    latin = '[{"id": 1, "ten": "Hà"}]'.encode("windows-1252")
    assert brought(latin, "application/json; charset=windows-1252") == [{"id": 1, "ten": "Hà"}]
    assert brought('[{"id": 1, "ten": "Hà"}]'.encode(), "application/json; charset=windows-1252")[0]["ten"] == "Hà"


def test_the_setting_counts_before_the_declaration() -> None:
    body = '[{"id": 1, "ten": "Đà Lạt"}]'.encode("windows-1258", "replace")
    read = brought(body, "application/json; charset=iso-8859-1", charset="windows-1258")
    assert read == [{"id": 1, "ten": "Đà L?t"}]  # as the test wrote it: the charset has no ạ of one letter


@pytest.mark.parametrize(
    ("declared", "settings"),
    [("", {}), ("; charset=utf-8", {}), ("; charset=klingon", {}), ("; charset=zip", {}), ("", {"charset": "utf-8"})],
)
def test_an_answer_in_another_charset_than_it_says_names_the_setting(declared: str, settings: Any) -> None:
    body = '[{"id": 1, "ten": "Hà"}]'.encode("windows-1252")
    error = fails(Changed, Response(body, content_type=f"application/json{declared}"), **settings)
    assert error.code == "charset"
    assert "`charset`" in error.hint


def test_a_setting_that_would_garble_utf8_is_refused() -> None:
    error = fails(Changed, f'[{{"id": 1, "ten": "{NAME}"}}]'.encode(), charset="windows-1258")
    assert error.code == "charset"
    assert "written in UTF-8, not in cp1258" in str(error)


def test_numbers_keep_every_digit() -> None:
    body = b'[{"id": 12345678901234567890123, "tien": 0.1234567890123456789, "phi": 0.1, "ma": -9223372036854775808}]'
    (value,) = brought(body)
    assert value == {
        "id": "12345678901234567890123",
        "tien": "0.1234567890123456789",
        "phi": 0.1,
        "ma": -9223372036854775808,
    }


def test_a_key_of_thirty_digits_tells_records_apart() -> None:
    body = b'[{"id": 100000000000000000000000000001}, {"id": 100000000000000000000000000002}]'
    with desk(lambda _: Response(body, mimetype="application/json")) as there:
        assert keys(pull(REST, simple(there.url))) == [
            "100000000000000000000000000001",
            "100000000000000000000000000002",
        ]


def test_a_name_that_stands_twice_keeps_both_values() -> None:
    assert brought(b'[{"id": 1, "a": "x", "a": "y"}]') == [{"id": 1, "a": ["x", "y"]}]
    assert brought(b'[{"id": 1, "a": "x", "a": "x"}]') == [{"id": 1, "a": "x"}]


def test_a_record_with_two_keys_is_set_aside() -> None:
    with desk(lambda _: Response(b'[{"id": 1, "id": 2}, {"id": 3}]', mimetype="application/json")) as there:
        (page,) = pull(REST, simple(there.url))
    assert [record.key for record in page.records] == ["3"]
    assert [bad.raw for bad in page.bad] == [b'{"id": 1, "id": 2}']


def test_what_strict_readers_refuse_in_a_text_costs_no_record() -> None:
    body = b'[{"id": 1, "a": "tab\there\nline", "b": "\\ud83d cut", "c": NaN, "d": "\\ud83d\\ude00"}]'
    assert brought(body) == [{"id": 1, "a": "tab\there\nline", "b": "\ufffd cut", "c": None, "d": "😀"}]


def test_json_nested_too_deep_is_refused() -> None:
    for depth in (300, 100_000):
        error = fails(Changed, b"[" * depth + b"]" * depth)
        assert (error.code, "nested deeper" in str(error)) == ("not_json", True)


def test_records_that_stand_under_their_keys_get_them() -> None:
    body = b'{"data": {"HS-1": {"ten": "A"}, "HS-2": {"ten": "B"}, "HS-3": "xong"}}'
    assert brought(body, records="data.*", key="_key") == [
        {"_key": "HS-1", "ten": "A"},
        {"_key": "HS-2", "ten": "B"},
        {"_key": "HS-3", "_value": "xong"},
    ]


@pytest.mark.parametrize(
    ("body", "records"),
    [
        (b'{"groups": [{"items": [{"id": 1}, {"id": 2}]}, {"items": []}, {"items": [{"id": 3}]}]}', "groups.*.items"),
        (b'{"2026-05": [{"id": 1}, {"id": 2}], "2026-06": [{"id": 3}]}', "*"),
        (b'[[{"id": 1}, {"id": 2}], [{"id": 3}]]', "*"),
        (
            b'{"a": {"x": {"rows": [{"id": 1}, {"id": 2}]}, "y": {"rows": null}, "z": {"rows": [{"id": 3}]}}}',
            "a.*.rows",
        ),
        (b'{"pages": [{}, {"rows": [{"id": 1}, {"id": 2}, {"id": 3}]}]}', "pages.1.rows"),
    ],
)
def test_records_in_nested_lists_are_gathered(body: bytes, records: str) -> None:
    assert [value["id"] for value in brought(body, records=records)] == [1, 2, 3]


@pytest.mark.parametrize("body", [b'{"groups": []}', b'{"groups": {}}', b'{"groups": [{"items": []}]}'])
def test_nested_lists_may_be_empty(body: bytes) -> None:
    assert brought(body, records="groups.*.items") == []


@pytest.mark.parametrize("body", [b'{"groups": [{"itmes": [{"id": 1}]}]}', b'{"gruops": []}', b'{"groups": 3}'])
def test_a_misspelt_nested_place_is_not_an_empty_list(body: bytes) -> None:
    assert fails(Changed, body, records="groups.*.items").code == "records"


@pytest.mark.parametrize(
    "inner",
    [
        b'[{"id": 1}]',
        b'{"rows": [{"id": 1}]}',
        b'"[{\\"id\\": 1}]"',
    ],
)
def test_json_in_a_text_of_json_is_read(inner: bytes) -> None:
    records = "rows" if b"rows" in inner else ""
    body = {"code": 0, "data": {"payload": inner.decode()}, "total": 1}
    with desk(lambda _: say(body)) as there:
        settings = simple(there.url, inside="data.payload", records=records, total="total")
        (page,) = pull(REST, settings)
    assert [record.value for record in page.records] == [{"id": 1}]
    assert page.total == 1  # which stands around it


def test_xml_in_a_text_of_json_is_read() -> None:
    inner = '<?xml version="1.0" encoding="utf-16"?><ds><hs><id>7</id><ten>Ấu</ten></hs></ds>'
    with desk(lambda _: say({"Data": inner})) as there:
        (page,) = pull(REST, simple(there.url, inside="Data", records="hs"))
    (record,) = page.records
    assert (record.key, record.value.findtext("ten"), page.media_type) == ("7", "Ấu", "application/json")


def test_a_text_that_is_empty_is_an_empty_list_only_where_the_answer_says_so() -> None:
    assert fails(Changed, say({"code": -1, "data": None}), inside="data").code == "records"
    ok = {"at": "code", "ok": [0]}
    with desk(lambda _: say({"code": 0, "data": ""})) as there:
        assert pull(REST, simple(there.url, inside="data", errors=ok)) == []


@pytest.mark.parametrize("value", [{"other": 1}, {"data": 3}, {"data": "not json"}])
def test_a_text_that_is_not_there_or_no_document_is_said(value: Any) -> None:
    assert fails(Changed, say(value), inside="data").code in ("inside", "not_json")


XML = """<?xml version="1.0" encoding="UTF-8"?>
<h:ds xmlns:h="urn:hoso" tong="2"><h:hs ma="1"><h:ten>Hòa</h:ten></h:hs><h:hs ma="2"/><h:het>true</h:het></h:ds>"""


def test_xml_is_read_by_local_names() -> None:
    settings = {"format": "xml", "records": "hs", "key": "@ma", "parameters": {"p": "{page}"}}
    with desk(lambda _: Response(XML, mimetype="text/plain")) as there:
        pages = pull(REST, simple(there.url, pages={"type": "numbered", "last": "het"}, **settings))
    assert keys(pages) == ["1", "2"]
    assert (pages[0].payload, pages[0].media_type) == (XML.encode(), "text/xml")


@pytest.mark.parametrize("total", ["@tong", "kq.@tong", "hs.@tong"])
def test_xml_says_totals_in_attributes_too(total: str) -> None:
    answer = b'<kq tong="2"><hs tong="2"><h so="1"/><h so="2"/></hs></kq>'
    with desk(lambda _: Response(answer, mimetype="text/xml")) as there:
        pages = pull(REST, simple(there.url, format="xml", records="h", key="@so", total=total))
    assert (keys(pages), pages[0].total) == (["1", "2"], 2)


def test_an_error_in_xml_is_no_empty_list() -> None:
    body = Response("<Error><Message>Hết phiên</Message></Error>", mimetype="text/xml")
    error = fails(Changed, body, format="xml", records="hs")
    assert error.code == "records"
    assert "“Hết phiên”" in str(error)


def test_a_huge_xml_answer_comes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.body.SMALL", 1000)
    row = "<hs><id>{}</id><ten>" + "x" * 4000 + "</ten></hs>"
    body = "<ds>" + "".join(row.format(n) for n in range(600)) + "</ds>"
    with desk(lambda _: Response(body, mimetype="text/xml")) as there:
        pages = pull(REST, simple(there.url, format="xml", records="hs"))
    assert keys(pages) == [str(n) for n in range(600)]
    assert len(pages) > 1


CSV = 'id;ten;ghi chú\r\n1;Hòa;"dòng 1\r\ndòng 2; vẫn thế"\r\n2;"Ấu ""Tí""";\r\n\r\n'


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_is_read_by_its_header(charset: str) -> None:
    assert brought(CSV.encode(charset), "text/csv", format="csv") == [
        {"id": "1", "ten": "Hòa", "ghi chú": "dòng 1\r\ndòng 2; vẫn thế"},
        {"id": "2", "ten": 'Ấu "Tí"', "ghi chú": ""},
    ]


@pytest.mark.parametrize(
    ("body", "settings"),
    [
        ("id,ten\n1,A\n", {}),
        ("id\tten\n1\tA\n", {}),
        ("id|ten\n1|A\n", {}),
        ("sep=;\r\nid;ten\r\n1;A\r\n", {}),
        ("id;ten;\n1;A;\n", {}),
        ("1;A\n", {"columns": ["id", "ten"]}),
        ("1;A, B\n", {"columns": ["id", "ten"], "separator": "semicolon"}),
    ],
)
def test_the_separator_is_seen_or_told(body: str, settings: Any) -> None:
    (value,) = brought(body.encode(), "text/csv", format="csv", **settings)
    assert (value["id"], value["ten"][0]) == ("1", "A")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("id,ten;ho\n1,2;3\n", "may be cut at"),
        ("id;id\n1;2\n", "stands there more than once"),
        ("id;;ten\n1;2;3\n", "column 2 has no name"),
        ("ma;ten\n1;A\n", "names no column `id`"),
        ('{"error_code": 401, "message": "no"}', "names no column `id`"),
        ('id;ten\n1;A "quoted" B\n2;"A" B\n', "line 3 of"),
    ],
)
def test_csv_that_cannot_be_told_apart_is_said(body: str, said: str) -> None:
    error = fails(Changed, Response(body, mimetype="text/csv"), format="csv")
    assert error.code == "not_csv"
    assert said in str(error)


def test_a_csv_row_that_does_not_fit_its_header_is_set_aside() -> None:
    with desk(lambda _: Response("id;ten\n1;A\n2;B;C\n3\n4;D\n", mimetype="text/csv")) as there:
        (page,) = pull(REST, simple(there.url, format="csv"))
    assert [record.key for record in page.records] == ["1", "4"]
    assert [bad.raw for bad in page.bad] == [b"2;B;C\n", b"3\n"]
    assert "line 3 has 3 cells where the header has 2" in str(page.bad[0])


def test_csv_that_ends_inside_a_cell_or_has_no_header_is_unavailable() -> None:
    for body, code in (('id;ten\n1;"A\n', "truncated"), ("", "empty_answer"), ("\n\n", "empty_answer")):
        assert fails(Unavailable, Response(body, mimetype="text/csv"), format="csv").code == code


NDJSON = '{"id": 1, "ten": "Hòa"}\n\n{"id": 2}\r\n\x1e{"id": 3}'


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16-le"])
def test_ndjson_is_read_line_by_line(charset: str) -> None:
    assert brought(NDJSON.encode(charset), format="ndjson") == [{"id": 1, "ten": "Hòa"}, {"id": 2}, {"id": 3}]
    assert brought(b"", format="ndjson") == []


def test_a_line_that_is_no_json_is_set_aside_but_a_cut_last_one_is_unavailable() -> None:
    with desk(lambda _: Response(b'{"id": 1}\n{"id": oops}\n{"id": 2}\n')) as there:
        (page,) = pull(REST, simple(there.url, format="ndjson"))
    assert [record.key for record in page.records] == ["1", "2"]
    assert [bad.raw for bad in page.bad] == [b'{"id": oops}']
    assert fails(Unavailable, Response(b'{"id": 1}\n{"id": 2, "te'), format="ndjson").code == "truncated"


@pytest.mark.parametrize("body", [b'[{"id": 1}]', b'[\n{"id": 1}\n]', b"OK\n"])
def test_what_is_no_ndjson_at_all_is_said(body: bytes) -> None:
    assert fails(Changed, Response(body), format="ndjson").code == "not_json"


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_a_long_table_comes_in_pieces_that_are_tables_themselves(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.body.SMALL", 1000)
    monkeypatch.setattr("connectors.rest.tables.PART", 5000)
    lines = [f'{n};"tên\n{n}"' if form == "csv" else f'{{"id": {n}, "ten": "tên {n}"}}' for n in range(1000)]
    body = "\n".join(["id;ten", *lines] if form == "csv" else lines) + "\n"
    with desk(lambda _: Response(body)) as there:
        pages = pull(REST, simple(there.url, format=form))
    assert keys(pages) == [str(n) for n in range(1000)]
    assert len(pages) > 2
    for page in pages:
        with desk(lambda _, page=page: Response(page.payload)) as again:  # type: ignore[misc]
            assert keys(pull(REST, simple(again.url, format=form))) == [record.key for record in page.records]


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", lambda data: zlib.compress(data, wbits=-15))],
)
def test_compressed_answers_are_read(encoding: str, pack: Any) -> None:
    body = pack(b'[{"id": 1}]')
    with desk(lambda _: Response(body, headers={"Content-Encoding": encoding}, mimetype="application/json")) as there:
        assert keys(pull(REST, simple(there.url))) == ["1"]
        assert "gzip" in there.asked[0].headers["Accept-Encoding"]


def test_a_check_reads_every_format() -> None:
    with desk(lambda _: Response("id;ten\n1;A\n", mimetype="text/csv")) as there:
        assert "they have the key" in check(REST, simple(there.url, format="csv"))[-1]
