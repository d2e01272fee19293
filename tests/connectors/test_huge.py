"""A huge SOAP answer is read in parts: every record, once, in documents that can be read again."""

from functools import cache
from html import escape

import pytest
from lxml import etree
from werkzeug.wrappers import Request, Response

from connectors import body, xml
from connectors.body import SMALL, Body
from connectors.contract import Page
from connectors.errors import Changed, ConnectorError, Unavailable
from connectors.soap import SOAP
from connectors.xml_parts import XmlPart, parts
from tests.connectors.desk import desk, keys, pull
from tests.connectors.small_soap import answering, fails, result, small, wsdl

START = b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><R xmlns="urn:ho-so"><L>'
END = b"</L><ConTrang>false</ConTrang><TongSo>4500</TongSo></R></s:Body></s:Envelope>"
RECORDS = 4500


def record(number: int) -> bytes:
    return f"<HoSo><So>{number}</So><Ten>Nguyễn Văn Hòa</Ten><GhiChu>{'x' * 2000}</GhiChu></HoSo>\n".encode()


@cache
def pulled() -> list[Page]:
    def say(request: Request) -> Response:
        if request.method == "GET":
            return Response(wsdl(request.host_url.rstrip("/")), mimetype="text/xml")
        return Response((START, *map(record, range(RECORDS)), END), mimetype="text/xml; charset=utf-8")

    with desk(say) as there:
        return pull(SOAP, small(there.url, more="ConTrang", total="TongSo"))


def test_a_huge_answer_is_several_pages_that_bring_every_record_once() -> None:
    pages = pulled()
    assert sum(len(page.payload) for page in pages) > SMALL
    assert len(pages) > 3
    assert keys(pages) == [str(number) for number in range(RECORDS)]
    assert [page.total for page in pages[:-1]] == [None] * (len(pages) - 1)
    assert pages[-1].total == RECORDS


def test_each_pages_payload_is_a_document_with_its_records_as_they_were_sent() -> None:
    for page in pulled():
        found = etree.fromstring(page.payload).findall(".//{urn:ho-so}HoSo")
        assert [element.findtext("{*}So") for element in found] == [each.key for each in page.records]
        assert record(int(page.records[0].key)) in page.payload


def test_the_last_payload_is_the_answer_without_the_records_of_the_others() -> None:
    *others, last = pulled()
    left = START + b"".join(record(number) for number in range(RECORDS)) + END
    for page in others:
        for each in page.records:
            left = left.replace(record(int(each.key)), b"", 1)
    assert b"".join(left.split()) == b"".join(last.payload.split())


def cut(text: bytes, where: str = "HoSo", size: int = 60) -> list[XmlPart]:
    return list(parts(Body(text), "http://so-tu-phap.example/", where, size=size))


@pytest.mark.parametrize(
    ("end", "kind", "code"),
    [
        (b"</L></R>", Unavailable, "truncated"),
        (b"</L></X></s:Body></s:Envelope>", Changed, "not_xml"),
        (b"</L></R></s:Body><s:Envelope></s:Envelope>", Changed, "not_xml"),
        (b"<HoSo>" + END, Changed, "not_xml"),
        (b"<HoSo><a></b></HoSo>" + END, Changed, "not_xml"),
        (b"<HoSo a=1></HoSo>" + END, Changed, "not_xml"),
        (b"< >" + END, Changed, "not_xml"),
        (b"<!DOCTYPE a>" + END, Changed, "not_xml"),
        (b"<HoSo>&lol;</HoSo>" + END, Changed, "not_xml"),
        (b"</L>" + b"<Khac/>" * 700_000 + b"</R></s:Body></s:Envelope>", Changed, "records"),
        (b"<!--" + b"x" * 34_000_000 + b"-->" + END, Changed, "records"),
        (b"<HoSo>" + b"x" * 34_000_000 + b"</HoSo>" + END, Changed, "forbidden_xml"),
        (b"<HoSo>" + b"<a>" * 300 + b"</a>" * 300 + b"</HoSo>" + END, Changed, "forbidden_xml"),
        (b"<X>" * 300 + b"</X>" * 300 + END, Changed, "forbidden_xml"),
    ],
    ids=[
        *(
            "cut off",
            "wrong tag",
            "two roots",
            "open record",
            "wrong record",
            "no quotes",
            "no tag",
            "doctype",
            "entity",
        ),
        *("much besides", "long comment", "long record", "deep record", "deep"),
    ],
)
def test_what_is_wrong_with_a_huge_answer_is_said(end: bytes, kind: type[ConnectorError], code: str) -> None:
    with pytest.raises(kind) as caught:
        cut(START + record(1) + record(2) + end)
    assert type(caught.value) is kind
    assert caught.value.code == code


@pytest.mark.parametrize("text", [b"", b"OK:1", b" \r\n"])
def test_what_is_no_xml_at_all_is_refused(text: bytes) -> None:
    with pytest.raises((Changed, Unavailable)):
        cut(text)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "cp1258"])
def test_a_huge_answer_may_be_in_any_charset(charset: str) -> None:
    text = '<?xml version="1.0" encoding="utf-8"?><L><HoSo><So>Sở Tư pháp</So></HoSo><HoSo/></L>'
    sent = (
        text.encode() if charset == "utf-8" else "<L><HoSo><So>Hà Nội</So></HoSo><HoSo/></L>".encode(charset, "replace")
    )
    setting = None if charset.startswith("utf") else charset
    found = list(parts(Body(sent), "here", "HoSo", charset=setting, size=1))
    assert [part.is_last for part in found] == [False, False, True]
    again = xml.parse(found[0].payload, "here")
    assert again.findtext(".//So") in ("Sở Tư pháp", "Hà Nội", "Hà N?i")


def test_a_forbidden_character_in_one_record_leaves_the_others_as_they_are() -> None:
    found = cut(START + record(1) + b"<HoSo><So>2\x01</So></HoSo>" + record(3) + END, size=1)
    texts = [element.findtext("{*}So") for part in found for element in xml.find(part.root, "HoSo")]
    assert texts == ["1", "2\N{REPLACEMENT CHARACTER}", "3"]


WRAPPED = (
    '<?xml version="1.0" encoding="utf-16"?>'
    "<DS><HoSo><So>1 &amp; 2</So></HoSo><HoSo><So>3</So></HoSo><Con>false</Con></DS>"
)


@pytest.mark.parametrize(
    "text",
    [escape(WRAPPED), f"<![CDATA[{WRAPPED}]]>", f"\n {escape(WRAPPED)} ", escape(escape(WRAPPED)), WRAPPED[39:]],
    ids=["escaped", "CDATA", "spaced", "escaped twice", "elements"],
)
def test_a_huge_text_that_is_xml_is_read_like_a_small_one(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = {"element": "LayDanhSachResult", "format": "xml"}
    settings = {"inside": inside, "more": "Con"}
    with desk(answering(result(text))) as there:
        as_a_whole = pull(SOAP, small(there.url, **settings))
        monkeypatch.setattr(body, "SMALL", 100)
        in_parts = pull(SOAP, small(there.url, **settings))
    assert keys(in_parts) == keys(as_a_whole) == ["1 & 2", "3"]
    with desk(answering(in_parts[0].payload)) as again:
        assert keys(pull(SOAP, small(again.url, **settings))) == ["1 & 2", "3"]


def test_half_a_huge_text_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "SMALL", 100)
    inside = {"element": "LayDanhSachResult", "format": "xml"}
    assert fails(Unavailable, result(escape(WRAPPED[:-5])), inside=inside).code == "truncated"
