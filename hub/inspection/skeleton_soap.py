"""First settings of a `soap` connector, from an operation of its WSDL."""

from connectors.contract import Operation
from hub.inspection import roles
from hub.inspection.roles import Roles
from hub.inspection.skeleton_parts import ASK, changed_at, key, parameter
from hub.inspection.tree import Said, Tree, put, reference

_HEADERS = "soap_headers"  # before the paths of what stands in a SOAP header


def settings(place: str, operation: Operation, guessed: Roles, connector: str, *, several: bool) -> Tree:
    """Of the connector of this name; `several`: more than one port offers an operation of this name."""
    service, _, port = operation.place.partition("/")
    tree: Tree = {"wsdl": Said(place), "operation": Said(operation.name)}
    if several:
        tree |= {"service": Said(service), "port": Said(port)}
    tree |= _parameters(operation, guessed, connector)
    tree |= _records(operation, guessed, connector)
    tree |= changed_at(guessed)
    for setting, path in (("more", guessed.more), ("total", guessed.total)):
        if path:
            tree[setting] = Said(path.rpartition(".")[2])
    return tree


def _parameters(operation: Operation, guessed: Roles, connector: str) -> Tree:
    sent: Tree = {}
    secret: Tree = {}
    headers: Tree = {}
    for field in operation.parameters:
        path = field.path.split(".")
        if field.type == "object":
            continue
        if path[0] == _HEADERS:
            put(headers, path[1:], Said(reference(connector, field.path)))
        elif guessed.parameters.get(field.path) == roles.SECRET:
            secret[field.path] = parameter(field, guessed, connector)
        else:
            put(sent, path, parameter(field, guessed, connector))
    named = (("parameters", sent), ("secret_parameters", secret), (_HEADERS, headers))
    return {name: tree for name, tree in named if tree}


def _records(operation: Operation, guessed: Roles, connector: str) -> Tree:
    if guessed.records is not None and guessed.records.field.path:
        *_, parent, local = ("", *guessed.records.field.path.split("."))
        alone = sum(field.path.rpartition(".")[2] == local for field in operation.answer) == 1
        axis = f"Axis 1 names it as the list: {parent}.{parent}" if local == "item" and parent else ""
        return {"records": Said(local if alone else f"{parent}.{local}", axis), **key(guessed)}
    tree: Tree = {
        "records": Said(ASK, _where_to_look(operation, connector)),
        **key(guessed),
    }
    if guessed.text is None:
        return tree
    element = guessed.text.path.rpartition(".")[2]
    inside: Tree = {
        "element": Said(element, "its text may be a whole document: look at a preview"),
        "format": Said("xml", "or json"),
    }
    return {"inside": inside, **tree}


def _where_to_look(operation: Operation, connector: str) -> str:
    if any(field.type == roles.DATA_SET for field in operation.answer):
        return f"the name of a DataSet's table: look at `hub preview {connector} --json`, inside diffgram"
    return "which element is one record? nothing in the description is repeated"
