"""WS-Security: who asks, for how long the request is valid, and the hub's signature under it."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from os import urandom
from typing import Any, Protocol, cast

from lxml import etree
from zeep import ns
from zeep.wsse.username import UsernameToken
from zeep.wsse.utils import get_security_header, get_timestamp

from connectors.errors import Changed
from connectors.soap.auth_settings import SignatureAuth, UsernameTokenAuth

_TOKEN_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0"  # noqa: S105
_BINARY_TOKEN = f"{{{ns.WSSE}}}BinarySecurityToken"


class Security(Protocol):
    """What is put into the SOAP header of every request."""

    def apply(self, envelope: Any, headers: Any) -> Any:
        """The envelope with it, and the HTTP headers."""
        ...


def security_of(auth: UsernameTokenAuth | SignatureAuth) -> list[Security]:
    """What zeep is to apply, in this order: a signature comes last, as it covers what is there."""
    found: list[Security] = [] if auth.timestamp_seconds is None else [_Timestamp(auth.timestamp_seconds)]
    if isinstance(auth, UsernameTokenAuth):
        return [*found, _user(auth)]
    if auth.username is not None:
        found.append(cast(Any, UsernameToken)(auth.username, auth.password and auth.password.get_secret_value()))
    return [*found, _Signature(auth)]


def _user(auth: UsernameTokenAuth) -> Security:
    made = cast(Any, UsernameToken)(
        auth.username, auth.password.get_secret_value(), use_digest=auth.sent_as == "digest", zulu_timestamp=True
    )
    return _WithNonce(made) if auth.sent_as == "text_with_nonce" else cast(Security, made)


class _Timestamp:
    """From when to when a request is valid; a clock is read because that is what the standard asks for."""

    def __init__(self, seconds: int) -> None:
        self._valid = timedelta(seconds=seconds)

    def apply(self, envelope: Any, headers: Any) -> Any:
        now = datetime.now(UTC)
        made = etree.SubElement(_header(envelope), f"{{{ns.WSU}}}Timestamp", nsmap={"wsu": ns.WSU})
        for name, moment in (("Created", now), ("Expires", now + self._valid)):
            etree.SubElement(made, f"{{{ns.WSU}}}{name}").text = _written(moment)
        return envelope, headers


class _WithNonce:
    """A password as text with nonce and time, by which a system knows a request that somebody sends again."""

    def __init__(self, token: Security) -> None:
        self._token = token

    def apply(self, envelope: Any, headers: Any) -> Any:
        self._token.apply(envelope, headers)
        made = _header(envelope).find(f"{{{ns.WSSE}}}UsernameToken")
        nonce = etree.SubElement(made, f"{{{ns.WSSE}}}Nonce", EncodingType=f"{_TOKEN_PROFILE}#Base64Binary")
        nonce.text = b64encode(urandom(16)).decode()
        etree.SubElement(made, f"{{{ns.WSU}}}Created", nsmap={"wsu": ns.WSU}).text = _written(datetime.now(UTC))
        return envelope, headers


class _Signature:
    """Signs the body and the timestamp; the files are read when the first request is made."""

    def __init__(self, auth: SignatureAuth) -> None:
        self._auth = auth
        self._signer: Any = None

    def apply(self, envelope: Any, headers: Any) -> Any:
        if self._signer is None:
            self._signer = _signer(self._auth)
        self._signer.apply(envelope, headers)
        header = _header(envelope)
        token = header.find(_BINARY_TOKEN)
        if token is not None:
            header.insert(0, token)  # strict systems want it before the signature that refers to it
        return envelope, headers


def _signer(auth: SignatureAuth) -> Any:
    try:
        import xmlsec  # noqa: PLC0415  (an extra: everything else works without it)
    except ImportError:
        raise _local(
            "signing requests needs the extra `wsse`, which is not installed",
            "Install it on the hub's machine: pip install 'mot-cua-hub[wsse]'.",
        ) from None
    from zeep.wsse.signature import BinarySignature, Signature  # noqa: PLC0415  (looks for xmlsec once, when imported)

    known = cast(Any, xmlsec).constants
    method, digest = {
        "rsa-sha256": (known.TransformRsaSha256, known.TransformSha256),
        "rsa-sha512": (known.TransformRsaSha512, known.TransformSha512),
        "rsa-sha1": (known.TransformRsaSha1, known.TransformSha1),
    }[auth.algorithm]
    kind = BinarySignature if auth.certificate_sent_as == "token" else Signature
    passphrase = auth.passphrase.get_secret_value() if auth.passphrase else None
    try:
        key = auth.private_key.read_bytes()
        if b"ENCRYPTED" in key and passphrase is None:
            raise _unusable(auth)  # the library would ask whoever sits at the terminal
        loaded = cast(Any, xmlsec).Key.from_memory(key, known.KeyDataFormatPem, passphrase)
        loaded.load_cert_from_memory(auth.certificate.read_bytes(), known.KeyDataFormatPem)
        return cast(Any, kind)(auth.private_key, auth.certificate, passphrase, method, digest)
    except OSError as error:
        raise _local(
            f"the file {error.filename} for signing cannot be read: {error.strerror}",
            "Correct `auth: {certificate: …, private_key: …}`.",
        ) from None
    except (xmlsec.Error, ValueError, TypeError):
        raise _unusable(auth) from None


def _unusable(auth: SignatureAuth) -> Changed:
    return _local(
        f"{auth.private_key} and {auth.certificate} cannot be used for signing",
        "Both must be PEM files of the same key; an encrypted key needs the right `passphrase`.",
    )


def _header(envelope: Any) -> Any:
    return cast(Any, get_security_header)(envelope)


def _written(moment: datetime) -> str:
    return cast(str, cast(Any, get_timestamp)(moment, zulu_timestamp=True))


def _local(sentence: str, hint: str) -> Changed:
    return Changed(sentence, code="local_settings", hint=hint)
