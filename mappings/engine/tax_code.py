"""Tax codes (mã số thuế): of an enterprise, of its branch, or the personal number of whoever trades alone."""

import re
from typing import Any

from stdnum.vn import mst

from mappings.engine.compact import compact, is_filler
from mappings.engine.draft import Unreadable
from mappings.engine.identity import identity_number

EXPECTED = "a tax code of 10 digits, of 13 for a branch, or a personal number of 12"
TAX_CODE_IN_TEXT = re.compile(r"(?<![0-9])[0-9]{10}(?:-?[0-9]{2,3})?(?![0-9])")
_ENTERPRISE = re.compile(r"[0-9]{10}(?:[0-9]{3})?")


def tax_code(raw: Any) -> str | None:
    """`0300588569`, `0300588569-001` or 12 digits; None for a filler. Raises `Unreadable` for a wrong check digit."""
    number = compact(raw)
    if not number or is_filler(number):
        return None
    if len(number) == 12 and number.isdigit():
        return _personal(number)
    if not _ENTERPRISE.fullmatch(number):
        lost = len(number) == 9 and number.isdigit()
        raise Unreadable(EXPECTED, "a leading zero is lost where the code is kept as a number" if lost else "")
    if not mst.is_valid(number):
        raise Unreadable(EXPECTED, "its check digit is wrong: it was mistyped, or is no tax code")
    return str(mst.format(number))


def _personal(number: str) -> str | None:
    try:
        return identity_number(number)
    except Unreadable as trouble:
        raise Unreadable(EXPECTED, trouble.hint) from None
