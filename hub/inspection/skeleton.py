"""A connector's document for one operation, ready to be completed: what could be guessed, and what must be said."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.contract import Operation
from connectors.settings import HttpSettings
from connectors.wording import did_you_mean
from hub.inspection import skeleton_rest, skeleton_soap
from hub.inspection.discovery import Discovery
from hub.inspection.roles import Roles, roles_of
from hub.inspection.skeleton_parts import ASK
from hub.inspection.tree import Said, Tree, lines

# What says how a system is reached and who asks: a description does not know it, whoever registered it does.
_OF_THE_LINE = ("auth", "address", "schema_hosts", "addressing", "openapi", "charset", *HttpSettings.model_fields)


class NoSuchOperation(LookupError):
    """The system offers no operation of this name; the sentence says which it offers."""


def operation_of(found: Discovery, name: str) -> Operation:
    """The operation of this name.

    Raises:
        NoSuchOperation: there is none.
    """
    operations = found.description.operations
    for operation in operations:
        if operation.name == name:
            return operation
    known = did_you_mean(name, dict.fromkeys(one.name for one in operations))
    raise NoSuchOperation(f"{found.place} offers no operation `{name}`. {known}")


def skeleton(found: Discovery, operation: Operation, name: str, written: Mapping[str, Any] | None = None) -> str:
    """The document of a connector called `name` that asks this operation.

    Of one that is registered already `written` is its document as it stands: what that says of anything but records and
    parameters is kept.
    """
    known = {key: value for key, value in (written or {}).items() if value != ASK}
    guessed = {
        "title": Said(name, "what people call this system"),
        "agency": Said(ASK, "the code of your agency, as 000.00.15.H29"),
        "mapping": Said(f"{name}/ho-so", f"`hub mapping new --connector {name}` guesses a first one"),
    }
    tree: Tree = {"name": Said(name), "title": guessed["title"], "type": Said(found.type), **guessed}
    tree |= {key: Said(value) for key, value in known.items() if key not in ("name", "type", "settings")}
    settings = _settings(found, operation, roles_of(operation, found.sample), name)
    head = f"# A connector for {operation.name}, guessed from its description. Look at every line."
    return "\n".join([head, *lines(tree | {"settings": settings | dict(_of_the_line(known))})]) + "\n"


def _of_the_line(written: Mapping[str, Any]) -> Iterator[tuple[str, Said]]:
    settings = written.get("settings") or {}
    return ((name, Said(settings[name])) for name in _OF_THE_LINE if name in settings and settings[name] != ASK)


def _settings(found: Discovery, operation: Operation, guessed: Roles, name: str) -> Tree:
    if found.type == "soap":
        several = sum(one.name == operation.name for one in found.description.operations) > 1
        return skeleton_soap.settings(found.place, operation, guessed, name, several=several)
    if found.type == "rest":
        return skeleton_rest.settings(operation, guessed, name)
    return {}  # its README says what its settings are
