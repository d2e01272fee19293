"""A dossier that says something under every name, and which of it a grant keeps from being read."""

from typing import Any

from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS, RecordField
from hub.record.grant import Grant, Group, Sight, group_of
from hub.record.merge import Values

_OF_LISTS = {f"{name}.{column}": one for name, columns in LIST_FIELDS.items() for column, one in columns.items()}
EVERY: dict[str, RecordField] = DOSSIER_FIELDS | _OF_LISTS | {"extra.SoBienLai": RecordField("text", "", "a fact")}
# Times and choices are too few to be told from others; what is open says nothing of anybody.
SECRETS = [
    name
    for name, field in EVERY.items()
    if field.type in ("text", "date", "money") and group_of(name) is not None and not name.startswith("events.")
]
_MASKED_AWAY = {Group.PAPERS: {"name", "code", "kind", "reuse"}, Group.FEES: {"name", "code"}}


def secret(name: str, salt: str = "a") -> Any:
    """A value that occurs nowhere else."""
    number = 10_000_000 * "abc".index(salt) + 911_000_000 + 1000 * list(EVERY).index(name)
    match EVERY[name].type:
        case "date":
            return f"1987-0{1 + 'abc'.index(salt)}-05"
        case "money":
            return number
    return f"qq{number}zz{number}"


def filled(salt: str = "a") -> Values:
    """Its values; those with another salt say otherwise under every name that is secret."""
    values: dict[str, Any] = {"extra": {"SoBienLai": secret("extra.SoBienLai", salt)}}
    for name in DOSSIER_FIELDS:
        *groups, last = name.split(".")
        into = values
        for group in groups:
            into = into.setdefault(group, {})
        into[last] = _value(name, salt)
    for name, columns in LIST_FIELDS.items():
        into = values
        *above, last = name.split(".")
        for each in above:
            into = into[each][0]
        into[last] = [{column: _value(f"{name}.{column}", salt) for column in columns}]
    return values


def hides(grant: Grant, name: str) -> bool:
    """Whether a value must not be readable in full."""
    above = name.partition(".")[0]
    if above in LIST_FIELDS and grant.sight(above) is Sight.HIDDEN:
        return True
    if grant.sight(name) is not Sight.MASKED:
        return grant.sight(name) is Sight.HIDDEN
    group = group_of(name)
    return group is None or name.rpartition(".")[2] not in _MASKED_AWAY.get(group, ())


def _value(name: str, salt: str) -> Any:
    field = EVERY[name]
    if name in SECRETS:
        return secret(name, salt)
    match field.type:
        case "choice":
            return "processing" if "processing" in field.choices else field.choices[0]
        case "time":
            return "2026-05-18T01:15:00Z"
        case "boolean":
            return True
        case "integer":
            return 2
    return {"code": "000.00.15.H29-260518-0007", "agency.code": "000.00.15.H29"}.get(name, f"open {name}")
