"""First settings of a `rest` connector, from an operation of its OpenAPI description or from a first answer."""

from collections.abc import Sequence
from dataclasses import replace

from connectors.contract import Field, Operation
from connectors.scrub import plain_address
from hub.inspection import roles
from hub.inspection.roles import Roles
from hub.inspection.skeleton_parts import changed_at, key, parameter
from hub.inspection.tree import Said, Tree, put

_ADDRESS = "https://department.example/records"
_PLACES = ("query", "header", "path", "cookie", "formData")  # as descriptions say them: "in the query. …"


def settings(operation: Operation, guessed: Roles, connector: str) -> Tree:
    """Where, how and with what it is asked; where its records stand."""
    method, _, address = operation.place.rpartition(" ")
    known = "://" in address
    tree: Tree = {"url": Said(plain_address(address) if known else _ADDRESS, _on_address(address, known=known))}
    if method.upper() == "POST":
        tree["method"] = Said("POST")
    tree |= _sent(operation.parameters, guessed, connector, posted=method.upper() == "POST")
    tree |= _pages(operation, guessed)
    if "xml" in operation.style:
        tree["format"] = Said("xml")
    elif "csv" in operation.style:
        tree["format"] = Said("csv")
    path = guessed.records.field.path if guessed.records else ""
    unsure = "" if guessed.records else "empty: the answer is the list itself; else where it holds the list"
    tree["records"] = Said(path.rpartition(".")[2] if "xml" in operation.style else path, unsure)
    tree |= key(guessed)
    tree |= changed_at(guessed)
    if guessed.total:
        tree["total"] = Said(guessed.total)
    return tree


def _on_address(address: str, *, known: bool) -> str:
    if not known:
        return "its address"
    return "put in what stands in braces" if "{" in address else ""


def _sent(parameters: Sequence[Field], guessed: Roles, connector: str, *, posted: bool) -> Tree:
    """Every parameter where it belongs: address, headers or body; secrets apart."""
    tree: Tree = {}
    for field in parameters:
        place, about = _placed(field)
        if place in ("path", "cookie") or field.type == "object":
            continue
        secret = guessed.parameters.get(field.path) == roles.SECRET
        said = parameter(replace(field, about=about), guessed, connector)
        if place == "header":
            put(tree, ["secret_headers" if secret else "headers", field.path], said)
        elif place == "" and posted:
            put(tree, ["secret_body" if secret else "body", *field.path.split(".")], said)
        else:
            put(tree, ["secret_parameters" if secret else "parameters", field.path], said)
    return tree


def _placed(field: Field) -> tuple[str, str]:
    """Where a parameter goes, and the rest of what is said of it; empty: into the body."""
    for place in _PLACES:
        begin = f"in the {place}."
        if field.about.startswith(begin):
            return place, field.about.removeprefix(begin).strip()
    return "", field.about


def _pages(operation: Operation, guessed: Roles) -> Tree:
    used = set(guessed.parameters.values())
    end: Tree = {"last": Said(guessed.last)} if guessed.last else {"more": Said(guessed.more)} if guessed.more else {}
    if roles.PAGE in used:
        return {"pages": {"type": Said("numbered"), "first": Said(1, "or 0: the number of the first page"), **end}}
    if roles.OFFSET in used:
        return {"pages": {"type": Said("offset"), **end}}
    if "cursor" in operation.style:
        remark = "its pages look like a cursor: which place names the next one?"
        return {"pages": {"type": Said("cursor", remark)}}
    return {}
