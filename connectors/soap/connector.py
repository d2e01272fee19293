"""Asks a department system that is described by a WSDL."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from connectors.changes import to_bookmark
from connectors.contract import Bookmark, Description, Page, Retry
from connectors.contract import Warning as Trouble
from connectors.documents import Contents
from connectors.errors import Changed
from connectors.http import Client, same_origin
from connectors.period import within
from connectors.plan import Plan, Query, Response
from connectors.reach import reach
from connectors.scrub import plain_address, without_secrets
from connectors.soap.auth_settings import SignatureAuth, UsernameTokenAuth
from connectors.soap.line import Line, without_credentials
from connectors.soap.parameters import filled
from connectors.soap.reading import AnswerReader
from connectors.soap.security import security_of
from connectors.soap.service import Service
from connectors.soap.settings import SoapSettings
from connectors.soap.wsdl.definitions import Definitions
from connectors.soap.wsdl.describe import described
from connectors.soap.wsdl.library import Library
from connectors.walk import walk
from connectors.windows import first_of_windows, walk_windows
from connectors.wording import listed

_SHORT = 8  # letters of a fingerprint that are enough to tell it from the one before


class SoapConnector:
    """One SOAP department system."""

    def __init__(self, settings: SoapSettings, client: Client, retry: Retry) -> None:
        self._settings, self._client, self._retry = settings, client, retry
        self._plan = _plan(settings)
        self._window = timedelta(days=settings.window_days) if settings.window_days else None
        self._line = Line(client, settings.auth)
        self._read: Definitions | None = None
        self._description: Description | None = None
        self._services: dict[str, Service] = {}

    def check(self) -> Iterator[str]:
        with without_secrets(self._settings):
            yield from reach(self._settings, self._settings.wsdl)
            settings, service = self._settings, self._service(self._settings.operation)
            address, found = plain_address(service.address), self._described()
            yield (
                f"described: {self._place} offers {len(found.operations)} operations "
                f"(fingerprint {found.fingerprint[:_SHORT]}); {settings.operation} is asked at {address} "
                f"and takes {listed(service.parameters)}{_passed_over(found.problems)}"
            )
            with service.advertised():
                if not same_origin(service.address, settings.wsdl):
                    yield from reach(settings, service.address)
                yield self._first_page(address)

    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        with without_secrets(self._settings):
            source = plain_address(self._retry(partial(self._service, self._settings.operation)).address)
            yield from self._walk(since, source)

    def whole_since(self) -> datetime | None:
        changed_at = self._settings.changed_at
        return changed_at.first if changed_at is not None and self._plan.asks_since else None

    def lists_steadily(self) -> bool:
        return self._plan.is_steady

    def discover(self) -> Description:
        with without_secrets(self._settings):
            return self._retry(self._described)

    def described_as(self) -> str | None:
        return None if self._read is None else self._described().fingerprint

    def warnings(self) -> Sequence[Trouble]:
        return self._client.warnings()

    @property
    def _place(self) -> str:
        return plain_address(self._settings.wsdl)

    def _definitions(self) -> Definitions:
        if self._read is None:
            settings = self._settings
            stranger = partial(without_credentials, settings)
            self._read = Definitions(Library(settings.wsdl, self._line.document, stranger, settings.schema_hosts))
        return self._read

    def _described(self) -> Description:
        if self._description is None:
            self._description = described(self._definitions())
        return self._description

    def _service(self, operation: str) -> Service:
        if operation not in self._services:
            auth = self._settings.auth
            security = security_of(auth) if isinstance(auth, UsernameTokenAuth | SignatureAuth) else ()
            made = Service(self._settings, self._definitions(), operation, self._line, security)
            self._services[operation] = made
        return self._services[operation]

    def _period(self, start: datetime, end: datetime) -> Iterator[Page]:
        source = plain_address(self._retry(partial(self._service, self._settings.operation)).address)
        since = to_bookmark(start - self._plan.step(start))
        return within(self._walk(since, source, end), self._plan, start, end)

    def _walk(self, since: Bookmark | None, source: str, end: datetime | None = None) -> Iterator[Page]:
        def ask(query: Query, until: datetime | None = None) -> Response:
            return self._retry(partial(self._ask, self._settings.page_size, query, until))

        if self._window is None:
            return walk(self._plan, ask, since, source)
        return walk_windows(self._plan, self._window, ask, since, source, end)

    def _first_page(self, address: str) -> str:
        """A sentence on the first record; whatever a pull would refuse of it is refused."""
        try:
            page = self._tried(1, address)
        except Changed as error:
            if error.code != "changed_at" or self._plan.page_size is None:
                raise
            # One record may be an old one that does not say when it changed; a page of such is not what was promised.
            page = self._tried(self._plan.page_size, address)
        contents = Contents((), ()) if page is None else Contents(tuple(page.records), tuple(page.bad))
        return contents.said_of(address)

    def _tried(self, page_size: int, address: str) -> Page | None:
        ask = partial(self._ask, page_size)
        if self._window is None:
            return next(walk(self._plan, ask, None, address), None)
        return first_of_windows(self._plan, self._window, ask, address)

    def _ask(self, page_size: int, query: Query, until: datetime | None = None) -> Response:
        settings = self._settings
        cursor = query.cursor or settings.first_cursor
        words = {**self._plan.words(query), "page_size": page_size, "cursor": cursor, "last_id": cursor}
        words["until"] = self._plan.written(until)
        reader = AnswerReader(settings, settings.records, settings.inside, page_size)
        parameters = filled(settings.parameters, settings.secret_parameters, words)
        return reader.response(self._service(settings.operation).call(parameters))


def _passed_over(problems: Sequence[str]) -> str:
    return f"; passed over in it: {'; '.join(problems[:3])}" if problems else ""


def _plan(settings: SoapSettings) -> Plan:
    used = settings.placeholders()
    return Plan(
        order=settings.sorted_by,
        asks_since="since" in used,
        steps=bool({"page", "offset"} & used),
        follows_cursor=bool({"cursor", "last_id"} & used),
        tells_end=settings.more is not None,
        page_size=settings.page_size if "page_size" in used else None,
        first_page=settings.first_page,
        changed_at=settings.changed_at,
        tells_total=settings.total is not None,
    )
