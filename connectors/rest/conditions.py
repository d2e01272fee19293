"""Asks whether one answer that holds everything has changed since a bookmark (conditional requests, RFC 9110)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b

from connectors.answers import Answer
from connectors.contract import Bookmark, Page
from connectors.rest.settings import RestSettings

_LEAST_AGE = timedelta(seconds=60)  # a younger Last-Modified may hide a second change in the same second
_HEADERS = {"etag": "If-None-Match", "modified": "If-Modified-Since"}


class Condition:
    """What is known of the last answer, and what the present one says of itself.

    The bookmark holds it together with a digest of the settings: read by other settings, the same answer may say more.
    """

    def __init__(self, settings: RestSettings, since: Bookmark | None) -> None:
        self._settings = blake2b(settings.model_dump_json().encode(), digest_size=8).hexdigest()
        self._said: str | None = None
        kind, _, rest = (since or "").partition(" ")
        written_by, _, value = rest.partition(" ")
        known = kind in _HEADERS and written_by == self._settings
        self.headers = {_HEADERS[kind]: value} if known else {}

    def unchanged(self, answer: Answer) -> bool:
        """Whether the answer says that nothing changed; else what it says of itself is kept for the bookmark."""
        if answer.status == 304 and self.headers:
            return True
        tag, modified = answer.headers.get("ETag", "").strip(), answer.headers.get("Last-Modified", "").strip()
        if tag:
            self._said = f"etag {self._settings} {tag}"
        elif modified and _is_old(modified, answer):
            self._said = f"modified {self._settings} {modified}"
        return False

    def marked(self, pages: Iterator[Page]) -> Iterator[Page]:
        """The pages, the last of them with the bookmark."""
        held = next(pages, None)
        for page in pages:
            if held is not None:
                yield held
            held = page
        if held is not None:
            yield replace(held, bookmark=self._said)


def _is_old(modified: str, answer: Answer) -> bool:
    try:
        moment = parsedate_to_datetime(modified)
    except ValueError:
        return False
    return answer.date is not None and moment.tzinfo is not None and answer.date - moment >= _LEAST_AGE
