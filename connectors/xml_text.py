"""A huge text inside an XML answer, as most .NET services wrap their XML in: taken out without holding it in memory."""

from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from connectors import xml
from connectors.body import Body
from connectors.xml_parts import readable

_AT_ONCE = 1024 * 1024  # bytes of text that are taken at a time
_MOST_AROUND = 4 * 1024 * 1024


@dataclass(slots=True)
class Inside:
    """The text of an element, unescaped, and the answer before and behind it."""

    text: Body = field(default_factory=Body)
    before: bytes = b""
    behind: bytes = b""

    def around(self, text: bytes) -> bytes:
        """The answer with another text in its place."""
        return self.before + escape(text.decode()).encode() + self.behind


def take_out(
    body: Body, source: str, name: str, *, charset: str | None = None, told: str | None = None
) -> Inside | None:
    """The text of the one element of this local name; None where there is none, or more than one, or no mere text."""
    reading = _Reading(name, source)
    for chunk in readable(body, source, charset, told).chunks():
        reading.feed(chunk)
        if reading.holds_elements or reading.times > 1:
            return None
    reading.feed(b"", final=True)
    return reading.found if reading.times == 1 and not reading.holds_elements else None


class _Reading:
    """Writes the answer again without the text, and the text by itself."""

    def __init__(self, name: str, source: str) -> None:
        self.found, self.times, self.holds_elements = Inside(), 0, False
        self._name, self._source = name, source
        self._written = bytearray()
        self._is_inside = False
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.ordered_attributes = parser.buffer_text = True
        parser.buffer_size = _AT_ONCE
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._document_type

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        """Take in more of the answer."""
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            raise xml.ill_formed(self._source, str(error)) from None
        if len(self._written) > _MOST_AROUND and not self.holds_elements:
            raise xml.forbidden(self._source, f"more than {_MOST_AROUND:,} bytes besides `{self._name}`")
        if final:
            self.found.behind = bytes(self._written)

    def _start(self, name: str, attributes: list[str]) -> None:
        self.holds_elements = self.holds_elements or self._is_inside
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        written = "".join(f" {each}={quoteattr(value)}" for each, value in pairs)
        self._written += f"<{name}{written}>".encode()
        if name.rpartition(":")[2] == self._name:
            self.times += 1
            self._is_inside = True
            self.found.before, self._written = bytes(self._written), bytearray()

    def _end(self, name: str) -> None:
        self._written += f"</{name}>".encode()
        self._is_inside = False

    def _text(self, text: str) -> None:
        if self._is_inside:
            self.found.text.write(text.encode())
        else:
            self._written += escape(text).encode()

    def _document_type(self, *_: object) -> None:
        raise xml.forbidden(self._source, "a document type (DOCTYPE)")
