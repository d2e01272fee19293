"""An export straight to a file, for a person at the machine: no queue, no parts, begun anew where it was stopped."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hub.outbox.exports.options import Options
from hub.outbox.exports.walking import Asked, Page, pages
from hub.outbox.exports.writers import write
from hub.store import exports
from hub.store.database import Database


def write_straight(
    database: Database, what: Asked, options: Options, place: Path, note: Callable[[Sequence[int]], None]
) -> int:
    """Write every dossier that there is now; how many. `place` is as it was until the whole file is on the disk.

    Raises:
        OSError: the file cannot be written.
        ImportError: the format's library is not installed.
        StoreError: the database is away.
    """
    count = 0

    def lines(found: Iterator[Page]) -> Iterator[bytes]:
        nonlocal count
        for page in found:
            note(page.ids)
            count += len(page.ids)
            yield from page.lines

    aside = place.with_name(f".{place.name}.part")
    try:
        write(
            lines(pages(database, what, what.scope(database), 0, exports.last_id(database))),
            what.columns,
            aside,
            options,
        )
        aside.replace(place)
    finally:
        aside.unlink(missing_ok=True)
    return count
