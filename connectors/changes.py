"""What changed since a bookmark: reading and writing change times, and knowing what this pull brought already.

Nothing here looks at a clock: every time comes from the department.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TypeVar
from zoneinfo import ZoneInfo

from connectors.contract import Bookmark, Record
from connectors.errors import BadRecord, Changed
from connectors.wording import listed

# What a pattern may be made of, and what strptime calls it. Two-digit years and 12-hour clocks are left out:
# both read a wrong time without a word.
_TOKENS = {
    "yyyy": "%Y",
    "MM": "%m",
    "M": "%m",
    "dd": "%d",
    "d": "%d",
    "HH": "%H",
    "H": "%H",
    "mm": "%M",
    "ss": "%S",
    "SSS": "%f",
    "XXX": "%z",
}
_PIECES = re.compile(r"'[^']+'|([A-Za-z])\1*|[^A-Za-z']+|'")
_LITERAL = "T"


@dataclass(frozen=True)
class TimeForm:
    """One way of writing a time, `iso` or a pattern: reads it and writes it back."""

    pattern: str
    zone: ZoneInfo
    _pieces: tuple[str, ...] = field(init=False, repr=False)
    _strptime: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        pieces = () if self.pattern == "iso" else tuple(_split(self.pattern))
        object.__setattr__(self, "_pieces", pieces)
        strptime = "".join(_TOKENS.get(piece) or _literal(piece).replace("%", "%%") for piece in pieces)
        object.__setattr__(self, "_strptime", strptime)

    def read(self, text: str) -> datetime:
        """The aware time that `text` says; ValueError if it is not in this form."""
        text, iso = text.strip(), self.pattern == "iso"
        moment = datetime.fromisoformat(text) if iso else datetime.strptime(text, self._strptime)  # noqa: DTZ007
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    def write(self, moment: datetime) -> str:
        """`moment` in this form, in the zone's own time."""
        local = moment.astimezone(self.zone)
        says_offset = self.pattern == "iso" or "XXX" in self._pieces
        offset = local.utcoffset()
        if says_offset and offset is not None and offset.seconds % 60:
            local = local.astimezone(UTC)  # local mean time, before 1906: no parser expects its odd seconds
        if self.pattern == "iso":
            return local.isoformat()
        return "".join(_written(piece, local) for piece in self._pieces)


def _split(pattern: str) -> Iterable[str]:
    pieces = [found[0] for found in _PIECES.finditer(pattern)]
    unknown = [
        piece for piece in pieces if (piece[0].isalpha() and piece not in _TOKENS and piece != _LITERAL) or piece == "'"
    ]
    if unknown:
        raise ValueError(f"has {listed(unknown)}, which is none of {listed(_TOKENS)}; or write `iso`")
    if not all(some & set(pieces) for some in ({"yyyy"}, {"MM", "M"}, {"dd", "d"})):
        raise ValueError("must say at least a year, a month and a day, such as dd/MM/yyyy; or write `iso`")
    return pieces


def _written(piece: str, local: datetime) -> str:
    # strftime pads all it writes, cuts nothing off fractions, and writes early years short.
    own = {
        "yyyy": f"{local.year:04}",
        "M": str(local.month),
        "d": str(local.day),
        "H": str(local.hour),
        "SSS": f"{local.microsecond // 1000:03}",
        "XXX": local.isoformat()[-6:],
    }
    return own.get(piece) or (local.strftime(_TOKENS[piece]) if piece in _TOKENS else _literal(piece))


def _literal(piece: str) -> str:
    """What stands in quotes is written without them, as in mappings: `yyyy-MM-dd'T'HH:mm:ss`."""
    return piece[1:-1] if piece.startswith("'") else piece


def to_bookmark(moment: datetime) -> Bookmark:
    """A bookmark that means: everything that changed before this moment is known."""
    return moment.astimezone(UTC).isoformat()


def from_bookmark(bookmark: Bookmark) -> datetime:
    """The moment of a bookmark; `Changed` if it was made by other settings than these."""
    try:
        return datetime.fromisoformat(bookmark).astimezone(UTC)
    except ValueError as error:
        raise Changed(
            f"the bookmark {bookmark!r} is not a time",
            code="bookmark",
            hint="The settings changed their way of asking; read everything again with a full sync.",
        ) from error


def newest(records: Iterable[Record]) -> datetime | None:
    """The latest change among records, if any says when it changed."""
    return max((record.changed_at for record in records if record.changed_at), default=None)


Item = TypeVar("Item", Record, BadRecord)


@dataclass(slots=True)
class Seen:
    """What one pull brought already, so that pages that overlap or shift bring a record only once."""

    _known: dict[str, tuple[bytes, datetime | None]] = field(default_factory=dict)

    def split(self, items: Sequence[Item]) -> tuple[list[Item], int]:
        """The items that are new or changed since they were last seen, and how many keys were never seen."""
        fresh, new_keys = [], 0
        for item in items:
            digest = blake2b(item.raw, digest_size=12).digest()
            known = self._known.get(item.key)
            new_keys += known is None
            if known is None or known[0] != digest:
                self._known[item.key] = (digest, getattr(item, "changed_at", None))
                fresh.append(item)
        return fresh, new_keys

    def forget_before(self, moment: datetime) -> None:
        """Forget what cannot come again, as only changes from `moment` on are asked for."""
        self._known = {key: known for key, known in self._known.items() if known[1] is None or known[1] >= moment}
