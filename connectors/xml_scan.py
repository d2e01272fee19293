"""Where the records of an XML text begin and end, byte by byte, without reading what is in them.

XML allows `<` nowhere but at the beginning of a tag, a comment, a CDATA section or an instruction. So whatever looks
like a record's tag outside of the last three is one, and what is inside a record need not be looked at. That the text
is well-formed is not proved here: whoever reads the parts finds that out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from connectors import xml
from connectors.errors import Changed

_MARKUP = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    rb"|</(?P<closed>[^\s<>/]+)\s*+>"
    rb"|<(?P<opened>[^\s<>/!?]+)(?P<attributes>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>",
    re.S,
)
_NAMESPACE = re.compile(rb"\sxmlns(?::([^\s=]+))?\s*=\s*(\"[^\"]*\"|'[^']*')")
_OF_THE_ENVELOPE = (b"http://schemas.xmlsoap.org/soap/envelope/", b"http://www.w3.org/2003/05/soap-envelope")
_HIDES = (b"!", b"?")  # what follows `<` where tags may be spoken of that are none
_LONGEST = 32 * 1024 * 1024  # bytes of one record, or of one tag or comment
_DEEPEST = 256  # elements inside each other, as for whole documents


@dataclass(slots=True)
class Cut:
    """A piece of a text as a document of its own, and each record in it, by itself, in order."""

    payload: bytes
    records: list[bytes]
    is_last: bool


@dataclass(slots=True)
class _Open:
    """An element that is open above the present place."""

    tag: bytes
    name: bytes
    local: bytes
    attributes: bytes


@dataclass(slots=True)
class _Part:
    """What is gathered for the next piece."""

    above: list[_Open]
    others: int  # bytes outside of records that stand before it
    pieces: list[bytes] = field(default_factory=list)
    records: list[bytes] = field(default_factory=list)
    size: int = 0


class Scanner:
    """Cuts a text in UTF-8 between its records; `where` is the path of a record, as for `xml.find`."""

    def __init__(self, chunks: Iterable[bytes], source: str, where: str, size: int, most_others: int) -> None:
        self._chunks, self._source, self._size, self._most_others = iter(chunks), source, size, most_others
        self._path = [name.encode() for name in where.split(".")]
        self._window, self._at = b"", 0  # what is at hand, and how far it is dealt with
        self._above: list[_Open] = []
        self._inherited: bytes | None = None  # the namespaces that a record at this place inherits
        self._fits: bool | None = None  # whether an element of the path's last name is a record at this place
        self._others = bytearray()  # what stands outside of records
        self._part: _Part | None = None

    def cuts(self) -> Iterator[Cut]:
        """The pieces; the last one is what the text holds besides its records, with the last records in place."""
        for found in self._markup():
            if found["opened"] is not None:
                self._open(found)
            elif found["closed"] is not None:
                self._close(found)
            else:
                self._pass(found.end())
            if self._part is not None and self._part.size >= self._size:
                yield self._cut(self._part)
        yield self._rest()

    def _markup(self) -> Iterator[re.Match[bytes]]:
        """Every tag, comment and the like outside of records; whoever takes one moves `_at` behind it."""
        while True:
            start = self._window.find(b"<", self._at)
            found = _MARKUP.match(self._window, start) if start >= 0 else None
            if found is not None:
                yield found
            elif not self._more():
                if start >= 0:
                    raise self._ill_formed(start)
                return

    def _more(self) -> bool:
        """Take in more of the text, at least as much again as is not dealt with yet; False at its end."""
        rest = self._window[self._at :]
        if len(rest) > _LONGEST:
            raise self._too_long()
        pieces, wanted = [rest], max(1, len(rest))
        for chunk in self._chunks:
            pieces.append(chunk)
            wanted -= len(chunk)
            if wanted <= 0:
                break
        self._window, self._at = b"".join(pieces), 0
        return len(pieces) > 1

    def _open(self, found: re.Match[bytes]) -> None:
        tag, name, attributes = found.group(0, "opened", "attributes")
        is_empty, local = attributes.endswith(b"/"), name.rpartition(b":")[2]
        if local == self._path[-1] and self._is_record():
            self._take(found, tag, name, is_empty=is_empty)
            return
        if not self._above:
            self._at = found.start()  # whatever stands before the first element is not of the content
        self._above.append(_Open(tag, name, local, attributes))
        if len(self._above) > _DEEPEST:
            raise xml.forbidden(self._source, f"more than {_DEEPEST} elements inside each other")
        self._pass(found.end())
        self._inherited = self._fits = None
        if is_empty:
            self._above.pop()

    def _close(self, found: re.Match[bytes]) -> None:
        if not self._above or self._above[-1].name != found["closed"]:
            raise self._ill_formed(found.start())
        self._pass(found.end())
        self._above.pop()
        self._inherited = self._fits = None

    def _pass(self, end: int) -> None:
        """What stands outside of records belongs to the answer as a whole, and to the part that goes on around it."""
        passed, self._at = self._window[self._at : end], end
        if not self._above:
            return
        self._others += passed
        if len(self._others) > self._most_others:
            raise self._too_much_besides()
        if self._part is not None:
            self._part.pieces.append(passed)

    def _is_record(self) -> bool:
        """As `xml.find`: the first name of the path at any depth, but not inside another of the same name."""
        if self._fits is None:
            above, count = [each.local for each in self._above], len(self._path) - 1
            before = above[: len(above) - count]
            self._fits = above[len(above) - count :] == self._path[:-1] and self._path[0] not in before
        return self._fits

    def _take(self, found: re.Match[bytes], tag: bytes, name: bytes, *, is_empty: bool) -> None:
        """One record, as it stands and as a document of its own."""
        start, part = found.start(), self._part
        before = self._window[self._at : start]
        if before and not before.isspace():
            self._others += before
        self._at = start
        text = tag if is_empty else self._whole(tag, name)
        self._at += len(text)
        if part is None:
            part = self._part = _Part(self._above.copy(), len(self._others))
        else:
            part.pieces.append(before)
        part.pieces.append(text)
        part.records.append(self._by_itself(text, tag, name))
        part.size += len(text)
        if len(tag) == len(name) + 2:
            self._take_alike(part, tag, b"</" + name)

    def _take_alike(self, part: _Part, tag: bytes, closes: bytes) -> None:
        """The records that follow at once and are as plain as this one: as good as all of them, so it must be fast."""
        window, at, name = self._window, self._at, tag[:-1]
        add, add_record, inherited = part.pieces.append, part.records.append, self._inherited or b""
        while part.size < self._size:
            start = window.find(b"<", at)
            end = _plain_end(window, start + len(tag), name, closes) if window.startswith(tag, start) else -1
            if start < 0 or end < 0 or (start > at and not window[at:start].isspace()):
                break
            add(window[at:end])
            add_record(name + inherited + window[start + len(name) : end])
            part.size += end - at
            at = end
        self._at = at

    def _whole(self, tag: bytes, name: bytes) -> bytes:
        """The record that begins with this tag at `_at`."""
        while True:
            end = self._end(self._at + len(tag), name)
            if end is None:
                if not self._more():
                    raise self._ill_formed(self._at)
            elif end - self._at > _LONGEST:
                raise self._too_long()
            else:
                return self._window[self._at : end]

    def _end(self, place: int, name: bytes) -> int | None:
        """Where the element ends whose content begins at `place`; None: not within what is at hand."""
        depth, text, opens, closes = 1, self._window, b"<" + name, b"</" + name
        end = _plain_end(text, place, opens, closes)
        if end >= 0:
            return end
        while depth:
            closing = _tag(text, closes, place, len(text))
            if closing < 0:
                return None
            hidden = _hidden(text, place, closing)
            stop = closing if hidden < 0 else hidden
            while (place := _tag(text, opens, place, stop)) >= 0:
                nested = _MARKUP.match(text, place)
                if nested is None:
                    return None
                depth += not nested[0].endswith(b"/>")
                place = nested.end()
            found = _MARKUP.match(text, stop)
            if found is None:
                return None
            depth -= hidden < 0
            place = found.end()
        return place

    def _by_itself(self, text: bytes, tag: bytes, name: bytes) -> bytes:
        """The record with the namespaces that were declared above it, so that it can be read alone."""
        if self._inherited is None:
            self._inherited = _declarations(each.attributes for each in self._above)
        own = _declarations((tag,)) if b"xmlns" in tag else b""
        inherited = self._inherited if not own else _declarations((*(each.attributes for each in self._above), tag))
        if not inherited:
            return text
        start = len(name) + 1
        rest = _NAMESPACE.sub(b"", tag[start:]) + text[len(tag) :] if own else text[start:]
        return text[:start] + inherited + rest

    def _cut(self, part: _Part) -> Cut:
        opening = b"".join(each.tag for each in part.above)
        closing = b"".join(b"</" + each.name + b">" for each in reversed(self._above))
        self._part = None
        return Cut(b"".join((opening, *part.pieces, closing)), part.records, is_last=False)

    def _rest(self) -> Cut:
        if self._above:
            raise self._ill_formed(len(self._window))
        if self._part is None:
            return Cut(bytes(self._others), [], is_last=True)
        return Cut(b"".join((self._others[: self._part.others], *self._part.pieces)), self._part.records, is_last=True)

    def _ill_formed(self, place: int) -> Changed:
        near = self._window[place : place + 60].decode("utf-8", "replace")
        return xml.ill_formed(self._source, f"what is opened is not closed at {near}" if near else "it ends too early")

    def _too_long(self) -> Changed:
        return xml.forbidden(self._source, f"a record, tag or comment of more than {_LONGEST:,} bytes")

    def _too_much_besides(self) -> Changed:
        return Changed(
            f"the answer of {self._source} holds more than {self._most_others:,} bytes besides its records",
            code="records",
            hint="Correct `records` in the settings: it must name the element that holds one whole record.",
        )


def records_in(text: bytes, source: str, where: str) -> list[bytes]:
    """Each record of a text that is known to be well-formed, as a document of its own."""
    (only,) = Scanner((text,), source, where, len(text) + 1, len(text)).cuts()
    return only.records


def _plain_end(text: bytes, start: int, opens: bytes, closes: bytes) -> int:
    """Where the element ends in the most usual case, which must be fast: nothing in it may hide its end; else -1."""
    closing = text.find(closes, start)
    end = closing + len(closes) + 1
    if closing < 0 or not text.startswith(b">", end - 1) or text.find(opens, start, closing) >= 0:
        return -1
    return -1 if text.find(b"!", start, closing) >= 0 or text.find(b"?", start, closing) >= 0 else end


def _tag(text: bytes, beginning: bytes, start: int, end: int) -> int:
    """Where a tag begins that is `beginning` to the end of its name, -1 if there is none."""
    while (start := text.find(beginning, start, end)) >= 0:
        if text[start + len(beginning) : start + len(beginning) + 1] in b" \t\r\n/>":
            return start
        start += len(beginning)
    return -1


def _hidden(text: bytes, start: int, end: int) -> int:
    """Where the first comment, CDATA section or instruction begins, -1 if there is none."""
    places = []
    for mark in _HIDES:
        place = text.find(mark, start + 1, end)
        while place >= 0 and text[place - 1 : place] != b"<":
            place = text.find(mark, place + 1, end)
        if place >= 0:
            places.append(place - 1)
    return min(places, default=-1)


def _declarations(attributes: Iterable[bytes]) -> bytes:
    """The namespaces that hold below elements with these attributes; what is declared deeper wins.

    That of the SOAP envelope stays with the envelope: nothing in a record is of it.
    """
    found = {each[1] or b"": each[2] for above in attributes for each in _NAMESPACE.finditer(above)}
    found = {prefix: said for prefix, said in found.items() if said[1:-1] not in _OF_THE_ENVELOPE}
    return b"".join(b" xmlns%s=%s" % (b":" + prefix if prefix else b"", said) for prefix, said in sorted(found.items()))
