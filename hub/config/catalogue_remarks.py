"""What is odd about agencies in a file, or cannot be: their codes, and parents that nobody knows."""

import re
from collections.abc import Iterable, Sequence

from hub.record.catalogue import Agency, codes_of
from hub.record.catalogue_reading import Fault
from mappings.engine.codes import agency_code
from mappings.engine.draft import Unreadable

_OF_A_PROVINCE = re.compile(r"[A-Z][0-9]{2}(?:[^A-Z0-9].*)?|.*[^A-Z0-9][A-Z][0-9]{2}", re.DOTALL)
_FORMS = "000.00.15.H29 (QCVN 102:2016) or H29.15 (Decision 20/2020)"


def wrong_agency_code(code: str) -> Fault | None:
    """A code without the letter and two digits of a province at either end is no agency's: `1.5` is a procedure's,
    cut by a spreadsheet."""
    if not code or _OF_A_PROVINCE.fullmatch(code):
        return None
    what = f"\"{code[:60]}\" is no agency's code: it neither begins with nor ends in a province's, such as H29"
    return Fault("code", what, f"write it as {_FORMS}", code)


def remarks_on(agencies: Sequence[Agency], others: Iterable[Agency]) -> list[str]:
    """Sentences on a file's agencies: codes of neither standard form, parents that no entry is."""
    known = {code for entry in (*agencies, *others) for code, _ in codes_of(entry)}
    of_other_forms = [
        f"{one.code} has neither form of an agency's code: {_FORMS}" for one in agencies if _odd(one.code)
    ]
    orphans = [
        f"{one.code} has the parent {one.parent_code}, which no entry has"
        for one in agencies
        if one.parent_code and one.parent_code not in known
    ]
    return list(dict.fromkeys([*of_other_forms, *orphans]))


def _odd(code: str) -> bool:
    try:
        return agency_code(code) is None
    except Unreadable:
        return True
