"""What a run finds out of its department besides the records: drift, and what will need a person soon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from connectors import contract
from connectors.contract import Record
from hub.record.moments import end_of
from hub.record.signature import Signature
from hub.store import acts, secrets, watched
from hub.store.codes_seen import Shared, SharedService
from hub.store.database import Database, Transaction
from hub.store.watched import Learnt
from hub.sync.drift import Look, OnDrift, Policy, described_anew, stopped
from hub.sync.noticed import Noticed

DRIFT = "drift"
DUPLICATE_SERVICE = "duplicate_service"
PROBLEMS = "problems"
WAITING = "waiting"
_DRIFT_IS_TOLD = timedelta(days=7)  # what was accepted is told for so long, then it is how things are
_MOST_WARNINGS = 20
_MOST_NAMED = 3


@dataclass(slots=True)
class Watch:
    """One run's watch."""

    name: str
    on_drift: OnDrift
    known: Learnt
    described_as: str | None = None
    warned: list[contract.Warning] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    found: list[dict[str, Any]] = field(default_factory=list)  # of the run alone: what stays so is warned of
    left_empty: int = 0  # records of this run that have fields which could not be read
    codes: Noticed = field(default_factory=Noticed)  # of agencies and procedures
    look: Look = field(init=False)

    def __post_init__(self) -> None:
        self.look = Look(self.known.shape)

    def description(self, described: str) -> None:
        """Hold what a connector has read of its system's description against the accepted one.

        Raises:
            Changed: it is another one, and the policy says to stop.
        """
        moved = described_anew(self.known.described_as, described)
        if moved and self.on_drift.description is Policy.STOP:
            raise stopped([moved], self.name)
        self._tell(self.on_drift.description, [moved] if moved else [])
        self.described_as = described

    def page(self, news: list[Record]) -> None:
        """Look at records that are new or have changed, before their page is stored; each is looked at once.

        Raises:
            Changed: they do not look as accepted, and the policy says to stop.
        """
        for record in news:
            self.look.record(record)
        news.clear()  # the page may be stored again
        if self.on_drift.fields is Policy.STOP and (found := self.look.differences()):
            raise stopped(found, self.name)

    def compare(self, shared: Shared, began: datetime) -> None:
        """Tell of procedures that other connectors serve too; in the run's notes of those that are news.

        It is a finding for leaders, never a fault of the source (Decree 61/2018 Art. 24-25, Decree 118/2025).
        """
        if shared:
            self.warned.append(contract.Warning(DUPLICATE_SERVICE, served_twice(shared)))
        if news := {code: one for code, one in shared.items() if one.since and one.since >= began}:
            self.found.append({"code": DUPLICATE_SERVICE, "sentence": f"{served_twice(news)}."})

    def hear(self, warnings: Sequence[contract.Warning], waiting: str) -> None:
        """What a connector says will need a person, and what it has left for a later run."""
        self.warned += warnings
        if waiting:
            self.found.append({"code": WAITING, "sentence": f"{waiting}."})

    def told(self) -> list[dict[str, Any]]:
        """What a person should know of the run though it went on."""
        return [*self.notes, *self.found, *([problems(self.left_empty)] if self.left_empty else [])]

    def ended(self, now: datetime, warn_before: timedelta, *, succeeded: bool) -> Learnt:
        """What is known after the run. One that broke off knows less: what was told before stays told."""
        differences = self.look.differences()
        self._tell(self.on_drift.fields, differences)
        refused = bool(differences) and self.on_drift.fields is Policy.STOP
        learns = self.known.shape is None and not succeeded  # from too little: it would take the rest for new
        shape = None if refused or learns else self.look.accepted()
        near = [_kept(one, now) for one in self.warned if one.until is None or one.until - now <= warn_before]
        earlier = [one for one in self.known.warnings if _still_told(one, now, succeeded=succeeded)]
        drift = [one | {"until": None, "since": _text(now)} for one in self.notes]
        warnings = {(one["code"], one["sentence"]): one for one in [*earlier, *near, *drift]}
        return Learnt(
            shape or self.known.shape,
            self.described_as or self.known.described_as,
            list(warnings.values())[-_MOST_WARNINGS:],
        )

    def _tell(self, policy: Policy, sentences: list[str]) -> None:
        if policy is Policy.WARN:
            self.notes += [{"code": DRIFT, "sentence": f"{sentence}."} for sentence in sentences]


def problems(count: int) -> dict[str, Any]:
    """The note that so many records of a run lost a field on their way."""
    records, them = ("1 record", "has") if count == 1 else (f"{count:,} records", "have")
    sentence = (
        f"{records} of this run {them} fields that could not be read and were left empty; "
        "`hub dossier CODE` shows them."
    )
    return {"code": PROBLEMS, "sentence": sentence, "records": count}


def served_twice(shared: Mapping[str, SharedService]) -> str:
    """The sentence that other connectors serve these procedures too."""
    some = [f"{code} ({', '.join(one.others[:_MOST_NAMED])})" for code, one in sorted(shared.items())[:_MOST_NAMED]]
    more = f" and {len(shared) - _MOST_NAMED:,} more" if len(shared) > _MOST_NAMED else ""
    count = "1 procedure is" if len(shared) == 1 else f"{len(shared):,} procedures are"
    return f"{count} served by other connectors too: {', '.join(some)}{more}; `hub catalogue duplicates` lists all"


def ends_of_secrets(database: Database, names: Sequence[str]) -> list[contract.Warning]:
    """The days on which the hub's secrets of these names end, as their owner said."""
    if not names:
        return []
    days = {one.name: one.expires_on for one in secrets.listed(database) if one.name in names and one.expires_on}
    return [
        contract.Warning(
            "secret_ends",
            f"the secret `{name}` is valid until {date.fromisoformat(day):%d/%m/%Y}, as its owner said",
            datetime.fromisoformat(end_of(date.fromisoformat(day))),
        )
        for name, day in days.items()
    ]


def accept(transaction: Transaction, name: str, by: Signature) -> None:
    """Take the system as the next run finds it, and let schedules run it again at once."""
    told = [one["sentence"] for one in watched.forget(transaction, name, DRIFT)]
    before = acts.told({DRIFT: told}) if told else None
    acts.note(transaction, by, acts.Kind.CONNECTOR, name, acts.Act.APPROVED, before=before, connector=name)


def _kept(warning: contract.Warning, now: datetime) -> dict[str, Any]:
    until = None if warning.until is None else _text(warning.until)
    return {"code": warning.code, "sentence": warning.sentence, "until": until, "since": _text(now)}


def _still_told(warning: dict[str, Any], now: datetime, *, succeeded: bool) -> bool:
    if warning["code"] == DRIFT:
        return now - datetime.fromisoformat(warning["since"]) < _DRIFT_IS_TOLD
    return not succeeded


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
