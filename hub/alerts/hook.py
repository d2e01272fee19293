"""Letters by webhook: one CloudEvent, signed as Standard Webhooks, to the one host that the configuration names."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson

from hub.alerts.letter import Letter
from hub.alerts.policy import NotSent
from hub.outbox.webhooks import line, secret
from hub.outbox.webhooks.address import Allowed, NotAllowed
from hub.outbox.webhooks.body import MEDIA_TYPE
from hub.outbox.webhooks.line import Line

_PREFIX, _LEAST = "whsec_", 24  # bytes


@dataclass(frozen=True, slots=True)
class Hook:
    """One address."""

    url: str
    allowed: Allowed
    secret: Callable[[], str] = field(repr=False)  # asked for at each letter: it may be replaced
    seconds: float = 10.0
    ca_file: Path | None = None

    def send(self, letter: Letter) -> str:
        """Post it; nothing is amiss where that is taken.

        Raises:
            NotSent: it was not taken, or nobody knows.
        """
        body = orjson.dumps(letter.event)
        try:
            place = self.allowed.place(self.url)
            signed = secret.headers(
                letter.id, body, (_signing(self.secret()),), datetime.now(UTC)
            )  # receivers refuse old ones
            context = line.trusted(self.ca_file)
        except (NotAllowed, ValueError) as error:
            raise NotSent(_sentence(error)) from error
        except OSError as error:
            raise NotSent(f"the file of authorities {self.ca_file} cannot be used: {error.strerror}") from error
        headers = {"Content-Type": MEDIA_TYPE, "User-Agent": "mot-cua-hub", "Accept": "*/*", **signed}
        with Line(place, self.allowed, self.seconds, context) as to:
            went = to.post(body, headers)
        if went.answered.error is not None:  # told without the path, which may hold a token
            raise NotSent(went.answered.error.replace(place.shown, f"{place.scheme}://{place.authority}"))
        return ""


def _signing(secret: str) -> str:
    """A secret that signs; the library would take any text for one."""
    key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    if not secret.startswith(_PREFIX) or len(key) < _LEAST:
        raise ValueError
    return secret


def _sentence(error: Exception) -> str:
    if isinstance(error, NotAllowed):
        return str(error)
    return "the channel's secret is no secret of Standard Webhooks: whsec_ and at least 24 bytes in base64"
