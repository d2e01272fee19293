"""What will end one day: certificates of either side, and tokens that say so themselves."""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, SecretStr

from connectors.contract import Warning  # noqa: A004  (the operators' word)
from connectors.wording import quoted

if TYPE_CHECKING:
    from cryptography import x509

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_CERTIFICATE = "certificate"  # in the name of a setting: it names a file with one


def ends(settings: BaseModel, peers: Iterable[bytes] = ()) -> list[Warning]:
    """The end of every certificate and token in the settings, and of the certificates (DER) that servers showed."""
    return [*_of_peers(peers), *_of_settings(settings, "")]


def subject(certificate: "x509.Certificate") -> str:
    """Whose certificate it is, in a word."""
    from cryptography.x509.oid import NameOID  # noqa: PLC0415  (8 MiB, where there is a certificate)

    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME) or list(certificate.subject)
    return str(names[0].value) if names else "?"


def certificate_of(data: bytes) -> "x509.Certificate":
    """A certificate in DER or PEM; ValueError where it is none."""
    from cryptography import x509  # noqa: PLC0415  (as above)

    return x509.load_pem_x509_certificate(data) if b"-----BEGIN" in data else x509.load_der_x509_certificate(data)


def until(certificate: "x509.Certificate") -> str:
    """Its end as people in Vietnam read it."""
    return said(certificate.not_valid_after_utc)


def said(at: datetime) -> str:
    """A time as people in Vietnam read it."""
    return at.astimezone(ZONE).strftime("%H:%M on %d/%m/%Y")


def _of_peers(peers: Iterable[bytes]) -> Iterator[Warning]:
    for der in sorted(peers):
        try:
            certificate = certificate_of(der)
        except ValueError:
            continue  # TLS took it; what it says of its end cannot be read
        sentence = f"the certificate of the department's server ({quoted(subject(certificate))}) is valid until"
        yield Warning("server_certificate_ends", f"{sentence} {until(certificate)}", certificate.not_valid_after_utc)


def _of_settings(value: Any, name: str) -> Iterator[Warning]:
    if isinstance(value, SecretStr):
        end = _end_of_token(value.get_secret_value())
        if end is not None:
            yield Warning("token_ends", f"the token in `{name}` is valid until {said(end)}", end)
    elif isinstance(value, Path) and _CERTIFICATE in name:
        yield from _of_file(value, name)
    elif isinstance(value, BaseModel):
        for below in type(value).model_fields:
            yield from _of_settings(getattr(value, below), f"{name}.{below}".lstrip("."))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _of_settings(item, f"{name}.{key}")


def _of_file(path: Path, name: str) -> Iterator[Warning]:
    try:
        certificate = certificate_of(path.read_bytes())
    except (OSError, ValueError):
        return  # whoever uses the file says what is wrong with it
    sentence = f"our certificate in `{name}` ({quoted(subject(certificate))}) is valid until {until(certificate)}"
    yield Warning("our_certificate_ends", sentence, certificate.not_valid_after_utc)


def _end_of_token(token: str) -> datetime | None:
    """When a JSON Web Token ends; None of anything else. It is only read: whether it is genuine others must know."""
    parts = token.removeprefix("Bearer ").split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (binascii.Error, ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError):
        return None
