"""`make docs`: writes `docs/reference/` and the tables of settings from the code; tests compare them with it."""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import typer

from connectors.reference import settings_table
from connectors.registry import Registry
from docs.events import found as logged
from hub.cli.exits import Exit
from hub.cli.main import app
from hub.config.schema import json_schema
from hub.record.entities import AGENCY, ENTITIES, EVENT, PROCEDURE, RATING
from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS, OPEN_PREFIX, RecordField
from hub.record.status import OFFICIAL
from hub.store.database import connect
from hub.telemetry.catalogue import COUNTED, FACTS
from hub.telemetry.events import EVENTS
from hub.web.app import create_app
from hub.wiring import record_targets
from mappings.engine.schema import json_schema as mapping_schema
from mappings.reference import page as mapping_page

REFERENCE = Path(__file__).parent / "reference"
CONNECTORS = Path(__file__).parents[1] / "connectors"
SETTINGS = "## Settings\n\n"  # the last chapter of a connector type's README
NOTE = "<!-- Written by `make docs`; do not edit. -->\n"


def generated() -> dict[str, str]:
    """Every generated file: its name below `docs/reference/`, and what it says."""
    return {
        "commands.md": _commands(),
        "record.md": _record(),
        "mapping.md": f"{NOTE}\n{mapping_page()}",
        "config.schema.json": _json(json_schema()),
        "mapping.schema.json": _json(mapping_schema(record_targets())),
        "openapi.json": _json(_openapi()),
        "events.md": _events(),
        "metrics.md": _metrics(),
    }


def main() -> None:
    """Write the files."""
    REFERENCE.mkdir(exist_ok=True)
    for name, text in generated().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
        print(f"docs/reference/{name}", file=sys.stderr)
    for readme in sorted(CONNECTORS.glob("*/README.md")):
        _write_settings(readme)


def _write_settings(readme: Path) -> None:
    chapters, _, _ = readme.read_text(encoding="utf-8").partition(SETTINGS)
    table = settings_table(Registry().type(readme.parent.name).settings)
    readme.write_text(f"{chapters}{SETTINGS}{table}\n", encoding="utf-8")
    print(f"connectors/{readme.parent.name}/README.md", file=sys.stderr)


def _json(document: object) -> str:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _openapi() -> object:
    with tempfile.TemporaryDirectory() as folder:
        database = connect(f"sqlite:///{folder}/none.db")
        answer = create_app(database, b"docs").test_client().get("/api/v1/openapi.json")
        database.close()
    return answer.json


def _commands() -> str:
    lines = [NOTE, "# The commands\n", "Every command takes `--help`. Exit codes:\n", "| code | meaning |", "|---|---|"]
    lines += [f"| {code.value} | {code.meaning} |" for code in Exit]
    for path, command in _walk(typer.main.get_command(app), "hub"):
        lines += ["", f"## {path}", "", command.get_short_help_str(limit=1000), "", "```", _usage(path, command), "```"]
    return "\n".join(lines) + "\n"


def _walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)  # of a group, whichever click typer stands on
    if inner is None:
        yield path, command
        return
    for name, below in inner.items():
        yield from _walk(below, f"{path} {name}")


def _usage(path: str, command: Any) -> str:
    context = command.context_class(command, info_name=path, terminal_width=110, max_content_width=110)
    return str(command.get_help(context)).strip()


def _record() -> str:
    lines = [
        NOTE,
        "# The record\n",
        "What a dossier can say, by the name that mappings and the API use. Facts without a field",
    ]
    lines += [f"go to `{OPEN_PREFIX}NAME`, as text.\n", *_table(DOSSIER_FIELDS)]
    for name, fields in LIST_FIELDS.items():
        lines += [f"\n## {name}\n", *_table(fields)]
    lines += ["\n## Statuses\n", "| word | number | label |", "|---|---|---|"]
    lines += [f"| `{status}` | {official.number} | {official.label} |" for status, official in OFFICIAL.items()]
    for entity in (EVENT, RATING, PROCEDURE, AGENCY):
        lines += [f"\n## `entity: {entity}`\n", *_table(ENTITIES[entity].fields)]
        for name, fields in ENTITIES[entity].lists.items():
            lines += [f"\n### {name}\n", *_table(fields)]
    return "\n".join(lines) + "\n"


def _events() -> str:
    lines = [
        NOTE,
        "# What the log tells\n",
        "One event a line on standard error: text on a terminal, JSON everywhere else (`log.format`). Each line has",
        "`event`, `level` and `timestamp` (UTC); beside what stands below, one that is written while a run is done has",
        "`connector` and `run`, and one that is written while a request is answered has `request`, which the answer",
        "tells as `X-Request-Id`. No line holds a record, a secret or who a dossier is of.\n",
        "| event | level | carries | meaning |",
        "|---|---|---|---|",
    ]
    for name, event in sorted(logged().items()):
        carried = ", ".join(f"`{each}`" for each in sorted(event.carries)) or "–"
        lines.append(f"| `{name}` | {', '.join(sorted(event.levels))} | {carried} | {EVENTS.get(name, '')} |")
    return "\n".join(lines) + "\n"


def _metrics() -> str:
    lines = [
        NOTE,
        "# Metrics\n",
        "At `/metrics`, for networks in `telemetry.metrics.open_to` and for keys of role read or manage. Facts of the",
        "store are the same whoever is asked and at most ten seconds old; what is counted is of the processes that",
        "answer there, since they began.",
    ]
    for title, metrics in (("Facts of the store", FACTS), ("Counted by processes", COUNTED)):
        lines += [f"\n## {title}\n", "| metric | kind | labels | meaning |", "|---|---|---|---|"]
        for one in metrics:
            labels = ", ".join(f"`{label}`" for label in one.labels) or "–"
            lines.append(f"| `{one.name}` | {one.kind} | {labels} | {one.meaning} |")
    return "\n".join(lines) + "\n"


def _table(fields: Mapping[str, RecordField]) -> Iterator[str]:
    yield "| field | type | meaning | national portal |"
    yield "|---|---|---|---|"
    for name, field in fields.items():
        kind = " · ".join(field.choices) if field.choices and len(field.choices) < 6 else field.type
        required = ", required" if field.required else ""
        yield f"| `{name}` | {kind}{required} | {field.meaning} | {field.official} |"


if __name__ == "__main__":
    main()
