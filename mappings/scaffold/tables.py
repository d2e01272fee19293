"""A first table for a field of few values: what each value may mean, from its own words or the label beside it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mappings.engine.text import comparable
from mappings.scaffold import values
from mappings.scaffold.labels import LIKELY, SURE, WEAK, Meaning, by_number, meaning
from mappings.scaffold.observe import Leaf

MOST_VALUES = 60  # a table that a person can look through
# Which table a field of ours reads by.
TABLE_OF = {
    "status": "status",
    "events.status": "status",
    "channel": "channel",
    "applicant.kind": "kind",
    "applicant.id_kind": "id_kind",
    "return_method": "return_method",
    "online_payment": "online_payment",
    "fees.kind": "fee_kind",
    "fees.collected": "collected",
    "fees.paid": "paid",
    "supplements.fees.kind": "fee_kind",
    "supplements.fees.collected": "collected",
    "supplements.fees.paid": "paid",
}
YES_NO = "yes_no"  # of every other field that is true or false
_MOST = 0.8  # of what was seen must be certain, where a table is known by its values alone
_PAIRED = 0.95  # of the records must have one label for one code
_KNOWN_LABELS = 0.5  # of the labels must mean something, or they are labels of something else
# A source with several of these names sends the national portal's own payload, and so its numbers.
_OFFICIAL_NAMES = frozenset(
    {"MaHoSo", "MaTTHC", "TenTTHC", "MaLinhVuc", "LoaiDoiTuong", "KenhThucHien", "TrangThaiHoSo", "NgayHenTra"}
)
_OFFICIAL_PAYLOAD = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a table: how often it was seen, and what it may mean."""

    value: str
    count: int
    meaning: Meaning | None
    label: str = ""  # what the source calls it, where that stands in another field


@dataclass(frozen=True, slots=True)
class GuessedTable:
    """Every value that was seen, in the order of how often."""

    name: str
    entries: tuple[Entry, ...]
    tcvn3: bool = False
    remark: str = ""

    @property
    def fit(self) -> float:
        """How much of what was seen means something here."""
        seen = sum(entry.count for entry in self.entries)
        known = sum(entry.count * entry.meaning.confidence for entry in self.entries if entry.meaning)
        return 0.3 + 0.7 * min(1.0, known / seen / 0.9) if known else 0.3

    @property
    def sure(self) -> int:
        """How many of our words its values stand for, where most of what was seen is certain; else 0."""
        sure = [entry for entry in self.entries if entry.meaning and entry.meaning.confidence >= SURE]
        enough = sum(entry.count for entry in sure) >= _MOST * sum(entry.count for entry in self.entries)
        return len({entry.meaning.word for entry in sure if entry.meaning}) if enough else 0

    def with_more(self, other: "GuessedTable") -> "GuessedTable":
        """This table for another field's values as well."""
        have = {comparable(entry.value) for entry in self.entries}
        more = tuple(entry for entry in other.entries if comparable(entry.value) not in have)
        return GuessedTable(self.name, (*self.entries, *more), self.tcvn3 or other.tcvn3, self.remark or other.remark)


def guessed_table(name: str, leaf: Leaf, beside: Sequence[Leaf], *, official: bool) -> GuessedTable | None:
    """The table for a field; None where its values are too many or too different to be one."""
    tcvn3 = values.is_tcvn3(leaf.samples)
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for text in leaf.samples:
        turned = values.from_old_font(text) if tcvn3 else text
        key = comparable(turned)
        spelled.setdefault(key, " ".join(turned.split()))
        counts[key] += 1
    if not counts or len(counts) > MOST_VALUES or (len(leaf.samples) > 20 and len(counts) > len(leaf.samples) / 2):
        return None
    # What is said in words says it itself: the words beside it would be about something else.
    labels = {} if any(" " in text for text in spelled.values()) else _labels(name, leaf, beside)
    entries = [
        Entry(spelled[key], count, _meaning(name, spelled[key], labels.get(key, "")), labels.get(key, ""))
        for key, count in counts.most_common()
    ]
    if not any(entry.meaning for entry in entries):
        return _official(GuessedTable(name, tuple(entries), tcvn3), sure=official)
    return GuessedTable(name, tuple(entries), tcvn3)


def _meaning(name: str, value: str, label: str) -> Meaning | None:
    return meaning(name, value) or (meaning(name, label) if label else None)


def is_official(leaves: Sequence[Leaf]) -> bool:
    """Whether fields of these names are the national portal's own payload."""
    return sum(leaf.names[-1] in _OFFICIAL_NAMES for leaf in leaves) >= _OFFICIAL_PAYLOAD


def _official(table: GuessedTable, *, sure: bool) -> GuessedTable:
    """Numbers without any word beside them: those of the national portal, if they can be."""
    numbers = by_number(table.name, [entry.value for entry in table.entries], LIKELY if sure else WEAK)
    if not numbers:
        return table
    entries = tuple(Entry(entry.value, entry.count, numbers[entry.value]) for entry in table.entries)
    remark = "numbers may mean anything; these are taken for the national portal's: ask the department"
    return GuessedTable(table.name, entries, table.tcvn3, remark)


def _labels(name: str, leaf: Leaf, beside: Sequence[Leaf]) -> dict[str, str]:
    """What another field calls each value: the one whose labels go with the values and mean the most."""
    best: tuple[float, int, dict[str, str]] = (0.0, 0, {})
    for other in beside:
        found = _paired(leaf, other) if other is not leaf and not other.is_number else {}
        known = sum(meaning(name, label) is not None for label in found.values()) / len(found) if found else 0.0
        near = sum(one == two for one, two in zip(leaf.names, other.names, strict=False))
        if known >= _KNOWN_LABELS and (known, near) > best[:2]:
            best = (known, near, found)
    return best[2]


def _paired(leaf: Leaf, other: Leaf) -> dict[str, str]:
    """The label of each value, where one goes with the other."""
    said = dict(zip(other.at, other.samples, strict=True))
    together: dict[str, Counter[str]] = defaultdict(Counter)
    for at, text in zip(leaf.at, leaf.samples, strict=True):
        if at in said:
            together[comparable(text)][" ".join(said[at].split())] += 1
    found = {key: labels.most_common(1)[0] for key, labels in together.items()}
    seen = sum(labels.total() for labels in together.values())
    if not found or sum(count for _, count in found.values()) < _PAIRED * seen:
        return {}
    # What is the same for every value says nothing of any: the name of the one procedure, for example.
    apart = len({label for label, _ in found.values()}) > len(found) / 2
    return {key: label for key, (label, _) in found.items()} if apart else {}
