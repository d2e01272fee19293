"""A run of kind `count`: the days of a source, counted against the hub; what is missing is asked for.

It holds the connector's lease like any run, so that the hub's side stands still meanwhile, and asks in its turn.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, TypeAlias

import structlog

from connectors.contract import Connector, Fetches, Lists, Retry, Spans
from connectors.errors import Changed
from hub.record.moments import ZONE, as_version
from hub.record.run_kind import RunKind
from hub.record.run_state import RunState
from hub.store import connectors, held, runs, tallies
from hub.store.database import Transaction
from hub.store.runs import Ending
from hub.store.tallies import Keys, State, Tally
from hub.sync import day_told, repair
from hub.sync.judging import Judged, Said, judged
from hub.sync.work import Work

log = structlog.get_logger()

TRIGGER = "count"  # of runs that a count asks for
WHOLE_DAY = "*"  # tried: instead of single keys
DAYS = 7  # that are counted unless it is said
_SETTLES = timedelta(minutes=15)  # what changed so shortly before the hub read it may have become visible later
_AHEAD = timedelta(days=1)  # the source's clock may be ahead
_MOST_COMPARED = 200_000  # keys of one day: more are compared by number alone
_TRIES = 2  # repairs that ask for one record before it is left to a person
_MOST_LACKING = 31  # older days that are counted again with the last ones
_KEPT = 20  # keys of each kind that are kept to be shown
_DAY = timedelta(days=1)

Clock: TypeAlias = Callable[[], datetime]


@dataclass(slots=True)
class Counting:
    """One such run.

    `wanted`: {days: [...]} or {last: 7}; {repair: false} only looks; {keys: true} compares every key; {anew: true} also
    asks for what was asked for in vain; {after_repair: true} counts days that a repair has just been made for.
    """

    work: Work
    wanted: dict[str, Any]
    now: Clock
    days: list[Judged] = field(default_factory=list)
    told: list[Tally] = field(default_factory=list)
    fetches: bool = False
    spans: bool = False

    def asked(self, connector: Connector) -> Iterator[Said]:
        """Ask the source, day by day, the oldest first, and at last what has changed since the hub read it.

        Raises:
            ConnectorError: it does not answer as it should, or cannot be asked this.
        """
        if not isinstance(connector, Lists):
            raise cannot_list(self.work.connector.name)
        self.fetches, self.spans = isinstance(connector, Fetches), isinstance(connector, Spans)
        settled = self._settled()
        if settled is None:
            yield from (Said(at, at, day, cut=True) for day, at in map(_beginning, self._wanted_days()))
            yield Said(self.now(), self.now(), None)
            return
        listed = False
        for day, start in map(_beginning, self._wanted_days()):
            end = start + _DAY
            if settled <= start:
                yield Said(start, start, day, cut=True)
                continue
            said = self._day(connector, Said(start, min(end, settled), day, cut=settled < end))
            listed = listed or said.keys is not None
            yield said
        tail = Said(settled, self.now() + _AHEAD, None)
        there = connector.count(tail.start, tail.end)
        keys = _keys(connector, tail, told=there is not None) if listed and there != 0 else None
        yield Said(tail.start, tail.end, None, there, keys)

    def keep(self, said: Said) -> None:
        """Hold what the source says against the store; when it has said all, the days are stored at once.

        Raises:
            LeaseLost: another worker has taken the connector over.
        """
        if said.day is None:
            for day in self.days:
                day.changed_since(said.keys, said.there)
            self.work.database.write_again(self._store)
            return
        if said.start == said.end:
            day = Judged(said.day, said.end, None, 0, 0, unsure="the hub has not read the source since it began")
        else:
            day = judged(self.work.database, self.work.connector.id, said)
        for earlier in self.days:  # what has moved on to this day meanwhile belongs here
            earlier.changed_since(said.keys, None)
        self.days.append(day)

    def ending(self) -> Ending:
        """How the run ended, in a sentence."""
        return Ending(RunState.SUCCEEDED, day_told.all_of(self.told))

    def notes(self) -> list[dict[str, Any]]:
        """What a person should know of it: every day of which something is missing, or that has too much."""
        return day_told.notes(self.told)

    def _wanted_days(self) -> list[date]:
        if "days" in self.wanted:
            return sorted(date.fromisoformat(day) for day in self.wanted["days"])
        today = self.now().astimezone(ZONE).date()
        last = {today - back * _DAY for back in range(self.wanted.get("last", DAYS))}
        with self.work.database.read() as connection:  # older ones, until nothing is missing of them
            known = tallies.known(connection, self.work.connector.id).values()
        lacking = [date.fromisoformat(day.day) for day in known if day.state in tallies.LACKING]
        return sorted(last.union(lacking[-_MOST_LACKING:]))

    def _settled(self) -> datetime | None:
        """Until when the hub should hold all that changed; it is read again here, as a run may have come before."""
        row = connectors.named(self.work.database, self.work.connector.name)
        seen = row.seen_at if row is not None else None
        return seen and seen - _SETTLES

    def _day(self, connector: Lists, asking: Said) -> Said:
        there = connector.count(asking.start, asking.end)
        keys = None
        is_cheap = not isinstance(connector, Spans) or connector.spans_cheaply()
        if there is None or self.wanted.get("keys") or not self._agrees(asking, there, is_cheap=is_cheap):
            keys = _keys(connector, asking, told=there is not None)
        return Said(asking.start, asking.end, asking.day, there, keys, asking.cut)

    def _agrees(self, asking: Said, there: int, *, is_cheap: bool) -> bool:
        """Whether the numbers leave no doubt: one that is missing and one too many would hide each other.

        So a day that is over is compared key by key, once for every number that its source tells, where that is cheap.
        """
        period = as_version(asking.start), as_version(asking.end)
        day = str(asking.day)
        with self.work.database.read() as connection:
            here, aside = held.count_changed(connection, self.work.connector.id, *period)
            before = tallies.known(connection, self.work.connector.id, day).get(day)
        doubted = before is not None and (before.extra or before.state in tallies.LACKING)
        compared = before is not None and before.by_key and before.until is None and before.there == there
        may_compare = is_cheap and not asking.cut and there <= _MOST_COMPARED
        return there == here + aside and not doubted and (compared or not may_compare)

    def _store(self, transaction: Transaction) -> None:
        work, now = self.work, self.now()
        connectors.renew_lease(transaction, work.lease, work.lease_seconds)
        before = tallies.known(transaction, work.connector.id, min((str(one.day) for one in self.days), default=""))
        self.told = [self._tally(transaction, day, before.get(str(day.day)), now) for day in self.days]
        tallies.save(transaction, work.connector.id, self.told)
        for tally in self.told:
            say = log.warning if tally.state in tallies.LACKING else log.info
            say("day_counted", connector=work.connector.name, day=tally.day, state=tally.state, sentence=tally.sentence)

    def _tally(self, transaction: Transaction, day: Judged, before: Tally | None, now: datetime) -> Tally:
        plan = self._planned(transaction, day, before, now)
        left = sorted(key for key in day.missing if plan.tried.get(key, 0) >= _TRIES)
        able = self.spans or (self.fetches and bool(day.missing))
        sentence = day_told.sentence(day, plan.state, self.work.connector.name, left, able=able)
        keys = Keys(sorted(day.missing)[:_KEPT], sorted(day.extra)[:_KEPT], plan.asked, plan.tried)
        was_by_key = before is not None and before.by_key and before.until == day.until and before.there == day.there
        by_key = day.by_key or (was_by_key and not day.is_missing and not day.is_extra)
        numbers = (day.there, day.here, day.aside, day.is_missing, day.is_extra, by_key)
        return Tally(str(day.day), day.until, *numbers, keys, plan.state, sentence, now, plan.run_id)

    def _planned(self, transaction: Transaction, day: Judged, before: Tally | None, now: datetime) -> "_Plan":
        """What is done about a day."""
        repairing = before if before is not None and before.state == State.REPAIRING else None
        if repairing is not None and self._goes_on(transaction, repairing):
            return _Plan(State.REPAIRING, repairing.run_id, repairing.keys.asked, repairing.keys.tried)
        tried = _tried(day, before, repairing)
        if not day.is_missing:
            state = State.REPAIRED if repairing else State.UNKNOWN if day.unsure else State.COMPLETE
            return _Plan(state, repairing.run_id if repairing else None)
        if not self.wanted.get("repair", True):
            return _Plan(State.DRIFT, tried=tried)
        return self._repair(transaction, day, tried, now)

    def _goes_on(self, transaction: Transaction, repairing: Tally) -> bool:
        """Whether somebody else is about to mend that day."""
        run_id = repairing.run_id
        return run_id is not None and run_id != self.work.run_id and tallies.is_under_way(transaction, run_id)

    def _repair(self, transaction: Transaction, day: Judged, tried: dict[str, int], now: datetime) -> "_Plan":
        """Ask for what is missing; after a repair only for what was not asked for: a later count asks again."""
        most = 0 if self.wanted.get("after_repair") else _TRIES - 1
        may = [key for key in (*sorted(day.missing), WHOLE_DAY) if self.wanted.get("anew") or tried.get(key, 0) <= most]
        if self.fetches and day.missing:
            asked = [key for key in may if key != WHOLE_DAY][: repair.MOST_KEYS]
            kind, wanted = RunKind.REPAIR, {"day": str(day.day), "keys": asked}
        else:
            asked = [WHOLE_DAY] if self.spans and WHOLE_DAY in may else []
            kind, wanted = RunKind.BACKFILL, {"from": str(day.day), "to": str(day.day)}
        if not asked:
            return _Plan(State.DRIFT, tried=tried)
        run_id = runs.enqueue(transaction, self.work.connector.id, kind, TRIGGER, now, wanted=wanted)
        return _Plan(State.REPAIRING, run_id, asked, tried)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A day's state, and the run that fetches which of its records; how often each was asked for before."""

    state: State
    run_id: int | None = None
    asked: list[str] = field(default_factory=list)
    tried: dict[str, int] = field(default_factory=dict)


def can_list(opening: Callable[[Retry], AbstractContextManager[Connector]]) -> bool:
    """Whether a source can say what changed in a period: known without asking it."""
    with opening(lambda exchange: exchange()) as line:
        return isinstance(line, Lists)


def cannot_list(name: str) -> Changed:
    """Why nothing can be counted, and what would change that."""
    return Changed(
        f"{name} cannot say what changed in a period: its settings do not say how",
        code="cannot_list",
        hint="`count` in its settings does, if the department offers it; its type's README shows how.",
    )


def _beginning(day: date) -> tuple[date, datetime]:
    return day, datetime.combine(day, time(), ZONE)


def _keys(connector: Lists, asking: Said, *, told: bool) -> set[str] | None:
    """The keys of a period; None where only their number is told, or where they are too many."""
    try:
        found = set(islice(connector.keys(asking.start, asking.end), _MOST_COMPARED + 1))
    except Changed as error:
        if told and error.code == "local_settings":
            return None
        raise
    return found if len(found) <= _MOST_COMPARED else None


def _tried(day: Judged, before: Tally | None, repairing: Tally | None) -> dict[str, int]:
    """How often what is still missing was asked for; `repairing`: a repair of it has ended since."""
    known = before.keys.tried if before is not None else {}
    asked = set(repairing.keys.asked) if repairing is not None else set()
    still = [*day.missing, WHOLE_DAY] if day.is_missing else []
    found = {key: known.get(key, 0) + (key in asked) for key in still}
    return {key: times for key, times in found.items() if times}
