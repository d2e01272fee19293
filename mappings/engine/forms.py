"""The closed list of forms that `as:` and `find:` may name."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mappings.engine import codes, identity, phone, tax_code
from mappings.engine.draft import Unreadable
from mappings.engine.text import clean, scalar


@dataclass(frozen=True, slots=True)
class Form:
    """One form: how it is read, what a problem says of it, how it shows in a longer text, and which words it gives."""

    read: Callable[[Any], str | None]
    expected: str
    in_text: re.Pattern[str] | None = None
    gives: tuple[str, ...] = ()  # of a form that makes a choice


FORMS: dict[str, Form] = {
    "identity_number": Form(identity.identity_number, identity.EXPECTED, identity.IDENTITY_IN_TEXT),
    "identity_kind": Form(identity.identity_kind, identity.EXPECTED, gives=(identity.CITIZEN_ID, identity.ID_CARD)),
    "phone": Form(phone.phone, phone.EXPECTED, phone.PHONE_IN_TEXT),
    "tax_code": Form(tax_code.tax_code, tax_code.EXPECTED, tax_code.TAX_CODE_IN_TEXT),
    "agency_code": Form(codes.agency_code, codes.AGENCY, codes.AGENCY_IN_TEXT),
    "procedure_code": Form(codes.procedure_code, codes.PROCEDURE, codes.PROCEDURE_IN_TEXT),
    "dossier_code": Form(codes.dossier_code, codes.DOSSIER, codes.DOSSIER_IN_TEXT),
}
FINDABLE = tuple(name for name, form in FORMS.items() if form.in_text)
LONGEST = 20_000  # characters of a text in which something is looked for


def finder(form: Form) -> Callable[[Any], str | None]:
    """The one value of this form in a longer text. Raises `Unreadable` where there is none, or more than one."""
    pattern = form.in_text

    def find(raw: Any) -> str | None:
        text = clean(scalar(raw) or "")
        if not text or pattern is None:
            return None
        found = dict.fromkeys(filter(None, (_read(form, one[0]) for one in pattern.finditer(text[:LONGEST]))))
        if len(found) != 1:
            hint = f"{len(found)} different ones stand in it" if found else "there is none in it"
            raise Unreadable(f"a text with {form.expected} in it", hint)
        return next(iter(found))

    return find


def _read(form: Form, text: str) -> str | None:
    try:
        return form.read(text)
    except Unreadable:
        return None
