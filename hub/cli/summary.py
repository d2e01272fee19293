"""What a sync brought: one line a connector, every fetched record counted once."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.cli.output import out, print_json, print_table
from hub.store.dossiers import Totals
from hub.store.runs import RunRow


@dataclass(frozen=True, slots=True)
class Synced:
    """One connector's run, and how long it took."""

    run: RunRow
    seconds: float


def print_summary(synced: Sequence[Synced], totals: Totals, *, as_json: bool) -> None:
    """A table and the sums in words, or the same as JSON."""
    if as_json:
        print_json(_document(synced, totals))
        return
    columns = ("connector", "fetched", "created", "updated", "unchanged", "quarantined", "seconds")
    rows = [(one.run.connector, *_counts(one.run), one.seconds) for one in synced]
    print_table(columns, rows)
    for one in synced:
        out.print(_tie_out(one.run), highlight=False, soft_wrap=True)
        for note in one.run.notes:
            out.print(f"{one.run.connector}: {note['sentence']}", markup=False, highlight=False, soft_wrap=True)
    out.print(
        f"The record holds {totals.dossiers:,} dossiers and {totals.events:,} events; "
        f"{totals.quarantined:,} records are in quarantine.",
        highlight=False,
        soft_wrap=True,
    )


def _document(synced: Sequence[Synced], totals: Totals) -> dict[str, object]:
    names = ("fetched", "created", "updated", "unchanged", "quarantined")
    lines = [
        {"name": one.run.connector}
        | dict(zip(names, _counts(one.run), strict=True))
        | {"seconds": round(one.seconds, 3), "notes": one.run.notes}
        for one in synced
    ]
    return {
        "connectors": lines,
        "dossiers": totals.dossiers,
        "events": totals.events,
        "quarantined": totals.quarantined,
    }


def _counts(run: RunRow) -> tuple[int, int, int, int, int]:
    return run.fetched, run.created, run.updated, run.unchanged, run.quarantined


def _tie_out(run: RunRow) -> str:
    """Every row accounted for: as a dossier, something more of one, a duplicate, or quarantined."""
    return (
        f"{run.connector}: {run.fetched:,} rows = {run.created:,} new dossiers "
        f"+ {run.updated:,} further events or changes of dossiers "
        f"+ {run.unchanged:,} duplicates or unchanged + {run.quarantined:,} quarantined"
    )
