"""Catalogues, unknown codes and duplicate services as the API and the command line answer them."""

from hub.api.answers import Answer
from hub.record.catalogue import Agency, Procedure
from hub.record.catalogue_plain import plain_agency, plain_procedure
from hub.store.catalogue import FROM_FILE
from hub.store.codes_seen import Service, UnknownCode
from hub.store.ratings import RatingRow


def entry(one: Agency | Procedure) -> Answer:
    """An entry of a catalogue; what nothing is said of is left out."""
    values = plain_agency(one) if isinstance(one, Agency) else plain_procedure(one)
    return values | {"connector": None if one.origin == FROM_FILE else one.origin}


def unknown_code(one: UnknownCode) -> Answer:
    """A code that the catalogues lack."""
    return {
        "kind": one.kind,
        "code": one.code,
        "name": one.name,
        "named_by": [naming.connector for naming in one.named_by],
        "first_seen_at": one.first_seen_at,
        "last_seen_at": one.last_seen_at,
    }


def service(one: Service) -> Answer:
    """A procedure that several systems serve."""
    names = ("connector", "title", "agency", "code", "first_seen_at", "last_seen_at")
    return {
        "code": one.code,
        "name": one.name,
        "within_one_agency": one.within_one_agency,
        "agencies": one.agencies,
        "portals": one.portals,
        "served_by": [{name: getattr(naming, name) for name in names} for naming in one.served_by],
    }


def rating(row: RatingRow) -> Answer:
    """A rating of a dossier."""
    more = {name: value for name, value in row.values.items() if name in ("channel", "comment", "scores")}
    said = {"rated_at": row.rated_at, "overall": row.overall, "complained": row.complained}
    return {"connector": row.connector, "key": row.key} | said | more
