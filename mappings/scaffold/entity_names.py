"""What fields of progress events, ratings, procedures and agencies are called, where they are records themselves."""

from collections.abc import Mapping

from mappings.scaffold.names import NAMINGS, ROW_NAMINGS, Naming, ways

_DOSSIER = {"dossier_code": NAMINGS["code"], "agency.code": NAMINGS["agency.code"]}
_DAYS = {
    "effective_from": ways("", "start time 1, start .7"),
    "effective_to": ways("", "complete time .8"),
}
_BY_ENTITY: Mapping[str, Mapping[str, Naming]] = {
    "dossier": NAMINGS,
    "event": _DOSSIER | ROW_NAMINGS["events"],
    "rating": {
        "dossier_code": NAMINGS["code"],
        "rated_at": ways("dossier", "time 1, create time 1, submit time 1"),
        "channel": NAMINGS["channel"],
        "comment": ways("applicant", "note 1, content .9"),
    },
    "procedure": {
        "code": ways("", "procedure code 1, procedure national code 1, code .85"),
        "name": ways("", "procedure name 1, name .85, procedure .7"),
        "field_code": NAMINGS["procedure.field_code"],
        "field_name": NAMINGS["procedure.field_name"],
        "agency_code": NAMINGS["agency.code"],
        "fee": ways("procedure", "fee 1, amount .9, fee amount 1"),
        **_DAYS,
    },
    "agency": {
        "code": ways("", "agency code 1, code .85"),
        "name": ways("", "agency name 1, name .85, agency .7"),
        "leader.name": ways("", "officer full-name .8, officer name .8, officer .7"),
        "leader.title": ways("officer", "title 1"),
        "phone": ways("agency code", "phone 1"),
        "email": ways("agency", "email 1"),
        "address": ways("agency", "address 1"),
        **_DAYS,
    },
}


def namings_of(entity: str) -> Mapping[str, Naming]:
    """The ways to name each field of an entity that can be guessed."""
    return _BY_ENTITY.get(entity, {})
