"""Values of an encoded answer (rpc/encoded), written as if they had always come alike."""

from base64 import b64decode
from binascii import Error as NotBase64

from lxml import etree

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_IS_ENCODED = etree.XPath('boolean(/*/@*[local-name() = "encodingStyle"] | .//@*[local-name() = "encodingStyle"])')
_BINARY = ("base64Binary", "base64")


def steady(body: etree._Element) -> None:
    """Undo what differs from answer to answer, or unchanged records would look changed.

    Some stacks number the prefixes of types anew each time, some write the members of a structure in any order, which
    has no meaning in SOAP encoding, and some write every text that is not plain English in base64.
    """
    if not _IS_ENCODED(body):
        return
    for element in list(body.iter("*")):
        told = element.get(_TYPE, "").rpartition(":")[2]
        if told:
            element.set(_TYPE, told)
        if told in _BINARY:
            _show_text(element)
        names = [str(child.tag) for child in element]
        if names != sorted(names):
            element[:] = sorted(element, key=lambda child: str(child.tag))


def _show_text(element: etree._Element) -> None:
    """A text that came as base64 for its Vietnamese letters; what is really binary, or plain ASCII, stays as it is."""
    try:
        text = b64decode(element.text or "", validate=False).decode()
    except (NotBase64, ValueError):
        return
    if not text.isascii() and all(letter.isprintable() or letter in "\t\r\n" for letter in text):
        element.text = text
        element.set(_TYPE, "string")
