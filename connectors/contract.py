"""What the hub asks of a department system, and nothing more.

A connector finds the records that changed and hands each over as the department
sent it. It never interprets, stores or schedules, and it never waits: `retry` does.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar, runtime_checkable

from pydantic import BaseModel

from connectors.errors import BadRecord

Bookmark: TypeAlias = str  # The connector's own; the hub keeps it and never reads it.
T = TypeVar("T")
S = TypeVar("S", bound=BaseModel)


class Retry(Protocol):
    """Runs one exchange with the department, again with growing waits while it is `Unavailable`."""

    def __call__(self, exchange: Callable[[], T]) -> T:
        """Return what `exchange` returns, or raise its last error when the budget is spent."""
        ...


class Record(NamedTuple):  # made for every record that is read: twice as fast as a frozen dataclass
    """One record of a page: `value` is decoded once and handed to the mapping as it is."""

    key: str  # The department's identifier: one record, one key, for ever.
    value: Any  # A JSON value, or an lxml element.
    raw: bytes  # This record's own bytes, in a stable form: recognises an unchanged record.
    changed_at: datetime | None = None  # When the department last touched it, if it says (aware).


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the department system, exactly as received, with the records in it."""

    payload: bytes  # Enough to read its records again by itself, with the settings and the media type.
    media_type: str
    records: Sequence[Record]
    bookmark: Bookmark | None  # Becomes valid when this page is safely stored; None: as before.
    bad: Sequence[BadRecord] = field(default=())
    total: int | None = None  # How many records this pull will bring, as far as the department has said until now.
    repeated: int = 0  # Records of this answer left out because this pull brought the very same before.
    again: bool = False  # Whether it may show once more what this pull asked for before: its rows are not all new.


@dataclass(frozen=True, slots=True)
class Field:
    """A place in a request or an answer, as the system describes it or as a sample shows it."""

    path: str  # dotted, from where it counts: the record, the answer or the request
    type: str  # the system's own word: xs:string, integer, date-time …; "object" where it only holds others
    repeated: bool = False
    required: bool = False
    about: str = ""  # what the system's own documentation says
    sample: str | None = None  # secrets and personal data are for whoever shows it to leave out


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that a system can be asked."""

    name: str
    place: str  # where it is asked: service and port, or method and path
    style: str  # how: "SOAP 1.1 document/literal", "GET, application/json" …
    parameters: Sequence[Field] = ()
    answer: Sequence[Field] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """What a system offers."""

    operations: Sequence[Operation]
    problems: Sequence[str] = ()  # a sentence for each thing in it that is wrong, and was passed over
    fingerprint: str = ""  # of all that matters to who asks; another one means that the interface changed


class Connector(Protocol):
    """An open line to one department system. Every failure is a `ConnectorError`."""

    def check(self) -> Iterator[str]:
        """Prove that `pull` would work; reads no dossier, safe to repeat. Yields a sentence as each step has passed."""
        ...

    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        """Yield pages of what changed after `since`; None is the beginning. Ends when all is said."""
        ...


@runtime_checkable
class Discovers(Protocol):
    """A connector that can say what its system offers."""

    def discover(self) -> Description:
        """Every operation or endpoint with its fields; reads no dossier."""
        ...


@runtime_checkable
class Fetches(Protocol):
    """A connector that can fetch one record by its key."""

    def fetch(self, key: str) -> Page:
        """The page with this one record; a page without records where the system knows no such key."""
        ...


@runtime_checkable
class Lists(Protocol):
    """A connector whose system can say how much there is in a period, so that completeness can be proved."""

    def count(self, start: datetime, end: datetime) -> int | None:
        """How many records changed from `start` up to, not including, `end`; None where only keys are told."""
        ...

    def keys(self, start: datetime, end: datetime) -> Iterator[str]:
        """The key of each of them."""
        ...


@runtime_checkable
class Whole(Protocol):
    """A connector whose `pull(None)` brings all that its system holds, so that what it does not bring is gone there."""

    def whole_since(self) -> datetime | None:
        """It brings all that changed from then on (aware), and says nothing of what is older; None: just all."""
        ...

    def lists_steadily(self) -> bool:
        """Whether no record can be left out because others are deleted while it is read, page by page."""
        ...


@runtime_checkable
class Spans(Protocol):
    """A connector that can read a period once more, whatever the bookmark is."""

    def pull_period(self, start: datetime, end: datetime) -> Iterator[Page]:
        """Yield pages of what changed from `start` up to, not including, `end`; their `bookmark` is None."""
        ...

    def spans_cheaply(self) -> bool:
        """Whether a day costs about a day's records; else a long period is asked for at once, not day by day."""
        ...


@runtime_checkable
class Describes(Protocol):
    """A connector that reads its system's own description (WSDL, OpenAPI) anyway."""

    def described_as(self) -> str | None:
        """The `fingerprint` of what this line has read of it; asks nothing more. None: it has read none."""
        ...


@runtime_checkable
class Waits(Protocol):
    """A connector that may leave something for a later pull, such as a file that is still written."""

    def waiting(self) -> str:
        """What the last pull left there and why, as a sentence without its full stop; empty: nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001  (the operators' word)
    """Something that will need a person."""

    code: str
    sentence: str  # true before `until` and after: "… is valid until …"
    until: datetime | None = None  # when it becomes trouble (aware); None: it is as it is, and always told


@runtime_checkable
class Warns(Protocol):
    """A connector that knows of certificates, tokens and the like that end."""

    def warnings(self) -> Sequence[Warning]:
        """Each with its end, near or far (the hub tells the near ones); asks nothing and reads no clock."""
        ...


@dataclass(frozen=True, slots=True)
class ConnectorType:
    """What a package offers under `[project.entry-points."hub.connectors"]`.

    `settings` validates, documents and scrubs a connector's `settings:`; `open` must not touch
    the network (a system that is down is never mistaken for a typo): `check` and `pull` do.
    """

    settings: type[BaseModel]
    open: Callable[[Any, Retry], AbstractContextManager[Connector]]
    # What stands at a file, a folder or an address, asked without settings. None: it is not of this type's kind;
    # a ConnectorError: it is, but nothing in it can be used.
    describe: Callable[[str], Description | None] | None = None
    # What `pull` and `fetch` made of a page's payload (settings, payload, media type), made of it once more: the same
    # keys, values, `raw` bytes and times, without asking anybody. None: what was kept can only be shown.
    reread: Callable[[Any, bytes, str], Iterable[Record | BadRecord]] | None = None
