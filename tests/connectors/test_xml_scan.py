"""The records of a text are found by their bytes exactly where a parser finds them as elements."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from connectors import xml
from connectors.xml_scan import Scanner, records_in

NAMES = st.sampled_from(["HoSo", "x:HoSo", "HoSoKem", "L", "So", "x:L"])
TEXTS = st.sampled_from(
    ["", " ", "Hòa", "a > b", "&lt;HoSo&gt;", "<!-- <HoSo> -->", "<![CDATA[</HoSo><HoSo>]]>", "<?x <L> ?>", "!", "?"]
)
ATTRIBUTES = st.sampled_from(["", " a='/>'", ' a=">"', ' x:a = "1"', " xmlns:y='urn:y'", ' xmlns="urn:other"', "\n"])


def _element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def written(name: str, attributes: str, inside: list[str], before: str, ending: str) -> str:
        if not inside and ending == "empty":
            return f"{before}<{name}{attributes}/>"
        return f"{before}<{name}{attributes}>{''.join(inside)}</{name}{' ' if ending == 'spaced' else ''}>"

    inside = st.lists(st.one_of(children, TEXTS), max_size=4)
    return st.builds(written, NAMES, ATTRIBUTES, inside, TEXTS, st.sampled_from(["plain", "spaced", "empty"]))


DOCUMENTS = st.recursive(TEXTS, _element, max_leaves=25).map(
    lambda inside: f'<?xml version="1.0"?><!-- <HoSo/> --><e xmlns:x="urn:x" xmlns="urn:e">{inside}</e> '.encode()
)


def canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


@pytest.mark.parametrize("where", ["HoSo", "L.HoSo", "L.L"])
@given(text=DOCUMENTS)
@settings(max_examples=150, deadline=None)
def test_records_are_found_as_a_parser_finds_them(where: str, text: bytes) -> None:
    expected = [canonical(element) for element in xml.find(xml.parse(text, "here"), where)]
    found = [
        canonical(etree.fromstring(each, etree.XMLParser(remove_pis=True))) for each in records_in(text, "here", where)
    ]
    assert found == expected


@given(text=DOCUMENTS, step=st.integers(1, 40), size=st.integers(1, 60))
@settings(max_examples=150, deadline=None)
def test_wherever_a_text_is_cut_and_however_it_arrives_its_records_are_the_same(
    text: bytes, step: int, size: int
) -> None:
    chunks = [text[start : start + step] for start in range(0, len(text), step)]
    *parts, last = Scanner(chunks, "here", "HoSo", size, len(text)).cuts()
    assert last.is_last
    found = [each for part in (*parts, last) for each in part.records]
    assert found == records_in(text, "here", "HoSo")
    for part in (*parts, last):
        alone = [canonical(element) for element in xml.find(xml.parse(part.payload, "here"), "HoSo")]
        assert len(alone) == len(part.records)


def test_a_record_has_its_own_namespaces_but_not_the_envelopes() -> None:
    text = (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:i="urn:i"><s:Body xmlns="urn:b">'
        b'<HoSo xmlns:j="urn:j"><i:A/></HoSo><HoSo/></s:Body></s:Envelope>'
    )
    assert records_in(text, "here", "HoSo") == [
        b'<HoSo xmlns="urn:b" xmlns:i="urn:i" xmlns:j="urn:j"><i:A/></HoSo>',
        b'<HoSo xmlns="urn:b" xmlns:i="urn:i"/>',
    ]
