"""One answer of a department system, and the table that says what a bad one means."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.scrub import plain_address
from connectors.wording import quoted

_HTML = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.I | re.S
)
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.I | re.S)
_HEAD = 4096  # bytes that are enough to tell a web page from data


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, decompressed and complete."""

    url: str  # May hold secrets: never put it into a sentence, `address` is for that.
    status: int
    headers: Mapping[str, str]  # names without regard to case
    body: bytes

    @property
    def address(self) -> str:
        """Where it came from, fit for a sentence."""
        return plain_address(self.url)

    @property
    def media_type(self) -> str:
        """The declared type, without parameters."""
        return self.headers.get("Content-Type", "application/octet-stream").partition(";")[0].strip().lower()

    @property
    def date(self) -> datetime | None:
        """The department's own clock when it answered, if it says."""
        return _http_date(self.headers.get("Date", ""))

    @property
    def page_title(self) -> str | None:
        """The title if this is a web page, "" if it has none; None if it is no web page."""
        if not _HTML.match(self.body[:_HEAD]):
            return None
        title = _TITLE.search(self.body)
        return html.unescape(title[1].decode("utf-8", "replace")).strip() if title else ""


def data_of(answer: Answer) -> Answer:
    """The answer itself if it brings data; else the error that its status or its body stands for."""
    if not 200 <= answer.status < 300:
        raise error_of(answer)
    title = answer.page_title
    if title is not None:
        raise Unavailable(
            f"{answer.address} answered a web page{_entitled(title)} where data is expected",
            code="html_answer",
            hint="Often a login page, a maintenance notice or a firewall. Open the address in a browser and read it.",
        )
    return answer


def error_of(answer: Answer) -> ConnectorError:
    """What an answer with this status means for the run."""
    status = answer.status
    sentence = f"{answer.address} answered {status} {_phrase(status)}{_entitled(answer.page_title or '')}"
    if status in (401, 403):
        return Refused(
            sentence,
            code="refused",
            hint="Check the credentials and rights that the department gave to the hub; it does not try again.",
        )
    if status in (408, 425, 429) or status >= 500:
        return Unavailable(
            sentence,
            code="busy" if status == 429 else "server_error",
            hint="The department system is overloaded or in trouble; the hub tries again later.",
            retry_after=_retry_after(answer),
        )
    if status in (404, 405, 410):
        hint = "The address or method is not there any more; ask the department for the present one."
    else:
        hint = "The system does not understand the request; compare the settings with its documentation."
    return Changed(sentence, code="not_found" if status in (404, 410) else "bad_request", hint=hint)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "(a status that is not in any standard)"


def _entitled(title: str) -> str:
    return f" {quoted(title)}" if title else ""


def _retry_after(answer: Answer) -> float | None:
    """Seconds to wait: told as such, or as a date that is compared with the department's own clock."""
    told = answer.headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return float(told)
    then = _http_date(told)
    if then is None:
        return None
    return max(0.0, (then - (answer.date or datetime.now(UTC))).total_seconds())


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
