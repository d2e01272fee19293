"""The dossiers are a function of what the records said: in whatever order, however often, and on however many pages."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.record.dossier import Dossier
from hub.record.identity import Code, codes_of
from hub.record.merge import Source, merge
from hub.record.timeline import timeline
from hub.sync.desk import Desk

NOW = "2026-06-01T00:00:00Z"
OFFICIAL = [f"000.00.15.H29-260520-000{number}" for number in range(1, 4)]
STATUSES = ["accepted", "processing", "completed", "returned", "supplement_requested"]
PRECEDENCE: dict[str, dict[str, Any]] = {
    "a": {"precedence": 10},
    "b": {"precedence": 0, "precedence_for": {"applicant": 20, "due_at": 5}},
    "c": {"precedence": 0, "precedence_for": {"note": 3}},
}


@dataclass(frozen=True)
class Version:
    """One version of a record, as a test draws it."""

    connector: str
    key: str
    minute: int
    code: str
    national: str | None
    status: str
    note: str | None
    steps: tuple[tuple[int, str | None], ...]
    step_only: bool

    @property
    def source(self) -> Source:
        """What the connector says."""
        at = f"2026-05-20T00:{self.minute:02}:00Z"
        values: dict[str, Any] = {"code": self.code, "status": self.status, "due_at": at}
        values["applicant"] = {"name": f"{self.connector}{self.key}"}
        values["events"] = [{"at": f"2026-05-20T00:{minute:02}:00Z", "status": status} for minute, status in self.steps]
        if self.step_only:
            values = {"code": self.code, "status": self.status, "events": [{"at": at, "status": self.status}]}
        if self.national:
            values["national_code"] = self.national
        if self.note:
            values["note"] = self.note
        weight = PRECEDENCE[self.connector]
        particular = weight.get("precedence_for", {})
        entity = "event" if self.step_only else "dossier"
        return Source(self.connector, self.key, weight["precedence"], "agency", at, values, particular, entity)


MINUTES = st.integers(0, 9)
RECORDS = st.tuples(st.sampled_from("abc"), st.sampled_from("12"))
VERSIONS = st.builds(
    Version,
    connector=st.sampled_from("abc"),
    key=st.sampled_from("12"),
    minute=MINUTES,
    code=st.sampled_from(["L1", "L2", *OFFICIAL]),
    national=st.none() | st.sampled_from(OFFICIAL),
    status=st.sampled_from(STATUSES),
    note=st.sampled_from([None, "x", "y"]),
    steps=st.lists(st.tuples(MINUTES, st.none() | st.sampled_from(STATUSES)), max_size=2).map(tuple),
    step_only=st.booleans(),
)
# One version for each time that a source says its record changed.
HISTORIES = st.lists(
    VERSIONS, min_size=1, max_size=9, unique_by=lambda version: (version.connector, version.key, version.minute)
)
DISOWNED = st.sets(st.tuples(RECORDS, st.sampled_from(["L1", "L2", *OFFICIAL])), max_size=3)


def wrong_of(disowned: Iterable[tuple[tuple[str, str], str]]) -> dict[tuple[str, str], set[Code]]:
    wrong: dict[tuple[str, str], set[Code]] = {}
    for name, code in disowned:
        wrong.setdefault(name, set()).update(codes_of({"code": code}, "agency"))
    return wrong


def laid(versions: Sequence[Version], disowned: Iterable[Any] = ()) -> list[Any]:
    desk = Desk([], NOW, wrong_of(disowned))
    for version in versions:
        desk.hear(version.source)
    return sorted((shown(dossier) for dossier in desk.touched() if dossier.voices), key=json.dumps)


def shown(dossier: Dossier) -> Any:
    """All that can be seen of a dossier."""
    told = [event for voice in dossier.voices.values() for event in voice.new_events]
    claims = merge(dossier.sources.values()).claims
    return [
        sorted(dossier.sources),
        dossier.values,
        dossier.codes,
        {name: [(claim.source.name, claim.value) for claim in made] for name, made in sorted(claims.items())},
        dossier.conflicts,
        dossier.shown.search,
        [(step.event.at, step.event.status, step.event.inferred, step.unusual_after) for step in timeline(told)],
    ]


@given(HISTORIES, DISOWNED, st.randoms())
def test_any_order_and_any_repetition_of_versions_gives_the_same_dossiers(
    history: list[Version], disowned: set[Any], random: Any
) -> None:
    again = random.sample(history * 2, len(history) * 2)
    assert laid(again, disowned) == laid(history, disowned)


@given(HISTORIES)
def test_each_dossier_is_what_its_newest_records_share(history: list[Version]) -> None:
    newest = {(version.connector, version.key): version for version in sorted(history, key=lambda one: one.minute)}
    groups: list[tuple[set[Code], set[tuple[str, str]]]] = []
    for name, version in newest.items():
        codes, names = set(codes_of(version.source.values, "agency")), {name}
        for group in [group for group in groups if group[0] & codes]:
            groups.remove(group)
            codes, names = codes | group[0], names | group[1]
        groups.append((codes, names))
    assert {frozenset(one[0]) for one in laid(history)} == {frozenset(names) for _, names in groups}
