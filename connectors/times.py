"""How a department writes times: read into aware times and written back in the same form, never guessed."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from connectors.wording import listed

# What a pattern may be made of, and what strptime calls it. Two-digit years are left out, and hours of 12 go with AM or
# PM only: both would read a wrong time without a word.
_TOKENS = {
    "yyyy": "%Y",
    "MM": "%m",
    "M": "%m",
    "dd": "%d",
    "d": "%d",
    "HH": "%H",
    "H": "%H",
    "hh": "%I",
    "h": "%I",
    "a": "%p",
    "mm": "%M",
    "ss": "%S",
    "SSS": "%f",
    "XXX": "%z",
}
_PIECES = re.compile(r"'[^']+'|([A-Za-z])\1*|[^A-Za-z']+|'")
_LITERAL = "T"
_EPOCHS = {"epoch_seconds": 1_000_000, "epoch_millis": 1_000}  # microseconds in one of them
PLAIN = ("iso", *_EPOCHS)  # forms that are no patterns
_NUMBER = re.compile(r"-?[0-9]{1,17}(?:\.[0-9]{1,9})?")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_SECOND, _MILLISECOND = timedelta(seconds=1), timedelta(milliseconds=1)
_STEPS = (
    ("SSS", _MILLISECOND),
    ("ss", _SECOND),
    ("mm", timedelta(minutes=1)),
    ("HH", timedelta(hours=1)),
    ("H", timedelta(hours=1)),
    ("hh", timedelta(hours=1)),
    ("h", timedelta(hours=1)),
)
_ISO = {"y": "", "M": "-", "d": "-", "H": "T", "m": ":", "s": ":", "S": ".", "X": ""}  # what stands before each
_UNITS = ("y", "M", "d", "H", "m", "s")  # from the largest, by the letter that stands for each


_MODERN = datetime(2000, 1, 1)  # noqa: DTZ001  (a wall time of any zone)


@dataclass(frozen=True)
class TimeForm:
    """One way of writing a time, `iso`, a pattern or a count since 1970: reads it and writes it back."""

    pattern: str
    zone: ZoneInfo
    _pieces: tuple[str, ...] = field(init=False, repr=False)
    _read: Callable[[str], datetime] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pieces = () if self.pattern in PLAIN else tuple(_split(self.pattern))
        object.__setattr__(self, "_pieces", pieces)
        object.__setattr__(self, "_read", _reader(self.pattern, pieces))

    def read(self, text: str) -> datetime:
        """The aware time that `text` says; ValueError if it is not in this form."""
        moment = self._read(text.strip())
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    @property
    def is_count(self) -> bool:
        """Whether times are numbers."""
        return self.pattern in _EPOCHS

    def step(self, moment: datetime) -> timedelta:
        """How much earlier than `moment` is the next time that can be written alike."""
        if self.pattern == "iso":
            # Not finer than the system writes it: it may refuse a time with a fraction.
            fraction = moment.microsecond
            return _SECOND if not fraction else _MILLISECOND if not fraction % 1000 else timedelta(microseconds=1)
        finest = {"epoch_seconds": _SECOND, "epoch_millis": _MILLISECOND}.get(self.pattern)
        return finest or next((step for piece, step in _STEPS if piece in self._pieces), timedelta(days=1))

    def write(self, moment: datetime) -> str:
        """`moment` in this form, in the zone's own time; what the form cannot say is cut off, never rounded up."""
        if self.pattern in _EPOCHS:
            return str((moment - EPOCH) // timedelta(microseconds=_EPOCHS[self.pattern]))
        local = moment.astimezone(self.zone)
        says_offset = self.pattern == "iso" or "XXX" in self._pieces
        offset = local.utcoffset()
        if says_offset and offset is not None and offset.seconds % 60:
            # Local mean time, until 1911: no parser expects its odd seconds.
            local = local.replace(tzinfo=timezone(self.zone.utcoffset(_MODERN) or timedelta()))
        if self.pattern == "iso":
            return local.isoformat()
        return "".join(_written(piece, local) for piece in self._pieces)


@lru_cache(maxsize=256)
def time_form(pattern: str, zone: str) -> TimeForm:
    """The form of a pattern in a zone, made once."""
    return TimeForm(pattern, ZoneInfo(zone))


def _reader(pattern: str, pieces: Sequence[str]) -> Callable[[str], datetime]:
    if pattern == "iso":
        return datetime.fromisoformat
    if pattern in _EPOCHS:
        return _counted(_EPOCHS[pattern])
    strptime = "".join(_TOKENS.get(piece) or _literal(piece).replace("%", "%%") for piece in pieces)
    return _written_in(pieces, strptime)


def _counted(unit: int) -> Callable[[str], datetime]:
    def read(text: str) -> datetime:
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"{text!r} is not a count since 1970")
        return EPOCH + timedelta(microseconds=int(Decimal(text) * unit))

    return read


def _written_in(pieces: Sequence[str], strptime: str) -> Callable[[str], datetime]:
    """Reads as strptime does, and what is written with plain digits several times faster."""

    def read_slowly(text: str) -> datetime:
        return datetime.strptime(text, strptime)  # noqa: DTZ007  (whoever asks adds the zone)

    units = [piece[0] for piece in pieces if piece in _TOKENS]
    known = [unit for unit in _UNITS if unit in units]
    unclear = any(_may_run_on(piece, after) for piece, after in pairwise(pieces))
    alone = ("S" in units and "s" not in units) or ("X" in units and "H" not in units)
    if alone or unclear or "h" in units or len(set(units)) < len(units) or known != list(_UNITS[: len(known)]):
        return read_slowly
    match = re.compile("".join(map(_plainly, pieces))).fullmatch
    parts = [*known, *(unit for unit in "SX" if unit in units)]
    iso = "".join(f"{before}%s" for unit, before in _ISO.items() if unit in parts)
    widths = [2 if unit in "MdH" else 0 for unit in parts]
    is_padded = not {"M", "d", "H"} & set(pieces)

    def read(text: str) -> datetime:
        found = match(text)
        if found is None:
            return read_slowly(text)
        written = found.group(*parts)
        if not is_padded:
            written = tuple(map(str.zfill, written, widths))
        return datetime.fromisoformat(iso % written)

    return read


def _may_run_on(piece: str, after: str) -> bool:
    """Whether a number without a fixed width has more digits behind it."""
    return piece in ("M", "d", "H") and (after in _TOKENS or _literal(after)[:1].isdigit())


def _plainly(piece: str) -> str:
    """A regular expression for a piece of a pattern."""
    if piece not in _TOKENS:
        return re.escape(_literal(piece))
    if piece == "XXX":
        return "(?P<X>Z|[+-][01][0-9]:[0-5][0-9])"
    if piece in ("HH", "H"):  # newer Pythons read 24:00 as well
        return f"(?P<H>[01]{'?' if piece == 'H' else ''}[0-9]|2[0-3])"
    width = f"{{{len(piece)}}}" if len(piece) > 1 else "{1,2}"
    return f"(?P<{piece[0]}>[0-9]{width})"


def _split(pattern: str) -> Iterable[str]:
    pieces = [found[0] for found in _PIECES.finditer(pattern)]
    unknown = [
        piece for piece in pieces if (piece[0].isalpha() and piece not in _TOKENS and piece != _LITERAL) or piece == "'"
    ]
    if unknown:
        raise ValueError(f"has {listed(unknown)}, which is none of {listed(_TOKENS)}; or write {listed(PLAIN)}")
    if not all(some & set(pieces) for some in ({"yyyy"}, {"MM", "M"}, {"dd", "d"})):
        raise ValueError(f"must say at least a year, a month and a day, such as dd/MM/yyyy; or write {listed(PLAIN)}")
    hours = {"hh", "h"} & set(pieces)
    if bool(hours) != ("a" in pieces) or (hours and {"HH", "H"} & set(pieces)):
        raise ValueError("must say hours of 12 together with AM or PM, as hh:mm a; HH is the hour of 24")
    return pieces


def _written(piece: str, local: datetime) -> str:
    # Not strftime: it cuts nothing off fractions, writes early years short, and takes longer than to decode a page.
    numbers = {
        "M": local.month,
        "d": local.day,
        "H": local.hour,
        "h": local.hour % 12 or 12,
        "m": local.minute,
        "s": local.second,
    }
    if piece not in _TOKENS:
        return _literal(piece)
    if piece == "yyyy":
        return f"{local.year:04}"
    if piece == "SSS":
        return f"{local.microsecond // 1000:03}"
    if piece == "XXX":
        return local.isoformat()[-6:]
    if piece == "a":
        return "PM" if local.hour >= 12 else "AM"
    return f"{numbers[piece[0]]:0{len(piece)}}"


def _literal(piece: str) -> str:
    """What stands in quotes is written without them, as in mappings: `yyyy-MM-dd'T'HH:mm:ss`."""
    return piece[1:-1] if piece.startswith("'") else piece
