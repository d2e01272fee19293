"""Hostile XML is refused, half a document is told from a wrong one, and elements stay usable."""

from typing import Any

import pytest

from connectors import xml
from connectors.errors import Changed, ConnectorError, Unavailable
from tests.connectors.desk import desk
from tests.departments import hostile

WHOLE = "<a><b><c>Nguyễn Văn Hòa</c></b><b/></a>".encode()


def error_of(body: bytes) -> tuple[type, str]:
    with pytest.raises(ConnectorError) as caught:
        xml.parse(body, "http://so-tu-phap.example/")
    return type(caught.value), caught.value.code


def _laughs_in_an_attribute(encoding: str) -> bytes:
    entities = '<!ENTITY e0 "ha">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE a [{entities}]><a b="&e11;"/>'.encode(encoding)


@pytest.mark.parametrize(
    "body",
    [
        hostile.EXTERNAL_ENTITY,
        hostile.BILLION_LAUGHS,
        hostile.DEEP_XML,
        b"<!DOCTYPE a><a/>",
        b"<!-- <x> --><!DOCTYPE a><a/>",
        "<!DOCTYPE a><a/>".encode("utf-16"),
        _laughs_in_an_attribute("utf-8"),
        _laughs_in_an_attribute("utf-16"),
        b"<a>" * 3000 + b" " * 11_000_000 + b"</a>" * 3000,
        b"<a><" + b"n" * 60_000 + b"/></a>",
    ],
    ids=[
        "entity",
        "laughs",
        "deep",
        "doctype",
        "behind-comment",
        "utf-16",
        "attribute",
        "attribute-16",
        "large and deep",
        "name",
    ],
)
def test_hostile_xml_is_refused(body: bytes) -> None:
    assert error_of(body) == (Changed, "forbidden_xml")


def test_a_text_may_be_as_long_as_the_answer() -> None:
    assert len(xml.parse(b"<a>" + b"x" * 11_000_000 + b"</a>", "here").text or "") == 11_000_000


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"&#55357;&#56832;", "\N{GRINNING FACE}"),
        (b"&#xD83D;&#xDE00;", "\N{GRINNING FACE}"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "\N{GRINNING FACE}"),
        (b"&#55357;", "\N{REPLACEMENT CHARACTER}"),
        (b"&#56832;&#55357;", "\N{REPLACEMENT CHARACTER}" * 2),
        (b"\xed\xa0\xbd", "\N{REPLACEMENT CHARACTER}"),
        (b"\x01", "\N{REPLACEMENT CHARACTER}"),
        (b"&#0;", "\N{REPLACEMENT CHARACTER}"),
        (b"&#x1F;", "\N{REPLACEMENT CHARACTER}"),
        (b"&#1114112;", "\N{REPLACEMENT CHARACTER}"),
        (b"\xef\xbf\xbe", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_what_xml_forbids_is_mended_and_the_rest_is_as_it_was(written: bytes, read: str) -> None:
    body = "<a><b>&#272;ất 100&#37; &amp; nhà</b><b>".encode() + written + b"</b><b>&#x1F600;</b></a>"
    texts = [element.text for element in xml.parse(body, "here")]
    assert texts == ["Đất 100% & nhà", read, "\N{GRINNING FACE}"]


def test_a_charset_that_is_not_so_is_said_and_the_setting_named() -> None:
    body = '<?xml version="1.0" encoding="utf-8"?><a>Đơn xin câp phiêu</a>'.encode("cp1258")
    with pytest.raises(Changed) as caught:
        xml.parse(body, "http://so-tu-phap.example/")
    assert caught.value.code == "charset"
    assert "`charset`" in caught.value.hint
    assert xml.parse(body, "here", charset="cp1258").text == "Đơn xin câp phiêu"


def test_an_external_entity_asks_nobody() -> None:
    def never(request: Any) -> Any:
        raise AssertionError

    with desk(never) as stranger:
        for body in (
            f'<!DOCTYPE a SYSTEM "{stranger.url}/a.dtd"><a/>',
            f'<!DOCTYPE a [<!ENTITY % p SYSTEM "{stranger.url}/p">%p;]><a/>',
        ):
            for encoding in ("utf-8", "utf-16"):
                assert error_of(body.encode(encoding)) == (Changed, "forbidden_xml")
        assert stranger.asked == []


@pytest.mark.parametrize("length", range(2, len(WHOLE)))
def test_half_a_document_is_unavailable_wherever_it_was_cut(length: int) -> None:
    assert error_of(WHOLE[:length]) == (Unavailable, "truncated")


@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_nothing_at_all_is_unavailable(body: bytes) -> None:
    assert error_of(body) == (Unavailable, "empty_answer")


@pytest.mark.parametrize("body", [b"OK:1", hostile.INVALID_XML, b"<a></b></a>"])
def test_a_whole_document_that_is_wrong_is_changed(body: bytes) -> None:
    assert error_of(body) == (Changed, "not_xml")


def test_elements_are_found_by_local_name_and_stay_usable() -> None:
    body = b'<e xmlns:x="urn:x"><x:HoSo><HoSo>inner</HoSo></x:HoSo><List><HoSo id="2"/><Ten/></List></e>'
    found = list(xml.find(xml.parse(body, "here"), "HoSo"))
    assert [xml.raw_bytes(element) for element in found] == [
        b'<x:HoSo xmlns:x="urn:x"><HoSo>inner</HoSo></x:HoSo>',
        b'<HoSo id="2"></HoSo>',
    ]
    assert found[0].findtext("HoSo") == "inner"
    assert [element.get("id") for element in xml.find(xml.parse(body, "here"), "List.HoSo")] == ["2"]


def test_a_records_bytes_do_not_depend_on_what_stands_around_it() -> None:
    one = xml.parse(b'<e xmlns="urn:a" xmlns:b="urn:b"><r b="1" a="2">x</r> tail</e>', "here")
    two = xml.parse(b'<e xmlns="urn:a" xmlns:c="urn:c"><l><r a="2" b="1">x<!-- note --></r></l></e>', "here")
    assert xml.raw_bytes(next(xml.find(one, "r"))) == xml.raw_bytes(next(xml.find(two, "r")))


def test_a_relative_namespace_still_has_bytes() -> None:
    element = xml.parse(b'<e><r xmlns="HoSo"><a/></r> tail</e>', "here")
    assert xml.raw_bytes(next(xml.find(element, "r"))) == b'<r xmlns="HoSo"><a/></r>'
