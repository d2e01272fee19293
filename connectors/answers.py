"""One answer of a department system, and the table that says what a bad one means."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from urllib3.response import HTTPResponse

from connectors.body import Body
from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.scrub import plain_address
from connectors.wording import listed, quoted

_HTML = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.I | re.S
)
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.I | re.S)
_MOST_AT_ONCE = 16 * 1024 * 1024  # bytes: decoded, they take many times as much memory
_HEAD = 4096  # bytes that are enough to tell a web page from data
_LONGEST_WAIT = 30 * 24 * 3600  # seconds; who names more does not mean it
_ENCODINGS = {*HTTPResponse.CONTENT_DECODERS, "identity", ""}
_PAGE = 1024 * 1024  # bytes that a web page's title is looked for in


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, decompressed and complete."""

    url: str  # May hold secrets: never put it into a sentence, `address` is for that.
    status: int
    headers: Mapping[str, str]  # names without regard to case
    content: Body

    @property
    def body(self) -> bytes:
        """Everything at once: for answers that cannot be read in parts."""
        return self.content.whole()

    @property
    def address(self) -> str:
        """Where it came from, fit for a sentence."""
        return plain_address(self.url)

    @property
    def media_type(self) -> str:
        """The declared type, without parameters."""
        return self.headers.get("Content-Type", "application/octet-stream").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """The charset that the declared type names, if it names one."""
        message = Message()
        message["Content-Type"] = self.headers.get("Content-Type", "")
        named = message.get_param("charset")
        return named.strip() if isinstance(named, str) and named.strip() else None

    @property
    def date(self) -> datetime | None:
        """The department's own clock when it answered, if it says."""
        return _http_date(self.headers.get("Date", ""))

    @property
    def page_title(self) -> str | None:
        """The title if this is a web page, "" if it has none; None if it is no web page."""
        if not _HTML.match(self.content.head(_HEAD)):
            return None
        title = _TITLE.search(self.content.head(_PAGE))
        return html.unescape(title[1].decode("utf-8", "replace")).strip() if title else ""


def data_of(answer: Answer) -> Answer:
    """The answer itself if it brings data; else the error that its status or its body stands for."""
    if not 200 <= answer.status < 300:
        raise error_of(answer)
    packed = {word.strip().lower() for word in answer.headers.get("Content-Encoding", "").split(",")} - _ENCODINGS
    if packed:
        raise Changed(
            f"{answer.address} packed its answer in a way that the hub did not ask for: {listed(sorted(packed))}",
            code="encoding",
            hint="Ask the department to keep to Accept-Encoding, or what stands between their system and the hub.",
        )
    title = answer.page_title
    if title is not None:
        raise Unavailable(
            f"{answer.address} answered a web page{_entitled(title)} where data is expected",
            code="html_answer",
            hint="Often a login page, a maintenance notice or a firewall. Open the address in a browser and read it.",
        )
    return answer


def refuse_larger(answer: Answer) -> None:
    """Refuse an answer that is too large to be decoded at once, where it cannot be read in parts."""
    if answer.content.size > _MOST_AT_ONCE:
        raise Changed(
            f"the answer of {answer.address} has {answer.content.size:,} bytes, and its records do not stand in one "
            f"plain list, so that more than {_MOST_AT_ONCE:,} bytes cannot be read",
            code="too_large",
            hint="Ask for fewer records at a time (`page_size`, a period), or for an answer with one list of records.",
        )


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
        seconds = float(told)
    elif (then := _http_date(told)) is not None:
        seconds = max(0.0, (then - (answer.date or datetime.now(UTC))).total_seconds())
    else:
        return None
    return seconds if seconds <= _LONGEST_WAIT else None


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
