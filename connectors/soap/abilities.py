"""What a `soap` system can be asked besides its list, where the settings say how."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from lxml import etree

from connectors import json
from connectors.answers import Answer
from connectors.contract import Connector, Page, Retry
from connectors.documents import Contents, Document, JsonDocument, RecordReader, number
from connectors.errors import Changed
from connectors.http import Client
from connectors.payload import ONE, noted
from connectors.scrub import without_secrets
from connectors.soap.connector import SoapConnector
from connectors.soap.parameters import filled
from connectors.soap.reading import AnswerReader
from connectors.soap.settings import Count, Fetch, SoapSettings
from connectors.wording import quoted


@contextmanager
def open_soap(settings: SoapSettings, retry: Retry) -> Iterator[Connector]:
    """A line to the system, with the abilities that the settings give it; the WSDL is read when it is needed."""
    dated = settings.changed_at is not None
    lists = settings.count is not None or (dated and "since" in settings.placeholders())
    with Client(settings) as client:
        yield _able(fetches=settings.fetch is not None, lists=lists, spans=dated)(settings, client, retry)


class _Asking(SoapConnector):
    """Asks other operations than the one that lists."""

    def _ask_besides(self, asked: Fetch | Count, words: dict[str, Any]) -> Answer:
        """What another operation answers; secret parameters go with it as far as it has them."""
        service = self._service(asked.operation)
        secrets = {
            name: secret
            for name, secret in self._settings.secret_parameters.items()
            if name.partition(".")[0] in service.parameters
        }
        return service.call(filled(asked.parameters, secrets, words))


class Fetching(_Asking):
    """A system that can be asked for one record."""

    def fetch(self, key: str) -> Page:
        how = self._settings.fetch
        assert how is not None  # noqa: S101  (else this class was not chosen)
        with without_secrets(self._settings):
            return self._retry(partial(self._one, how, key))

    def _one(self, how: Fetch, key: str) -> Page:
        settings = self._settings
        answer = self._ask_besides(how, {"key": key})
        found = found_in(answer, how, settings)
        if found is None:
            return Page(answer.body, "text/xml", (), None)
        contents, kind = found
        records = contents.records
        wanted = [record for record in records if record.key == key]
        if records and not wanted:
            raise Changed(
                f"{answer.address} was asked for the record {quoted(key)} and gave {quoted(records[0].key)}",
                code="records",
                hint="Correct `fetch` in the settings: `{key}` must stand where the operation takes the key.",
            )
        return Page(answer.body, noted(kind, ONE), wanted, None, bad=contents.bad)


class Listing(_Asking):
    """A system that can be asked what changed since a time, and perhaps how much in a period."""

    def count(self, start: datetime, end: datetime) -> int | None:
        how = self._settings.count
        if how is None or how.at is None:
            return None
        with without_secrets(self._settings):
            return self._retry(partial(self._number, how, start, end))

    def keys(self, start: datetime, end: datetime) -> Iterator[str]:
        how = self._settings.count
        with without_secrets(self._settings):
            if how is not None and how.keys is not None:
                found = iter(self._retry(partial(self._named, how, start, end)))
            else:
                found = (record.key for page in self._period(start, end) for record in page.records)
            yield from dict.fromkeys(found)

    def _number(self, how: Count, start: datetime, end: datetime) -> int:
        found = self._counted(how, start, end)
        if found is None:
            return 0
        document, source = found
        told = number(document, how.at)
        if told is None:
            raise Changed(
                f"the answer of {source} does not say at `{how.at}` how many records there are",
                code="total",
                hint="Correct `count: {at: …}` in the settings.",
            )
        return told

    def _named(self, how: Count, start: datetime, end: datetime) -> list[str]:
        found = self._counted(how, start, end)
        values = found[0].records(how.keys or "") if found else ()
        return [text for value in values if (text := _text(value))]

    def _counted(self, how: Count, start: datetime, end: datetime) -> tuple[Document, str] | None:
        changed_at = self._settings.changed_at
        assert changed_at is not None  # noqa: S101  (the settings demand it)
        form = changed_at.sent_form
        answer = self._ask_besides(how, {"since": form.write(start), "until": form.write(end)})
        found = AnswerReader(self._settings, how.keys or "", how.inside or self._settings.inside).document(answer)
        return None if found is None else (found[0], answer.address)


class Spanning(SoapConnector):
    """A system whose records say when they changed, so that a period of them can be read once more."""

    def pull_period(self, start: datetime, end: datetime) -> Iterator[Page]:
        with without_secrets(self._settings):
            yield from self._period(start, end)

    def spans_cheaply(self) -> bool:
        return self._plan.asks_since and (self._plan.order == "oldest_first" or self._window is not None)


def _able(*, fetches: bool, lists: bool, spans: bool) -> type[SoapConnector]:
    abilities = {Fetching: fetches, Listing: lists, Spanning: spans}
    return type("AbleSoapConnector", (*(one for one, has in abilities.items() if has), SoapConnector), {})


def found_in(answer: Answer, how: Fetch, settings: SoapSettings) -> tuple[Contents, str] | None:
    """What the answer on one record holds, and of what kind its payload is; None where it says that there is none."""
    place = settings.records if how.records is None else how.records
    found = AnswerReader(settings, place, how.inside or settings.inside).document(answer)
    if found is None:
        return None
    document = _as_list(found[0], place)
    reader = RecordReader(place if document is found[0] else "", settings.key, settings.changed_at)
    return reader.read(document, answer.address), found[1]


def _as_list(document: Document, place: str) -> Document:
    """The document itself, or a list of the one record that it holds: of one asked for, most systems send no list."""
    if not isinstance(document, JsonDocument):
        return document
    value = json.at(document.value, place)
    return JsonDocument([value], document.source) if isinstance(value, dict) else document


def _text(value: Any) -> str:
    """A key, as an element or as a value of JSON."""
    return "".join(map(str, value.itertext())).strip() if isinstance(value, etree._Element) else str(value)  # noqa: SLF001
