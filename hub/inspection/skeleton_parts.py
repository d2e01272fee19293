"""What settings of several connector types have in common: parameters, the key, the time of change."""

from connectors.contract import Field
from hub.inspection import roles
from hub.inspection.roles import Roles
from hub.inspection.tree import Said, Tree, reference
from mappings.scaffold.times import times

ASK = "FILL_IN"  # stands where nobody can guess
_WRITTEN = "dd/MM/yyyy HH:mm:ss"  # what most departments write where no sample says


def parameter(field: Field, guessed: Roles, connector: str) -> Said:
    """What is sent as this parameter, by the connector of this name."""
    role = guessed.parameters.get(field.path)
    if role in (roles.PAGE, roles.PAGE_SIZE, roles.OFFSET):
        return Said(f"{{{role}}}")
    if role == roles.SINCE and guessed.records and guessed.records.changed_at:
        return Said("{since}")
    if role in (roles.SECRET, roles.USER):
        return Said(reference(connector, field.path))
    if role == roles.SINCE and not field.sample:
        return Said(ASK, f'a fixed day at first; then "{{since}}", together with `changed_at`{_about(field)}')
    required = ", required" if field.required else ""
    said = f"{field.type}{required}{_about(field)}"
    if roles.is_number(field) and not field.sample:
        return Said(ASK, said if field.required else f"{said}; take the line out if it is not needed")
    return Said(field.sample or "", said)


def _about(field: Field) -> str:
    return f": {field.about}" if field.about else ""


def key(guessed: Roles) -> Tree:
    """What identifies a record."""
    found = guessed.records.key if guessed.records else None
    return {"key": Said(found) if found else Said(ASK, "what identifies a record for ever?")}


def changed_at(guessed: Roles) -> Tree:
    """When a record changed, and how that is written."""
    field = guessed.records.changed_at if guessed.records else None
    if field is None:
        return {}
    found = times([field.sample]) if field.sample else None
    if found:
        doubt = "or is it M/d?" if found.ambiguous else ""
        return {"changed_at": Said({"from": field.path, "date": found.patterns[0]}, doubt)}
    if roles.is_number(field):
        return {"changed_at": Said({"from": field.path, "date": "epoch_seconds"}, "or epoch_millis")}
    if "date" in field.type.lower():
        return {"changed_at": Said({"from": field.path, "date": "iso"})}
    return {"changed_at": Said({"from": field.path, "date": _WRITTEN}, "how is it written? `iso` or a pattern")}
