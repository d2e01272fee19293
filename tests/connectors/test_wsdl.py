"""What the `soap` type makes of a WSDL: requests, credentials, and sentences about what is not as it should be."""

from base64 import b64encode
from html import escape
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from werkzeug.wrappers import Request, Response

from connectors.errors import Changed, ConnectorError, Unavailable
from connectors.soap import SOAP
from tests.connectors.desk import check, dead_address, desk, keys, pull, say
from tests.connectors.small_soap import answering, envelope, fails, result, small, wsdl
from tests.departments import hostile


def sent(changes: dict[str, Any], port: str | None = None) -> tuple[Request, etree._Element]:
    with desk(answering(envelope(""))) as there:
        pull(SOAP, small(there.url, **changes) | ({"port": port} if port else {}))
        request = there.asked[-1]
    return request, etree.fromstring(request.get_data())


def test_parameters_are_filled_in_by_their_type_and_place() -> None:
    changes = {
        "parameters": {"maDonVi": "H29 trang {page}", "trang": "{page}", "yeuCau": {"tuNgay": "{since}"}},
        "secret_parameters": {"matKhau": "s3cret", "yeuCau.matKhau": "s3cret-too"},
        "changed_at": {"from": "x"},
        "first_page": 0,
    }
    _, asked = sent(changes)
    texts = {element.tag.rpartition("}")[2]: element.text for element in asked.iter("{urn:ho-so}*")}
    assert texts["maDonVi"] == "H29 trang 0"
    assert texts["trang"] == "0"
    assert texts["tuNgay"] == "1899-12-31T16:53:30+00:00"
    assert [e.text for e in asked.iter("{urn:ho-so}matKhau")] == ["s3cret", "s3cret-too"]


@pytest.mark.parametrize(("port", "media_type"), [(None, "text/xml"), ("Soap12", "application/soap+xml")])
def test_both_versions_of_soap_are_spoken(port: str | None, media_type: str) -> None:
    request, _ = sent({}, port)
    assert request.mimetype == media_type
    assert request.path == ("/soap12" if port else "/soap")


def test_basic_credentials_are_sent_with_the_wsdl_and_the_call() -> None:
    with desk(answering(envelope(""))) as there:
        pull(SOAP, small(there.url, auth={"type": "basic", "username": "hub", "password": "mật khẩu"}))
        expected = "Basic " + b64encode("hub:mật khẩu".encode()).decode()
        assert [request.headers["Authorization"] for request in there.asked] == [expected, expected]


@pytest.mark.parametrize("sent_as", ["text", "digest"])
def test_a_username_token_is_put_into_the_header(sent_as: str) -> None:
    auth = {"type": "username_token", "username": "hub", "password": "s3cret", "sent_as": sent_as}
    _, asked = sent({"auth": auth})
    assert asked.findtext(".//{*}UsernameToken/{*}Username") == "hub"
    password = asked.find(".//{*}UsernameToken/{*}Password")
    assert password is not None
    assert (password.text == "s3cret") == (sent_as == "text")
    assert str(password.get("Type")).endswith("#PasswordText" if sent_as == "text" else "#PasswordDigest")


def test_an_own_header_element_carries_credentials() -> None:
    _, asked = sent({"soap_headers": {"AuthHeader": {"UserName": "hub", "Password": "s3cret"}}})
    assert asked.findtext("{*}Header/{urn:ho-so}AuthHeader/{urn:ho-so}Password") == "s3cret"


def test_a_header_that_the_wsdl_does_not_know_is_refused() -> None:
    error = fails(Changed, b"", soap_headers={"AuthHeder": {"UserName": "hub"}})
    assert "Did you mean `AuthHeader`?" in error.hint


def test_a_header_with_a_part_that_it_does_not_have_is_refused() -> None:
    error = fails(Changed, b"", soap_headers={"AuthHeader": {"User": "hub-user"}})
    assert error.code == "parameters"
    assert "hub-user" not in f"{error} {error.hint}"


def test_the_address_of_the_settings_wins_over_the_one_of_the_wsdl() -> None:
    with desk(answering(envelope(""))) as there:
        pull(SOAP, small(there.url, address=f"{there.url}/inside"))
        assert there.asked[-1].path == "/inside"


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"operation": "LayDanhSachs"}, "operation", "Did you mean `LayDanhSach`?"),
        ({"service": "Khac"}, "operation", "Known: none."),
        ({"port": "Soap13"}, "operation", "Known: none."),
        (
            {"parameters": {"madonvi": "x"}},
            "parameters",
            "Did you mean `maDonVi`? Known: `maDonVi`, `matKhau`, `trang`",
        ),
        (
            {"parameters": {"yeuCau": {"sai": "x"}}},
            "parameters",
            "the operation takes `maDonVi`, `matKhau`, `trang`, `yeuCau`",
        ),
    ],
)
def test_what_the_wsdl_does_not_know_is_named_with_what_it_knows(
    changes: dict[str, Any], code: str, words: str
) -> None:
    error = fails(Changed, b"", **changes)
    assert error.code == code
    assert words in error.hint


def test_a_wsdl_from_a_file_is_read_with_the_schema_beside_it(tmp_path: Path) -> None:
    (tmp_path / "other.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:o"/>'
    )
    with desk(answering(result(escape("<ds><HoSo><So>1</So></HoSo></ds>")))) as there:
        (tmp_path / "s.wsdl").write_bytes(wsdl(there.url, '<xs:import namespace="urn:o" schemaLocation="other.xsd"/>'))
        settings = small("", wsdl=str(tmp_path / "s.wsdl"), inside={"element": "LayDanhSachResult", "format": "xml"})
        assert keys(pull(SOAP, settings)) == ["1"]
        assert [request.method for request in there.asked] == ["POST"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Changed, match=r"no\.wsdl cannot be read: No such file") as caught:
        check(SOAP, small("", wsdl=str(tmp_path / "no.wsdl")))
    assert caught.value.code == "wsdl"


@pytest.mark.parametrize("from_file", [True, False])
def test_no_other_host_is_asked_for_a_schema(tmp_path: Path, from_file: bool) -> None:
    with desk(lambda _: say([])) as stranger:
        described = wsdl(dead_address(), f'<xs:import namespace="urn:o" schemaLocation="{stranger.url}/o.xsd"/>')
        (tmp_path / "s.wsdl").write_bytes(described)
        with desk(lambda _: Response(described, mimetype="text/xml")) as there, pytest.raises(Changed) as caught:
            check(SOAP, small(there.url) | ({"wsdl": str(tmp_path / "s.wsdl")} if from_file else {}))
        assert stranger.asked == []
    assert caught.value.code == "schema_elsewhere"
    assert f"needs {stranger.url}/o.xsd" in str(caught.value)


def test_a_wsdl_from_the_network_reads_no_local_file(tmp_path: Path) -> None:
    (tmp_path / "o.xsd").write_text("<secret/>")
    described = wsdl("http://x", f'<xs:import namespace="urn:o" schemaLocation="file://{tmp_path}/o.xsd"/>')
    with desk(lambda _: Response(described)) as there, pytest.raises(Changed) as caught:
        check(SOAP, small(there.url))
    assert caught.value.code == "schema_elsewhere"


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"<a/>", Changed, "wsdl"),
        (wsdl("http://x").replace(b'type="xs:int"', b'type="t:Khac"'), Changed, "wsdl"),
        (wsdl("http://x")[:900], Unavailable, "truncated"),
        (b"<!DOCTYPE definitions>" + wsdl("http://x").partition(b"?>")[2], Changed, "forbidden_xml"),
        (hostile.LOGIN_PAGE, Unavailable, "html_answer"),
    ],
)
def test_a_wsdl_that_is_none_says_what_happens_next(body: bytes, kind: type[ConnectorError], code: str) -> None:
    with desk(lambda _: Response(body)) as there, pytest.raises(kind) as caught:
        check(SOAP, small(there.url))
    assert caught.value.code == code
    assert there.url in str(caught.value)


def test_an_operation_that_the_wsdl_describes_only_in_part_is_none() -> None:
    described = wsdl("http://x").replace(b"t:In", b"t:Khac")
    with (
        desk(lambda _: Response(described)) as there,
        pytest.warns(UserWarning, match="LayDanhSach"),
        pytest.raises(Changed, match="no operation `LayDanhSach`"),
    ):
        check(SOAP, small(there.url))
