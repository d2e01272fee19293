"""A ledger that can do everything that a connector may, and ones of which a single ability is wrong."""

# ruff: noqa: ARG002  (what a connector should look at and does not)
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from connectors import json
from connectors.contract import Description, Operation, Page, Record, Warning  # noqa: A004  (the contract's word)
from connectors.documents import JsonDocument
from connectors.errors import Changed
from connectors.new_type.ledger import ENTRIES, Ledger

NUMBERS = count()


def entries(payload: bytes) -> Sequence[Record]:
    """The entries of an answer of the ledger."""
    return ENTRIES.read(JsonDocument(json.parse(payload, "kept"), "kept"), "kept").records


class Able(Ledger):
    """Keeps the contract, and can do everything that a connector may."""

    def discover(self) -> Description:
        self._page("0", 0)
        return Description([Operation("LIST", self._name, "a line")], fingerprint="1")

    def described_as(self) -> str | None:
        return "1"

    def warnings(self) -> Sequence[Warning]:
        return [Warning("password_ends", "the password is valid until 1 June", datetime(2027, 6, 1, tzinfo=UTC))]

    def fetch(self, key: str) -> Page:
        records = [record for record in self._page("0", 99).records if record.key == key]
        return Page(b"[]", "application/json", records, None)

    def keys(self, start: datetime, end: datetime) -> Iterator[str]:
        for record in self._page("0", 99).records:
            if start <= (record.changed_at or datetime.min.replace(tzinfo=UTC)) < end:
                yield record.key

    def count(self, start: datetime, end: datetime) -> int | None:
        return len(list(self.keys(start, end)))

    def pull_period(self, start: datetime, end: datetime) -> Iterator[Page]:
        page = self._page("0", 99)
        records = [r for r in page.records if r.changed_at and start <= r.changed_at < end]
        yield replace(page, records=records, bookmark=None)

    def spans_cheaply(self) -> bool:
        return True

    def whole_since(self) -> datetime | None:
        return datetime(2000, 1, 1, tzinfo=UTC)

    def lists_steadily(self) -> bool:
        return True


class NewFingerprint(Able):
    def discover(self) -> Description:
        return replace(super().discover(), fingerprint=str(next(NUMBERS)))


class WithoutFingerprint(Able):
    def discover(self) -> Description:
        return replace(super().discover(), fingerprint="")


class FindsNothing(Able):
    def discover(self) -> Description:
        return replace(super().discover(), operations=[])


class FindsTwice(Able):
    def discover(self) -> Description:
        found = super().discover()
        return replace(found, operations=[*found.operations, *found.operations])


class DescribesSecrets(Able):
    def discover(self) -> Description:
        return replace(super().discover(), problems=[self._settings.password.get_secret_value()])


class DescribedOtherwise(Able):
    def described_as(self) -> str | None:
        return "2"


class WarnsWithoutZone(Able):
    def warnings(self) -> Sequence[Warning]:
        return [replace(warning, until=datetime(2027, 6, 1)) for warning in super().warnings()]


class WarnsOfSecrets(Able):
    def warnings(self) -> Sequence[Warning]:
        return [Warning("weak", f"{self._settings.password.get_secret_value()} is a weak password")]


class WarningsAsk(Able):
    def warnings(self) -> Sequence[Warning]:
        self._page("0", 0)
        return []


class FetchesAnother(Able):
    def fetch(self, key: str) -> Page:
        return super().fetch("26-004")


class FetchMovesTheBookmark(Able):
    def fetch(self, key: str) -> Page:
        return replace(super().fetch(key), bookmark="1")


class MissesWithAnError(Able):
    def fetch(self, key: str) -> Page:
        if not (page := super().fetch(key)).records:
            raise Changed(f"there is no {key}", code="not_found", hint="Ask for another.")
        return page


class ListsTwice(Able):
    def keys(self, start: datetime, end: datetime) -> Iterator[str]:
        yield from [*super().keys(start, end), *super().keys(start, end)]


class ListsTooFew(Able):
    def keys(self, start: datetime, end: datetime) -> Iterator[str]:
        yield from [*super().keys(start, end)][1:]


class CountsTooMany(Able):
    def count(self, start: datetime, end: datetime) -> int | None:
        return (super().count(start, end) or 0) + 1


class PeriodsWithTheirEnd(Able):
    def keys(self, start: datetime, end: datetime) -> Sequence[str]:  # type: ignore[override]
        return [r.key for r in self._page("0", 99).records if r.changed_at and start <= r.changed_at <= end]


class SpansMoveTheBookmark(Able):
    def pull_period(self, start: datetime, end: datetime) -> Iterator[Page]:
        yield from (replace(page, bookmark="1") for page in super().pull_period(start, end))


class SpansEverything(Able):
    def pull_period(self, start: datetime, end: datetime) -> Iterator[Page]:
        yield replace(self._page("0", 99), bookmark=None)


class WholeWithoutZone(Able):
    def whole_since(self) -> datetime | None:
        return datetime(2000, 1, 1)
