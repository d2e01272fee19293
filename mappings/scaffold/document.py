"""Writes what was guessed as a mapping document: every line with how sure it is, what is too weak as a comment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mappings.engine.target import Target, Type
from mappings.scaffold import values
from mappings.scaffold.flow import flow, printable
from mappings.scaffold.guess import Guesses, guess
from mappings.scaffold.lists import GuessedList
from mappings.scaffold.observe import Leaf, Names, Shape, observe
from mappings.scaffold.tables import Entry, GuessedTable, is_official
from mappings.scaffold.times import times
from mappings.scaffold.weigh import USED, Guess

_LONGEST_LINE = 150
_WEAK = "# ? "
_HEAD = """\
# A first mapping, guessed from {seen}. Look at every line: the number says how sure the guess is.
# What is marked `# ?` is too weak to be used; take the mark away where it is right."""
_OFFICIAL = "# This looks like the national portal's own payload: the mapping cong-quoc-gia/ho-so reads that as it is."
_NOT_FOUND = "nothing looks enough like it: write the name of the field; until then every record is rejected"


@dataclass(frozen=True, slots=True)
class Scaffold:
    """A first mapping document, and what it was made of."""

    text: str
    guesses: Guesses


def scaffold(
    name: str,
    kind: str,
    records: Sequence[Any],
    target: Target,
    *,
    where: str | None = None,
    keys: Sequence[str] = (),
    declared: Mapping[Names, str] | None = None,
) -> Scaffold:
    """Guess a mapping for records (JSON values, or lxml elements).

    `where` is where the records stand in a whole answer, `keys` their keys, `declared` the types that the source's own
    description gives, by the names that lead there: a field that no record has is still known from it.
    """
    shape = observe(kind, records)
    shape.declare(kind, declared or {})
    found = guess(shape, target, keys)
    head = [f"mapping: {name}", "version: 1", f"entity: {target.entity}", f"input: {kind}"]
    head += [f"records: {flow(where)}"] if where else []
    lines = [printable(line) for text in _Writer(target, shape, found).lines(head) for line in text.split("\n")]
    return Scaffold("\n".join(lines) + "\n", found)


@dataclass(slots=True)
class _Writer:
    target: Target
    shape: Shape
    found: Guesses
    tables: dict[str, GuessedTable] = field(default_factory=dict)  # those that the fields used so far read by

    def lines(self, head: Sequence[str]) -> Iterator[str]:
        count = self.shape.records
        yield _HEAD.format(seen=f"{count:,} record{'' if count == 1 else 's'}")
        if is_official(list(self.shape.leaves.values())):
            yield _OFFICIAL
        yield from head
        fillers = sorted({word for leaf in self.shape.all_leaves() for word in leaf.fillers})
        if fillers:
            yield f"missing: {flow(fillers)} # words that stand where there is no value"
        yield "fields:"
        for name in self.target.fields:
            yield from self._field(name)
        for one in self.found.lists:
            yield from self._list(one)
        yield from self._tables()
        yield from self._left()

    def _field(self, name: str) -> Iterator[str]:
        one = next((one for one in self.found.fields if one.field == name), None)
        lacking = self.target.fields[name].required and not (one and one.used)
        if one is not None and lacking:
            yield f"  # {name} may be {flow(one.words)}, {_said(one)}"
        elif one is not None:
            yield from self._line(one, "  " if one.used else f"  {_WEAK}")
        if lacking:
            yield self._not_found(name)

    def _not_found(self, name: str) -> str:
        """A required field that nothing looks like: until a person names it every record is rejected, never guessed."""
        words = {"from": "not_found"}
        wanted = self.target.fields[name].type
        if wanted is Type.CHOICE:
            table = name.rpartition(".")[2]
            words["table"] = table
            choices = ", ".join(self.target.fields[name].choices)
            remark = f"write each of their values before the word that it means: {choices}"
            self.tables.setdefault(table, GuessedTable(table, (), remark=remark))
        elif wanted in (Type.TIME, Type.DATE):
            words["date"] = "iso"
        return f"  {name}: {flow(words)} # {_NOT_FOUND}"

    def _line(self, one: Guess, mark: str) -> Iterator[str]:
        if one.used and one.evidence.table and "?" not in mark:
            table = one.evidence.table
            self.tables[table.name] = self.tables[table.name].with_more(table) if table.name in self.tables else table
        said = _said(one)
        line = f"{mark}{one.field}: {flow(one.words)}"
        if len(line) + len(said) > _LONGEST_LINE:
            yield f"{' ' * (len(mark) - len(mark.lstrip()))}# {said}"
            yield line
        else:
            yield f"{line} # {said}"

    def _list(self, one: GuessedList, above: str = "  ") -> Iterator[str]:
        columns = self.target.lists[one.name]
        used = one.used and _WEAK not in above
        mark = above if used or _WEAK in above else f"{above}{_WEAK}"
        yield f"{mark}{one.name.rpartition('.')[2]}: # {_percent(one.confidence)}"
        yield f"{mark}  each: {flow('.' if one.rows is None else one.rows.source)}"
        yield f"{mark}  fields:"
        for name, value in one.constants.items():
            yield f"{mark}    {name}: {flow({'value': value})}"
        for column in sorted(one.columns, key=lambda column: list(columns).index(column.field)):
            weak = _WEAK if used and not column.used else ""
            yield from self._line(column, f"{mark}    {weak}")
        for inner in one.lists:
            yield from self._list(inner, f"{mark}    ")

    def _tables(self) -> Iterator[str]:
        if self.tables:
            yield "tables:"
        for name, table in self.tables.items():
            if table.remark:
                yield f"  # {table.remark}"
            sure = any(entry.meaning and entry.meaning.confidence >= USED for entry in table.entries)
            marks = " # take the braces away with the first mark below" if table.entries else ""
            yield f"  {name}:" if sure else f"  {name}: {{}}{marks}"
            for entry in table.entries:
                yield f"    {_entry(entry)}"

    def _left(self) -> Iterator[str]:
        if self.found.left or self.found.left_lists:
            yield "\n# Not mapped; a fact that has no field of ours can go to extra.NAME:"
        for leaf in self.found.left:
            yield f"#   {leaf.source}: {_kind(leaf)}, in {len(leaf.records):,} of {self.shape.records:,} records"
        for rows in self.found.left_lists:
            columns = ", ".join(leaf.source for leaf in rows.shape.leaves.values())
            yield f"#   {rows.source}: a list with {columns or 'nothing in it'}"


def _said(one: Guess) -> str:
    parts = [f"{one.percent} %: {one.because}", one.evidence.remark]
    parts += [] if one.evidence.readable else ["no sample says how to read it"]
    return "; ".join(filter(None, parts))


def _percent(confidence: float) -> str:
    return f"{min(95, round(100 * confidence))} %"


def _entry(entry: Entry) -> str:
    seen = "once" if entry.count == 1 else f"{entry.count:,} times"
    label = f"{entry.label}; " if entry.label else ""
    if entry.meaning is None:
        return f"{_WEAK}{flow(entry.value)}: # {label}seen {seen}; which of our words is it?"
    used = "" if entry.meaning.confidence >= USED else _WEAK
    return f"{used}{flow(entry.value)}: {entry.meaning.word} # {_percent(entry.meaning.confidence)}: {label}seen {seen}"


def _kind(leaf: Leaf) -> str:
    """What a field looks like, without what it says."""
    if not leaf.samples:
        return leaf.declared or "empty"
    found = times(leaf.samples)
    if found:
        return f"times as {' or '.join(found.patterns)}"
    if values.share("internal id", leaf.samples) > 0.8:
        return "numbers of the program's own"
    return ("several " if leaf.several else "") + ("numbers" if leaf.is_number else "texts")
