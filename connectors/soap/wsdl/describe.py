"""What a WSDL offers, as the hub shows it: every operation with its parameters and the fields of its answer."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import orjson

from connectors.contract import Description, Field, Operation
from connectors.soap.wsdl.definitions import Definitions, Message, MessagePart, Offer
from connectors.soap.wsdl.names import documentation, split
from connectors.soap.wsdl.parts import Holds, Part
from connectors.soap.wsdl.shapes import Shapes

MOST_FIELDS = 1_000  # of one message; real ones have tens, and schemas that name one another have millions
_DEEPEST = 16


def described(definitions: Definitions) -> Description:
    """Every operation of every service and port."""
    shapes = Shapes(definitions.schemas)
    operations = [_operation(offer, shapes) for offer in definitions.offers]
    return Description(tuple(operations), definitions.problems, fingerprint(operations))


def fingerprint(operations: Iterable[Operation]) -> str:
    """The same for all that ask and answer the same: comments, order and addresses do not count."""
    matters = sorted([each.name, each.style, _plain(each.parameters), _plain(each.answer)] for each in operations)
    return hashlib.sha256(orjson.dumps(matters)).hexdigest()[:32]


def _plain(fields: Sequence[Field]) -> list[list[str | bool]]:
    return sorted([field.path, field.type, field.repeated, field.required] for field in fields)


def sides(offer: Offer, shapes: Shapes) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The parameters and the answer of an operation, as the settings name them."""
    answer = () if offer.output is None else _unwrapped(offer, offer.output, shapes)
    return _unwrapped(offer, offer.input, shapes), answer


def _operation(offer: Offer, shapes: Shapes) -> Operation:
    parameters, answer = sides(offer, shapes)
    headers = (as_part(part, shapes) for part in offer.input.headers)
    in_header = (replace(field, path=f"soap_headers.{field.path}") for field in _fields(headers, shapes))
    return Operation(
        name=offer.name,
        place="/".join(filter(None, (offer.service, offer.port))),
        style=_style(offer),
        parameters=(*_fields(parameters, shapes), *in_header),
        answer=tuple(_fields(answer, shapes)),
        about=offer.about,
    )


def _style(offer: Offer) -> str:
    if not offer.style:
        return "not said"
    use = "encoded" if offer.input.is_encoded else "literal"
    is_wrapped = len(offer.input.parts) == 1 and split(offer.input.parts[0].element or "")[1] == offer.name
    shape = "" if offer.style == "rpc" else " wrapped" if is_wrapped else " bare"
    return f"SOAP {offer.soap} {offer.style}/{use}{shape}"


def _unwrapped(offer: Offer, message: Message, shapes: Shapes) -> tuple[Part, ...]:
    """The parts of a message; those inside its only element where that is the whole message."""
    if offer.style != "rpc" and len(message.parts) == 1 and message.parts[0].element:
        whole = as_part(message.parts[0], shapes)
        return shapes.shape(whole.holds).parts or _single(whole, shapes)
    return tuple(replace(as_part(part, shapes), name=part.name) for part in message.parts)


def _single(whole: Part, shapes: Shapes) -> tuple[Part, ...]:
    return (whole,) if shapes.shape(whole.holds).text else ()


def as_part(part: MessagePart, shapes: Shapes) -> Part:
    """A part of a message as an element with what it holds; it has the element's own name."""
    if part.element:
        found = shapes.schemas.find("element", part.element, part.node)
        namespace, local = split(found.name if found else part.element)
        holds = shapes.of_element(found) if found else Holds(part.element)
        return Part(local, namespace, holds, required=True, about=documentation(found.node) if found else "")
    holds = shapes.of_type(part.type or "", part.node)
    return Part(part.name, "", holds, required=True, about=documentation(part.node))


def _fields(parts: Iterable[Part], shapes: Shapes) -> Iterator[Field]:
    left = [MOST_FIELDS]
    for field in _below(parts, "", {}, shapes):
        left[0] -= 1
        if left[0] < 0:
            yield Field("…", "object", about=f"and more: a message of more than {MOST_FIELDS:,} fields")
            return
        yield field


def _below(parts: Iterable[Part], prefix: str, above: dict[object, str], shapes: Shapes) -> Iterator[Field]:
    for part in parts:
        path = f"{prefix}{part.name}"
        key = part.holds.name or part.holds.node
        shape = shapes.shape(part.holds)
        inner = shape.parts if part.name != "*" else ()
        again = above.get(key) if inner else None
        about = part.about
        if shape.values:
            about = f"{about} ({', '.join(shape.values)})".strip()
        if again is not None:
            about = f"{about} (as `{again}`)".strip()
        yield Field(path, shape.text or "object", part.repeated, part.required, about)
        if inner and again is None and path.count(".") < _DEEPEST:
            yield from _below(inner, f"{path}.", {**above, key: path}, shapes)
