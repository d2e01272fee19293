"""What commands say of versions: of connectors and of mappings alike."""

import typer

from hub.cli.exits import Exit
from hub.cli.output import err, out, print_json, stop
from hub.config.apply import difference
from hub.config.register import Register
from hub.record.connector_state import Life
from hub.store import versions
from hub.store.registrations import Put
from hub.store.versions import Kind


def print_difference(
    register: Register, kind: Kind, name: str, older: int | None, newer: int | None, *, as_json: bool
) -> None:
    """What changed between two versions, by default the last two."""
    found = versions.listed(register.database, kind, name)
    if not found:
        stop(f"there is no {kind} {name!r} in the hub", Exit.NOT_FOUND)
    after = register.numbered(kind, name, newer) if newer else found[0]
    if older is None and after.version == 1:
        stop(f"the {kind} {name} has only one version: there is nothing to compare", Exit.OK)
    before = register.numbered(kind, name, older if older else after.version - 1)
    text = difference(before, name, after.text, f"{name} v{after.version}")
    if as_json:
        print_json({"older": before.version, "newer": after.version, "diff": text})
    else:
        print_diff(text or f"version {before.version} and version {after.version} say the same")


def print_diff(text: str) -> None:
    """A unified diff, in colour where it is shown to a person."""
    for line in text.splitlines():
        style = {"+": "green", "-": "red", "@": "dim"}.get(line[:1], "")
        out.print(line, style=style, markup=False, highlight=False, soft_wrap=True)


def print_put(kind: Kind, put: Put, *, as_json: bool) -> None:
    """What became of a document that was put into the register."""
    if as_json:
        number = put.version.version if put.version else None
        state = {"state": put.state} if put.state else {}
        print_json({"name": put.name, "changed": put.version is not None, "version": number} | state)
        return
    said = "nothing changed: it says the very same already"
    if put.version:
        stands = "is a draft, which is kept but not run" if put.state is Life.DRAFT else "is in use"
        said = f"version {put.version.version} {stands}"
    out.print(f"{kind} {put.name}: {said}.", markup=False, highlight=False, soft_wrap=True)
    if kind is Kind.MAPPING and put.version:
        kept = "Records that are kept already stay as they were read until they change"
        err.print(f"{kept}; `hub replay CONNECTOR --everything` reads all of them again.", markup=False, soft_wrap=True)
    if put.note:
        err.print(put.note, markup=False, soft_wrap=True)
    if put.state is Life.DRAFT and "Next:" not in put.note:
        looks = f"Next: `hub check {put.name}` and `hub preview {put.name}` work already"
        runs = f"when nothing is left to complete, `hub connector activate {put.name}` lets it run"
        err.print(f"{looks}; {runs}.", markup=False, soft_wrap=True)


def text_given(file: str) -> tuple[str, str]:
    """What stands on standard input, and its name in findings."""
    return typer.get_text_stream("stdin", encoding="utf-8").read(), "standard input" if file == "-" else file
