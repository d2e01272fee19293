"""What is left of a value that is masked: a form that helps to recognise one's own, and tells nobody whose it is.

No form holds the whole value: what is too short to hide a part of is withheld.
"""

from typing import Any

WITHHELD = "***"
_SHORTEST = 7  # characters of a number of which three may be shown


def withheld(_: Any) -> str:
    """That there is something."""
    return WITHHELD


def initials(name: Any) -> str:
    """`Nguyễn Văn An` → `N***** V** A*`."""
    return " ".join(word[0] + "*" * (len(word) - 1) if len(word) > 1 else "*" for word in str(name).split())


def last_three(number: Any) -> str:
    """`000190000001` → `*********001`; of a number with other signs than letters and digits these are dropped."""
    said = [sign for sign in str(number) if sign.isalnum()]
    shown = 3 if len(said) >= _SHORTEST else 0
    return "*" * (len(said) - shown) + "".join(said[len(said) - shown :]) or WITHHELD


def year(day: Any) -> str:
    """`1990-04-30` → `1990`."""
    first, dash, _rest = str(day).partition("-")
    return first if dash and len(first) == 4 and first.isdigit() else WITHHELD


def mailbox(address: Any) -> str:
    """`duong@example.vn` → `d***@example.vn`."""
    name, at, domain = str(address).rpartition("@")
    return f"{name[0] if len(name) > 1 else ''}{WITHHELD}@{domain}" if at and name and domain else WITHHELD


def last_part(address: Any) -> str:
    """`12 Đường Số 3, Phường Bến Nghé` → `***, Phường Bến Nghé`."""
    before, comma, last = str(address).rpartition(",")
    return f"{WITHHELD}, {last.strip()}" if comma and before.strip(" ,*") and last.strip() else WITHHELD
