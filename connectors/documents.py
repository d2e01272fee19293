"""An answer as the list of records in it, whether it is XML or JSON, and each record's key and change time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, Protocol

from lxml import etree

from connectors import json, json_places, xml
from connectors.contract import Record
from connectors.errors import BadRecord, Changed
from connectors.settings import ChangedAt
from connectors.times import TimeForm
from connectors.wording import listed, quoted

_TRUE, _FALSE = ("true", "1"), ("false", "0")
_MOST_DIGITS = 18  # of a number of records


class Places(Protocol):
    """What an answer says besides its records."""

    def text(self, where: str) -> str | None:
        """The single value at a place of the answer, as text."""
        ...

    def has(self, where: str) -> bool:
        """Whether the answer has this place at all, be it empty."""
        ...


class Document(Places, Protocol):
    """A whole answer, decoded once."""

    def records(self, where: str) -> Sequence[Any]:
        """The records, still undecoded values; `Changed` where there is no list."""
        ...

    def text_of(self, record: Any, where: str) -> str | None:
        """The single value at a place of a record, as text."""
        ...

    def raw(self, record: Any) -> bytes:
        """A record's own bytes in a stable form."""
        ...


_SCHEMA = "http://www.w3.org/2001/XMLSchema"  # which .NET sends with every DataSet, full or empty


@dataclass(frozen=True, slots=True)
class Broken:
    """What stands in place of a record that cannot be read, though those around it can."""

    why: str  # "line 17 is no JSON"
    raw: bytes


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A JSON answer; places are dotted paths."""

    value: Any
    source: str
    slices: Sequence[bytes] = ()  # each record's own bytes, where they are at hand; it may be unread then (`json.read`)

    def records(self, where: str) -> Sequence[Any]:
        found = json_places.gathered(self.value, where) if json_places.has_star(where) else json.at(self.value, where)
        if isinstance(found, list):
            return found
        if self.says_null(where):
            return ()  # whether that is an empty list, the rest of the answer must say
        place = f"at `{where}`" if where else "in itself"
        has = f"it has {listed(self.value)}" if isinstance(self.value, dict) else f"it is {_kind(self.value)}"
        raise Changed(
            f"the answer of {self.source} has no list of records {place}: {has}",
            code="records",
            hint="Compare `records` in the settings with the kept answer; it may also be an error message of theirs.",
        )

    def says_null(self, where: str) -> bool:
        """Whether null stands at this place: an empty list to some systems, part of an error message to others."""
        parent = json.at(self.value, where.rpartition(".")[0]) if where else None
        last = where.rpartition(".")[2]
        return isinstance(parent, dict) and last in parent and parent[last] is None

    def text(self, where: str) -> str | None:
        return _scalar(json.at(self.value, where))

    def has(self, where: str) -> bool:
        return json.has(self.value, where)

    def text_of(self, record: Any, where: str) -> str | None:
        if type(record) is dict:
            value = record.get(where)
            if type(value) is str:  # nearly always, and twice for every record
                return value.strip()
        return _scalar(json.at(json.some_of(record, where) if type(record) is bytes else record, where))

    def raw(self, record: Any) -> bytes:
        return record if isinstance(record, bytes) else json.raw_bytes(record)


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """An XML answer; places are local names, so that prefixes may change: `a.b` is b inside a, `@id` an attribute."""

    root: etree._Element
    source: str
    slices: Sequence[bytes] = ()  # each record's own bytes, where they are at hand (`xml_scan.records_in`)

    def records(self, where: str) -> Sequence[Any]:
        return list(xml.find(self.root, where)) or self._none(where)

    def _none(self, where: str) -> Sequence[Any]:
        """No records, unless the name differs only in its capitals from one that is there."""
        name = where.rpartition(".")[2]
        alike = [each for each in xml.names_in(self.root) if each != name and each.lower() == name.lower()]
        if alike:
            raise Changed(
                f"the answer of {self.source} has no record at `{where}`, but it has {listed(alike)}",
                code="records",
                hint="Correct `records` in the settings: names are compared letter by letter.",
            )
        return ()

    @property
    def repeated(self) -> str:
        """The first element with something in it that stands several times in a row, as records do; empty: none."""
        for element in self.root.iter("*"):
            before = element.getprevious()
            again = before is not None and before.tag == element.tag and (len(element) or element.attrib)
            if again and not str(element.tag).startswith(f"{{{_SCHEMA}}}"):
                return xml.local_name(element)
        return ""

    def text(self, where: str) -> str | None:
        above, is_attribute, name = where.rpartition("@")
        if is_attribute:
            element = next(xml.find(self.root, above.removesuffix(".")), None) if above else self.root
            return None if element is None else element.get(name)
        found = next(xml.find(self.root, where), None)
        return None if found is None else _content(found)

    def has(self, where: str) -> bool:
        return self.text(where) is not None if "@" in where else next(xml.find(self.root, where), None) is not None

    def text_of(self, record: Any, where: str) -> str | None:
        steps = _steps(where)
        if len(steps) == 1 and steps[0][1] is not None:  # nearly always, and for every record
            for child in record.iterchildren(steps[0][1]):
                return _content(child)
            return None
        element: etree._Element | None = record
        for name, tag in steps:
            if element is None:
                return None
            if tag is None:
                return element.get(name)
            element = next(element.iterchildren(tag), None)
        return None if element is None else _content(element)

    def raw(self, record: Any) -> bytes:
        return xml.raw_bytes(record)


@dataclass(frozen=True, slots=True)
class Contents:
    """What one answer brought."""

    records: tuple[Record, ...]
    bad: tuple[BadRecord, ...]
    overlooked: str = ""  # where nothing was found: what stands there several times, as records do

    @property
    def count(self) -> int:
        """How many records the department sent, good or bad."""
        return len(self.records) + len(self.bad)

    @property
    def keys(self) -> tuple[str, ...]:
        """The key of every record, in order, the bad ones last."""
        return (*(record.key for record in self.records), *(record.key for record in self.bad))

    def said_of(self, source: str) -> str:
        """A sentence for a check, which reads one record and keeps none."""
        if self.records:
            return f"asked {source} for records: it answered, and they have the key and form that the settings say"
        if self.bad:
            raise self.bad[0]
        if self.overlooked:
            raise overlooked(source, self.overlooked)
        return f"asked {source} for records: it answered that there is none"


def overlooked(source: str, name: str) -> Changed:
    """What an answer means that has no record, but holds something that looks like some."""
    return Changed(
        f"the answer of {source} has none of the records that the settings name, but several of `{name}`",
        code="records",
        hint="Correct `records` in the settings: `hub preview NAME` shows the answer.",
    )


class _Unread(Record):
    """A record that is read when somebody asks what it says: most are known already, by their bytes."""

    __slots__ = ()

    @property
    def value(self) -> Any:
        return json.record(self.raw)


@dataclass(frozen=True, slots=True)
class RecordReader:
    """Tells records apart, by their key, and when they changed."""

    where: str
    key: str
    changed_at: ChangedAt | None

    def read(self, document: Document, source: str) -> Contents:
        """The records of an answer of `source`; one without a key is set aside."""
        text_of, key_place = document.text_of, self.key
        form, time_place = (self.changed_at.form, self.changed_at.from_) if self.changed_at else (None, "")
        records, bad = [], []
        values = document.records(self.where)
        for value, raw in zip(values, _raws(document, values), strict=True):
            key = text_of(value, key_place)
            if key:
                changed_at = _moment(text_of(value, time_place), form) if form else None
                kind = _Unread if type(value) is bytes else Record
                records.append(kind(key, value, raw, changed_at))
            elif isinstance(value, Broken):
                bad.append(_broken(value, source))
            else:
                bad.append(self._without_key(raw, source))
        if self.changed_at and records and not any(record.changed_at for record in records):
            self._refuse_wrong_form(document, records, source, self.changed_at)
        repeated = document.repeated if isinstance(document, XmlDocument) and not values else ""
        return Contents(tuple(records), tuple(bad), repeated)

    def _without_key(self, raw: bytes, source: str) -> BadRecord:
        return BadRecord(
            f"a record of {source} has nothing at `{self.key}`, which is its key",
            key=sha256(raw).hexdigest()[:32],
            raw=raw,
            code="no_key",
            hint="If no record has one, correct `key` in the settings; else ask the department to number the record.",
        )

    def _refuse_wrong_form(
        self, document: Document, records: Iterable[Record], source: str, changed_at: ChangedAt
    ) -> None:
        """Records that all say nothing may be old ones; records that all say something else show a wrong setting."""
        texts = (document.text_of(record.value, changed_at.from_) for record in records)
        example = next((text for text in texts if text), None)
        if example is not None:
            raise Changed(
                f"{source} writes change times as {quoted(example)} at `{changed_at.from_}`, "
                f"which is not of the form `{changed_at.date}`",
                code="changed_at",
                hint="Correct `changed_at` in the settings: `from` is the field, `date` is how its time is written.",
            )


def _raws(document: Document, values: Sequence[Any]) -> Iterable[bytes]:
    """Each record's bytes: those that reading brought along, or what the document writes for it."""
    slices: Sequence[bytes] = getattr(document, "slices", ())
    if len(slices) == len(values):
        return slices
    return (value.raw if isinstance(value, Broken) else document.raw(value) for value in values)


def _moment(text: str | None, form: TimeForm) -> datetime | None:
    """A record whose time cannot be read may still be read itself; it only cannot move the bookmark."""
    try:
        moment = form.read(text) if text else None
    except (ValueError, OverflowError):
        return None
    return moment if moment and 1900 < moment.year < 2200 else None  # 0001-01-01 is how .NET says nothing


def _broken(value: Broken, source: str) -> BadRecord:
    return BadRecord(
        f"a record of {source} cannot be read: {value.why}",
        key=sha256(value.raw).hexdigest()[:32],
        raw=value.raw,
        code="broken_record",
        hint="The others are read; show its bytes to the department.",
    )


def flag(document: Places, where: str, source: str) -> bool | None:
    """The yes or no at a place of the answer; None where it says nothing."""
    text = document.text(where)
    if not text:
        return None
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise Changed(
        f"the answer of {source} says {quoted(text)} at `{where}`, where true or false is expected",
        code="paging",
        hint="Correct the setting that names this place.",
    )


def number(document: Places, where: str | None) -> int | None:
    """The whole number at a place of the answer; None where there is none, as it is only told for orientation."""
    text = document.text(where) if where else None
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def _scalar(value: Any) -> str | None:
    if type(value) is str:
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() if isinstance(value, str | int | float) else None


@lru_cache(maxsize=256)
def _steps(where: str) -> Sequence[tuple[str, str | None]]:
    """The names of a path: an attribute without its `@`, an element with the tag that finds it in any namespace."""
    names = where.split(".")
    return [(name[1:], None) if name.startswith("@") else (name, f"{{*}}{name}") for name in names]


def _content(element: etree._Element) -> str | None:
    text = "".join(map(str, element.itertext())) if len(element) else element.text
    return text.strip() or None if text else None


def _kind(value: Any) -> str:
    return {list: "a list", str: "a text", type(None): "null"}.get(type(value), "a single value")
