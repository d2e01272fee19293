"""`hub mapping diff`: two versions of a mapping line by line, and what the other one would make of all kept records."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, opened_register
from hub.cli.exits import Exit
from hub.cli.mapping import commands
from hub.cli.output import err, harmless, out, print_json, print_table, readable, stop
from hub.cli.versions import print_diff
from hub.config.mapping import read_mapping, text_of
from hub.config.register import Register
from hub.inspection.difference import Both, Changed, Difference, Summary, masked
from hub.inspection.received import rereads_by
from hub.store import connectors, payloads, versions
from hub.store.connectors import ConnectorRow
from hub.store.versions import Kind
from mappings.engine.library import UnknownMapping
from mappings.engine.reading import Mapping


@dataclass(frozen=True, slots=True)
class _Version:
    """One side of the comparison."""

    title: str  # "version 3", or the file
    text: str


@commands.command()
def diff(
    name: str,
    older: Annotated[str | None, typer.Argument(help="A version or a FILE; left out, what is in use.")] = None,
    newer: Annotated[
        str | None, typer.Argument(help="Another one; left out, the mapping's file or the newest version.")
    ] = None,
    connector: Annotated[str | None, typer.Option(help="Read the kept records of this connector only.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many records are shown one by one.")] = 10,
    show_personal: Annotated[bool, typer.Option("--show-personal", help="Show names, numbers and texts too.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show what another version of a mapping changes: line by line, and in every kept record. It changes nothing.

    One FILE alone is compared with what is in use. Exit code 5 when a kept record would be read otherwise.
    """
    with opened_register(config) as register:
        before, after = _sides(register, name, older, newer)
        text = _line_by_line(before, after)
        rows = [row for row in connectors.listed(register.database) if row.mapping == name]
        if connector is not None:
            rows = [row for row in rows if row.name == connector]
            if not rows:
                stop(f"no connector {connector!r} uses the mapping {name}", Exit.NOT_FOUND)
        old, new = (read_mapping(one.text, one.title, register.in_use.targets) for one in (before, after))
        summary, shown = Summary(), list[Difference]()
        if old.fingerprint != new.fingerprint:
            for found in _compared(register, old, new, rows, summary):
                if len(shown) < limit:
                    shown.append(found)
    told = _Told(new.entity, show_personal=show_personal)
    if as_json:
        sides = {"older": before.title, "newer": after.title, "diff": text}
        print_json(sides | told.document(summary, shown))
    else:
        print_diff(text or f"{before.title} and {after.title} say the same")
        told.print(summary, shown, is_alike=old.fingerprint == new.fingerprint)
    if summary.differing:
        raise typer.Exit(Exit.CHANGES)


def _line_by_line(before: _Version, after: _Version) -> str:
    old, new = before.text.splitlines(), after.text.splitlines()
    return "\n".join(unified_diff(old, new, before.title, after.title, lineterm=""))


def _sides(register: Register, name: str, older: str | None, newer: str | None) -> tuple[_Version, _Version]:
    if older is not None and newer is None and not older.isdecimal():
        older, newer = None, older
    after = _side(register, name, newer) if newer else _newest(register, name)
    if older is not None:
        return _side(register, name, older), after
    used = register.mapping_in_use(name)
    before = _Version(f"version {used.version}" if used.version else "the file in use", used.text)
    if before.text != after.text:
        return before, after
    kept = versions.listed(register.database, Kind.MAPPING, name)
    earlier = next((row for row in kept if row.text != after.text), None)
    if earlier is None:
        stop(f"the mapping {name} has only one version: there is nothing to compare", Exit.OK)
    return _Version(f"version {earlier.version}", earlier.text), after


def _side(register: Register, name: str, wanted: str) -> _Version:
    if wanted.isdecimal():
        row = register.numbered(Kind.MAPPING, name, int(wanted))
        return _Version(f"version {row.version}", row.text)
    path = Path(wanted)
    if not path.is_file():
        stop(f"{wanted} is neither a version nor a file; `hub mapping history {name}` lists versions", Exit.NOT_FOUND)
    return _Version(wanted, text_of(path))


def _newest(register: Register, name: str) -> _Version:
    """The file where there is one that says something new, else the newest version that was kept."""
    kept = versions.listed(register.database, Kind.MAPPING, name)
    try:
        path = register.in_use.shelves.path(name)
    except UnknownMapping:
        if not kept:
            raise
        return _Version(f"version {kept[0].version}", kept[0].text)
    text = text_of(path)
    if any(row.text == text for row in kept):
        return _Version(f"version {kept[0].version}", kept[0].text)
    return _Version(str(path), text)


def _compared(
    register: Register, old: Mapping, new: Mapping, rows: list[ConnectorRow], summary: Summary
) -> Iterator[Difference]:
    rereads = rereads_by(register.connector)
    count = len(payloads.in_use(register.database, [row.id for row in rows]))
    with _progress(count) as advance:
        both = Both(register.database, old, new, advance)
        for row in rows:
            yield from both.compare(row, rereads(row.name), summary)


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    with Progress(console=err, disable=not err.is_terminal, transient=True) as progress:
        task = progress.add_task("reading what was kept", total=total)
        yield lambda: progress.update(task, advance=1)


@dataclass(frozen=True, slots=True)
class _Told:
    """Says what was found, with persons left out unless they are asked for."""

    entity: str
    show_personal: bool

    def value(self, name: str, value: Any) -> Any:
        return value if self.show_personal else masked(self.entity, name, value)

    def sentence(self, text: str) -> str:
        """A problem quotes what stood in the record."""
        return text if self.show_personal else text.partition(" says ")[0]

    def change(self, each: Changed) -> dict[str, Any]:
        return {name: self.value(each.field, getattr(each, name)) for name in ("before", "after")}

    def document(self, summary: Summary, shown: list[Difference]) -> dict[str, Any]:
        fields = {
            name: {"records": count, "examples": [self.change(each) for each in summary.examples.get(name, ())]}
            for name, count in summary.fields.most_common()
        }
        counts = ("records", "differing", "rejected", "released", "gain_problems", "lose_problems", "missing")
        unread = {"unread": summary.unread, "troubles": summary.troubles}
        records = [
            {
                "connector": one.connector,
                "key": one.key,
                "code": one.code,
                "changed": {each.field: self.change(each) for each in one.changed},
                "rejected": [self.sentence(each) for each in one.rejected],
                "released": one.released,
                "problems": [self.sentence(each) for each in one.problems],
            }
            for one in shown
        ]
        return {name: getattr(summary, name) for name in counts} | unread | {"fields": fields, "shown": records}

    def print(self, summary: Summary, shown: list[Difference], *, is_alike: bool) -> None:
        if is_alike:
            _say("Both read every record alike.")
            return
        _say(f"Of {summary.records:,} kept records {summary.differing:,} would be read otherwise.")
        for count, what in (
            (summary.rejected, "would newly be rejected, to quarantine"),
            (summary.released, "would leave quarantine"),
            (summary.gain_problems, "would gain problems"),
            (summary.lose_problems, "would lose problems"),
            (summary.missing, "are not found in what was kept, as the connector's settings are now"),
        ):
            if count:
                _say(f"  {count:,} {what}")
        if summary.unread:
            _say(f"  {summary.unread:,} payloads could not be compared: {'; '.join(summary.troubles)}")
        rows = [(name, count, self._examples(summary, name)) for name, count in summary.fields.most_common()]
        if rows:
            print_table(("field", "records", "before → after"), rows)
        for one in shown:
            self._print_one(one)
        if summary.differing > len(shown):
            _say(f"… and {summary.differing - len(shown):,} more; --limit shows more of them")

    def _examples(self, summary: Summary, name: str) -> str:
        return "\n".join(self._arrow(each) for each in summary.examples.get(name, ()))

    def _arrow(self, each: Changed) -> str:
        before, after = (self.value(each.field, value) for value in (each.before, each.after))
        hidden = " (differs in what is not shown)" if before == after else ""
        return f"{_or_nothing(before)} → {_or_nothing(after)}{hidden}"

    def _print_one(self, one: Difference) -> None:
        known = f", {one.code}" if one.code and one.code != one.key else ""
        _say(f"{one.connector} {one.key}{known}")
        for each in one.changed:
            _say(f"  {each.field}: {self._arrow(each)}")
        if one.released:
            _say("  leaves quarantine")
        for reason in one.rejected:
            _say(f"  rejected: {self.sentence(reason)}")
        for problem in one.problems:
            _say(f"  problem: {self.sentence(problem)}")


def _or_nothing(value: Any) -> str:
    return "nothing" if value is None else readable(value)


def _say(text: str) -> None:
    out.print(harmless(text), markup=False, highlight=False, soft_wrap=True)
