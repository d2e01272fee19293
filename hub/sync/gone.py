"""What a full listing says of the records that it did not hold: gone, waiting for a person, or nothing at all.

It fails closed. Only a listing that its source completed, that is neither empty nor short nor far smaller than what the
hub holds, of a connector that knows its listings to be whole, says anything; and nothing is ever deleted.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import TypeAlias

from connectors.contract import Connector, Fetches, Page, Whole
from connectors.errors import ConnectorError
from hub.record.entities import DOSSIER
from hub.store import connectors, gone, listings, removals
from hub.store.database import Transaction
from hub.store.laid_out import Arrival, take_turn
from hub.store.listings import Shown
from hub.sync.ahead import Ask
from hub.sync.listed import Listed, digests
from hub.sync.page import Also
from hub.sync.telling import identified
from hub.sync.work import Work

Clock: TypeAlias = Callable[[], datetime]
Note: TypeAlias = dict[str, str]

SLICE = 500  # records that one transaction marks: a page's worth, so that nobody waits longer for it than for a page
MOST_ASKED = 100  # records that are asked for once more, one by one, where the department can be asked for one
_SHRUNK = 0.5  # a listing with less than this of what the hub holds is taken for a fault


class Policy(StrEnum):
    """What becomes of records that a whole listing did not hold."""

    KEEP = "keep"  # they are counted and stay as they are
    ASK = "ask"  # they wait until a person says that they are gone
    MARK = "mark"  # they are marked as gone; too many at once wait all the same


@dataclass(frozen=True, slots=True)
class OnGone:
    """The policy of a connector, and how many records may be marked without a person."""

    policy: Policy = Policy.ASK
    share: float = 0.01  # of those that the hub holds of the connector
    records: int = 100


@dataclass(frozen=True, slots=True)
class Missing:
    """What a listing said: for the run's notes and the sentence with which it ends."""

    gone: int = 0
    notes: Sequence[Note] = ()
    sentence: str = ""


@dataclass(slots=True)
class _Listing:
    """What the pages of a run showed, or those of one attempt at it."""

    keys: Listed = field(default_factory=Listed)
    rows: int = 0
    unnamed: int = 0
    total: int = 0

    def add(self, page: Shown) -> None:
        """One page more; every attempt announces what is still to come then."""
        self.keys.add(page.keys)
        self.rows += page.rows
        self.unnamed += page.unnamed
        self.total = max(self.total, page.total or 0)

    def shortage(self) -> Note | None:
        """Why it is not what its source announced, which counts rows, also where several are one record."""
        count = max(self.rows, self.keys.count())
        if count >= self.total:
            return None
        said = f"The source announced {self.total:,} records and listed {count:,}, so no record is taken for gone."
        return _note("short_listing", said)


@dataclass(frozen=True, slots=True)
class _Whole:
    """What a connector says of a listing of all that its system holds."""

    since: datetime | None  # older changes are not in it
    steady: bool  # no record is left out because others are deleted meanwhile
    fetches: bool  # it can be asked for one record

    @classmethod
    def of(cls, connector: Connector) -> "_Whole | None":
        """None: what its listing does not hold says nothing."""
        if not isinstance(connector, Whole):
            return None
        return cls(connector.whole_since(), connector.lists_steadily(), isinstance(connector, Fetches))


def shown(work: Work, page: Page) -> Also:
    """What keeps the keys of a page of a full run, in the page's own transaction."""
    told = identified(page)
    keys = digests([*(record.key for record in told.records), *(bad.key for bad in told.bad)])
    rows = 0 if page.again else len(page.records) + len(page.bad) + page.repeated
    row = Shown(keys, rows, len(told.bad), page.total, work.lease.epoch)

    def note(transaction: Transaction, _: object) -> None:
        listings.note(transaction, work.run_id, row)

    return note


def after_listing(
    work: Work,
    ask: Ask,
    rule: OnGone,
    began: datetime,
    now: Clock,
    stop_if_told: Callable[[], None],
    *,
    anyway: bool = False,
) -> Missing:
    """Look for what a listing that its source completed did not hold; `ask` reaches the line, which is still open.

    Doing it again goes on with what is left, so it may be killed anywhere. `anyway`: a person wants to be asked also
    where the listing has shrunk to less than half.

    Raises:
        LeaseLost: another worker has taken the connector over.
    """
    _sweep(work)
    whole = ask(_Whole.of)
    if work.mapping.entity != DOSSIER or whole is None:
        return Missing()
    listing, last = _read(work)
    doubt = _no_listing(listing) or last.shortage()
    if doubt is not None:
        return _told(doubt)
    held, missing = _compared(work, listing, began, whole.since)
    comparison = _Comparison(work, ask, whole, rule, began, now, stop_if_told, listing, held)
    return comparison.judged(missing, anyway=anyway)


def _sweep(work: Work) -> None:
    with work.database.write() as transaction:
        listings.sweep(transaction, work.connector.id)


def _read(work: Work) -> tuple[_Listing, _Listing]:
    """What all attempts at this listing showed, and what the one did that came to its end: what others showed that is
    deleted by now must not stand in for what the last one left out."""
    whole, last = _Listing(), _Listing()
    for page in listings.of_run(work.database, work.run_id):
        whole.add(page)
        if page.attempt == work.lease.epoch:
            last.add(page)
    return whole, last


def _no_listing(listing: _Listing) -> Note | None:
    """Why this listing says nothing of what it did not hold."""
    if not listing.keys.count():
        return _note("nothing_listed", "Nothing was listed, so no record is taken for gone.")
    return listing.shortage()


def _compared(work: Work, listing: _Listing, began: datetime, since: datetime | None) -> tuple[int, list[str]]:
    """How many records the hub holds, and the keys of those that were not listed."""
    held = gone.renewed(work.database, work.connector.id, work.run_id, began)
    missing: list[str] = []
    for keys in gone.held(work.database, work.connector.id, began, since):
        held += len(keys)
        missing += listing.keys.missing(keys)
    return held, sorted(missing)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A listing against what the hub holds."""

    work: Work
    ask: Ask
    whole: _Whole
    rule: OnGone
    began: datetime
    now: Clock
    stop_if_told: Callable[[], None]
    listing: _Listing
    held: int

    def judged(self, missing: list[str], *, anyway: bool) -> Missing:
        """What becomes of the missing ones."""
        if missing and (note := self._no_matter(len(missing), anyway=anyway)):
            return _told(note)
        try:
            there = set(self._still_there(missing))
        except ConnectorError as error:
            said = f"{len(missing):,} records were not listed, and could not be asked for by key: {error}."
            return _told(_note("not_listed", f"{said} They are kept."))
        notes = [self._said_of(there)] if there else []
        if there and len(missing) > MOST_ASKED:
            return _told(notes[0])  # those behind were not asked for, and the listing is known to leave records out
        left = [key for key in missing if key not in there]
        if self._needs_a_person(left, anyway=anyway):
            return self._ask(left, notes)
        self._supersede()
        self._mark(left)
        return self._ended(notes)

    def _no_matter(self, count: int, *, anyway: bool) -> Note | None:
        """Why nothing is done about so many missing records."""
        listed = self.held - count
        if listed < _SHRUNK * self.held and not anyway:
            return _note(
                "shrunk_listing",
                f"The listing held {listed:,} of the {self.held:,} records that the hub has of {self._name}, less than "
                "half, so no record is taken for gone. If the others were really removed there: "
                f"`hub sync {self._name} --full --anyway` asks you about them.",
            )
        if self.rule.policy is Policy.KEEP:
            said = f"{count:,} of {self.held:,} records were not listed; they are kept (`on_gone: {{policy: keep}}`)."
            return _note("not_listed", said)
        return None

    @property
    def _name(self) -> str:
        return self.work.connector.name

    def _still_there(self, missing: Sequence[str]) -> Iterator[str]:
        """Those that the department knows when it is asked for them; lists that move while they are read skip some."""
        if self.whole.fetches:
            for key in islice(missing, MOST_ASKED):
                self.stop_if_told()
                if self.ask(partial(_is_there, key)):
                    yield key

    def _said_of(self, there: set[str]) -> Note:
        return _note(
            "listing_not_whole",
            f"{len(there):,} records were not listed and are there all the same when asked for by key, so they are "
            "kept: the listing leaves records out.",
        )

    def _needs_a_person(self, missing: Sequence[str], *, anyway: bool) -> bool:
        rule, count = self.rule, len(missing)
        few = count <= rule.records and count <= rule.share * self.held
        sure = self.whole.steady or (self.whole.fetches and count <= MOST_ASKED)
        trusted = rule.policy is Policy.MARK and sure and not self.listing.unnamed and not anyway
        return bool(missing) and not (trusted and few)

    def _ask(self, missing: Sequence[str], notes: list[Note]) -> Missing:
        work = self.work
        for some in _slices(missing):
            self.stop_if_told()
            with work.database.write() as transaction:
                self._renew(transaction)
                gone.doubt(transaction, work.connector.id, some, self.began)
        with work.database.write() as transaction:
            self._renew(transaction)
            number = removals.ask(transaction, work.connector.id, work.run_id, missing, self.held, self.now())
        unnamed = f"; {self.listing.unnamed:,} that were listed have no readable key" if self.listing.unnamed else ""
        said = (
            f"{len(missing):,} of {self.held:,} records were not listed{unnamed}. They are kept until a person says "
            f"whether they are gone: `hub gone show {number}`."
        )
        return Missing(notes=[*notes, _note("removal_waits", said)], sentence=said)

    def _mark(self, missing: Sequence[str]) -> None:
        work = self.work
        for some in _slices(missing):
            self.stop_if_told()
            work.database.write_again(lambda transaction, some=some: self._mark_some(transaction, some))  # type: ignore[misc]

    def _mark_some(self, transaction: Transaction, some: Sequence[str]) -> None:
        take_turn(transaction)  # before the lease's row is locked: others see it renewed while this one waits
        self._renew(transaction)
        arrival = Arrival(self.work.connector.id, self.now(), self.work.run_id)
        marked = gone.mark(transaction, arrival, some, self.began)
        gone.count_in_run(transaction, self.work.run_id, marked)

    def _supersede(self) -> None:
        with self.work.database.write() as transaction:
            self._renew(transaction)
            removals.supersede(transaction, self.work.connector.id, self.now())

    def _renew(self, transaction: Transaction) -> None:
        connectors.renew_lease(transaction, self.work.lease, self.work.lease_seconds)

    def _ended(self, notes: Sequence[Note]) -> Missing:
        """What was marked, also by a worker that was killed half-way."""
        marked = gone.of_run(self.work.database, self.work.run_id)
        sentences = [note["sentence"] for note in notes]
        if marked:
            said = f"{marked:,} are gone: their" if marked > 1 else "1 is gone: its"
            sentences.append(f"{said} source does not list {'them' if marked > 1 else 'it'} any more.")
        return Missing(marked, notes, " ".join(sentences))


def _is_there(key: str, connector: Connector) -> bool:
    """Whether the department knows a record when it is asked for it."""
    page = connector.fetch(key) if isinstance(connector, Fetches) else None
    return page is not None and bool(page.records or page.bad)


def _slices(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + SLICE] for start in range(0, len(keys), SLICE))


def _note(code: str, sentence: str) -> Note:
    return {"code": code, "sentence": sentence}


def _told(note: Note) -> Missing:
    return Missing(notes=[note], sentence=note["sentence"])
