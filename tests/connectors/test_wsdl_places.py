"""Where a WSDL and what it imports are found: files, folders, the same host, the catalogue; and what is never asked."""

from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from werkzeug.wrappers import Request, Response

from connectors.errors import Changed, ConnectorError, Unavailable
from connectors.soap import SOAP
from connectors.soap.catalogue import standard
from connectors.soap.wsdl import library
from tests.connectors.desk import check, desk, keys, pull
from tests.connectors.small_soap import answering, described, envelope, result, small, styled, wsdl
from tests.departments import hostile

KIND = '<xs:simpleType name="Ma"><xs:restriction base="xs:string"/></xs:simpleType>'


def schema(namespace: str, content: str = KIND) -> bytes:
    xs = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    return f'<xs:schema {xs} targetNamespace="{namespace}">{content}</xs:schema>'.encode()


def importing(location: str, namespace: str = "urn:o", address: str = "http://ho-so.invalid/soap") -> bytes:
    """A WSDL whose parameter has a type of another schema."""
    return styled(
        f'<xs:import namespace="{namespace}" schemaLocation="{escape(location)}"/>'
        f'<xs:element name="Lay"><xs:complexType><xs:sequence><xs:element name="ma" type="o:Ma" xmlns:o="{namespace}"/>'
        "</xs:sequence></xs:complexType></xs:element>",
        '<part name="p" element="t:Lay"/>',
        address=address,
    )


def types_of(place: Path | str) -> list[str]:
    (operation,) = described(place).operations
    return [field.type for field in operation.parameters]


def test_a_wsdl_from_a_file_is_read_with_the_schema_beside_it(tmp_path: Path) -> None:
    (tmp_path / "other.xsd").write_bytes(schema("urn:o", ""))
    with desk(answering(result(escape("<ds><HoSo><So>1</So></HoSo></ds>")))) as there:
        (tmp_path / "s.wsdl").write_bytes(wsdl(there.url, '<xs:import namespace="urn:o" schemaLocation="other.xsd"/>'))
        settings = small("", wsdl=str(tmp_path / "s.wsdl"), inside={"element": "LayDanhSachResult", "format": "xml"})
        assert keys(pull(SOAP, settings)) == ["1"]
        assert [request.method for request in there.asked] == ["POST"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Changed, match=r"no\.wsdl cannot be read: No such file") as caught:
        check(SOAP, small("", wsdl=str(tmp_path / "no.wsdl")))
    assert caught.value.code == "wsdl"


def test_a_folder_is_read_by_the_one_wsdl_in_it_that_has_a_service(tmp_path: Path) -> None:
    (tmp_path / "part.wsdl").write_bytes(b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>')
    (tmp_path / "other.xsd").write_bytes(schema("urn:o"))
    (tmp_path / "s.wsdl").write_bytes(importing("other.xsd"))
    assert types_of(tmp_path) == ["xs:string"]


@pytest.mark.parametrize(
    ("files_there", "words"), [([], "no WSDL"), (["a.wsdl", "b.wsdl"], "several WSDLs: `a.wsdl`, `b.wsdl`")]
)
def test_a_folder_that_does_not_say_which_wsdl_is_meant_says_so(
    tmp_path: Path, files_there: list[str], words: str
) -> None:
    for name in files_there:
        (tmp_path / name).write_bytes(wsdl("http://x"))
    with pytest.raises(Changed, match=words):
        check(SOAP, small("", wsdl=str(tmp_path)))


@pytest.mark.parametrize(
    ("location", "saved_as"),
    [
        ("http://noi-bo.invalid/schemas/loai.xsd", "loai.xsd"),
        ("http://noi-bo.invalid/HoSo.svc?xsd=xsd0", "xsd0.xsd"),
        ("http://noi-bo.invalid/HoSo.svc?xsd=xsd0", "HoSo.xsd0.xsd"),
        ("http://noi-bo.invalid/HoSo.svc?xsd=xsd0", "sub/HoSo.svc_xsd_xsd0.xsd"),
        ("../elsewhere/loai.xsd", "LOAI.XSD"),
        ("http://noi-bo.invalid/HoSo.svc?xsd=xsd0", "renamed.xsd"),  # found by its namespace
    ],
)
def test_a_schema_of_a_host_that_cannot_be_reached_is_found_in_the_folder(
    tmp_path: Path, location: str, saved_as: str
) -> None:
    (tmp_path / saved_as).parent.mkdir(exist_ok=True)
    (tmp_path / saved_as).write_bytes(schema("urn:o"))
    (tmp_path / "another.xsd").write_bytes(schema("urn:another"))
    (tmp_path / "s.wsdl").write_bytes(importing(location))
    found = described(tmp_path / "s.wsdl")
    assert types_of(tmp_path / "s.wsdl") == ["xs:string"]
    assert found.problems == ()


def test_a_name_that_two_files_of_the_folder_have_is_not_guessed(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "loai.xsd").write_bytes(schema("urn:o"))
    (tmp_path / "s.wsdl").write_bytes(importing("http://noi-bo.invalid/loai.xsd"))
    found = described(tmp_path / "s.wsdl")
    assert any("which is at another host" in problem for problem in found.problems)
    assert types_of(tmp_path / "s.wsdl") == ["Ma (not described)"]


def serving(pages: dict[str, bytes]) -> Any:
    def answer(request: Request) -> Response:
        if request.method == "POST":
            return Response(envelope(""), mimetype="text/xml")
        asked = request.full_path.rstrip("?")
        return Response(pages.get(asked, b""), 200 if asked in pages else 404, mimetype="text/xml")

    return answer


def test_imports_from_the_same_host_are_followed_even_in_a_circle() -> None:
    ring = '<xs:include schemaLocation="{}"/>'
    pages = {
        "/s?wsdl": importing("/one.xsd"),
        "/one.xsd": schema(
            "urn:o", ring.format("two.xsd") + '<xs:import namespace="urn:ho-so" schemaLocation="s?wsdl"/>'
        ),
        "/two.xsd": schema("urn:o", ring.format("one.xsd") + KIND),
    }
    with desk(serving(pages)) as there:
        assert types_of(f"{there.url}/s?wsdl") == ["xs:string"]
        assert sorted(request.path for request in there.asked) == ["/one.xsd", "/s", "/two.xsd"]


def test_wsdls_that_import_one_another_are_read_as_one() -> None:
    whole = wsdl("http://ho-so.invalid").decode()
    head, _, service = whole.partition("<service")
    start = head[: head.index("<types>")]
    pages = {
        "/s?wsdl": f'{start}<import namespace="urn:ho-so" location="/part?wsdl"/><service{service}'.encode(),
        "/part?wsdl": f'{head}<import namespace="urn:ho-so" location="/s?wsdl"/></definitions>'.encode(),
    }
    with desk(serving(pages)) as there:
        found = described(f"{there.url}/s?wsdl")
    assert {operation.place for operation in found.operations} == {"HoSo/Soap11", "HoSo/Soap12"}
    assert found.problems == ()


def test_a_schema_without_a_namespace_takes_that_of_who_includes_it(tmp_path: Path) -> None:
    (tmp_path / "common.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Lay"><xs:complexType><xs:sequence>'
        f'<xs:element name="ma" type="Ma"/></xs:sequence></xs:complexType></xs:element>{KIND}</xs:schema>'
    )
    part = '<part name="p" element="t:Lay"/>'
    (tmp_path / "s.wsdl").write_bytes(styled('<xs:include schemaLocation="common.xsd"/>', part))
    assert types_of(tmp_path / "s.wsdl") == ["xs:string"]
    assert described(tmp_path / "s.wsdl").problems == ()


def test_the_inner_name_of_a_host_behind_a_proxy_is_replaced_by_the_one_that_was_asked() -> None:
    pages = {"/s.svc?wsdl": importing("http://noi-bo.invalid:8080/s.svc?xsd=xsd0"), "/s.svc?xsd=xsd0": schema("urn:o")}
    with desk(serving(pages)) as there:
        assert types_of(f"{there.url}/s.svc?wsdl") == ["xs:string"]


@pytest.mark.parametrize("from_file", [True, False])
def test_no_other_host_is_asked_for_a_schema(tmp_path: Path, from_file: bool) -> None:
    with desk(serving({"/o.xsd": schema("urn:o")})) as stranger:
        described_as = importing(f"{stranger.url}/o.xsd", address=stranger.url)
        (tmp_path / "s.wsdl").write_bytes(described_as)
        with desk(serving({"/s?wsdl": described_as})) as there:
            place = str(tmp_path / "s.wsdl") if from_file else f"{there.url}/s?wsdl"
            found = described(place)
        assert stranger.asked == []
    (problem, _) = found.problems
    assert f"imports {stranger.url}/o.xsd, which is at another host" in problem
    assert "`schema_hosts`" in problem


def test_a_call_that_needs_what_was_not_read_says_why() -> None:
    with desk(serving({})) as stranger:
        whole = importing(f"{stranger.url}/o.xsd", address="{}")
        with desk(serving({})) as there:
            there.answer = serving({"/s?wsdl": whole.replace(b"{}", there.url.encode())})
            settings = small("", wsdl=f"{there.url}/s?wsdl", operation="Lay")
            assert check(SOAP, settings | {"parameters": {"ma": "01"}})  # as a text, it can be sent
            with pytest.raises(Changed, match=r"is a single value .*is at another host") as caught:
                check(SOAP, settings | {"parameters": {"ma": {"so": "01"}}})
    assert caught.value.code == "schema_elsewhere"


def test_a_host_that_the_settings_name_is_asked_without_credentials() -> None:
    with desk(serving({"/o.xsd": schema("urn:o")})) as stranger:
        # The same machine under another name is another host.
        location = stranger.url.replace("127.0.0.1", "localhost") + "/o.xsd"
        with desk(serving({"/s?wsdl": importing(location)})) as there:
            settings = small(
                "",
                wsdl=f"{there.url}/s?wsdl",
                operation="Lay",
                parameters={"ma": "1"},
                address=f"{there.url}/s",
                schema_hosts=["localhost"],
                auth={"type": "basic", "username": "hub", "password": "s3cret"},
            )
            check(SOAP, settings)
            assert all("Authorization" in request.headers for request in there.asked)
        (asked,) = stranger.asked
    assert "Authorization" not in asked.headers


def test_a_wsdl_from_the_network_reads_no_local_file(tmp_path: Path) -> None:
    (tmp_path / "o.xsd").write_bytes(schema("urn:o"))
    with desk(serving({"/s?wsdl": importing(f"file://{tmp_path}/o.xsd")})) as there:
        found = described(f"{there.url}/s?wsdl")
    assert "a file of its own machine" in found.problems[0]
    assert [field.type for field in found.operations[0].parameters] == ["Ma (not described)"]


def test_a_schema_that_is_gone_from_the_host_is_named_and_one_that_is_down_is_waited_for() -> None:
    with desk(serving({"/s?wsdl": importing("/gone.xsd")})) as there:
        assert "/gone.xsd answered 404" in described(f"{there.url}/s?wsdl").problems[0]

    def overloaded(request: Request) -> Response:
        return Response(importing("/o.xsd")) if "wsdl" in request.full_path else Response("", 503)

    with desk(overloaded) as there, pytest.raises(Unavailable):
        described(f"{there.url}/s?wsdl")


def test_an_import_that_leads_to_a_web_page_is_passed_over() -> None:
    with desk(serving({"/s?wsdl": importing("/help"), "/help": hostile.LOGIN_PAGE})) as there:
        assert "answered a web page" in described(f"{there.url}/s?wsdl").problems[0]


def test_a_wsdl_that_imports_for_ever_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MOST_DOCUMENTS", 20)

    def endless(request: Request) -> Response:
        if "wsdl" in request.full_path:
            return Response(importing("/1.xsd"))
        number = int(request.path[1:].partition(".")[0])
        return Response(schema("urn:o", f'<xs:include schemaLocation="{number + 1}.xsd"/>'))

    with desk(endless) as there, pytest.raises(Changed, match="imports more than 20 documents"):
        described(f"{there.url}/s?wsdl")


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "s.wsdl").write_bytes(importing("/dev/zero"))
    assert "which is not in its folder" in described(tmp_path / "s.wsdl").problems[0]
    with pytest.raises(Changed, match="cannot be read: it is no file"):
        described("/dev/zero")


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"<a/>", Changed, "wsdl"),
        (schema("urn:o"), Changed, "wsdl"),
        (b'<description xmlns="http://www.w3.org/ns/wsdl"/>', Changed, "wsdl"),
        (b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>', Changed, "wsdl"),
        (wsdl("http://x")[:900], Unavailable, "truncated"),
        (b"<!DOCTYPE definitions>" + wsdl("http://x").partition(b"?>")[2], Changed, "forbidden_xml"),
        (hostile.LOGIN_PAGE, Unavailable, "html_answer"),
        (b"no XML at all", Changed, "not_xml"),
        (b"", Unavailable, "empty_answer"),
    ],
)
def test_a_wsdl_that_is_none_says_what_happens_next(body: bytes, kind: type[ConnectorError], code: str) -> None:
    with desk(lambda _: Response(body)) as there, pytest.raises(kind) as caught:
        check(SOAP, small(there.url))
    assert caught.value.code == code
    assert there.url in str(caught.value)


def test_a_file_that_was_cut_off_is_not_asked_for_again(tmp_path: Path) -> None:
    (tmp_path / "s.wsdl").write_bytes(wsdl("http://x")[:900])
    with pytest.raises(Changed, match=r"^the file .* is half a document") as caught:
        check(SOAP, small("", wsdl=str(tmp_path / "s.wsdl")))
    assert caught.value.hint == "Ask the department to send the file again."


def test_something_else_than_a_wsdl_is_left_to_other_types(tmp_path: Path) -> None:
    assert SOAP.describe is not None
    (tmp_path / "openapi.json").write_text('{"openapi": "3.1.0"}')
    assert SOAP.describe(str(tmp_path / "openapi.json")) is None
    assert SOAP.describe(str(tmp_path)) is None
    with desk(lambda _: Response(hostile.LOGIN_PAGE, mimetype="text/html")) as there:
        assert SOAP.describe(f"{there.url}/login") is None


CATALOGUE = [path for path in files("connectors.soap.catalogue").iterdir() if path.name.endswith(".xsd")]


@pytest.mark.parametrize("path", CATALOGUE, ids=lambda path: path.name)
def test_every_schema_of_the_catalogue_is_valid_and_found_by_its_namespace(path: Any) -> None:
    root = etree.fromstring(path.read_bytes())
    assert standard(root.get("targetNamespace")) == path.read_bytes()
    references = {name.rpartition(":")[2] for name in root.xpath("//@ref | //@type | //@base") if name[:3] != "xs:"}
    own = {node.get("name") for node in root.iterchildren("*")}
    imported = {"Id", "lang", "space", "base", "id", "XRoadClientIdentifierType", "XRoadServiceIdentifierType"}
    assert references <= own | imported


@pytest.mark.parametrize(
    ("namespace", "attributes", "kind"),
    [
        ("http://schemas.xmlsoap.org/soap/encoding/", 'type="o:string"', "xs:string"),
        ("http://www.w3.org/2005/05/xmlmime", 'type="o:base64Binary"', "xs:base64Binary"),
        ("http://ws-i.org/profiles/basic/1.1/xsd", 'type="o:swaRef"', "xs:anyURI"),
        ("http://schemas.microsoft.com/2003/10/Serialization/", 'type="o:guid"', "xs:string"),
        ("http://schemas.microsoft.com/2003/10/Serialization/Arrays", 'type="o:ArrayOfstring"', "object"),
        ("http://www.w3.org/2005/08/addressing", 'type="o:EndpointReferenceType"', "object"),
        ("http://www.w3.org/2000/09/xmldsig#", 'type="o:SignatureType"', "object"),
    ],
)
def test_standard_schemas_come_from_the_catalogue(tmp_path: Path, namespace: str, attributes: str, kind: str) -> None:
    for schema_location in (f'schemaLocation="{namespace}"', ""):
        (tmp_path / "s.wsdl").write_bytes(
            styled(
                f'<xs:import namespace="{namespace}" {schema_location}/>',
                f'<part name="p" {attributes} xmlns:o="{namespace}"/>',
                style="rpc",
            )
        )
        found = described(tmp_path / "s.wsdl")
        assert (found.operations[0].parameters[0].type, found.problems) == (kind, ())
