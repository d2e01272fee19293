"""Asks a department system that is described by a WSDL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from lxml import etree

from connectors import json, xml
from connectors.contract import Bookmark, Connector, Page, Retry
from connectors.documents import Document, JsonDocument, RecordReader, XmlDocument, flag, number
from connectors.errors import Changed
from connectors.http import Client, basic
from connectors.plan import Plan, Query, Response
from connectors.scrub import plain_address, without_secrets
from connectors.settings import BasicAuth, fill
from connectors.soap.faults import content_of
from connectors.soap.service import Service
from connectors.soap.settings import Inside, SoapSettings
from connectors.walk import walk
from connectors.wording import listed, quoted


@contextmanager
def open_soap(settings: SoapSettings, retry: Retry) -> Iterator[Connector]:
    """A line to the system; the WSDL is read when `check` or `pull` needs it."""
    with Client(settings) as client:
        yield SoapConnector(settings, client, retry)


class SoapConnector:
    """One SOAP department system."""

    def __init__(self, settings: SoapSettings, client: Client, retry: Retry) -> None:
        self._settings, self._client, self._retry = settings, client, retry
        self._plan = _plan(settings)
        self._reader = RecordReader(settings.records, settings.key, settings.changed_at)
        self._described: Service | None = None

    def check(self) -> Iterator[str]:
        with without_secrets(self._settings):
            service, settings = self._service(), self._settings
            address = plain_address(service.address)
            yield (
                f"described: {plain_address(settings.wsdl)} offers {settings.operation} at {address}, "
                f"which takes {listed(service.parameters or ())}"
            )
            yield self._ask(1, self._plan.first_query).contents.said_of(address)

    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        with without_secrets(self._settings):
            source = plain_address(self._retry(self._service).address)
            ask = partial(self._ask, self._settings.page_size)
            yield from walk(self._plan, lambda query: self._retry(partial(ask, query)), since, source)

    def _service(self) -> Service:
        if self._described is None:
            auth = self._settings.auth
            http_auth = basic(auth.username, auth.password) if isinstance(auth, BasicAuth) else None
            self._described = Service(self._settings, self._client, http_auth)
        return self._described

    def _ask(self, page_size: int, query: Query) -> Response:
        settings = self._settings
        answer = self._service().call(self._parameters(page_size, query))
        source = answer.address
        content = content_of(answer)
        _refuse_references(content, source)
        document = _document(content, settings.inside, source)
        more = flag(document, settings.more, source) if settings.more else None
        return Response(
            payload=answer.body,
            media_type="text/xml",
            contents=self._reader.read(document, source),
            last=None if more is None else not more,
            total=number(document, settings.total),
            date=answer.date,
        )

    def _parameters(self, page_size: int, query: Query) -> dict[str, Any]:
        values = {**self._plan.words(query), "page_size": page_size}
        filled = {name: fill(value, values) for name, value in self._settings.parameters.items()}
        for name, secret in self._settings.secret_parameters.items():
            _put(filled, name.split("."), secret.get_secret_value())
        return filled


def _refuse_references(content: etree._Element, source: str) -> None:
    """Old rpc/encoded stacks write a value once and refer to it; read as it stands, it would be missing elsewhere."""
    if content.xpath('boolean(.//*[starts-with(@href, "#")])'):
        raise Changed(
            f"the answer of {source} refers from one element to another (`href`), which the hub cannot follow yet",
            code="multi_reference",
            hint="Ask the department for document/literal answers, or for ones without shared references.",
        )


def _plan(settings: SoapSettings) -> Plan:
    used = settings.placeholders()
    return Plan(
        order=settings.sorted_by,
        asks_since="since" in used,
        steps=bool({"page", "offset"} & used),
        tells_end=settings.more is not None,
        page_size=settings.page_size if "page_size" in used else None,
        first_page=settings.first_page,
        changed_at=settings.changed_at,
        tells_total=settings.total is not None,
    )


def _put(parameters: dict[str, Any], path: Sequence[str], value: str) -> None:
    """Set a parameter; `a.b` is b inside a."""
    *above, last = path
    for name in above:
        parameters = parameters.setdefault(name, {})
    parameters[last] = value


def _document(content: etree._Element, inside: Inside | None, source: str) -> Document:
    """The document that holds the records: the answer itself, or the one in a text of it."""
    if inside is None:
        return XmlDocument(content, source)
    holder = next(xml.find(content, inside.element), None)
    if holder is None:
        raise Changed(
            f"the answer of {source} has no `{inside.element}`, which should hold the records as a text",
            code="inside",
            hint=f"Correct `inside: {{element: …}}`; the answer has {listed(xml.names_in(content))}.",
        )
    text = (holder.text or "").strip()
    if not text:
        return XmlDocument(etree.Element("nothing"), source)
    if not text.startswith("<" if inside.format == "xml" else ("{", "[")):
        raise Changed(
            f"{source} answered {quoted(text)} where {inside.format.upper()} is expected",
            code="inside",
            hint="It may be an error message of theirs, or `inside: {format: …}` is wrong.",
        )
    if inside.format == "json":
        return JsonDocument(json.parse(text.encode(), source), source)
    return XmlDocument(xml.parse(text.encode(), source, encoding="utf-8"), source)
