"""What the `soap` type reads in answers of old and new stacks: references, encodings, DataSets, files, documents."""

import gzip
from base64 import b64encode
from collections.abc import Callable
from html import escape
from typing import Any

import orjson
import pytest
from lxml import etree
from werkzeug.wrappers import Request, Response

from connectors.contract import Page
from connectors.errors import Changed, ConnectorError, Unavailable
from connectors.soap import SOAP, multipart, references
from tests.connectors.desk import desk, keys, pull
from tests.connectors.small_soap import NS11, answering, envelope, fails, result, small

ENC = 'xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
ENC12 = 'xmlns:enc="http://www.w3.org/2003/05/soap-encoding"'
STYLE = 's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'


def read(body: bytes, **changes: Any) -> Page:
    """The one page that an answer makes."""
    with desk(answering(body)) as there:
        pages = pull(SOAP, small(there.url, **changes))
    (page,) = pages
    return page


def texts(page: Page, *paths: str) -> list[list[str | None]]:
    return [[record.value.findtext(path) for path in paths] for record in page.records]


# What Apache Axis 1 writes, with its prefixes numbered anew in every answer.
AXIS = """<n:LayResponse xmlns:n="urn:n" {enc} {style}><LayReturn enc:arrayType="x:HoSo[2]" xmlns:x="urn:ho-so">
    <HoSo href="#{a}"/><HoSo href="#{b}"/></LayReturn></n:LayResponse>
  <multiRef id="{a}" enc:root="0" {enc} {style} xsi:type="{p}:HoSo" xmlns:{p}="urn:ho-so">
    <So xsi:type="xsd:string">1</So><ThuTuc href="#{c}"/></multiRef>
  <multiRef id="{b}" enc:root="0" {enc} {style} xsi:type="{q}:HoSo" xmlns:{q}="urn:ho-so">
    <So xsi:type="xsd:string">2</So><ThuTuc href="#{c}"/></multiRef>
  <multiRef id="{c}" {enc} {style} xsi:type="{q}:ThuTuc" xmlns:{q}="urn:ho-so">
    <Ma xsi:type="xsd:string">2.000488</Ma></multiRef>"""


def axis(**names: str) -> bytes:
    return envelope(AXIS.format(enc=ENC, style=STYLE, **names))


def test_values_that_are_written_once_are_put_where_they_belong() -> None:
    page = read(axis(a="id0", b="id1", c="id2", p="ns1", q="ns2"), records="LayReturn.HoSo")
    assert texts(page, "So", "ThuTuc/Ma") == [["1", "2.000488"], ["2", "2.000488"]]


def test_an_unchanged_record_is_the_same_bytes_however_an_answer_numbers_its_names() -> None:
    first = read(axis(a="id0", b="id1", c="id2", p="ns1", q="ns2"), records="HoSo")
    again = read(axis(a="id7", b="id9", c="id3", p="ns5", q="ns41"), records="HoSo")
    assert [record.raw for record in first.records] == [record.raw for record in again.records]


def test_a_value_may_stand_at_its_first_place_and_be_referred_to_from_others() -> None:
    body = envelope(
        f'<R {ENC12}><HoSo><So>1</So><T enc:id="t"><Ma>x</Ma></T></HoSo><HoSo><So>2</So><T enc:ref="t"/></HoSo></R>'
    )
    assert texts(read(body), "So", "T/Ma") == [["1", "x"], ["2", "x"]]


def test_references_to_other_places_and_ids_of_their_own_stay() -> None:
    body = envelope('<R><HoSo id="7"><So>1</So><Tep href="http://x/a.pdf"/></HoSo></R>')
    page = read(body, key="@id")
    assert keys([page]) == ["7"]
    assert b'href="http://x/a.pdf"' in page.records[0].raw


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('<HoSo href="#x"/>', "refers to `x`, which is not in it"),
        ('<HoSo href="#a"/><V id="a"><C href="#a"/></V>', r"holds a value that is part of itself \(`a`\)"),
        ('<HoSo href="#a"/><V id="a"><C href="#b"/></V><V id="b"><C href="#a"/></V>', "part of itself"),
        ('<HoSo id="a"><C href="#a"/></HoSo>', "part of itself"),
    ],
)
def test_references_that_lead_nowhere_or_round_are_refused(content: str, sentence: str) -> None:
    error = fails(Changed, envelope(f"<R>{content}</R>"))
    assert error.code == "multi_reference"
    with pytest.raises(Changed, match=sentence):
        raise error


def test_references_that_would_fill_the_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "_LARGEST", 1024 * 1024)
    levels = "".join(f'<V id="v{n}">' + f'<C href="#v{n + 1}"/>' * 20 + "</V>" for n in range(12))
    error = fails(Changed, envelope(f'<R><HoSo href="#v0"/></R>{levels}<V id="v12">x</V>'))
    assert error.code == "multi_reference"
    assert "fill the memory" in str(error)


def test_references_that_lead_on_and_on_are_refused_in_no_time() -> None:
    chain = "".join(f'<V id="v{n}"><C href="#v{n + 1}"/></V>' for n in range(20_000))
    error = fails(Changed, envelope(f'<R><HoSo href="#v0"/></R>{chain}<V id="v20000"/>'))
    assert "more than 256 deep" in str(error)


def test_a_large_value_that_is_copied_often_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "_LARGEST", 1024 * 1024)
    body = envelope("<R>" + '<HoSo href="#v"/>' * 100 + f'</R><V id="v">{"x" * 20_000}</V>')
    assert fails(Changed, body).code == "multi_reference"


def test_a_huge_answer_with_references_is_refused_rather_than_half_read() -> None:
    rows = "".join(f"<HoSo><So>{n}</So><X>{'x' * 1000}</X></HoSo>" for n in range(9000))
    body = envelope(f'<R><HoSo href="#a"/>{rows}</R><HoSo id="a"><So>a</So></HoSo>')
    with desk(answering(body)) as there, pytest.raises(Changed, match="too large to be read as a whole") as caught:
        pull(SOAP, small(there.url))
    assert caught.value.code == "multi_reference"


def test_members_of_a_structure_may_come_in_any_order_and_texts_in_base64() -> None:
    name = b64encode("Nguyễn Thị Hòa".encode()).decode()
    pdf = b64encode(b"%PDF-1.4\xff").decode()
    plain = b64encode(b"plain").decode()

    def answer(*members: str) -> bytes:
        return envelope(f"<R {STYLE} {ENC}><HoSo>{''.join(members)}</HoSo></R>")

    so, ten = "<So>1</So>", f'<Ten xsi:type="xsd:base64Binary">{name}</Ten>'
    tep, goc = f'<Tep xsi:type="enc:base64">{pdf}</Tep>', f'<Goc xsi:type="enc:base64">{plain}</Goc>'
    one, other = read(answer(so, ten, tep, goc)), read(answer(goc, tep, ten, so))
    assert texts(one, "So", "Ten", "Tep", "Goc") == [["1", "Nguyễn Thị Hòa", pdf, plain]]
    assert one.records[0].raw == other.records[0].raw


DATA_SET = """<LayResponse xmlns="urn:ho-so"><LayResult>
  <xs:schema id="DS" xmlns="" xmlns:xs="http://www.w3.org/2001/XMLSchema"
      xmlns:msdata="urn:schemas-microsoft-com:xml-msdata">
    <xs:element name="DS" msdata:IsDataSet="true"><xs:complexType><xs:choice><xs:element name="HoSo"/></xs:choice>
    </xs:complexType></xs:element></xs:schema>
  <diffgr:diffgram xmlns:msdata="urn:schemas-microsoft-com:xml-msdata"
      xmlns:diffgr="urn:schemas-microsoft-com:xml-diffgram-v1">
    <DS xmlns=""><HoSo diffgr:id="HoSo{a}" msdata:rowOrder="{o}"><So>1</So><Ten>mới</Ten></HoSo>
      <HoSo diffgr:id="HoSo{b}" msdata:rowOrder="9" diffgr:hasChanges="modified"><So>2</So><Ten>đổi</Ten></HoSo></DS>
    <diffgr:before><HoSo diffgr:id="HoSo{b}" xmlns=""><So>2</So><Ten>cũ</Ten></HoSo>
      <HoSo diffgr:id="HoSo3" xmlns=""><So>3</So><Ten>đã xóa</Ten></HoSo></diffgr:before>
  </diffgr:diffgram></LayResult></LayResponse>"""


def test_rows_of_a_data_set_are_records_and_deleted_ones_are_not() -> None:
    page = read(envelope(DATA_SET.format(a=1, b=2, o=0)))
    assert texts(page, "So", "Ten") == [["1", "mới"], ["2", "đổi"]]


def test_an_unchanged_row_is_the_same_bytes_wherever_it_stands() -> None:
    one, other = read(envelope(DATA_SET.format(a=1, b=2, o=0))), read(envelope(DATA_SET.format(a=8, b=5, o=7)))
    assert [record.raw for record in one.records] == [record.raw for record in other.records]


def parted(*parts: tuple[str, bytes], start: str = "", extra: str = "") -> Callable[[Request], Response]:
    """An answer of several parts, each with its headers."""
    body = b"".join(b"--edge\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n" for head, content in parts)
    told = f'multipart/related; boundary="edge"; type="application/xop+xml"{start}'

    def answer(request: Request) -> Response:
        if request.method == "GET":
            return answering(b"")(request)
        return Response(b"a preamble\r\n" + body + b"--edge--\r\n" + extra.encode(), content_type=told)

    return answer


ROOT = 'Content-Type: application/xop+xml; charset=utf-8; type="text/xml"\r\nContent-ID: <root@x>'
INCLUDE = '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:{}"/>'
PDF = b"%PDF-1.4\r\n\xff\x00--edgeless\r\n"


def with_files(*parts: tuple[str, bytes], start: str = "", **changes: Any) -> Page:
    with desk(parted(*parts, start=start)) as there:
        (page,) = pull(SOAP, small(there.url, **changes))
    return page


@pytest.mark.parametrize("start", ["", '; start="<root@x>"'])
def test_files_of_a_message_are_put_back_where_the_envelope_refers_to_them(start: str) -> None:
    content = (
        f"<R><HoSo><So>1</So><Tep>{INCLUDE.format('a%40x')}</Tep><Hinh>cid:b@x</Hinh><Anh href='cid:b@x'/></HoSo></R>"
    )
    root = (ROOT, envelope(content))
    files = [
        ("Content-Type: application/pdf\r\nContent-ID: <a@x>\r\nContent-Transfer-Encoding: binary", PDF),
        ("Content-ID: <b@x>\r\nContent-Transfer-Encoding: base64", b64encode(b"\x89PNG")),
    ]
    page = with_files(*([*files, root] if start else [root, *files]), start=start)
    png = b64encode(b"\x89PNG").decode()
    assert texts(page, "So", "Tep", "Hinh", "Anh") == [["1", b64encode(PDF).decode(), png, png]]
    assert page.media_type.startswith("multipart/related; boundary")
    assert PDF in page.payload


def test_the_same_file_under_another_name_leaves_a_record_as_it_was() -> None:
    def page(name: str) -> Page:
        content = f"<R><HoSo><So>1</So><Tep>{INCLUDE.format(name)}</Tep></HoSo></R>"
        return with_files((ROOT, envelope(content)), (f"Content-ID: <{name}>", PDF))

    assert page("a").records[0].raw == page("b").records[0].raw


def test_a_file_that_is_too_large_for_a_record_is_named_by_its_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipart, "LARGEST", 10)
    content = f"<R><HoSo><So>1</So><Tep>{INCLUDE.format('a')}</Tep></HoSo></R>"
    page = with_files((ROOT, envelope(content)), ("Content-ID: <a>", PDF))
    tep = page.records[0].value.find("Tep")
    assert (tep.text, tep.get("size"), len(tep.get("sha256"))) == (None, str(len(PDF)), 64)


def test_records_may_stand_in_a_file_that_nothing_refers_to() -> None:
    rows = b"<ds><HoSo><So>1</So></HoSo></ds>"
    for attached in (rows, gzip.compress(rows, mtime=0)):
        page = with_files(
            (ROOT, envelope("<R/>")), ("Content-Type: text/xml\r\nContent-ID: <a>", attached),
            inside={"element": "attachment", "format": "xml"},
        )  # fmt: skip
        assert keys([page]) == ["1"]


@pytest.mark.parametrize(
    ("content_type", "body", "kind", "code"),
    [
        ("multipart/related", b"", Changed, "multipart"),
        ('multipart/related; boundary="e"', b"--e\r\n\r\n<a/>\r\n", Unavailable, "truncated"),
        ("multipart/related; boundary=e", b"--e\nContent-Transfer-Encoding: base64\n\nA\n--e--", Changed, "multipart"),
        ('multipart/related; boundary="e"', b"--e--", Changed, "multipart"),
        ('multipart/related; boundary="e"', b"--e\r\n\r\n<a/>\r\n" * 1001 + b"--e--", Changed, "multipart"),
        ('multipart/related; boundary="e"', b"--e\r\n\r\n<a>\r\n--e--", Unavailable, "truncated"),
    ],
)  # fmt: skip
def test_parts_that_are_not_as_they_should_be_say_so(
    content_type: str, body: bytes, kind: type[ConnectorError], code: str
) -> None:
    def answer(request: Request) -> Response:
        return answering(b"")(request) if request.method == "GET" else Response(body, content_type=content_type)

    with desk(answer) as there, pytest.raises(kind) as caught:
        pull(SOAP, small(there.url))
    assert caught.value.code == code


XML = "<ds><HoSo><So>1</So><Ten>Nguyễn Thị Hòa</Ten></HoSo></ds>"
WRAPPINGS = {
    "as it is": escape(XML),
    "in CDATA": f"<![CDATA[{XML}]]>",
    "in CDATA that is escaped": escape(f"<![CDATA[{XML}]]>"),
    "escaped twice": escape(escape(XML)),
    "escaped three times": escape(escape(escape(XML))),
    "in base64": b64encode(XML.encode()).decode(),
    "in base64 with line breaks": "\n".join([b64encode(XML.encode()).decode()[n : n + 76] for n in range(0, 200, 76)]),
    "in base64 as UTF-16": b64encode(f'<?xml version="1.0" encoding="utf-16"?>{XML}'.encode("utf-16")).decode(),
    "compressed": b64encode(gzip.compress(XML.encode(), mtime=0)).decode(),
    "with a byte-order mark": "\ufeff" + escape(XML),
    "with a declaration that is wrong": escape(f'<?xml version="1.0" encoding="utf-16"?>{XML}'),
    "without an element around it": escape("<HoSo><So>1</So><Ten>Nguyễn Thị Hòa</Ten></HoSo><Tong>1</Tong>"),
    "one record alone": escape("<HoSo><So>1</So><Ten>Nguyễn Thị Hòa</Ten></HoSo>"),
    "as elements": XML,
}  # fmt: skip


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_xml_in_a_text_is_unwrapped(wrapping: str) -> None:
    page = read(result(WRAPPINGS[wrapping]), inside={"element": "LayDanhSachResult", "format": "xml"})
    assert texts(page, "{*}So", "{*}Ten") == [["1", "Nguyễn Thị Hòa"]]


RECORD = {"So": "1", "Ten": "Nguyễn Thị Hòa"}
LIST = orjson.dumps([RECORD]).decode()


@pytest.mark.parametrize(
    ("text", "records"),
    [
        (LIST, ""),
        (orjson.dumps({"data": [RECORD]}).decode(), "data"),
        (orjson.dumps(LIST).decode(), ""),  # a JSON text in a JSON text
        (b64encode(gzip.compress(LIST.encode(), mtime=0)).decode(), ""),
    ],
)
def test_json_in_a_text_is_unwrapped(text: str, records: str) -> None:
    page = read(result(escape(text)), inside={"element": "LayDanhSachResult", "format": "json"}, records=records)
    assert [record.value for record in page.records] == [RECORD]


def test_each_text_of_a_list_may_hold_a_record_or_several() -> None:
    def listed(*several: str) -> bytes:
        return result("".join(f"<string>{escape(text)}</string>" for text in several))

    json = {"element": "string", "format": "json"}
    assert keys([read(listed('{"So": "1"}', '{"So": "2"}'), inside=json, records="")]) == ["1", "2"]
    assert keys([read(listed('[{"So": "1"}]', '[{"So": "2"}]', ""), inside=json, records="")]) == ["1", "2"]
    xml = {"element": "string", "format": "xml"}
    page = read(listed("<HoSo><So>1</So></HoSo>", XML.replace("1", "2"), ""), inside=xml)
    assert keys([page]) == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("-1|Sai mật khẩu", Changed, "inside"),
        ("QUJDREVGR0hJSktMTU5PUA==", Changed, "inside"),  # base64 of what is no document
        ("A" + " " * 900_000 + "!", Changed, "inside"),
        (b64encode(gzip.compress(XML.encode(), mtime=0)[:-20]).decode(), Unavailable, "truncated"),
        (b64encode(gzip.compress(b"<a>" + b" " * 3_000_000, mtime=0)).decode(), Changed, "too_large"),
        (escape("<b>Lỗi</b> sai mật khẩu <i/>"), Changed, "inside"),
        (escape("<a><b></c></a>"), Changed, "not_xml"),
    ],
)
def test_a_text_that_is_none_of_these_is_quoted(text: str, kind: type[ConnectorError], code: str) -> None:
    inside = {"element": "LayDanhSachResult", "format": "xml"}
    error = fails(kind, result(text), inside=inside, max_answer_bytes=1_000_000)
    assert error.code == code


def test_a_text_escaped_without_end_is_given_up() -> None:
    text = XML
    for _ in range(9):
        text = escape(text)
    error = fails(Changed, result(text), inside={"element": "LayDanhSachResult", "format": "xml"})
    assert error.code == "inside"


def test_the_charset_of_the_settings_is_used_for_the_answer() -> None:
    body = envelope("<R><HoSo><So>1</So><Ten>Nguyễn Thị Hòa</Ten></HoSo></R>").decode().encode("utf-16-le")
    page = read(body, charset="utf-16-le")
    assert texts(page, "Ten") == [["Nguyễn Thị Hòa"]]


def test_an_answer_of_any_element_is_read_by_its_names() -> None:
    any_ = envelope('<R><Ket><x:HoSo xmlns:x="urn:gi-do"><x:So>1</x:So></x:HoSo></Ket></R>')
    assert etree.fromstring(any_).tag == f"{{{NS11}}}Envelope"
    assert keys([read(any_)]) == ["1"]
