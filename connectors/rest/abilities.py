"""What a `rest` system can be asked besides its list, where the settings say how."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from connectors import json
from connectors.answers import Answer
from connectors.contract import Connector, Page, Retry
from connectors.documents import Contents, JsonDocument, RecordReader, XmlDocument, number
from connectors.errors import Changed
from connectors.given import Given
from connectors.http import Client
from connectors.payload import ONE
from connectors.rest.connector import RestConnector
from connectors.rest.reading import Piece, answered
from connectors.rest.settings import CountSettings, FetchSettings, RestSettings
from connectors.wording import quoted

_NOT_THERE = (404, 410)


class Fetching(RestConnector):
    """A system that can be asked for one record."""

    def fetch(self, key: str) -> Page:
        how = self._settings.fetch
        assert how is not None  # noqa: S101  (else this class was not chosen)
        with self._discreet():
            return self._retry(lambda: self._asking.one(how, key, partial(self._one, how, key)))

    def _one(self, how: FetchSettings, key: str, answer: Answer) -> Page:
        contents = Contents((), ())
        if answer.status not in _NOT_THERE:
            contents = found_in(answered(answer, self._settings) or (), how, self._settings, answer.address)
        wanted = [record for record in contents.records if record.key == key]
        if contents.records and not wanted:
            raise _another(answer.address, key, contents.records[0].key)
        return Page(answer.body, self._kind(answer, ONE), wanted, None, bad=contents.bad)


class Listing(RestConnector):
    """A system that can be asked what changed since a time, and perhaps how much in a period."""

    def count(self, start: datetime, end: datetime) -> int | None:
        how, changed_at = self._settings.count, self._settings.changed_at
        if how is None or changed_at is None:
            return None
        period = {"since": changed_at.sent_form.write(start), "until": changed_at.sent_form.write(end)}
        with self._discreet():
            return self._retry(lambda: self._asking.count(how, period, partial(self._number, how)))

    def _number(self, how: CountSettings, answer: Answer) -> int:
        pieces = tuple(answered(answer, self._settings) or ())
        found = number(pieces[-1].places, how.at) if pieces else 0
        if found is None:
            raise Changed(
                f"the answer of {answer.address} does not say at `{how.at}` how many records there are",
                code="total",
                hint="Correct `count: {at: …}` in the settings.",
            )
        return found

    def keys(self, start: datetime, end: datetime) -> Iterator[str]:
        seen: set[str] = set()
        with self._discreet():
            for page in self._period(start, end):
                for record in page.records:
                    if record.key not in seen:
                        seen.add(record.key)
                        yield record.key


class Spanning(RestConnector):
    """A system whose records say when they changed, so that a period of them can be read once more."""

    def pull_period(self, start: datetime, end: datetime) -> Iterator[Page]:
        with self._discreet():
            yield from self._period(start, end)

    def spans_cheaply(self) -> bool:
        return self._plan.asks_since and (self._plan.order == "oldest_first" or self._windows is not None)


@contextmanager
def open_rest(settings: RestSettings, retry: Retry) -> Iterator[Connector]:
    """A line to the system, with the abilities that the settings give it; nothing is sent before it is asked."""
    dated = settings.changed_at is not None
    lists = dated and (settings.count is not None or "since" in settings.placeholders())
    with Client(settings) as client:
        yield _able(fetches=settings.fetch is not None, lists=lists, spans=dated)(settings, client, retry)


def _able(*, fetches: bool, lists: bool, spans: bool) -> type[RestConnector]:
    abilities = {Fetching: fetches, Listing: lists, Spanning: spans}
    return type("AbleRestConnector", (*(one for one, has in abilities.items() if has), RestConnector), {})


def found_in(pieces: Iterable[Piece], how: FetchSettings, settings: RestSettings, address: str) -> Contents:
    """What the answer on one record holds."""
    pieces = tuple(pieces)
    values = [value for piece in pieces for value in _records_at(how.records, piece)]
    if not values:
        return Contents((), ())
    reader = RecordReader("", settings.key, settings.changed_at)
    return reader.read(Given(values, pieces[-1].document), address)


def _records_at(where: str, piece: Piece) -> Sequence[Any]:
    """The record at a place, or those of a list there; of one asked for, most systems send no list."""
    document = piece.document
    if not isinstance(document, JsonDocument):
        return [document.root] if isinstance(document, XmlDocument) and not where else document.records(where)
    value = json.at(document.value, where)
    if isinstance(value, dict):
        return [value]
    return () if value is None and (not where or document.has(where)) else document.records(where)


def _another(address: str, key: str, came: str) -> Changed:
    return Changed(
        f"asked for the record {quoted(key)}, {address} answered with another one, {quoted(came)}",
        code="records",
        hint="Correct `fetch` in the settings: the system does not seem to look at the key that it is given.",
    )
