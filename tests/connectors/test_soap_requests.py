"""What the `soap` type sends in every style of SOAP: elements, types, arrays, texts that hold documents, addressing."""

from typing import Any

import pytest
from lxml import etree
from pydantic import ValidationError
from werkzeug.wrappers import Request, Response

from connectors.errors import Changed
from connectors.soap import SOAP
from connectors.soap.settings import SoapSettings
from tests.connectors.desk import check, desk, keys, pull
from tests.connectors.small_soap import NS11, NS12, answering, envelope, small, styled

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
ENC11, ENC12 = "{http://schemas.xmlsoap.org/soap/encoding/}", "{http://www.w3.org/2003/05/soap-encoding}"
REQUEST = """<xs:complexType name="YeuCau"><xs:sequence>
    <xs:element name="tu" type="xs:dateTime" minOccurs="0"/><xs:element name="trang" type="xs:int" minOccurs="0"/>
    <xs:element name="ngay" type="xs:date" minOccurs="0"/><xs:element name="tatCa" type="xs:boolean" minOccurs="0"/>
    <xs:element name="ma" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
    <xs:element name="donVi" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:element name="string" type="xs:string" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
      <xs:attribute name="cap" type="xs:string"/></xs:complexType></xs:element>
    <xs:element name="xml" minOccurs="0"><xs:complexType><xs:sequence><xs:any/></xs:sequence></xs:complexType>
    </xs:element>
    <xs:element name="chuoi" type="xs:string" minOccurs="0"/>
  </xs:sequence></xs:complexType>"""
WRAPPED = REQUEST + '<xs:element name="Lay" type="t:YeuCau"/>'
PART = '<part name="p" element="t:Lay"/>'


def sent(described_as: bytes, **changes: Any) -> tuple[Request, etree._Element]:
    """The last request of a pull from a service with this WSDL, and what stands in its Body."""

    def answer(request: Request) -> Response:
        return Response(described_as) if request.method == "GET" else answering(envelope(""))(request)

    with desk(answer) as there:
        pull(SOAP, small(there.url, operation="Lay", address=f"{there.url}/soap", **changes))
        request = there.asked[-1]
    body = etree.fromstring(request.get_data()).find("{*}Body")
    assert body is not None
    return request, body


def refused(described_as: bytes, **changes: Any) -> Changed:
    with pytest.raises(Changed) as caught:
        sent(described_as, **changes)
    return caught.value


def values(element: etree._Element) -> dict[str, str | None]:
    return {str(child.tag).rpartition("}")[2]: child.text for child in element.iter("*") if not len(child)}


@pytest.mark.parametrize(("wsdl_soap", "namespace"), [("soap", NS11), ("soap12", NS12)])
def test_a_document_operation_is_sent_as_its_element(wsdl_soap: str, namespace: str) -> None:
    request, body = sent(styled(WRAPPED, PART, wsdl_soap=wsdl_soap), parameters={"trang": "{page}", "tatCa": True})
    assert body.tag == f"{{{namespace}}}Body"
    (lay,) = body
    assert lay.tag == "{urn:ho-so}Lay"
    assert values(lay) == {"trang": "1", "tatCa": "true"}
    if wsdl_soap == "soap":
        assert request.headers["SOAPAction"] == '"urn:ho-so/Lay"'
    else:
        assert request.headers["Content-Type"] == 'application/soap+xml; charset=utf-8; action="urn:ho-so/Lay"'
        assert "SOAPAction" not in request.headers


def test_an_element_that_is_a_single_value_is_given_by_its_name() -> None:
    _, body = sent(
        styled('<xs:element name="Ma" type="xs:string"/>', '<part name="p" element="t:Ma"/>'), parameters={"Ma": "H29"}
    )
    assert [(each.tag, each.text) for each in body] == [("{urn:ho-so}Ma", "H29")]


def test_several_parts_of_a_document_are_several_elements() -> None:
    types = '<xs:element name="A" type="xs:string"/><xs:element name="B" type="t:YeuCau"/>' + REQUEST
    parts = '<part name="a" element="t:A"/><part name="b" element="t:B"/>'
    _, body = sent(styled(types, parts), parameters={"a": "1", "b": {"trang": 2}})
    assert [str(each.tag) for each in body] == ["{urn:ho-so}A", "{urn:ho-so}B"]
    assert values(body) == {"A": "1", "trang": "2"}


def test_an_rpc_operation_is_sent_as_its_name_in_the_namespace_of_the_binding() -> None:
    parts = '<part name="yeuCau" type="t:YeuCau"/><part name="loai" type="xs:string"/>'
    _, body = sent(styled(REQUEST, parts, style="rpc"), parameters={"yeuCau": {"trang": 3}, "loai": "a"})
    (call,) = body
    assert call.tag == "{urn:goi}Lay"
    assert [str(each.tag) for each in call] == ["yeuCau", "loai"]
    assert values(call) == {"trang": "3", "loai": "a"}
    assert call.xpath("boolean(//@*[local-name() = 'type'])") is False


ARRAYS = """<xs:complexType name="DanhSachMa"><xs:complexContent><xs:restriction base="enc:Array">
    <xs:attribute ref="enc:arrayType" wsdl:arrayType="xs:string[]"/></xs:restriction></xs:complexContent>
  </xs:complexType>
  <xs:complexType name="DanhSach"><xs:complexContent><xs:restriction base="enc:Array">
    <xs:attribute ref="enc:arrayType" wsdl:arrayType="t:YeuCau[]"/></xs:restriction></xs:complexContent>
  </xs:complexType>"""
ENCODED_PARTS = """<part name="yeuCau" type="t:YeuCau"/><part name="ma" type="t:DanhSachMa"/>
    <part name="ds" type="t:DanhSach"/><part name="gi" type="xs:anyType"/>"""
ENCODED = {"yeuCau": {"trang": "{page}"}, "ma": ["a", "b"], "ds": [{"trang": 1}, {"trang": 2}], "gi": "x"}


def named(element: etree._Element, attribute: str) -> str:
    """The value of an attribute that is a name, with its prefix resolved."""
    prefix, _, local = str(element.get(attribute)).rpartition(":")
    return f"{{{element.nsmap[prefix]}}}{local}"


@pytest.mark.parametrize("wsdl_soap", ["soap", "soap12"])
def test_encoded_values_say_their_types(wsdl_soap: str) -> None:
    described_as = styled(REQUEST + ARRAYS, ENCODED_PARTS, style="rpc", use="encoded", wsdl_soap=wsdl_soap)
    _, body = sent(described_as, parameters=ENCODED)
    (call,) = body
    encoding = ENC11 if wsdl_soap == "soap" else ENC12
    assert [value for name, value in call.attrib.items() if str(name).endswith("encodingStyle")] == [encoding[1:-1]]
    request, ma, several, anything = call
    assert named(request, f"{XSI}type") == "{urn:ho-so}YeuCau"
    assert named(request[0], f"{XSI}type") == "{http://www.w3.org/2001/XMLSchema}int"
    assert named(anything, f"{XSI}type") == "{http://www.w3.org/2001/XMLSchema}string"
    assert [item.text for item in ma] == ["a", "b"]
    assert named(ma, f"{XSI}type") == f"{encoding}Array"
    if wsdl_soap == "soap":
        assert str(ma.get(f"{ENC11}arrayType")) == "xsd:string[2]"
        assert named(several, f"{ENC11}arrayType") == "{urn:ho-so}YeuCau[2]"
    else:
        assert (ma.get(f"{ENC12}itemType"), ma.get(f"{ENC12}arraySize")) == ("xsd:string", "2")
    assert [item.findtext("{*}trang") for item in several] == ["1", "2"]


def test_lists_nested_values_attributes_and_nothing_are_sent_as_they_are_given() -> None:
    parameters = {"ma": ["a", "b & c"], "donVi": {"string": ["x", "y"], "cap": "2"}, "chuoi": True, "trang": 0}
    _, body = sent(styled(WRAPPED, PART), parameters=parameters)
    (lay,) = body
    assert [each.text for each in lay.findall("{*}ma")] == ["a", "b & c"]
    unit = lay.find("{*}donVi")
    assert unit is not None
    assert ([each.text for each in unit], unit.get("cap")) == (["x", "y"], "2")
    assert lay.findtext("{*}chuoi") == "true"
    assert lay.findtext("{*}trang") == "0"


def test_a_list_goes_into_the_only_place_that_can_hold_it() -> None:
    _, body = sent(styled(WRAPPED, PART), parameters={"donVi": ["x", "y"]})
    assert [each.text for each in body.iter("{*}string")] == ["x", "y"]


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"trang": [1, 2]}, "the parameter Lay.trang takes one value, not a list"),
        ({"trang": {"so": 1}}, r"the parameter Lay.trang is a single value \(xs:int\)"),
        ({"donVi": {"strings": "x"}}, "Lay.donVi has no parameter `strings`"),
        ({"xml": "no XML"}, "the parameter Lay.xml takes XML, and its text is none"),
    ],
)
def test_parameters_that_do_not_fit_the_wsdl_are_named(parameters: dict[str, Any], sentence: str) -> None:
    error = refused(styled(WRAPPED, PART), parameters=parameters)
    assert error.code == "parameters"
    with pytest.raises(Changed, match=sentence):
        raise error


def test_a_parameter_that_must_be_there_is_named() -> None:
    types = WRAPPED.replace('name="trang" type="xs:int" minOccurs="0"', 'name="trang" type="xs:int"')
    assert "trang" in str(refused(styled(types, PART)))


def test_since_is_cut_to_a_date_where_the_wsdl_wants_a_date_and_written_as_the_settings_say() -> None:
    changed_at = {"from": "x", "beginning": "2026-05-20T08:30:00"}
    _, body = sent(styled(WRAPPED, PART), parameters={"ngay": "{since}", "tu": "{since}"}, changed_at=changed_at)
    assert values(body) == {"tu": "2026-05-20T08:30:00+07:00", "ngay": "2026-05-20"}
    told = changed_at | {"date": "iso", "sent_as": "dd/MM/yyyy"}
    _, body = sent(styled(WRAPPED, PART), parameters={"chuoi": "{since}"}, changed_at=told)
    assert values(body) == {"chuoi": "20/05/2026"}


XML = '<R><U lop="{matKhau}">hub</U><P>{matKhau}</P><T>{page}</T><C><![CDATA[{matKhau}]]></C></R>'


def test_a_text_that_is_xml_is_filled_in_so_that_it_stays_xml() -> None:
    secret = """a<b&"c'd]]>"""
    _, body = sent(styled(WRAPPED, PART), parameters={"chuoi": XML}, secret_parameters={"matKhau": secret})
    inner = etree.fromstring(values(body)["chuoi"] or "")
    assert [inner.findtext(name) for name in "UPTC"] == ["hub", secret, "1", secret]
    assert inner[0].get("lop") == secret


def test_a_text_that_is_json_is_filled_in_so_that_it_stays_json() -> None:
    import orjson

    template = '{"p": "{matKhau}", "trang": {page}, "ds": ["{page}"]}'
    secret = 'a"b\\c\n'
    _, body = sent(styled(WRAPPED, PART), parameters={"chuoi": template}, secret_parameters={"matKhau": secret})
    assert orjson.loads(values(body)["chuoi"] or "") == {"p": secret, "trang": 1, "ds": ["1"]}


def test_xml_may_be_sent_as_elements_where_the_wsdl_takes_any() -> None:
    _, body = sent(styled(WRAPPED, PART), parameters={"xml": "<R><T>{page}</T></R>"})
    assert body.findtext(".//{*}xml/R/T") == "1"


def test_a_secret_in_a_text_is_shown_nowhere() -> None:
    with desk(
        answering(envelope("<s:Fault><faultcode>x</faultcode><faultstring>a&lt;b không đúng</faultstring></s:Fault>"))
    ) as there:
        settings = small(there.url, parameters={"maDonVi": XML}, secret_parameters={"matKhau": "a<b không đúng"})
        with pytest.raises(Changed) as caught:
            pull(SOAP, settings)
    assert "không đúng" not in str(caught.value)


@pytest.mark.parametrize("version", ["2005/08", "2004/08"])
def test_addressing_says_where_and_what_and_is_the_same_nowhere(version: str) -> None:
    request, _ = sent(styled(WRAPPED, PART), addressing=version)
    again, _ = sent(styled(WRAPPED, PART), addressing=version)
    header, other = (etree.fromstring(each.get_data()).find("{*}Header") for each in (request, again))
    assert header is not None
    assert other is not None
    assert version in str(header[0].tag)
    assert header.findtext("{*}Action") == "urn:ho-so/Lay"
    assert str(header.findtext("{*}To")).endswith("/soap")
    assert "anonymous" in str(header.findtext("{*}ReplyTo/{*}Address"))
    assert header.findtext("{*}MessageID") != other.findtext("{*}MessageID")


def test_the_action_of_the_addressing_part_of_a_wsdl_is_taken() -> None:
    told = b'<input xmlns:w="http://www.w3.org/2006/05/addressing/wsdl" w:Action="urn:hanh-dong" message='
    described_as = styled(WRAPPED, PART).replace(b"<input message=", told)
    request, _ = sent(described_as, addressing="2005/08")
    assert b">urn:hanh-dong<" in request.get_data()


def test_the_action_of_the_settings_wins() -> None:
    request, _ = sent(styled(WRAPPED, PART), action="urn:khac")
    assert request.headers["SOAPAction"] == '"urn:khac"'


def test_a_port_that_is_not_there_is_named_with_those_that_are() -> None:
    error = refused(styled(WRAPPED, PART), service="Khac")
    assert "at the `service` and `port` of the settings" in str(error)
    assert "Services and ports: `HoSo/Cong`" in error.hint


def paged(request: Request) -> Response:
    """Three pages that a token, or the last key, leads through."""
    if request.method == "GET":
        return Response(styled(WRAPPED, PART))
    asked = etree.fromstring(request.get_data()).findtext(".//{*}chuoi")
    start = {None: 0, "0": 0, "t1": 2, "t2": 4, "1": 2, "3": 4, "4": 5}[asked]
    rows = "".join(f"<HoSo><So>{n}</So></HoSo>" for n in range(start, min(start + 2, 5)))
    token = {0: "t1", 2: "t2"}.get(start, "")
    return Response(envelope(f"<R>{rows}<Tiep>{token}</Tiep></R>"), mimetype="text/xml")


@pytest.mark.parametrize(
    "settings",
    [
        {"parameters": {"chuoi": "{cursor}"}, "next_cursor": "Tiep"},
        {"parameters": {"chuoi": "{cursor}"}, "next_cursor": "Tiep", "first_cursor": "0"},
        {"parameters": {"chuoi": "{last_id}"}},
        {"parameters": {"chuoi": "{last_id}"}, "first_cursor": "0"},
    ],
)
def test_a_token_or_the_last_key_leads_to_the_next_page(settings: dict[str, Any]) -> None:
    with desk(paged) as there:
        pages = pull(SOAP, small(there.url, operation="Lay", address=there.url, **settings))
    assert keys(pages) == ["0", "1", "2", "3", "4"]


def test_a_system_that_wants_an_end_is_asked_window_by_window() -> None:
    rows = {day: f"<HoSo><So>{day}</So><Ngay>2026-05-{day:02}T08:00:00Z</Ngay></HoSo>" for day in range(1, 20)}

    def answer(request: Request) -> Response:
        if request.method == "GET":
            return Response(styled(WRAPPED, PART))
        sent = etree.fromstring(request.get_data())
        since, until = str(sent.findtext(".//{*}tu"))[:10], str(sent.findtext(".//{*}chuoi"))[:10]
        found = [row for day, row in rows.items() if since <= f"2026-05-{day:02}" <= until]
        return Response(envelope(f"<R>{''.join(found)}</R>"), 200, {"Date": "Wed, 20 May 2026 08:00:00 GMT"})

    changed_at = {"from": "Ngay", "zone": "UTC", "beginning": "2026-05-01"}
    with desk(answer) as there:
        settings = small(there.url, operation="Lay", address=there.url, changed_at=changed_at, window_days=5)
        settings["parameters"] = {"tu": "{since}", "chuoi": "{until}"}
        assert sorted(map(int, set(keys(pull(SOAP, settings))))) == list(range(1, 20))
        assert "they have the key" in check(SOAP, settings)[-1]


def test_a_token_that_is_nowhere_in_a_full_answer_is_not_the_end() -> None:
    cursor = {"parameters": {"chuoi": "{cursor}"}, "next_cursor": "Tipe", "page_size": 2}
    with desk(paged) as there, pytest.raises(Changed, match="does not say how to go on: it has no `Tipe`") as caught:
        pull(SOAP, small(there.url, operation="Lay", address=there.url, **cursor))
    assert caught.value.code == "paging"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"parameters": {"a": "{cursor}"}}, "need each other"),
        ({"next_cursor": "x"}, "need each other"),
        ({"parameters": {"a": "{cursor}{last_id}"}, "next_cursor": "x"}, "not both"),
        ({"parameters": {"a": "{matKhau}"}}, r"no placeholder `\{matKhau\}`"),
        ({"records": ""}, "`records` must name"),
        ({"window_days": 3}, r"`\{until\}` and `window_days` need each other"),
        ({"window_days": 3, "parameters": {"a": "{until}"}}, r"`window_days` needs `\{since\}`"),
        ({"window_days": 3, "parameters": {"a": "{since}{until}"}, "changed_at": {"from": "x"}}, "beginning"),
        ({"fetch": {"operation": "x", "parameters": {}}}, r"must send `\{key\}`"),
        ({"fetch": {"operation": "x", "parameters": {"a": "{key}{page}"}}}, r"no placeholder `\{page\}`"),
        ({"count": {"operation": "x", "parameters": {"a": "{since}"}, "at": "n"}}, r"`\{since\}` and `\{until\}`"),
        ({"count": {"operation": "x", "parameters": {"a": "{since}{until}"}}}, "at least one of `at` and `keys`"),
        ({"count": {"operation": "x", "parameters": {"a": "{since}{until}"}, "at": "n"}}, "needs `changed_at`"),
        ({"faults": [{"means": "empty"}]}, "at least one of `code`, `text` and `detail`"),
        ({"auth": {"type": "signature", "certificate": "a", "private_key": "b", "password": "c"}}, "needs `username`"),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_together_are_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        SoapSettings.model_validate(small("http://x") | changes)
