"""Everything that can be guessed of a source: its fields, its lists, and what became of none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mappings.engine.target import Target
from mappings.scaffold import values
from mappings.scaffold.entity_names import namings_of
from mappings.scaffold.evidence import Evidence, world_of
from mappings.scaffold.lists import GuessedList, guessed_lists, lone_fee
from mappings.scaffold.observe import Leaf, Rows, Shape
from mappings.scaffold.weigh import USED, Guess, assigned, pairs
from mappings.scaffold.words import concepts, fold, readings


@dataclass(frozen=True, slots=True)
class Guesses:
    """Everything that was guessed, and what was not."""

    fields: tuple[Guess, ...]
    lists: tuple[GuessedList, ...]
    left: tuple[Leaf, ...]  # fields of the source that became nothing
    left_lists: tuple[Rows, ...]


def guess(shape: Shape, target: Target, keys: Sequence[str] = ()) -> Guesses:
    """Match a source's fields with the target's; `keys` are the keys of the records, where those are known."""
    leaves = [leaf for leaf in shape.leaves.values() if not leaf.several]
    world = world_of(leaves, shape.all_leaves())
    namings = namings_of(target.entity)
    wanted = {name: (namings[name], field) for name, field in target.fields.items() if name in namings}
    found = [_with_key(one, keys) for one in assigned(pairs(wanted, leaves, world, ""), shape.records)]
    found = _with_key_at_least(found, wanted, leaves, keys)
    found = [_with_places(one, leaves, found) for one in found]
    lists = list(guessed_lists(shape, target, world))
    if not any(one.name == "fees" for one in lists) and "fees" in target.lists:
        lists += lone_fee(leaves, found)
    taken = {id(leaf) for one in found for leaf in one.leaves}
    taken |= {id(leaf) for one in lists if one.rows is None for column in one.columns for leaf in column.leaves}
    used_lists = {id(one.rows) for one in lists}
    return Guesses(
        tuple(found),
        tuple(lists),
        tuple(leaf for leaf in shape.leaves.values() if id(leaf) not in taken),
        tuple(rows for rows in shape.lists.values() if id(rows) not in used_lists),
    )


def _with_key(one: Guess, keys: Sequence[str]) -> Guess:
    """The records' own key is rather their code, unless it is a number of the program's."""
    leaf = one.leaves[0]
    if one.field != "code" or not keys or values.share("internal id", leaf.samples) > 0.5:
        return one
    if set(leaf.samples) <= set(keys) and leaf.samples:
        return replace(one, confidence=min(0.97, one.confidence + 0.15), because=f"{one.because}; it is the key")
    return one


def _with_key_at_least(
    found: list[Guess], wanted: Iterable[str], leaves: Sequence[Leaf], keys: Sequence[str]
) -> list[Guess]:
    """Where nothing else is sure enough to be the code, the records' own key is taken, with its doubt."""
    if "code" not in wanted or any(one.field == "code" and one.used for one in found):
        return found
    leaf = next((leaf for leaf in leaves if leaf.samples and set(leaf.samples) == set(keys)), None)
    if leaf is None:
        return found
    said = Evidence(None, remark="nothing looks more like the code")
    rest = [one for one in found if one.field != "code" and (one.used or all(each is not leaf for each in one.leaves))]
    return [*rest, Guess("code", (leaf,), USED, "it is the key", said)]


def _with_places(one: Guess, leaves: Sequence[Leaf], found: Sequence[Guess]) -> Guess:
    """An address without its ward or province, where those stand beside it."""
    if one.field != "applicant.address" or not one.used:
        return one
    taken = {id(leaf) for other in found for leaf in other.leaves}
    address = dict(zip(one.leaves[0].at, one.leaves[0].samples, strict=True))
    depth = len(one.leaves[0].names) - 1
    near = [
        leaf
        for leaf in leaves
        if leaf.names[:depth] == one.leaves[0].names[:depth] and id(leaf) not in taken and _is_place(leaf, depth)
    ]
    apart = [leaf for leaf in near if not _says_already(address, leaf)]
    if not apart:
        return one
    because = f"{one.because}; joined with the places beside it"
    return replace(one, leaves=(one.leaves[0], *apart), join=", ", confidence=one.confidence * 0.9, because=because)


def _is_place(leaf: Leaf, depth: int) -> bool:
    own = frozenset().union(*(concepts(readings(name)[0])[0] for name in leaf.names[depth:]))
    return "place" in own and not own & {"code", "id"} and values.share("words", leaf.samples) > 0.9


def _says_already(address: Mapping[int, str], leaf: Leaf) -> bool:
    pairs = [(address[at], text) for at, text in zip(leaf.at, leaf.samples, strict=True) if at in address]
    return not pairs or sum(fold(text).lower() in fold(whole).lower() for whole, text in pairs) > 0.3 * len(pairs)
