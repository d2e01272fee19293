"""WS-Security and HTTP Digest against servers that check what they are shown, as a department's would."""

import hashlib
import sys
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from pydantic import ValidationError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.wrappers import Request, Response

from connectors.contract import Warns
from connectors.errors import Changed, Refused
from connectors.soap import SOAP
from connectors.soap.settings import SoapSettings
from tests.connectors.desk import check, desk, once, pull
from tests.connectors.small_soap import answering, envelope, small

WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
WSU = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
PASSWORD, PASSPHRASE = "mật khẩu & <dài>", "cụm từ bí mật"
Letter = etree._Element


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate, its key as it is and encrypted, and the key of a stranger."""
    folder = tmp_path_factory.mktemp("keys")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub.example")])
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    now = datetime.now(UTC)
    for who in ("hub", "stranger"):
        key = rsa.generate_private_key(65537, 2048)
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        made = builder.not_valid_after(now + timedelta(days=9)).sign(key, hashes.SHA256())
        (folder / f"{who}.pem").write_bytes(made.public_bytes(pem))
        (folder / f"{who}.key").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
        locked = serialization.BestAvailableEncryption(PASSPHRASE.encode())
        (folder / f"{who}.locked.key").write_bytes(key.private_bytes(pem, form, locked))
    return folder


def shown(auth: dict[str, Any], **changes: Any) -> Letter:
    """The envelope that the department gets to see."""
    with desk(answering(envelope(""))) as there:
        pull(SOAP, small(there.url, auth=auth, **changes))
        return etree.fromstring(there.asked[-1].get_data())


def user(**more: Any) -> dict[str, Any]:
    return {"type": "username_token", "username": "hub", "password": PASSWORD} | more


def token(letter: Letter) -> Letter:
    found = letter.find(f"{{*}}Header/{WSSE}Security/{WSSE}UsernameToken")
    assert found is not None
    return found


def test_a_password_as_text_is_sent_as_it_is() -> None:
    found = token(shown(user()))
    assert found.findtext(f"{WSSE}Username") == "hub"
    assert found.findtext(f"{WSSE}Password") == PASSWORD
    assert found.find(f"{WSSE}Nonce") is None


def test_a_password_as_text_may_have_a_nonce_that_is_another_each_time() -> None:
    one, other = (token(shown(user(sent_as="text_with_nonce"))) for _ in range(2))
    assert one.findtext(f"{WSSE}Password") == PASSWORD
    assert one.findtext(f"{WSSE}Nonce") != other.findtext(f"{WSSE}Nonce")
    assert len(b64decode(str(one.findtext(f"{WSSE}Nonce")))) == 16
    assert str(one.findtext(f"{WSU}Created")).endswith("Z")


def test_a_digest_is_what_the_standard_says_and_the_password_does_not_travel() -> None:
    letter = shown(user(sent_as="digest"))
    found = token(letter)
    nonce, created = b64decode(str(found.findtext(f"{WSSE}Nonce"))), str(found.findtext(f"{WSU}Created"))
    expected = hashlib.sha1(nonce + created.encode() + PASSWORD.encode()).digest()
    assert b64decode(str(found.findtext(f"{WSSE}Password"))) == expected
    assert PASSWORD not in str(etree.tostring(letter, encoding="unicode"))


def test_a_timestamp_says_how_long_the_request_is_valid() -> None:
    stamp = shown(user(timestamp_seconds=60)).find(f".//{WSU}Timestamp")
    assert stamp is not None
    created, expires = (datetime.fromisoformat(str(stamp.findtext(f"{WSU}{name}"))) for name in ("Created", "Expires"))
    assert expires - created == timedelta(seconds=60)
    assert abs(datetime.now(UTC) - created) < timedelta(seconds=30)


def signing(keys: Path, **more: Any) -> dict[str, Any]:
    return {"type": "signature", "certificate": str(keys / "hub.pem"), "private_key": str(keys / "hub.key")} | more


def verified(letter: Letter, certificate: Path) -> list[str]:
    """The names of the elements that the signature covers; raises where it is not right."""
    from zeep.wsse.signature import verify_envelope

    verify_envelope(letter, str(certificate))
    signed = [str(reference.get("URI"))[1:] for reference in letter.iter(f"{DS}Reference")]
    by_id = {element.get(f"{WSU}Id"): str(element.tag).rpartition("}")[2] for element in letter.iter("*")}
    return sorted(by_id[each] for each in signed)


def demanding(keys: Path, seen: list[list[str]]) -> Callable[[Request], Response]:
    """A department that answers only what the hub has signed."""

    def answer(request: Request) -> Response:
        if request.method == "GET":
            return answering(b"")(request)
        from zeep.exceptions import SignatureVerificationFailed

        try:
            seen.append(verified(etree.fromstring(request.get_data()), keys / "hub.pem"))
        except (SignatureVerificationFailed, AttributeError):
            fault = (
                "<s:Fault><faultcode>wsse:FailedCheck</faultcode><faultstring>Chữ ký không đúng</faultstring></s:Fault>"
            )
            return Response(envelope(fault), 500, mimetype="text/xml")
        return Response(envelope("<R><HoSo><So>1</So></HoSo></R>"), mimetype="text/xml")

    return answer


@pytest.mark.parametrize("sent_as", ["token", "data"])
@pytest.mark.parametrize("port", ["Soap11", "Soap12"])
def test_a_signature_is_accepted_by_who_verifies_it(keys: Path, sent_as: str, port: str) -> None:
    seen: list[list[str]] = []
    with desk(demanding(keys, seen)) as there:
        settings = small(there.url, port=port, auth=signing(keys, certificate_sent_as=sent_as))
        (page,) = pull(SOAP, settings)
        letter = etree.fromstring(there.asked[-1].get_data())
    assert [record.key for record in page.records] == ["1"]
    assert seen == [["Body", "Timestamp"]]
    algorithm = letter.find(f".//{DS}SignatureMethod")
    assert algorithm is not None
    assert str(algorithm.get("Algorithm")).endswith("#rsa-sha256")
    security = letter.find(f"{{*}}Header/{WSSE}Security")
    assert security is not None
    assert (str(security[0].tag) == f"{WSSE}BinarySecurityToken") == (sent_as == "token")


def test_whoever_signs_with_another_key_is_refused_as_the_settings_say(keys: Path) -> None:
    auth = signing(keys, certificate=str(keys / "stranger.pem"), private_key=str(keys / "stranger.key"))
    with desk(demanding(keys, [])) as there, pytest.raises(Refused, match="“Chữ ký không đúng”"):
        pull(SOAP, small(there.url, auth=auth, faults=[{"code": "wsse:*", "means": "refused"}]))


def test_a_user_may_be_named_beside_the_signature_and_no_timestamp_sent(keys: Path) -> None:
    seen: list[list[str]] = []
    with desk(demanding(keys, seen)) as there:
        auth = signing(keys, username="hub", password=PASSWORD, timestamp_seconds=None, algorithm="rsa-sha512")
        pull(SOAP, small(there.url, auth=auth))
        letter = etree.fromstring(there.asked[-1].get_data())
    assert seen == [["Body"]]
    assert token(letter).findtext(f"{WSSE}Password") == PASSWORD


def test_an_encrypted_key_is_opened_with_its_passphrase(keys: Path) -> None:
    seen: list[list[str]] = []
    with desk(demanding(keys, seen)) as there:
        auth = signing(keys, private_key=str(keys / "hub.locked.key"), passphrase=PASSPHRASE)
        pull(SOAP, small(there.url, auth=auth))
    assert seen == [["Body", "Timestamp"]]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"private_key": "hub.locked.key"}, "cannot be used for signing"),
        ({"private_key": "hub.locked.key", "passphrase": "sai cụm từ"}, "cannot be used for signing"),
        ({"private_key": "hub.pem"}, "cannot be used for signing"),
        ({"certificate": "hub.key"}, "cannot be used for signing"),
        ({"private_key": "none.key"}, "none.key for signing cannot be read: No such file"),
    ],
)
def test_a_key_that_cannot_be_used_is_named_and_nothing_is_asked_at_the_terminal(
    keys: Path, changes: dict[str, str], sentence: str
) -> None:
    told = {name: str(keys / value) if name != "passphrase" else value for name, value in changes.items()}
    with desk(answering(envelope(""))) as there, pytest.raises(Changed, match=sentence) as caught:
        check(SOAP, small(there.url, auth=signing(keys, **told)))
    assert caught.value.code == "local_settings"
    assert "sai cụm từ" not in f"{caught.value} {caught.value.hint}"


def test_without_the_extra_a_sentence_says_what_to_install(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xmlsec", None)
    with desk(answering(envelope(""))) as there, pytest.raises(Changed, match="needs the extra `wsse`") as caught:
        check(SOAP, small(there.url, auth=signing(keys)))
    assert "pip install" in caught.value.hint


def test_the_end_of_the_signing_certificate_is_told(keys: Path) -> None:
    settings = SOAP.settings.model_validate(small("http://x", auth=signing(keys)))
    with SOAP.open(settings, once) as connector:
        assert isinstance(connector, Warns)
        (warning,) = connector.warnings()
    assert warning.until is not None
    assert "certificate" in warning.sentence


def digesting(request: Request) -> Response:
    """A server that lets in who answers its challenge; the WSDL is behind it as well."""
    told = request.authorization
    if told is None or told.type != "digest":
        challenge = {"realm": "so-tu-phap", "nonce": "abc", "qop": "auth", "algorithm": "SHA-256"}
        return Response("", 401, {"WWW-Authenticate": WWWAuthenticate("digest", challenge).to_header()})

    def digest(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    who = digest(f"hub:{told.realm}:{PASSWORD}")
    what = digest(f"{request.method}:{told.uri}")
    expected = digest(f"{who}:{told.nonce}:{told.nc}:{told.cnonce}:auth:{what}")
    if told.response != expected:
        return Response("", 403)
    return answering(envelope("<R><HoSo><So>1</So></HoSo></R>"))(request)


def test_a_challenge_to_a_digest_is_answered_for_the_wsdl_and_for_every_call() -> None:
    with desk(digesting) as there:
        (page,) = pull(SOAP, small(there.url, auth={"type": "digest", "username": "hub", "password": PASSWORD}))
        assert [record.key for record in page.records] == ["1"]
        assert [request.method for request in there.asked] == ["GET", "GET", "POST"]
        with pytest.raises(Refused):
            pull(SOAP, small(there.url, auth={"type": "digest", "username": "hub", "password": "sai mật khẩu"}))


HEADER = {"UserName": "hub", "Password": PASSWORD}


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({"AuthHeader": HEADER}, "{urn:ho-so}AuthHeader/{urn:ho-so}Password"),
        ({"{http://tempuri.org/}Auth": HEADER}, "{http://tempuri.org/}Auth/{http://tempuri.org/}Password"),
        ({"{http://tempuri.org/}Token": PASSWORD}, "{http://tempuri.org/}Token"),
    ],
)
def test_a_header_is_sent_whether_the_wsdl_describes_it_or_not(headers: dict[str, Any], path: str) -> None:
    letter = shown({"type": "none"}, soap_headers=headers)
    assert letter.findtext(f"{{*}}Header/{path}") == PASSWORD


def test_secrets_of_every_kind_are_shown_nowhere(keys: Path) -> None:
    settings = SoapSettings.model_validate(
        small("http://x", auth=signing(keys, passphrase=PASSPHRASE, username="hub", password=PASSWORD))
        | {"soap_headers": {"A": HEADER, "{urn:x}B": PASSWORD}}
    )
    assert PASSWORD not in repr(settings)
    assert PASSPHRASE not in repr(settings)


def test_an_unknown_way_to_send_a_password_is_refused() -> None:
    with pytest.raises(ValidationError, match="text_with_nonce"):
        SoapSettings.model_validate(small("http://x", auth=user(sent_as="nonce")))
