"""What `hub dossier` tells of due dates: where it stands, every date with its reason, both verdicts."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.cli.app import configuration
from hub.cli.output import local, out, print_table
from hub.record.standing import Moment, Standing, due_at, standing_of
from hub.store.database import Database
from hub.store.due import DueTold, due_told
from hub.store.whole import WholeDossier


@dataclass(frozen=True, slots=True)
class Due:
    """Where a dossier stands now, and all that is behind it."""

    state: Standing
    due_at: str
    told: DueTold


def due_of(database: Database, found: WholeDossier, config: Path) -> Due:
    """Reckon it; what counts as near is the configuration's."""
    now = datetime.now(UTC)
    stands = standing_of(found.row.values, Moment.at(now, configuration(config).config.due.near))
    return Due(stands, due_at(found.row.values), due_told(database, found, now))


def document(due: Due) -> dict[str, Any]:
    """For `--json`."""
    return {
        "due": {"state": due.state, "due_at": due.due_at or None},
        "due_dates": [asdict(one) for one in due.told.dates],
        "due_not_computed": None if due.told.missing is None else asdict(due.told.missing),
        "on_time": {"by_the_portal": asdict(due.told.by_the_portal), "by_dates": asdict(due.told.by_dates)},
    }


def print_due(due: Due) -> None:
    """For people."""
    rows = [
        (local(one.at), _why(one.reason.en, current=one.current), one.said_by or "the hub") for one in due.told.dates
    ]
    if rows:
        print_table(("due", "why", "said by"), rows)
    portal, dates = due.told.by_the_portal, due.told.by_dates
    lines = [f"Due: {due.state}."]
    if due.told.missing is not None:
        lines.append(f"The hub computes no due date: {due.told.missing.en}")
    lines += [f"By the portal: {portal.verdict}. {portal.reason.en}", f"By dates: {dates.verdict}. {dates.reason.en}"]
    for line in lines:
        out.print(line, markup=False, highlight=False, soft_wrap=True)


def _why(reason: str, *, current: bool) -> str:
    return f"{reason} Holds now." if current else reason
