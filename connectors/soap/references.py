"""Values that are written once and referred to from elsewhere, as old rpc/encoded stacks do, put where they belong."""

from collections import Counter
from copy import deepcopy

from lxml import etree

from connectors.errors import Changed

_SOAP_12 = "{http://www.w3.org/2003/05/soap-encoding}"
_REFERS = etree.XPath('boolean(.//@href[starts-with(., "#")] | .//@enc:ref)', namespaces={"enc": _SOAP_12[1:-1]})
_OF_SOAP = ("{http://schemas.xmlsoap.org/soap/", "{http://www.w3.org/2003/05/soap-")  # envelope and encoding
_LARGEST = 64 * 1024 * 1024  # of all that is copied, in bytes of memory, roughly
_DEEPEST = 256  # elements inside each other, as for every answer
_ELEMENT = 200  # bytes of memory that an element takes, roughly


def resolve(body: etree._Element, source: str) -> None:
    """Put every value of a SOAP Body in place of the references to it."""
    if refers(body):
        _resolve(body, source)


def _resolve(body: etree._Element, source: str) -> None:
    referring = [element for element in body.iter("*") if _target(element)]
    values = {name: element for element in body.iter("*") if (name := _name(element))}
    uses = Counter(map(_target, referring))
    room = [_LARGEST]
    for element in list(body.iterchildren("*")):
        if not _is_aside(element, uses):
            _expand(element, values, uses, room, source)
    for element in list(body.iterchildren("*")):
        if _is_aside(element, uses):
            body.remove(element)
    for element in body.iter("*"):
        _forget_name(element, uses)


def refers(content: etree._Element) -> bool:
    """Whether a value in it stands elsewhere."""
    return bool(_REFERS(content))


def _expand(
    top: etree._Element, values: dict[str, etree._Element], uses: Counter[str], room: list[int], source: str
) -> None:
    waiting: list[tuple[etree._Element, frozenset[str], int]] = [(top, frozenset(), 0)]
    while waiting:
        element, above, depth = waiting.pop()
        if depth > _DEEPEST:
            raise _unresolved(source, f"holds values inside one another, more than {_DEEPEST} deep")
        name = _target(element)
        if name:
            value = values.get(name)
            if value is None:
                raise _unresolved(source, f"refers to `{name}`, which is not in it")
            if name in above:
                raise _unresolved(source, f"holds a value that is part of itself (`{name}`)")
            _fill(element, value, room, source, moves=uses[name] == 1 and value.getparent() is top.getparent())
            above |= {name}
        if own := _name(element):
            above |= {own}
        waiting.extend((child, above, depth + 1) for child in element.iterchildren("*"))


def _fill(element: etree._Element, value: etree._Element, room: list[int], source: str, *, moves: bool) -> None:
    """Make `element` what `value` is; one that is referred to only here need not be copied."""
    copied = value if moves else _copy(value, room, source)
    for attribute in ("href", f"{_SOAP_12}ref"):
        if attribute in element.attrib:
            del element.attrib[attribute]
    for attribute in map(str, value.attrib):
        if attribute != "id" and not attribute.startswith(_OF_SOAP):
            element.set(attribute, value.get(attribute, ""))
    element.text = value.text
    element.extend(list(copied))


def _copy(value: etree._Element, room: list[int], source: str) -> etree._Element:
    room[0] -= sum(_weight(each) for each in value.iter("*"))
    if room[0] < 0:
        raise _unresolved(source, "refers to the same values so often that they would fill the memory")
    return deepcopy(value)


def _weight(element: etree._Element) -> int:
    return _ELEMENT + len(element.text or "") + len(element.tail or "")


def _target(element: etree._Element) -> str:
    """The name of the value that stands for this element; "" where it holds its own."""
    href = element.get("href", "")
    return href[1:] if href.startswith("#") else element.get(f"{_SOAP_12}ref", "")


def _name(element: etree._Element) -> str:
    return element.get("id", "") or element.get(f"{_SOAP_12}id", "")


def _is_aside(element: etree._Element, uses: Counter[str]) -> bool:
    """Whether an element stands in the Body only to be referred to."""
    return bool(_name(element)) and uses[_name(element)] > 0


def _forget_name(element: etree._Element, uses: Counter[str]) -> None:
    """A name is another one in every answer, and would make an unchanged record look changed."""
    for attribute in ("id", f"{_SOAP_12}id"):
        if uses[element.get(attribute, "")]:
            del element.attrib[attribute]


def _unresolved(source: str, what: str) -> Changed:
    return Changed(
        f"the answer of {source} {what}",
        code="multi_reference",
        hint="Show the kept answer to the department; document/literal answers need no references.",
    )
