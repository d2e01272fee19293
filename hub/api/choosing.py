"""One dossier by any of its codes or its id, within what the client may see."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask import current_app

from hub.api.answers import Answer
from hub.api.problems import ApiProblem
from hub.api.viewer import scope, viewer
from hub.record.dossier import Name
from hub.record.grant import Group, Sight
from hub.record.identity import normalise
from hub.record.shown import agency_key
from hub.store.candidates import Which
from hub.store.database import Database
from hub.store.dossiers import DossierRow
from hub.store.looking_up import Found, givers, with_code, with_id
from hub.view.many import is_id
from hub.view.wanted import check_seen

_BY_ID = "id:"


def the_one(code: str, which: Which) -> DossierRow:
    """The dossier that a code means.

    Raises:
        ApiProblem: there is none that the client may see, or there are several.
        NotSeen: it is chosen by what the client may not see.
    """
    return found_one(code, which).row


def found_one(code: str, which: Which) -> Found:
    """As `the_one`, with all its codes and who brought it; one query where a code is of one dossier."""
    if which.connector is not None:
        check_seen(("connector",), viewer().grant)
    if code.startswith(_BY_ID) and is_id(code.removeprefix(_BY_ID)):
        found = with_id(_database(), int(code.removeprefix(_BY_ID)), scope())
        known = [] if found is None else [found]
    else:
        known = with_code(_database(), code, scope())
    chosen = [one for one in known if which.agency is None or one.row.agency == agency_key(which.agency)]
    giving = _giving(chosen) if which.connector is not None or len(chosen) > 1 else {}
    if which.connector is not None:
        chosen = [one for one in chosen if which.connector in {name for name, _ in _records(one, code, giving)}]
    if len(chosen) == 1:
        return chosen[0]
    raise _ambiguous(code, chosen, giving) if chosen else _unknown(code, which)


def _giving(chosen: Sequence[Found]) -> Mapping[int, Mapping[str, Sequence[Name]]]:
    return givers(_database(), [one.row.id for one in chosen])


def _records(one: Found, code: str, giving: Mapping[int, Mapping[str, Sequence[Name]]]) -> list[Name]:
    """Those that give the code, or all where none gives it any more."""
    by_code = giving.get(one.row.id, {})
    return list(by_code.get(normalise(code)) or dict.fromkeys(name for names in by_code.values() for name in names))


def _unknown(code: str, which: Which) -> ApiProblem:
    where = "".join(
        f" {words} {value}"
        for words, value in (("at the agency", which.agency), ("from the connector", which.connector))
        if value is not None
    )
    detail = f"No dossier is known under {code}{where}. Codes are compared whole; /api/v1/dossiers?q= finds parts."
    return ApiProblem(404, "dossier_not_found", detail)


def _ambiguous(code: str, chosen: Sequence[Found], giving: Mapping[int, Mapping[str, Sequence[Name]]]) -> ApiProblem:
    detail = (
        f"{len(chosen)} dossiers are known under {code}. Choose one with ?agency= or ?connector=, "
        "or by another of its codes."
    )
    candidates = [_candidate(one, _records(one, code, giving)) for one in chosen]
    return ApiProblem(409, "ambiguous_code", detail, candidates=candidates)


def _candidate(one: Found, records: Sequence[Name]) -> Answer:
    agency: dict[str, Any] = one.row.values.get("agency", {})
    shown: Answer = {
        "id": str(one.row.id),
        "agency": str(agency.get("code", "")),
        "code": one.row.code,
        "codes": list(one.codes),
    }
    if viewer().grant.of(Group.PROVENANCE) is not Sight.FULL:
        return shown
    return shown | {"records": [{"connector": connector, "key": key} for connector, key in records]}


def _database() -> Database:
    return cast("Database", current_app.extensions["hub.database"])
