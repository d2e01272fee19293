"""One dossier by any of its codes or its id, within what the client may see."""

from collections.abc import Sequence

from hub.api import ports
from hub.api.answers import Answer
from hub.api.problems import ApiProblem
from hub.api.viewer import scope, viewer
from hub.record.grant import Group, Sight
from hub.store.candidates import Candidate, Which, matching
from hub.store.dossier_rows import DossierRow
from hub.store.looking_up import Found, with_code, with_id
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
        found = with_id(ports.database(), int(code.removeprefix(_BY_ID)), scope())
        known = [] if found is None else [found]
    else:
        known = with_code(ports.database(), code, scope())
    chosen = matching(ports.database(), known, code, which)
    if len(chosen) == 1:
        return chosen[0].found
    raise _ambiguous(code, chosen) if chosen else _unknown(code, which)


def _unknown(code: str, which: Which) -> ApiProblem:
    where = "".join(
        f" {words} {value}"
        for words, value in (("at the agency", which.agency), ("from the connector", which.connector))
        if value is not None
    )
    hint = "Codes are compared whole; /api/v1/dossiers?q= finds beginnings of words."
    detail = f"No dossier is known under {code}{where}. {hint}"
    return ApiProblem(404, "dossier_not_found", detail)


def _ambiguous(code: str, chosen: Sequence[Candidate]) -> ApiProblem:
    detail = (
        f"{len(chosen)} dossiers are known under {code}. Choose one with ?agency= or ?connector=, "
        "or by another of its codes."
    )
    return ApiProblem(409, "ambiguous_code", detail, candidates=[_candidate(one) for one in chosen])


def _candidate(one: Candidate) -> Answer:
    shown: Answer = {
        "id": str(one.row.id),
        "agency": one.agency,
        "code": one.row.code,
        "codes": list(one.found.codes),
    }
    if viewer().grant.of(Group.PROVENANCE) is not Sight.FULL:
        return shown
    return shown | {"records": [{"connector": connector, "key": key} for connector, key in one.records]}
