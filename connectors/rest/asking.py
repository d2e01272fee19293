"""One question to a `rest` system: how it becomes a request, and how it is put again when a log-in has ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

import orjson
from requests.auth import AuthBase

from connectors.answers import Answer, data_of, error_of
from connectors.errors import Changed, ConnectorError, Refused
from connectors.http import Client, same_origin
from connectors.plan import Plan, Query
from connectors.rest.auth import credentials
from connectors.rest.credentials import not_let_in
from connectors.rest.page_settings import OffsetPages
from connectors.rest.settings import CountSettings, FetchSettings, RestSettings
from connectors.settings import fill, placeholders_in

T = TypeVar("T")

_ANY = {"Accept": "*/*"}

_OPTIONAL = {"cursor", "last_id"}  # what has nothing to say in the first request: what they stand in is left out
_ACCEPT = {
    "json": "application/json",
    "xml": "application/xml, text/xml",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson, application/jsonl",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A query of a walk, and what else the request goes by."""

    query: Query
    size: int  # how many records to ask for
    until: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """A request without credentials."""

    method: str
    url: str
    headers: Mapping[str, str | bytes]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    form: Mapping[str, Any] | None = None
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class _TurnedAway:
    """What let us in does not, or not any more."""

    answer: Answer | None
    error: ConnectorError


class Asking:
    """Puts questions as the settings say, with their credentials."""

    def __init__(self, settings: RestSettings, client: Client, plan: Plan) -> None:
        self._settings, self._client, self._plan = settings, client, plan
        self.credentials = credentials(settings.auth, client)
        client.got = self.credentials.secrets

    def page(self, wanted: Wanted, read: Callable[[Answer], T]) -> T:
        """What `read` makes of the answer to a query of a walk."""
        return self._put(lambda: self._listing(wanted), read)

    def one(self, how: FetchSettings, key: str, read: Callable[[Answer], T]) -> T:
        """What `read` makes of the answer on one record."""
        url = how.url.replace("{key}", quote(key, safe=""))
        return self._put(lambda: self._plain(url, how.parameters, {"key": key}), read)

    def count(self, how: CountSettings, period: Mapping[str, str], read: Callable[[Answer], T]) -> T:
        """What `read` makes of the answer on how many there are."""
        return self._put(lambda: self._plain(how.url or self._settings.url, how.parameters, period), read)

    def document(self, url: str) -> bytes:
        """What stands at an address, such as a description; it gets our credentials only where the list does, too."""
        if same_origin(url, self._settings.url):
            return self._put(lambda: Question("GET", url, self._headers({}, _ANY)), lambda answer: data_of(answer).body)
        return self._client.ask("GET", url).body

    def _put(self, question: Callable[[], Question], read: Callable[[Answer], T]) -> T:
        """Ask; where what let us in has lost its worth before its time, once more with a new one."""
        used = self.credentials.auth()
        outcome = self._tried(question, used, read)
        if isinstance(outcome, _TurnedAway) and self.credentials.renew(outcome.answer, used):
            outcome = self._tried(question, self.credentials.auth(), read)
        if isinstance(outcome, _TurnedAway):
            raise outcome.error
        return outcome

    def _tried(
        self, question: Callable[[], Question], auth: AuthBase | None, read: Callable[[Answer], T]
    ) -> T | _TurnedAway:
        try:
            answer = self._send(question(), auth)
            if self.credentials.refuses(answer):
                return _TurnedAway(answer, _refusal(answer))
        except Changed as error:
            if error.code != "redirected":
                raise
            return _TurnedAway(None, error)
        try:
            return read(answer)
        except Refused as error:
            if error.code != "told_error":
                raise
            return _TurnedAway(answer, error)

    def _send(self, question: Question, auth: AuthBase | None) -> Answer:
        headers = question.headers
        if question.body is not None:
            headers = {"Content-Type": "application/json", **headers}
        return self._client.send(
            question.method,
            question.url,
            headers=headers,
            params=question.parameters or None,
            data=question.body if question.form is None else question.form,
            auth=auth,
        )

    def _listing(self, wanted: Wanted) -> Question:
        settings = self._settings
        if wanted.query.link is not None:
            return Question("GET", wanted.query.link, self._headers(self._words(wanted), wanted.headers))
        words = self._words(wanted)
        parameters = self._parameters(settings.parameters, words)
        in_form = settings.parameters_in == "form" or (
            settings.parameters_in is None and settings.method == "POST" and settings.body is None
        )
        return Question(
            settings.method,
            settings.url,
            self._headers(words, wanted.headers),
            {} if in_form else parameters,
            parameters if in_form else None,
            self._body(words),
        )

    def _plain(self, url: str, parameters: Mapping[str, Any], words: Mapping[str, Any]) -> Question:
        return Question("GET", url, self._headers(words, {}), self._parameters(parameters, words))

    def _words(self, wanted: Wanted) -> dict[str, Any]:
        """What the placeholders stand for, numbers as numbers."""
        pages, query, size = self._settings.pages, wanted.query, wanted.size
        offset = query.offset + (pages.first if isinstance(pages, OffsetPages) else 0)
        return {
            **self._plan.words(query),
            **self._times(wanted),
            **self.credentials.words(),
            "page_size": size,
            "offset": offset,
            "last": offset + size - 1,
            "end": offset + size,
            "last_id": query.cursor or "",
        }

    def _times(self, wanted: Wanted) -> dict[str, str | int]:
        """`{since}` and `{until}` as they are sent; a count since 1970 is a number."""
        changed_at = self._settings.changed_at
        if changed_at is None:
            return {}
        moments = {"since": wanted.query.since, "until": wanted.until}
        written = {name: changed_at.sent_form.write(moment) for name, moment in moments.items() if moment}
        counts = (changed_at.sent_as or changed_at.date).startswith("epoch_")
        return {name: int(text) if counts else text for name, text in written.items()}

    def _parameters(self, parameters: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, Any]:
        secret = {name: value.get_secret_value() for name, value in self._settings.secret_parameters.items()}
        filled = {**_filled(parameters, words), **secret}
        return {
            name: [_text(each) for each in value] if isinstance(value, list) else _text(value)
            for name, value in filled.items()
        }

    def _headers(self, words: Mapping[str, Any], more: Mapping[str, str]) -> dict[str, str | bytes]:
        settings = self._settings
        plain = {name: str(value).encode() for name, value in _filled(settings.headers, words).items()}
        secret = {name: value.get_secret_value().encode() for name, value in settings.secret_headers.items()}
        return {"Accept": _ACCEPT[settings.format], **plain, **secret, **more}

    def _body(self, words: Mapping[str, Any]) -> bytes | None:
        if self._settings.body is None:
            return None
        body = _filled(self._settings.body, words)
        for path, secret in self._settings.secret_body.items():
            _put(body, path.split("."), secret.get_secret_value())
        return orjson.dumps(body)


def _refusal(answer: Answer) -> ConnectorError:
    if answer.status >= 400:
        return error_of(answer)
    return not_let_in(
        answer.address,
        "answers with its log-in page, though the hub has logged in",
        "Check the user and the password under `auth`; the hub does not try again, to lock no account.",
    )


def _filled(value: Any, words: Mapping[str, Any]) -> Any:
    """`value` with its placeholders filled in, but without what has nothing to say yet."""
    if isinstance(value, dict):
        return {name: _filled(item, words) for name, item in value.items() if not _is_silent(item, words)}
    if isinstance(value, list):
        return [_filled(item, words) for item in value if not _is_silent(item, words)]
    return fill(value, words)


def _is_silent(value: Any, words: Mapping[str, Any]) -> bool:
    return isinstance(value, str) and any(
        not words.get(name) for name in _OPTIONAL.intersection(placeholders_in(value))
    )


def _put(body: dict[str, Any], path: list[str], value: str) -> None:
    *above, last = path
    for name in above:
        body = body.setdefault(name, {})
    body[last] = value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
