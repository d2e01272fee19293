"""What the `soap` type sends: parameters and credentials as the WSDL has them, and sentences where they do not fit."""

from base64 import b64encode
from typing import Any

import pytest
from lxml import etree
from werkzeug.wrappers import Request

from connectors.errors import Changed
from connectors.soap import SOAP
from tests.connectors.desk import desk, pull
from tests.connectors.small_soap import answering, envelope, fails, small


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
    assert texts["tuNgay"] == "1900-01-01T00:00:00+07:00"
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
            "Known: `tuNgay`, `matKhau`.",
        ),
    ],
)
def test_what_the_wsdl_does_not_know_is_named_with_what_it_knows(
    changes: dict[str, Any], code: str, words: str
) -> None:
    error = fails(Changed, b"", **changes)
    assert error.code == code
    assert words in error.hint
