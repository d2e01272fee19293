"""A whole plan written out as one function, for the records in which nothing is wrong: no loop, no step looked up, and
a group that many paths pass is looked up once.

The function is put together as source text from the fragments below and compiled once for each mapping. This is safe:
nothing of a document or a record is ever written into the text. Names, paths, values and converters are bound as
objects (`x1`, `x2`, …), so a document cannot say anything that is run. `reading.py` reads the same plan step by step,
which is several times slower; it reads every record that raises here, and says what is wrong with it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from mappings.engine.draft import Unreadable
from mappings.engine.plan import Group, ListPlan, Step
from mappings.engine.repeats import Repeats
from mappings.engine.xml_tree import Several

Quick: TypeAlias = Callable[[Any], dict[str, Any]]

_INDENT = "    "


class Odd(Unreadable):
    """Something that only the careful way can read, or tell what is wrong with."""


def written_out(groups: Sequence[Group], lists: Sequence[ListPlan]) -> Quick:
    """The function that reads a record's values by this plan. It raises `Unreadable` where anything is wrong."""
    function = _Function()
    function.write(groups, lists)
    return function.compiled()


class _Function:
    """The lines of the function, and the objects that they name."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.bound: dict[str, Any] = {"__builtins__": {}, "inside": _inside, "place": _place, "Odd": Odd}
        self.bound |= {"isinstance": isinstance, "type": type, "dict": dict, "str": str}
        self.depth = 1
        self.numbers: Iterator[int] = iter(range(1, 10**9))

    def write(self, groups: Sequence[Group], lists: Sequence[ListPlan]) -> None:
        """The body: every group of the record, then its lists."""
        self.line("if not isinstance(record, dict): raise Odd('a record')")
        node = self.node("record", [step for group in groups for step in group.steps])
        self.line("values = {}")
        for group in groups:
            self.group(group, node, shared=_shares(group, groups))
        for plan in lists:
            self.rows(plan, "record", "values")
        self.line("return values")

    def compiled(self) -> Quick:
        """The function itself."""
        text = "\n".join(["def quick(record):", *self.lines])
        exec(compile(text, "<a mapping, written out>", "exec"), self.bound)  # noqa: S102 - see the module's docstring
        made: Quick = self.bound["quick"]
        return made

    def line(self, text: str) -> None:
        """One line, as deep as the block that is being written."""
        self.lines.append(_INDENT * self.depth + text)

    def bind(self, value: Any) -> str:
        """The name under which the function finds this object."""
        name = self.name()
        self.bound[name] = value
        return name

    def name(self) -> str:
        """A name that nothing has yet."""
        return f"x{next(self.numbers)}"

    def node(self, record: str, steps: Iterable[Step]) -> dict[tuple[str, ...], str]:
        """Looks up every group that a plain path passes; by its names, the variable with its `get`."""
        known: dict[tuple[str, ...], str] = {(): self.name()}
        self.line(f"{known[()]} = {record}.get if isinstance({record}, dict) else inside({record})")
        for step in steps:
            for names in step.plain:
                for length in range(1, len(names)):
                    group = names[:length]
                    if group not in known:
                        known[group] = self.name()
                        above, name = known[group[:-1]], self.bind(group[-1])
                        self.line(f"value = {above}({name})")
                        self.line(f"{known[group]} = value.get if isinstance(value, dict) else inside(value)")
        return known

    def group(self, group: Group, node: dict[tuple[str, ...], str], *, shared: bool) -> None:
        """The fields of one group of the record."""
        if not group.path:
            self.steps(group.steps, "record", node, "values")
            return
        into = self.name()
        self.line(f"{into} = {{}}")
        self.steps(group.steps, "record", node, into)
        if shared:
            self.line(f"if {into}: place(values, {self.bind(group.path)}, {into})")
        else:
            self.line(f"if {into}: values[{self.bind(group.path[0])}] = {into}")

    def steps(self, steps: Iterable[Step], record: str, node: dict[tuple[str, ...], str], into: str) -> None:
        """One value after the other."""
        for step in steps:
            self.fetch(step, record, node)
            key, converted = self.bind(step.key), self.bind(step.convert) + "(value)"
            if step.repeats:
                converted = f"{self.bind(Repeats(step.convert))}[value] if type(value) is str else {converted}"
            if step.default is None and not step.required:
                self.line("if value is not None:")
                self.line(f"    value = {converted}")
                self.line(f"    if value is not None: {into}[{key}] = value")
                continue
            self.line(f"if value is not None: value = {converted}")
            self.line(f"if value is not None: {into}[{key}] = value")
            if step.default is not None:
                self.line(f"else: {into}[{key}] = {self.bind(step.default)}")
            else:
                self.line("else: raise Odd('a value')")

    def fetch(self, step: Step, record: str, node: dict[tuple[str, ...], str]) -> None:
        """What stands at the step's path: by its own `get` unless its paths are plain and what they find is usual."""
        if not step.plain:
            self.line(f"value = {self.bind(step.get)}({record})")
            return
        first, *others = step.plain
        self.line(f"value = {node[first[:-1]]}({self.bind(first[-1])})")
        if not others:
            return
        missing = self.bind(step.missing)
        for names in others:
            self.line(f"if value is None or type(value) is str and value.strip() in {missing}:")
            self.line(f"    value = {node[names[:-1]]}({self.bind(names[-1])})")
        self.line(f"if type(value) is not str and value is not None: value = {self.bind(step.get)}({record})")

    def rows(self, plan: ListPlan, record: str, into: str) -> None:
        """A list: every row, and the lists in it."""
        rows, row, read, values = (self.name() for _ in range(4))
        self.line(f"{rows} = {self.bind(plan.rows)}({record})")
        self.line(f"if {rows}:")
        self.depth += 1
        self.line(f"{read} = []")
        self.line(f"for {row} in {rows}:")
        self.depth += 1
        node = self.node(row, plan.group.steps)
        self.line(f"{values} = {{}}")
        self.steps(plan.group.steps, row, node, values)
        for inner in plan.lists:
            self.rows(inner, row, values)
        said = f" and not {values}.keys() <= {self.bind(plan.given)}" if plan.given else ""
        self.line(f"if {values}{said}: {read}.append({values})")
        self.depth -= 1
        self.line(f"if {read}: {into}[{self.bind(plan.name)}] = {read}")
        self.depth -= 1


_nothing = dict[str, Any]().get


def _inside(node: Any) -> Callable[[str], Any]:
    """How to look into what is no group: it holds nothing."""
    if type(node) is Several:
        raise Odd("one group")
    return _nothing


def _shares(group: Group, groups: Iterable[Group]) -> bool:
    """Whether another group's values go to the same place, or deeper than one name."""
    return len(group.path) > 1 or any(other.path[:1] == group.path for other in groups if other is not group)


def _place(values: dict[str, Any], path: tuple[str, ...], filled: dict[str, Any]) -> None:
    for name in path:
        values = values.setdefault(name, {})
    values.update(filled)
