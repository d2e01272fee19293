"""Asks a department system that answers JSON over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from connectors import json
from connectors.answers import Answer, data_of
from connectors.contract import Bookmark, Connector, Page, Retry
from connectors.documents import JsonDocument, RecordReader, number
from connectors.errors import Changed
from connectors.http import Client
from connectors.plan import Query, Response
from connectors.rest.auth import credentials
from connectors.rest.paging import is_last, next_link, plan
from connectors.rest.settings import RestSettings
from connectors.scrub import plain_address, without_secrets
from connectors.settings import fill
from connectors.walk import walk
from connectors.wording import quoted


@contextmanager
def open_rest(settings: RestSettings, retry: Retry) -> Iterator[Connector]:
    """A line to the system; nothing is sent before `check` or `pull`."""
    with Client(settings) as client:
        yield RestConnector(settings, client, retry)


class RestConnector:
    """One REST department system."""

    def __init__(self, settings: RestSettings, client: Client, retry: Retry) -> None:
        self._settings, self._client, self._retry = settings, client, retry
        self._credentials = credentials(settings, client)
        self._plan = plan(settings)
        self._reader = RecordReader(settings.records, settings.key, settings.changed_at)
        self._address = plain_address(settings.url)

    def check(self) -> Iterator[str]:
        with without_secrets(self._settings):
            if authenticated := self._credentials.ready():
                yield authenticated
            yield self._ask(1, self._plan.first_query).contents.said_of(self._address)

    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        with without_secrets(self._settings):
            ask = partial(self._ask, self._settings.page_size)
            yield from walk(self._plan, lambda query: self._retry(partial(ask, query)), since, self._address)

    def _ask(self, page_size: int, query: Query) -> Response:
        settings = self._settings
        if query.link is not None:
            answer = self._exchange("GET", query.link, None)
        else:
            answer = self._exchange(settings.method, settings.url, self._parameters(page_size, query))
        document = JsonDocument(json.parse(answer.body, answer.address), answer.address)
        contents = self._reader.read(document, self._address)
        last, total = is_last(settings.pages, document, self._address), number(document, settings.total)
        if document.says_null(settings.records) and total != 0 and not last:
            raise _null_instead_of_records(answer, settings.records)
        return Response(
            payload=answer.body,
            media_type="application/json",
            contents=contents,
            last=last,
            total=total,
            next_link=next_link(settings.pages, document, answer),
            date=answer.date,
        )

    def _exchange(self, method: str, url: str, parameters: dict[str, str] | None) -> Answer:
        """One request; where a token has lost its worth before its time, once more with a new one."""
        place = "params" if method == "GET" else "data"
        headers = self._headers()
        answer = self._client.send(method, url, headers=headers, auth=self._credentials.auth(), **{place: parameters})
        if answer.status == 401 and self._credentials.renew():
            again = self._credentials.auth()
            answer = self._client.send(method, url, headers=headers, auth=again, **{place: parameters})
        return data_of(answer)

    def _headers(self) -> dict[str, str | bytes]:
        secret = {name: value.get_secret_value().encode() for name, value in self._settings.secret_headers.items()}
        return {"Accept": "application/json", **self._settings.headers, **secret}

    def _parameters(self, page_size: int, query: Query) -> dict[str, str]:
        values = {**self._plan.words(query), "page_size": page_size}
        filled: dict[str, Any] = {name: fill(value, values) for name, value in self._settings.parameters.items()}
        secret = {name: value.get_secret_value() for name, value in self._settings.secret_parameters.items()}
        return {name: _text(value) for name, value in {**filled, **secret}.items()}


def _null_instead_of_records(answer: Answer, where: str) -> Changed:
    """Taken for an empty list, an error message with status 200 would end the pull half-way, as if that were all."""
    return Changed(
        f"{answer.address} sent null where records stand (`{where}`): {quoted(answer.body.decode(errors='replace'))}",
        code="records",
        hint="If that is how they write an empty list, name `total` or `last` in the settings, which must then say so.",
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
