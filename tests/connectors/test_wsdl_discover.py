"""What `discover` makes of a WSDL: operations and fields of every style, loose WSDLs, the fingerprint."""

import warnings
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from connectors.contract import Description, Discovers, Field
from connectors.errors import Changed
from connectors.soap import SOAP
from connectors.soap.wsdl.describe import MOST_FIELDS
from tests.connectors.desk import check, desk, once
from tests.connectors.small_soap import answering, described, envelope, small, styled, wsdl

HO_SO = """<xs:complexType name="HoSo"><xs:sequence>
    <xs:element name="so" type="xs:string"><xs:annotation><xs:documentation>Số hồ sơ</xs:documentation></xs:annotation>
    </xs:element>
    <xs:element name="ngay" type="xs:dateTime" minOccurs="0"/>
    <xs:element name="giayTo" type="xs:string" minOccurs="0" maxOccurs="unbounded"/>
  </xs:sequence><xs:attribute name="loai" type="t:Loai" use="required"/></xs:complexType>
  <xs:simpleType name="Loai"><xs:restriction base="xs:string">
    <xs:enumeration value="01"/><xs:enumeration value="02"/></xs:restriction></xs:simpleType>"""
WRAPPED = """<xs:element name="Lay"><xs:complexType><xs:sequence>
    <xs:element name="trang" type="xs:int"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="LayResponse"><xs:complexType><xs:sequence>
    <xs:element name="hoSo" type="t:HoSo" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>"""
ELEMENTS = {"parts": '<part name="p" element="t:Lay"/>', "answer": '<part name="p" element="t:LayResponse"/>'}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "s.wsdl"


def read(place: Path, *types: str, **parts: Any) -> Description:
    place.write_bytes(styled("".join(types), **parts))
    return described(place)


def lines(fields: Any) -> list[str]:
    return [f"{f.path} {f.type}{' *' if f.repeated else ''}{' !' if f.required else ''}" for f in fields]


def test_wrapped_operations_have_the_fields_inside_the_wrapper(place: Path) -> None:
    (operation,) = read(place, HO_SO, WRAPPED, **ELEMENTS).operations
    assert (operation.name, operation.place) == ("Lay", "HoSo/Cong")
    assert operation.style == "SOAP 1.1 document/literal wrapped"
    assert lines(operation.parameters) == ["trang xs:int !"]
    assert lines(operation.answer) == [
        "hoSo object * !",
        "hoSo.so xs:string !",
        "hoSo.ngay xs:dateTime",
        "hoSo.giayTo xs:string *",
        "hoSo.@loai xs:string !",
    ]
    assert operation.answer[1].about == "Số hồ sơ"
    assert operation.answer[4].about == "(01, 02)"


def test_bare_and_rpc_operations_have_their_parts(place: Path) -> None:
    bare = WRAPPED.replace('name="Lay"', 'name="YeuCau"')
    (operation,) = read(place, HO_SO, bare, **ELEMENTS | {"parts": '<part name="p" element="t:YeuCau"/>'}).operations
    assert operation.style == "SOAP 1.1 document/literal bare"
    assert lines(operation.parameters) == ["trang xs:int !"]
    single = '<xs:element name="Ma" type="t:Loai"/>'
    (operation,) = read(place, HO_SO, single, parts='<part name="p" element="t:Ma"/>').operations
    assert lines(operation.parameters) == ["Ma xs:string !"]
    parts = {"parts": '<part name="ma" type="xs:string"/>', "answer": '<part name="return" type="t:HoSo"/>'}
    (operation,) = read(place, HO_SO, style="rpc", use="encoded", wsdl_soap="soap12", **parts).operations
    assert operation.style == "SOAP 1.2 rpc/encoded"
    assert lines(operation.parameters) == ["ma xs:string !"]
    assert lines(operation.answer)[:2] == ["return object !", "return.so xs:string !"]


def test_every_port_is_listed_and_every_operation_once_for_each(tmp_path: Path) -> None:
    (tmp_path / "s.wsdl").write_bytes(wsdl("http://ho-so.invalid"))
    found = described(tmp_path / "s.wsdl")
    assert [(o.place, o.style[:8]) for o in found.operations] == [
        ("HoSo/Soap11", "SOAP 1.1"),
        ("HoSo/Soap12", "SOAP 1.2"),
    ]


CONTENT = {
    "an extension adds to its base": (
        (
            '<xs:complexType name="R"><xs:complexContent><xs:extension base="t:HoSo"><xs:sequence>'
            '<xs:element name="them" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>'
        ),
        ["so xs:string !", "ngay xs:dateTime", "giayTo xs:string *", "@loai xs:string !", "them xs:int !"],
    ),
    "a restriction says all again but the attributes": (
        (
            '<xs:complexType name="R"><xs:complexContent><xs:restriction base="t:HoSo"><xs:sequence>'
            '<xs:element name="so" type="xs:string"/></xs:sequence></xs:restriction></xs:complexContent>'
            "</xs:complexType>"
        ),
        ["so xs:string !", "@loai xs:string !"],
    ),
    "a text may have attributes": (
        (
            '<xs:complexType name="R"><xs:simpleContent><xs:extension base="xs:decimal">'
            '<xs:attribute name="tien" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType>'
        ),
        ["@tien xs:string"],
    ),
    "what can be chosen is not required": (
        (
            '<xs:complexType name="R"><xs:choice><xs:element name="a" type="xs:int"/>'
            '<xs:sequence maxOccurs="unbounded">'
            '<xs:element name="b" type="xs:int"/></xs:sequence></xs:choice></xs:complexType>'
        ),
        ["a xs:int", "b xs:int *"],
    ),
    "groups are where they are used": (
        (
            '<xs:complexType name="R"><xs:group ref="t:G" minOccurs="0"/><xs:attributeGroup ref="t:A"/>'
            "</xs:complexType>"
            '<xs:group name="G"><xs:sequence><xs:element name="g" type="xs:int"/></xs:sequence></xs:group>'
            '<xs:attributeGroup name="A"><xs:attribute name="x"/></xs:attributeGroup>'
        ),
        ["g xs:int", "@x xs:string"],
    ),
    "a list and a union are texts": (
        (
            '<xs:complexType name="R"><xs:all><xs:element name="l"><xs:simpleType><xs:list itemType="xs:int"/>'
            '</xs:simpleType></xs:element><xs:element name="u"><xs:simpleType><xs:union memberTypes="xs:int xs:date"/>'
            "</xs:simpleType></xs:element></xs:all></xs:complexType>"
        ),
        ["l list of xs:int !", "u xs:string !"],
    ),
    "anything is a star": (
        '<xs:complexType name="R"><xs:sequence><xs:any minOccurs="0"/></xs:sequence></xs:complexType>',
        ["* xs:anyType"],
    ),
    "an encoded array has items": (
        (
            '<xs:complexType name="R"><xs:complexContent><xs:restriction base="enc:Array">'
            '<xs:attribute ref="enc:arrayType" '
            'wsdl:arrayType="t:HoSo[]"/></xs:restriction></xs:complexContent></xs:complexType>'
        ),
        [
            "item object *",
            "item.so xs:string !",
            "item.ngay xs:dateTime",
            "item.giayTo xs:string *",
            "item.@loai xs:string !",
        ],
    ),
    "a DataSet is one thing": (
        '<xs:complexType name="R"><xs:sequence><xs:element ref="xs:schema"/><xs:any/></xs:sequence></xs:complexType>',
        [],
    ),
}


@pytest.mark.parametrize("content", CONTENT)
def test_the_fields_of_every_kind_of_type_are_listed(place: Path, content: str) -> None:
    types, expected = CONTENT[content]
    found = read(place, HO_SO, types, style="rpc", answer='<part name="r" type="t:R"/>')
    (operation,) = found.operations
    assert lines(operation.answer)[1:] == [f"r.{line}" for line in expected]
    assert found.problems == ()
    if content == "a DataSet is one thing":
        assert operation.answer[0].type == ".NET DataSet"


def test_types_that_hold_themselves_end(place: Path) -> None:
    tree = """<xs:complexType name="DonVi"><xs:sequence><xs:element name="ten" type="xs:string"/>
      <xs:element name="con" type="t:DonVi" minOccurs="0" maxOccurs="unbounded"/>
      <xs:element name="hoSo" minOccurs="0"><xs:complexType><xs:sequence><xs:element name="noi" type="t:DonVi"/>
      </xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType>"""
    (operation,) = read(place, tree, style="rpc", answer='<part name="r" type="t:DonVi"/>').operations
    assert lines(operation.answer) == [
        "r object !", "r.ten xs:string !", "r.con object *", "r.hoSo object", "r.hoSo.noi object !",
    ]  # fmt: skip
    assert operation.answer[2].about == "(as `r`)"


def test_a_type_that_extends_itself_ends(place: Path) -> None:
    loop = """<xs:complexType name="R"><xs:complexContent><xs:extension base="t:R"><xs:sequence>
      <xs:element name="a" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
      <xs:group name="G"><xs:sequence><xs:group ref="t:G"/><xs:element name="g" type="xs:int"/></xs:sequence></xs:group>
      <xs:complexType name="S"><xs:group ref="t:G"/></xs:complexType>"""
    (operation,) = read(
        place, loop, style="rpc", parts='<part name="s" type="t:S"/>', answer='<part name="r" type="t:R"/>'
    ).operations
    assert "r.a xs:int !" in lines(operation.answer)
    assert len(operation.parameters) < 100


def test_types_that_name_one_another_over_and_over_are_cut_off_in_no_time(place: Path) -> None:
    types = "".join(
        f'<xs:complexType name="T{n}"><xs:sequence>'
        + "".join(f'<xs:element name="e{k}" type="t:T{n + 1}"/>' for k in range(12))
        + "</xs:sequence></xs:complexType>"
        for n in range(12)
    )
    types += (
        '<xs:complexType name="T12"><xs:sequence><xs:element name="x" type="xs:int"/></xs:sequence></xs:complexType>'
    )
    began = process_time()
    (operation,) = read(place, types, style="rpc", answer='<part name="r" type="t:T0"/>').operations
    assert process_time() - began < 2
    assert len(operation.answer) == MOST_FIELDS + 1
    assert "and more" in operation.answer[-1].about


def test_groups_that_double_at_every_step_are_refused_in_no_time(place: Path) -> None:
    double = '<xs:group name="G{}"><xs:sequence><xs:group ref="t:G{}"/><xs:group ref="t:G{}"/></xs:sequence></xs:group>'
    groups = "".join(double.format(n, n + 1, n + 1) for n in range(40))
    groups += (
        '<xs:group name="G40"><xs:sequence/></xs:group><xs:complexType name="R"><xs:group ref="t:G0"/></xs:complexType>'
    )
    began = process_time()
    with pytest.raises(Changed, match="refer to one another more than"):
        read(place, groups, style="rpc", answer='<part name="r" type="t:R"/>')
    assert process_time() - began < 2


def test_types_that_build_on_one_another_a_thousand_times_end(place: Path) -> None:
    step = """<xs:complexType name="T{}"><xs:complexContent><xs:extension base="t:T{}"><xs:sequence>
      <xs:element name="e{}"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>"""
    chain = "".join(step.format(n, n + 1, n) for n in range(1000)) + '<xs:complexType name="T1000"/>'
    (operation,) = read(place, chain, style="rpc", answer='<part name="r" type="t:T0"/>').operations
    assert operation.answer


def test_a_header_that_the_wsdl_wants_is_listed_as_the_settings_name_it(place: Path) -> None:
    header = (
        WRAPPED
        + """<xs:element name="AuthHeader"><xs:complexType><xs:sequence>
        <xs:element name="UserName" type="xs:string"/></xs:sequence></xs:complexType></xs:element>"""
    )
    place.write_bytes(
        styled(HO_SO + header, **ELEMENTS)
        .replace(b'<input><soap:body use="literal" namespace="urn:goi"/>', b'<input><soap:body use="literal"/>'
                 b'<soap:header message="t:H" part="h" use="literal"/>')
        .replace(b"<portType", b'<message name="H"><part name="h" element="t:AuthHeader"/></message><portType')
    )  # fmt: skip
    (operation,) = described(place).operations
    assert lines(operation.parameters)[1:] == [
        "soap_headers.AuthHeader object !",
        "soap_headers.AuthHeader.UserName xs:string !",
    ]


def test_the_fingerprint_is_of_what_matters(place: Path) -> None:
    def print_of(*changes: tuple[str, str]) -> str:
        whole = styled(HO_SO + WRAPPED, **ELEMENTS).decode()
        for old, new in changes:
            assert old in whole
            whole = whole.replace(old, new)
        place.write_text(whole)
        return described(place).fingerprint

    first = print_of()
    assert (
        print_of(("Số hồ sơ", "Mã số"), ("<types>", "<!-- v2 --><types>"), ("http://ho-so.invalid", "http://x"))
        == first
    )
    so, ngay = '<xs:element name="ngay" type="xs:dateTime" minOccurs="0"/>', '<xs:element name="giayTo"'
    assert print_of((so, ""), (ngay, so + ngay)) == first  # another order
    others = [
        print_of(('name="ngay" type="xs:dateTime"', 'name="ngay" type="xs:date"')),
        print_of(('name="ngay"', 'name="ngayNhan"')),
        print_of(('name="trang" type="xs:int"', 'name="trang" type="xs:int" minOccurs="0"')),
        print_of(
            (
                ' maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>',
                "/></xs:sequence></xs:complexType></xs:element>",
            )
        ),
        print_of(('wsdl/soap/"', 'wsdl/soap12/"')),
    ]
    assert len({first, *others}) == 1 + len(others)


def giving(described_as: bytes) -> Callable[[Request], Response]:
    """Answers with this WSDL, and with nothing to a call."""
    plain = answering(envelope(""))
    return lambda request: Response(described_as) if request.method == "GET" else plain(request)


LOOSE = {
    "a type that nothing describes": (
        ('type="xs:int"', 'type="t:Khac"'), "refers to the type `Khac` of urn:ho-so, which nothing describes", 2),
    "a type of another namespace": (
        ('type="xs:int"', 'type="x:AuthHeader" xmlns:x="urn:x"'), "refers to the type `AuthHeader` of urn:x", 2),
    "a prefix that is not declared": (
        ('type="xs:int"', 'type="z:int"'), "uses the prefix `z`, which is not declared", 2),
    "a message of another namespace": (
        ('message="t:In"', 'message="x:In" xmlns:x="urn:x"'), "refers to message `x:In`, whose namespace has none", 2),
    "a binding that has more than its port type": (
        ('<operation name="LayDanhSach"><soap:', '<operation name="Khac"/><operation name="LayDanhSach"><soap:'),
        "operation `Khac` is bound, but port type `P` does not have it", 2),
    "an operation that is bound twice": (
        ("</operation></binding>", '</operation><operation name="LayDanhSach"/></binding>'),
        "operation `LayDanhSach` of port `Soap11` is described more than once", 2),
    "a port without a binding": (
        ('binding="t:B11"', 'binding="t:B13"'), "refers to binding `t:B13`, which is not there", 1),
    "a port without an address": (
        ('<soap:address location="{address}/soap"/>', ""), "port `Soap11` names no address; set `address`", 2),
    "a part without a type": (
        ('<part name="parameters" element="t:LayDanhSach"/>', '<part name="parameters"/>'),
        "part `parameters` of message `In` has neither an element nor a type", 2),
    "an element without a name": (
        ('<xs:element name="trang" type="xs:int" minOccurs="0"/>', '<xs:element name="" type="xs:int"/>'),
        "`LayDanhSach` has an element without a name; it is left out", 2),
    "a transport that is not HTTP": (
        ("soap:binding transport=\"http://schemas.xmlsoap.org/soap/http\"", "soap:binding transport=\"http://schemas.xmlsoap.org/soap/jms\""),
        "is not spoken over HTTP", 1),
    "an element that is described twice": (
        ('<xs:element name="AuthHeader">', '<xs:element name="AuthHeader"/><xs:element name="AuthHeader">'),
        "element `AuthHeader` of urn:ho-so is described twice, and not alike; the first is taken", 2),
    "an operation of another version than its binding": (
        ("soap:operation", "soap12:operation"), "`Soap11` is bound to SOAP 1.1, but its operations to 1.2", 2),
    "an old XML Schema": (
        ("http://www.w3.org/2001/XMLSchema", "http://www.w3.org/1999/XMLSchema"), "XML Schema of before 2001", 2),
    "no service": (("<service", "<!--"), "it has no service, so no address", 2),
}  # fmt: skip


@pytest.mark.parametrize("what", LOOSE)
def test_a_loose_wsdl_says_which_rule_it_breaks_and_is_read_all_the_same(place: Path, what: str) -> None:
    (old, new), sentence, operations = LOOSE[what]
    whole = wsdl("{address}").decode()
    assert old in whole
    whole = whole.replace(old, new)
    place.write_text(whole.replace("</service>", "-->") if what == "no service" else whole)
    found = described(place)
    assert sentence in " ".join(found.problems)
    assert len(found.operations) == operations


def test_a_loose_wsdl_can_be_called_where_the_operation_itself_is_whole() -> None:
    with desk(answering(envelope(""))) as there:
        broken = wsdl(there.url).replace(b'name="matKhau" type="xs:string"', b'name="matKhau" type="q:string"')
        there.answer = giving(broken)
        settings = small(there.url, parameters={"maDonVi": "H29"}, secret_parameters={"matKhau": "s3cret"})
        sentence = check(SOAP, settings)[1]
        assert "passed over in it: `matKhau` uses the prefix `q`, which is not declared" in sentence
        assert b"s3cret" in there.asked[-1].get_data()


def test_an_operation_whose_message_is_missing_is_left_out() -> None:
    with (
        desk(giving(wsdl("http://x").replace(b"t:In", b"t:Khac"))) as there,
        pytest.raises(Changed, match="describes no operation; input of `LayDanhSach` refers to message"),
    ):
        check(SOAP, small(there.url))


def test_what_only_a_part_of_a_wsdl_describes_is_listed_and_not_called(place: Path) -> None:
    whole = wsdl("http://ho-so.invalid").decode()
    place.write_text(whole[: whole.index("<binding")] + "</definitions>")
    found = described(place)
    assert [(operation.name, operation.style) for operation in found.operations] == [("LayDanhSach", "not said")]
    assert "it has neither a service nor a binding" in found.problems[0]
    with pytest.raises(Changed, match="but not how it is asked: it has no binding"):
        check(SOAP, small("", wsdl=str(place)))


def test_a_connector_discovers_by_its_settings_and_keeps_the_fingerprint() -> None:
    with desk(answering(envelope(""))) as there:
        settings = SOAP.settings.model_validate(small(there.url))
        with SOAP.open(settings, once) as connector:
            assert isinstance(connector, Discovers)
            assert connector.described_as() is None  # type: ignore[attr-defined]
            found = connector.discover()
            assert connector.described_as() == found.fingerprint  # type: ignore[attr-defined]
            assert connector.discover() == found
        assert [request.method for request in there.asked] == ["GET"]
    assert Field("trang", "xs:int") in found.operations[0].parameters


def test_the_wsdl_of_the_readme_for_services_without_one_can_be_used(place: Path) -> None:
    readme = (files("connectors.soap") / "README.md").read_text(encoding="utf-8")
    place.write_text(readme.partition("```xml\n")[2].partition("```")[0])
    (operation,) = described(place).operations
    assert lines(operation.parameters) == ["tu xs:string !", "trang xs:int !"]
    with desk(answering(envelope("<R><HoSo><So>1</So></HoSo></R>"))) as there:
        settings = small("", wsdl=str(place), operation="layDanhSach", address=there.url)
        assert "they have the key" in check(SOAP, settings | {"parameters": {"tu": "x", "trang": 1}})[-1]


def test_reading_warns_of_nothing(place: Path) -> None:
    place.write_bytes(wsdl("http://x"))
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        described(place)
    assert seen == []
