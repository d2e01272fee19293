"""Which codes of a grant the catalogue does not know: allowed, but mostly a slip."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeAlias

from sqlalchemy import Connection

from hub.record.catalogue import codes_of
from hub.record.grant import Grant
from hub.record.shown import agency_key, field_key, procedure_key
from hub.store.catalogue import AGENCIES, PROCEDURES, entries

Unknown: TypeAlias = Mapping[str, list[str]]  # codes by `agencies`, `procedures`, `fields`


def unknown_codes(connection: Connection, grant: Grant, day: date) -> Unknown:
    """The codes, as written, that nothing in the catalogue has on a day."""
    agencies = {
        agency_key(code) for one in entries(connection, AGENCIES) for code, span in codes_of(one) if day in span
    }
    today = [one for one in entries(connection, PROCEDURES) if day in one.valid]
    procedures = {procedure_key(one.code) for one in today}
    fields = {field_key(one.field_code) for one in today if one.field_code}
    return {
        "agencies": _not_in(agencies, ((agency_key(code), code) for code in grant.agencies or ())),
        "procedures": _not_in(procedures, ((procedure_key(code), code) for code in grant.procedures or ())),
        "fields": _not_in(fields, ((field_key(code), code) for code in grant.fields or ())),
    }


def _not_in(known: set[str], wanted: Iterable[tuple[str, str]]) -> list[str]:
    return [code for key, code in wanted if key not in known]
