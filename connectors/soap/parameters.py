"""The parameters of a call: placeholders filled in, texts that hold XML or JSON kept well-formed, and all as the WSDL
has it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import orjson
from lxml import etree
from pydantic import JsonValue, SecretStr

from connectors import xml
from connectors.errors import Changed, ConnectorError
from connectors.settings import fill, placeholders_in
from connectors.soap.wsdl.parts import Part, Shape
from connectors.soap.wsdl.shapes import Shapes
from connectors.wording import did_you_mean, listed

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.S)
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT")
_ANYTHING = "*"


def filled(
    parameters: Mapping[str, JsonValue], secrets: Mapping[str, SecretStr], words: Mapping[str, Any]
) -> dict[str, Any]:
    """The parameters with every placeholder replaced; a secret that no placeholder names is one by itself."""
    plain = {name: secret.get_secret_value() for name, secret in secrets.items()}
    values = {**words, **plain}
    found = {name: _filled(value, values) for name, value in parameters.items() if not _is_left_out(value, values)}
    used = set(placeholders_in(dict(parameters)))
    for name in plain.keys() - used:
        _put(found, name.split("."), plain[name])
    return found


def _filled(value: JsonValue, words: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(item, words) for name, item in value.items() if not _is_left_out(item, words)}
    if isinstance(value, list):
        return [_filled(item, words) for item in value]
    if isinstance(value, str) and value.lstrip().startswith("<"):
        pieces = _CDATA.split(value)
        return "".join(_replaced(piece, words, _in_cdata if piece.startswith("<![") else _in_xml) for piece in pieces)
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "[") and not _PLACEHOLDER.fullmatch(value):
        return _replaced(value, words, _in_json)
    return fill(value, words)


def _is_left_out(value: JsonValue, words: Mapping[str, Any]) -> bool:
    """Whether a parameter is nothing but a placeholder that stands for nothing yet, as a cursor at first does."""
    lone = _PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
    return lone is not None and words[lone[1]] is None


def _replaced(text: str, words: Mapping[str, Any], written: Callable[[str], str]) -> str:
    return _PLACEHOLDER.sub(lambda found: written(str(words[found[1]])), text)


def _in_xml(text: str) -> str:
    return escape(text, {'"': "&quot;", "'": "&apos;"})


def _in_cdata(text: str) -> str:
    return text.replace("]]>", "]]]]><![CDATA[>")


def _in_json(text: str) -> str:
    return orjson.dumps(text).decode()[1:-1]


def _put(parameters: dict[str, Any], path: Sequence[str], value: str) -> None:
    """Set a parameter; `a.b` is b inside a."""
    *above, last = path
    for name in above:
        parameters = parameters.setdefault(name, {})
    parameters[last] = value


def fitted(given: Mapping[str, Any], parts: Iterable[Part], shapes: Shapes, place: str) -> dict[str, Any]:
    """Parameters as zeep takes them; `place` is what they are parameters of, for a sentence."""
    known = {part.name.lstrip("@") if part.name != _ANYTHING else _ANYTHING: part for part in parts}
    found: dict[str, Any] = {}
    for name, value in given.items():
        part = known.get(name.lstrip("@") if name != _ANYTHING else _ANYTHING)
        if part is None:
            raise Changed(
                f"{place} has no parameter `{name}`",
                code="parameters",
                hint=did_you_mean(name, known),
            )
        if part.name == _ANYTHING:
            found["_value_1"] = _element(value, place)
        else:
            found[part.name.lstrip("@")] = _fit(value, part, shapes, f"{place}.{part.name}")
    return found


def _fit(value: Any, part: Part, shapes: Shapes, place: str) -> Any:
    shape = shapes.shape(part.holds)
    items = [each for each in shape.parts if not each.name.startswith("@")]
    if isinstance(value, list):
        if part.repeated:
            return [_one(item, shape, items, shapes, place) for item in value]
        if len(items) == 1 and items[0].repeated:
            return {items[0].name: _fit(value, items[0], shapes, f"{place}.{items[0].name}")}
        raise _unfit(place, "takes one value, not a list", "Write a single value.")
    return _one(value, shape, items, shapes, place)


def _one(value: Any, shape: Shape, items: Sequence[Part], shapes: Shapes, place: str) -> Any:
    if isinstance(value, Mapping):
        if not shape.parts and shape.text != "xs:anyType":
            raise _unfit(place, f"is a single value ({shape.text})", "Write it without names below it.")
        return fitted(value, shape.parts, shapes, place)
    if value is None or shape.text:
        return value if value is None else _text(value, shape.text)
    if [each.name for each in items] == [_ANYTHING]:
        return {"_value_1": _element(value, place)}
    names = listed(each.name for each in items)
    raise _unfit(place, f"is made of {names}, and a single value is given", "Give each its own value.")


def _text(value: Any, kind: str) -> Any:
    if isinstance(value, bool) and kind != "xs:boolean":
        return str(value).lower()
    if kind == "xs:date" and isinstance(value, str) and _DATE_TIME.match(value):
        return value[:10]  # `{since}` says the time of day, too; asking from the day's beginning loses nothing
    return value


def _element(value: Any, place: str) -> etree._Element:
    """A text that holds XML, for a parameter that takes an element of any kind."""
    try:
        return xml.parse(str(value).strip().encode(), place)
    except ConnectorError as error:
        raise _unfit(place, "takes XML, and its text is none", str(error)) from None


def _unfit(place: str, what: str, hint: str) -> Changed:
    return Changed(f"the parameter {place} {what}", code="parameters", hint=hint or "Compare it with the WSDL.")
