"""`hub explain CODE`: how each value of a dossier came to be."""

from typing import Any

from hub.cli.app import DEFAULT_CONFIG, ConfigOption, JsonOption, app, configuration, told
from hub.cli.exits import Exit
from hub.cli.output import harmless, local, out, print_json, readable, stop
from hub.config.old_mappings import OldMappings
from hub.inspection.explaining import DossierExplained, RecordExplained, ValueExplained
from hub.inspection.explaining import explained as as_explained
from hub.store.dossiers import with_code
from hub.wiring import in_use, open_store, rereads
from mappings.engine.explain import Explained, Origin

_NOT_MAPPED = "not read from a record: it is how the connector is registered"


@app.command()
def explain(code: str, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show how each value of a dossier came to be: its record, its path there, what stood there, what was done."""
    found = configuration(config)
    with told():
        database = open_store(found)
        try:
            rows = with_code(database, code)
            if not rows:
                stop(f"no dossier has the code {code!r}", Exit.NOT_FOUND)
            mappings, reads = OldMappings(in_use(found, database)), rereads(found, database)
            dossiers = [as_explained(database, row, reads, mappings) for row in rows]
        finally:
            database.close()
    if as_json:
        documents = [_document(one) for one in dossiers]
        print_json(documents[0] if len(documents) == 1 else documents)
        return
    for one in dossiers:
        _print(one)


def _print(dossier: DossierExplained) -> None:
    out.print(dossier.code, style="bold", markup=False, highlight=False)
    for each in dossier.values:
        _print_value(each)
    for record in dossier.records:
        _print_record(record)


def _print_value(each: ValueExplained) -> None:
    is_list = isinstance(each.value, list)
    shown = f"{len(each.value)} rows" if is_list else readable(each.value)
    _say(f"{each.field}: {shown}")
    _say(f"    {each.connector} {each.key}" + ("" if each.lines else f": {_NOT_MAPPED}"))
    for line in each.lines:
        said = f"{line.field.removeprefix(each.field)} {_how(line)}" if is_list else _how(line)
        _say(f"    {said}")
    for other in each.others:
        value = "another list" if is_list else f'"{readable(other.value)}"'
        _say(f"    not {value} of {other.source.connector} {other.source.key}")
    if each.why:
        _say(f"    believed because {each.why}")


def _print_record(record: RecordExplained) -> None:
    received = f", received {local(record.received_at)}" if record.received_at else ""
    _say(
        f"{record.connector} {record.key}: payload {record.payload_id}{received}, read by {record.mapping or 'unknown'}"
    )
    if record.trouble:
        _say(f"    {record.trouble}")
    if record.otherwise:
        _say(f"    today's mapping would read it otherwise: {', '.join(record.otherwise)}")
    for line in record.lines:
        if line.problem is not None:
            _say(f"    problem: {line.problem}")


def _how(line: Explained) -> str:
    done = f" ({'; '.join(line.words)})" if line.words else ""
    match line.origin:
        case Origin.CONSTANT:
            return f"the mapping itself says it{done}"
        case Origin.DEFAULT:
            return f"nothing stood at {line.source}, so the mapping's default{done}"
        case Origin.NOTHING:
            stood = f'"{line.found}"' if line.found is not None else "nothing"
            return f"{line.source} was {stood}{done}: no value"
    left = "" if line.kept else "; the row was left out"
    return f'{line.source} was "{line.found}"{done} → {readable(line.value)}{left}'


def _document(dossier: DossierExplained) -> dict[str, Any]:
    return {
        "code": dossier.code,
        "values": [
            {
                "field": each.field,
                "value": each.value,
                "connector": each.connector,
                "key": each.key,
                "why": each.why,
                "others": [
                    {"connector": other.source.connector, "key": other.source.key, "value": other.value}
                    for other in each.others
                ],
                "steps": [_line(line) for line in each.lines],
            }
            for each in dossier.values
        ],
        "records": [
            {
                "connector": record.connector,
                "key": record.key,
                "mapping": record.mapping,
                "payload": record.payload_id,
                "received_at": record.received_at,
                "trouble": record.trouble,
                "today_otherwise": record.otherwise,
                "problems": [_line(line) for line in record.lines if line.problem is not None],
            }
            for record in dossier.records
        ],
    }


def _line(line: Explained) -> dict[str, Any]:
    plain = {name: getattr(line, name) for name in ("field", "source", "found", "words", "value", "origin", "kept")}
    return plain | {"problem": str(line.problem) if line.problem else None}


def _say(text: str) -> None:
    out.print(harmless(text), markup=False, highlight=False, soft_wrap=True)
