"""Certificates for tests: of an authority that a connector is told to trust, right ones and wrong ones."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """Signs certificates; `folder` is where they are written."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    name: x509.Name

    @property
    def file(self) -> Path:
        """Its own certificate, for whoever trusts it."""
        return self.folder / "authority.pem"

    def certificate(self, what: str, *, host: str = "127.0.0.1", ended: bool = False, itself: bool = False) -> Path:
        """A server's certificate with its key; `itself` leaves it without an authority."""
        key, name = ec.generate_private_key(ec.SECP256R1()), _named(what)
        made = _certificate(name, key.public_key(), name if itself else self.name, host, ended=ended)
        path = self.folder / f"{what}.pem"
        path.write_bytes(_key(key) + made.sign(key if itself else self.key, hashes.SHA256()).public_bytes(_PEM))
        return path


_PEM = serialization.Encoding.PEM


def authority(folder: Path) -> Authority:
    """A new one."""
    made = Authority(folder, ec.generate_private_key(ec.SECP256R1()), _named("authority"))
    own = _certificate(made.name, made.key.public_key(), made.name, "127.0.0.1", ended=False, signs=True)
    made.file.write_bytes(own.sign(made.key, hashes.SHA256()).public_bytes(_PEM))
    return made


def _named(what: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, what)])


def _key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _certificate(
    name: x509.Name, key: ec.EllipticCurvePublicKey, by: x509.Name, host: str, *, ended: bool, signs: bool = False
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    place = x509.IPAddress(ip_address(host)) if host[0].isdecimal() else x509.DNSName(host)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 10 * _DAY)
        .not_valid_after(now - _DAY if ended else now + _DAY)
        .add_extension(x509.SubjectAlternativeName([place]), critical=False)
        .add_extension(x509.BasicConstraints(ca=signs, path_length=0 if signs else None), critical=True)
    )
