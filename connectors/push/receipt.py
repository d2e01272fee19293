"""What became of a push: the department gets the same again when it sends the same again."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

COUNTS = ("received", "created", "updated", "unchanged", "quarantined")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record."""

    position: int  # in the push, from 1
    key: str | None  # None: it has none
    outcome: str  # created, updated, unchanged or quarantined
    reasons: Sequence[str] = ()  # why it is quarantined, or what a sender may want to know
    problems: Sequence[str] = ()  # fields of a record that was taken which could not be read: they are empty or damaged


@dataclass(frozen=True, slots=True)
class Receipt:
    """Said only when every word of it is safely stored."""

    request_id: str | None
    counts: Mapping[str, int]
    records: Sequence[Outcome]

    @property
    def nothing_taken(self) -> bool:
        """Whether there were records and every one was quarantined."""
        return 0 < self.counts["received"] == self.counts["quarantined"]

    @property
    def partly_taken(self) -> bool:
        """Whether some were quarantined."""
        return 0 < self.counts["quarantined"] < self.counts["received"]

    @property
    def message(self) -> str:
        """All in one sentence."""
        said = ", ".join(f"{self.counts[name]} {name}" for name in COUNTS[1:])
        first = next((each for each in self.records if each.outcome == "quarantined"), None)
        why = f" Record {first.position}: {'; '.join(first.reasons)}" if first else ""
        return f"{self.counts['received']} received: {said}.{self._left_empty}{why}"

    @property
    def _left_empty(self) -> str:
        some = [each for each in self.records if each.problems]
        if not some:
            return ""
        return (
            f" Fields that cannot be read in {len(some)} of those taken; "
            f"record {some[0].position}: {'; '.join(some[0].problems)}."
        )

    def as_json(self) -> dict[str, Any]:
        """As it is answered and stored."""
        records = [{name: value for name, value in asdict(each).items() if value} for each in self.records]
        return {"request_id": self.request_id, **self.counts, "records": records}

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> "Receipt":
        """As it was stored."""
        records = [
            Outcome(
                each["position"],
                each.get("key"),
                each["outcome"],
                tuple(each.get("reasons", ())),
                tuple(each.get("problems", ())),
            )
            for each in said["records"]
        ]
        return cls(said["request_id"], {name: said[name] for name in COUNTS}, records)
