"""What the console is handed of loading catalogues: a file that was sent, tried out or loaded, and a file made."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.config import catalogue as loading
from hub.config.catalogue import How, Loaded
from hub.config.catalogue_text import as_csv
from hub.record.signature import Signature
from hub.store import catalogue
from hub.store.catalogue import AGENCIES, PROCEDURES, Kind
from hub.store.database import Database

SUFFIXES = (".csv", ".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class CatalogueFiles:
    """The catalogues' files."""

    database: Database

    def load(self, entity: str, name: str, content: bytes, *, prune: bool, dry: bool, by: Signature) -> Loaded:
        """Make a catalogue say what a file says that is called `name`; with `dry` only say what would change.

        Raises:
            Invalid: with everything that is wrong with the file; nothing was changed then.
        """
        safe = Path(name).name or f"{entity}.csv"
        with tempfile.TemporaryDirectory(prefix="hub-catalogue-") as folder:
            path = Path(folder) / f"file{Path(safe).suffix.lower()[:10]}"
            path.write_bytes(content)
            how = How(prune=prune, dry=dry)
            if entity == AGENCIES.name:
                return loading.load(self.database, AGENCIES, path, how, by, safe)
            return loading.load(self.database, PROCEDURES, path, how, by, safe)

    def text(self, entity: str) -> str:
        """What was loaded from files, as CSV that can be loaded again."""
        with self.database.read() as connection:
            kind: Kind[Any] = AGENCIES if entity == AGENCIES.name else PROCEDURES
            return as_csv(entity, catalogue.said(connection, kind, by_systems=False))
