"""The events of the log, as the code writes them: found in its syntax, so that none can be forgotten."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
_ROOMS = ("hub", "connectors", "mappings", "schedules")
_LEVELS = {"info": "info", "warning": "warning", "error": "error", "exception": "error", "critical": "critical"}
_TELLING = frozenset({"say", "_tell", "tell"})  # functions that hand an event on to the log
_SELF_EVIDENT = frozenset({"exc_info"})


@dataclass(slots=True)
class Event:
    """One event: at which levels it is written, and with what."""

    levels: set[str] = field(default_factory=set)
    carries: set[str] = field(default_factory=set)


def found() -> dict[str, Event]:
    """Every event by its name."""
    events: dict[str, Event] = {}
    for room in _ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            for name, level, carried in _calls(ast.parse(file.read_text(encoding="utf-8"))):
                event = events.setdefault(name, Event())
                event.levels.add(level)
                event.carries |= carried
    return events


def _calls(tree: ast.Module) -> Iterator[tuple[str, str, set[str]]]:
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    logs = any(isinstance(node, ast.Assign) and _is_log(node) for node in tree.body)
    for node in ast.walk(tree):
        if not (logs and isinstance(node, ast.Call) and node.args and (level := _level(node.func))):
            continue
        carried = {each.arg for each in node.keywords if each.arg} - _SELF_EVIDENT
        for name in _names(node.args[0], constants):
            yield name, level, carried


def _is_log(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "log" for target in node.targets)


def _level(function: ast.expr) -> str | None:
    """At which level a call writes; None: it is no call that writes."""
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "log":
        return _LEVELS.get(function.attr)
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return "info or warning" if name in _TELLING else None


def _names(told: ast.expr, constants: dict[str, object]) -> Iterator[str]:
    match told:
        case ast.Constant(value=str(name)):
            yield name
        case ast.IfExp(body=one, orelse=other):
            yield from _names(one, constants)
            yield from _names(other, constants)
        case ast.Name(id=name) if isinstance(constants.get(name), str):
            yield str(constants[name])
