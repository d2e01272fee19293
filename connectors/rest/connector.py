"""Asks a department system that answers over HTTP, in JSON, XML, CSV or NDJSON."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from connectors.answers import Answer
from connectors.changes import to_bookmark
from connectors.contract import Bookmark, Description, Field, Operation, Page, Retry
from connectors.contract import Warning as Trouble
from connectors.documents import Contents, RecordReader
from connectors.errors import Changed, ConnectorError
from connectors.http import Client
from connectors.payload import PART, Holds, noted
from connectors.period import within
from connectors.plan import Ending, Part, Query, Response, whole
from connectors.reach import reach
from connectors.rest.asking import Asking, Wanted
from connectors.rest.conditions import Condition
from connectors.rest.openapi import described, fingerprint
from connectors.rest.paging import lead, plan
from connectors.rest.proof import Proof
from connectors.rest.reading import MEDIA_TYPES, Piece, answered, refuse_error
from connectors.rest.settings import RestSettings
from connectors.sample import fields_of
from connectors.scrub import plain_address, without_secrets
from connectors.walk import walk
from connectors.windows import first_of_windows, walk_windows
from connectors.wording import quoted

LIST = "list"  # the operation that a pull asks
_SAMPLED = 20  # records that are enough to see their fields
_NOTHING, _NO_MORE = Contents((), ()), Ending(last=True, total=0)


class RestConnector:
    """One REST department system."""

    def __init__(self, settings: RestSettings, client: Client, retry: Retry) -> None:
        self._settings, self._client, self._retry = settings, client, retry
        self._plan = plan(settings)
        self._asking = Asking(settings, client, self._plan)
        self._fingerprint: str | None = None
        self._reader = RecordReader(settings.records, settings.key, settings.changed_at)
        self._address = plain_address(settings.url)
        self._media_type = MEDIA_TYPES[settings.format]
        self._windows = timedelta(days=settings.window_days) if settings.window_days else None
        takes_size = self._plan.page_size is not None
        self._proof = Proof(self._probe, takes_size=takes_size, source=self._address)

    def check(self) -> Iterator[str]:
        with self._discreet():
            yield from reach(self._settings, self._settings.url)
            if authenticated := self._asking.credentials.ready():
                yield authenticated
            page = self._first_page(1)
            contents = Contents(tuple(page.records), tuple(page.bad)) if page else _NOTHING
            yield contents.said_of(self._address)

    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        with self._discreet():
            self._read_description()
            if self._settings.conditional:
                condition = Condition(self._settings, since)
                yield from condition.marked(self._walk(None, condition))
            else:
                yield from self._walk(since)

    def whole_since(self) -> datetime | None:
        changed_at = self._settings.changed_at
        return changed_at.first if changed_at is not None and self._plan.asks_since else None

    def lists_steadily(self) -> bool:
        return self._plan.is_steady

    def discover(self) -> Description:
        with self._discreet():
            sampled = self._retry(self._sampled)
            if self._settings.openapi is None:
                return Description((sampled,), fingerprint=fingerprint((sampled,)))
            found = self._retry(partial(described, self._settings.openapi, self._asking.document))
            return replace(found, operations=(sampled, *found.operations))

    def warnings(self) -> Sequence[Trouble]:
        return self._client.warnings()

    def described_as(self) -> str | None:
        return self._fingerprint

    def _read_description(self) -> None:
        if self._settings.openapi is not None:
            with suppress(ConnectorError):  # it is there to notice that it changed; records come without it
                self._fingerprint = described(self._settings.openapi, self._asking.document).fingerprint

    def _discreet(self) -> AbstractContextManager[None]:
        return without_secrets(self._settings, self._asking.credentials.secrets)

    def _walk(
        self, since: Bookmark | None, condition: Condition | None = None, end: datetime | None = None
    ) -> Iterator[Page]:
        size = self._settings.page_size

        def ask(query: Query, until: datetime | None = None) -> Response:
            wanted = Wanted(query, size, until, condition.headers if condition else {})
            return self._retry(lambda: self._ask(wanted, condition))

        if self._windows is None:
            return walk(self._plan, ask, since, self._address)
        return walk_windows(self._plan, self._windows, ask, since, self._address, end)

    def _period(self, start: datetime, end: datetime) -> Iterator[Page]:
        since = to_bookmark(start - self._plan.step(start))
        return within(self._walk(since, end=end), self._plan, start, end)

    def _first_page(self, size: int) -> Page | None:
        """The first page of a pull, but of so many records; everything that a pull would refuse in it is refused."""
        try:
            return self._tried(size)
        except Changed as error:
            if error.code != "changed_at" or self._plan.page_size is None:
                raise
        # One record may be an old one that does not say when it changed; a page of such is not what was promised.
        return self._tried(self._plan.page_size)

    def _tried(self, size: int) -> Page | None:
        def ask(query: Query, until: datetime | None = None) -> Response:
            return self._ask(Wanted(query, size, until))

        if self._windows is None:
            return next(walk(self._plan, ask, None, self._address), None)
        return first_of_windows(self._plan, self._windows, ask, self._address)

    def _sampled(self) -> Operation:
        """The list as a few of its records show it."""
        settings = self._settings
        page = self._first_page(min(settings.page_size, _SAMPLED))
        records = [record.value for record in page.records[:_SAMPLED]] if page else []
        parameters = [
            Field(name, "string", isinstance(value, list), sample=str(value))
            for name, value in settings.parameters.items()
        ]
        return Operation(
            name=LIST,
            place=f"{settings.method} {self._address}",
            style=f"{settings.method}, {self._media_type}",
            parameters=parameters,
            answer=fields_of(records),
            about="as a few of its records show it",
        )

    def _ask(self, wanted: Wanted, condition: Condition | None = None) -> Response:
        return self._asking.page(wanted, partial(self._response, wanted, condition))

    def _response(self, wanted: Wanted, condition: Condition | None, answer: Answer) -> Response:
        unchanged = condition is not None and condition.unchanged(answer)
        found = None if unchanged else answered(answer, self._settings)
        if found is None:
            return whole(answer.body, self._media_type, _NOTHING, _NO_MORE, answer.date)
        parts = self._parts(found, answer, wanted)
        return Response(tuple(parts) if answer.content.is_small else parts, answer.date)

    def _parts(self, found: Iterable[Piece], answer: Answer, wanted: Wanted) -> Iterator[Part]:
        count = 0
        for piece in found:
            contents = self._contents(piece)
            count += contents.count
            ending = self._ending(piece, contents, answer, wanted, count) if piece.is_last else None
            yield Part(piece.payload, self._kind(answer, PART if piece.is_part else None), contents, ending)

    def _kind(self, answer: Answer, holds: Holds | None) -> str:
        return noted(self._media_type, holds, answer.charset)

    def _contents(self, piece: Piece) -> Contents:
        return _NOTHING if piece.is_null else self._reader.read(piece.document, self._address)

    def _ending(self, piece: Piece, contents: Contents, answer: Answer, wanted: Wanted, count: int) -> Ending:
        """What the last piece says besides its records; `count` is how many came in all."""
        found = lead(self._settings, wanted.query, piece.places, contents, answer)
        if count == 0:
            refuse_error(piece, self._address)
        if piece.is_null and self._settings.errors is None and found.ending.total != 0 and not found.ending.last:
            raise _null_instead_of_records(answer, self._settings)
        if found.missing is not None:
            self._proof.demand(found.missing, wanted, count, found.ending.total)
        return found.ending

    def _probe(self, wanted: Wanted) -> tuple[int, bool]:
        """How many records come, and whether the answer names a next page."""

        def read(answer: Answer) -> tuple[int, bool]:
            count, is_named = 0, False
            for piece in answered(answer, self._settings) or ():
                contents = self._contents(piece)
                count += contents.count
                is_named = lead(self._settings, wanted.query, piece.places, contents, answer).missing is None
            return count, is_named

        return self._asking.page(wanted, read)


def _null_instead_of_records(answer: Answer, settings: RestSettings) -> Changed:
    """Taken for an empty list, an error message with status 200 would end the pull half-way, as if that were all."""
    where = settings.inside or settings.records
    return Changed(
        f"{answer.address} sent null where records stand (`{where}`): {quoted(answer.body.decode(errors='replace'))}",
        code="records",
        hint="If that is how they write an empty list, name `total` or `last` in the settings, which must then say so; "
        "or say in `errors` how an answer tells that all is well.",
    )
