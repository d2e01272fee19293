"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and those that stand in for a lost one."""

import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp

_STEP = 30  # seconds
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_CODES, _LETTERS = 10, 10
_TITLE = "Mot Cua Hub"  # some apps show no other letters


def new_secret() -> str:
    """A fresh secret, as apps take it: 160 random bits."""
    return pyotp.random_base32()


def address(secret: str, name: str) -> str:
    """What the QR code holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=_TITLE)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Which step of time this is the code of: the present one or a neighbour, as clocks differ; None: of none."""
    given = "".join(code.split())
    if len(given) != 6 or not (given.isascii() and given.isdigit()):
        return None
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // _STEP
    steps = (present, present - 1, present + 1)
    return next((step for step in steps if hmac.compare_digest(totp.at(step * _STEP), given)), None)


def recovery_codes() -> list[str]:
    """Fresh codes for whoever loses the app: each opens once, and has 49 random bits."""
    made = ("".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)) for _ in range(_CODES))
    return [f"{code[:5]}-{code[5:]}" for code in made]


def recovery_digest(code: str) -> str:
    """What is kept of a recovery code, however it is typed."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
