"""What entries of a catalogue say against each other: one code claimed twice for a day, agencies above each other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hub.record.catalogue import Agency, Procedure, Span, codes_of, resolve


@dataclass(frozen=True, slots=True)
class Clash:
    """Something wrong with the entry at place `at` of a list, because of the one at `other`."""

    at: int
    other: int
    field: str
    what: str
    right: str


def clashes_of_procedures(entries: Sequence[Procedure]) -> list[Clash]:
    """Entries of one code that hold on the same day."""
    return list(_overlaps(entries))


def clashes_of_agencies(entries: Sequence[Agency]) -> list[Clash]:
    """Entries of one code that hold on the same day, codes that two agencies have on one day, cycles of parents."""
    return [*_overlaps(entries), *_claimed_twice(entries), *_cycles(entries)]


def _overlaps(entries: Sequence[Agency | Procedure]) -> Iterator[Clash]:
    dated: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    for at, entry in enumerate(entries):
        dated[entry.code].append((at, entry.valid))
    for code, spans in dated.items():
        for (one, first), (other, second) in _meeting(spans):
            what = f"{code} stands twice for the same days ({first} and {second})"
            yield Clash(other, one, "code", what, "let the earlier entry end the day before the later one begins")


def _claimed_twice(entries: Sequence[Agency]) -> Iterator[Clash]:
    claims: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    for at, entry in enumerate(entries):
        for code, span in codes_of(entry):
            claims[code].append((at, span))
    for code, spans in claims.items():
        for (one, first), (other, second) in _meeting(spans):
            mine, theirs = entries[other], entries[one]
            if mine.code != theirs.code:
                what = f"{code} is claimed by {mine.code} ({second}) and by {theirs.code} ({first})"
                field = "code" if mine.code == code else "aliases"
                yield Clash(other, one, field, what, "on one day a code is one agency's")


def _meeting(spans: Sequence[tuple[int, Span]]) -> Iterator[tuple[tuple[int, Span], tuple[int, Span]]]:
    """Every span that meets an earlier one, with the one that reaches furthest of those."""
    ordered = sorted(spans, key=lambda each: (each[1].first or date.min, each[0]))
    furthest = ordered[0]
    for each in ordered[1:]:
        if furthest[1].meets(each[1]):
            yield furthest, each
        if (each[1].last or date.max) > (furthest[1].last or date.max):
            furthest = each


def _cycles(entries: Sequence[Agency]) -> Iterator[Clash]:
    """Agencies that come to stand above themselves. Only those that could, on the days on which something begins."""
    owners = {code: entry.code for entry in entries for code, _ in codes_of(entry)}
    above: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.parent_code in owners and entry.parent_code != entry.code:  # told where the entry is read
            above[entry.code].add(owners[entry.parent_code])
    suspects = [at for at, entry in enumerate(entries) if _reaches(above, entry.code)]
    involved = [entries[at] for at in suspects]
    days = {span.first or date.min for entry in involved for _, span in codes_of(entry)}
    told: set[str] = set()
    for at in suspects:
        entry = entries[at]
        if entry.code not in told and any(day in entry.valid and _comes_round(entries, entry, day) for day in days):
            told.add(entry.code)
            yield Clash(
                at,
                at,
                "parent_code",
                f"{entry.code} comes to stand above itself",
                "one of the agencies above it is wrong",
            )


def _reaches(above: Mapping[str, set[str]], code: str) -> bool:
    """Whether an agency could stand above itself on some day."""
    seen: set[str] = set()
    waiting = list(above.get(code, ()))
    while waiting:
        at = waiting.pop()
        if at == code:
            return True
        if at not in seen:
            seen.add(at)
            waiting += above.get(at, ())
    return False


def _comes_round(entries: Sequence[Agency], agency: Agency, day: date) -> bool:
    seen: set[str] = set()
    at: Agency | None = agency
    while at is not None and at.code not in seen:
        seen.add(at.code)
        at = resolve(entries, at.parent_code, day) if at.parent_code else None
    return at is not None and at.code == agency.code
