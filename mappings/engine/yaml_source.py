"""Reads a YAML file so that everything wrong with it can be shown at its line and column, in one go.

Text stays text: a date or a time of day is never turned into something else, and keys are always the text as written.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

Loc: TypeAlias = Sequence[str | int]

MAX_NODES = 200_000  # a file of a few lines can grow without bound through aliases
_DEEPEST = 200
_BRACKET = re.compile(r"[\[\]{}]")
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing wrong in a file: where, what, and what would be right."""

    file: str
    line: int
    column: int
    what: str
    right: str = ""
    missing: str = field(default="", compare=False)  # the key that should stand in the group at this place

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column} {self.what}"
        return f"{place}; {self.right}" if self.right else place


class Invalid(Exception):
    """A file that cannot be used, with everything found wrong in it, in the order of the lines."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(set(findings)))
        super().__init__("\n".join(map(str, self.findings)))


@dataclass(frozen=True, slots=True)
class Source:
    """The plain data of a file, and where in the file each part of it stands."""

    file: str
    data: Any
    keys: dict[tuple[str | int, ...], tuple[int, int]] = field(repr=False)
    values: dict[tuple[str | int, ...], tuple[int, int]] = field(repr=False)
    findings: tuple[Finding, ...] = ()  # keys that stand twice; `validate` reports them with everything else

    def position(self, loc: Loc, *, key: bool = False) -> tuple[int, int]:
        """Line and column (from 1) of the value at `loc`, or of its key; of the nearest part above where there is none.

        Steps that are not in the file (pydantic's marks for a choice between models) are passed over.
        """
        path = self.known(loc)
        if key and path in self.keys:
            return self.keys[path]
        return self.values.get(path, (1, 1))

    def known(self, loc: Loc) -> tuple[str | int, ...]:
        """`loc` without the steps that the file does not have."""
        path: tuple[str | int, ...] = ()
        for step in loc:
            if (*path, step) in self.values:
                path = (*path, step)
        return path

    def part(self, loc: Loc) -> "Source":
        """What stands at `loc`, as if it were a file of its own, with its places in this one."""
        at, depth, data = tuple(loc), len(loc), self.data
        for step in at:
            data = data[step]
        keys = {path[depth:]: place for path, place in self.keys.items() if path[:depth] == at}
        values = {path[depth:]: place for path, place in self.values.items() if path[:depth] == at}
        return Source(self.file, data, keys, values)

    def finding(self, loc: Loc, what: str, right: str = "", *, key: bool = False) -> Finding:
        """What is wrong at `loc`, with its place in the file."""
        return Finding(self.file, *self.position(loc, key=key), what, right)


def read(path: Path) -> Source:
    """Read a YAML 1.2 file. Raises `Invalid` where it cannot be read at all."""
    file = str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Invalid([Finding(file, 1, 1, "the file does not exist")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Invalid([Finding(file, line, 1, "the text is not UTF-8", "save the file as UTF-8")]) from None
    except OSError as error:
        raise Invalid([Finding(file, 1, 1, f"the file cannot be read: {error.strerror}")]) from None
    return parse(text, file)


def parse(text: str, file: str) -> Source:
    """Like `read`, of a text that is at hand; `file` is only its name in findings."""
    if _depth(text) > _DEEPEST:
        raise Invalid([Finding(file, 1, 1, "the YAML is nested too deeply")])
    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False
    try:
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        raise Invalid([_ill_formed(error, file)]) from None
    except (YAMLError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else "unreadable"
        raise Invalid([Finding(file, 1, 1, f"this is not YAML: {reason}")]) from None
    except RecursionError:
        raise Invalid([Finding(file, 1, 1, "the YAML is nested too deeply")]) from None
    return _Reading(file).source(root)


def _depth(text: str) -> int:
    """How deep brackets stand in brackets, those in texts too: thousands of `[` take the reader many seconds."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth = depth + 1 if bracket in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


def _ill_formed(error: MarkedYAMLError, file: str) -> Finding:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    what = ", ".join(filter(None, [error.context, error.problem]))
    return Finding(file, line, column, f"this is not well-formed YAML: {what}")


class _Reading:
    """Turns the nodes of one file into plain data and remembers where each stood."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.keys: dict[tuple[str | int, ...], tuple[int, int]] = {}
        self.values: dict[tuple[str | int, ...], tuple[int, int]] = {}
        self.findings: list[Finding] = []
        self.open: list[Node] = []  # the collections that are being read, to notice one that contains itself
        self.left = MAX_NODES

    def source(self, root: Node | None) -> Source:
        data = None if root is None else self.plain(root, ())
        return Source(self.file, data, self.keys, self.values, tuple(self.findings))

    def plain(self, node: Node, loc: tuple[str | int, ...]) -> Any:
        self.values[loc] = _start(node)
        if isinstance(node, ScalarNode):
            self._check_text(node)
            return _scalar(node)
        self.left -= 1 + len(node.value)
        if self.left < 0 or any(above is node for above in self.open):
            what = "contains itself" if self.left >= 0 else "is too large"
            raise Invalid([self._finding(node, f"this part of the file {what}")])
        self.open.append(node)
        if isinstance(node, MappingNode):
            data: Any = self._pairs(node, loc)
        else:
            data = [self.plain(item, (*loc, at)) for at, item in enumerate(node.value)]
        self.open.pop()
        return data

    def _pairs(self, node: MappingNode, loc: tuple[str | int, ...]) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.findings.append(self._finding(key, "a key must be a plain text"))
                continue
            self._check_text(key)
            name = str(key.value)
            if name in pairs:
                first = self.keys[*loc, name][0]
                twice = self._finding(key, f'"{name}" stands here twice', f"it is already on line {first}")
                self.findings.append(twice)
                continue
            self.keys[*loc, name] = _start(key)
            pairs[name] = self.plain(value, (*loc, name))
        return pairs

    def _check_text(self, node: ScalarNode) -> None:
        """An escape can write what is no character, and what no database keeps."""
        if _NO_CHARACTER.search(node.value):
            raise Invalid([self._finding(node, "a text holds a NUL or half of a surrogate pair", "leave it out")])

    def _finding(self, node: Node, what: str, right: str = "") -> Finding:
        return Finding(self.file, *_start(node), what, right)


def _start(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _scalar(node: ScalarNode) -> Any:
    text: str = node.value
    kind = str(node.tag).rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return BOOLEANS.get(text.lower(), text)
    if kind in ("int", "float"):
        return _number(text, kind)
    return text


def _number(text: str, kind: str) -> int | float | str:
    digits = text.replace("_", "")
    try:
        if kind == "float":
            return float(digits.replace(".inf", "inf").replace(".nan", "nan"))
        return int(digits, 0) if digits.lstrip("+-")[:2].lower() in ("0x", "0o", "0b") else int(digits)
    except ValueError:
        return text
