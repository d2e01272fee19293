"""Which list of a source may be which of ours, and what each of its columns is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mappings.engine.target import Field, Target
from mappings.scaffold import values
from mappings.scaffold.evidence import Evidence, World
from mappings.scaffold.names import ESSENTIAL, LIST_NAMINGS, ROW_NAMINGS, fit
from mappings.scaffold.observe import Leaf, Rows, Shape
from mappings.scaffold.weigh import NOTED, Guess, assigned, pairs
from mappings.scaffold.words import concepts, readings


@dataclass(frozen=True, slots=True)
class GuessedList:
    """A list of ours, the list of the source that it may come from, and its columns."""

    name: str
    rows: Rows | None  # None: the record itself is the one row
    confidence: float
    columns: tuple[Guess, ...]
    constants: Mapping[str, str] = field(default_factory=dict)
    lists: tuple["GuessedList", ...] = ()  # inside each row

    @property
    def used(self) -> bool:
        """Whether enough of a row is sure."""
        have = {column.field for column in self.columns if column.used} | self.constants.keys()
        return all(have & group for group in ESSENTIAL[self.name])


def guessed_lists(shape: Shape, target: Target, world: World, within: str = "") -> Iterator[GuessedList]:
    """The lists that were recognised, each at most once; `within` is the list (`supplements.`) whose rows hold them."""
    found: list[GuessedList] = []
    for rows in shape.lists.values():
        for name, columns in target.lists.items():
            here = name.startswith(within) and "." not in name.removeprefix(within)
            if here and name in ROW_NAMINGS and (one := _list(name, columns, rows, world)):
                found.append(replace(one, lists=tuple(guessed_lists(rows.shape, target, world, f"{name}."))))
    found.sort(key=lambda one: -one.confidence)
    names: set[str] = set()
    taken: set[int] = set()
    for one in found:
        if one.name not in names and id(one.rows) not in taken:
            names.add(one.name)
            taken.add(id(one.rows))
            yield one


def _list(name: str, columns: Mapping[str, Field], rows: Rows, world: World) -> GuessedList | None:
    context = frozenset().union(*(concepts(readings(one)[0])[0] for one in rows.names))
    called = fit(LIST_NAMINGS[name], rows.names)
    wanted = {
        column: (ROW_NAMINGS[name][column], target) for column, target in columns.items() if column in ROW_NAMINGS[name]
    }
    leaves = _row_leaves(rows.shape)
    beside = replace(world, leaves=leaves)
    found = assigned(pairs(wanted, leaves, beside, f"{name}.", context), rows.shape.records)
    needed = [max((one.confidence for one in found if one.field in group), default=0.0) for group in ESSENTIAL[name]]
    confidence = 0.5 * called + 0.5 * min(needed, default=0.0)
    return GuessedList(name, rows, confidence, tuple(found)) if found and confidence >= NOTED and called else None


def _row_leaves(shape: Shape) -> list[Leaf]:
    """The columns of a row, and the texts of a list within it, joined."""
    leaves = [leaf for leaf in shape.leaves.values() if not leaf.several]
    for rows in shape.lists.values():
        for leaf in rows.shape.leaves.values():
            if not leaf.is_number and not leaf.source.startswith("@") and "/" not in rows.source:
                joined = f"join(', ', {rows.source}[].{leaf.source} || `[]`)"
                leaves.append(replace(leaf, names=(*rows.names, *leaf.names), source=joined, at=list(leaf.at)))
    return leaves


def lone_fee(leaves: Sequence[Leaf], found: Sequence[Guess]) -> list[GuessedList]:
    """One amount in the record itself, where there is no list of fees."""
    taken = {id(leaf) for one in found for leaf in one.leaves if one.used}
    weighed = [
        (fit(ROW_NAMINGS["fees"]["amount"], leaf.names) * values.share("money", leaf.samples), leaf)
        for leaf in leaves
        if leaf.samples and id(leaf) not in taken
    ]
    confidence, leaf = max(weighed, key=lambda one: one[0], default=(0.0, None))
    if leaf is None or confidence < 0.65:
        return []
    amount = Guess("amount", (leaf,), confidence, "name and form fit", Evidence(1.0, {"money": "vnd"}))
    return [GuessedList("fees", None, confidence, (amount,), {"name": "Lệ phí"})]
