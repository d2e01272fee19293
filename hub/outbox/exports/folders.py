"""What stands in the folder of exports: one folder for each, of which nothing is left when nobody can fetch it."""

import errno
import os
import re
import shutil
from pathlib import Path

from hub.store import exports
from hub.store.database import Database
from hub.store.exports import Export

_OURS = re.compile(r"\d+-\d{20}")
_FULL = (errno.ENOSPC, errno.EDQUOT)


def made(root: Path, export: Export) -> Path:
    """The folder of an export, which its owner alone can read."""
    folder = root / export.folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def file_of(root: Path, export: Export) -> Path:
    """The file of an export that is done."""
    return root / export.folder / (export.file or "")


def keep_only(folder: Path, name: str) -> None:
    """Remove what else stands in a folder: parts, and what processes left that were killed."""
    for each in folder.iterdir():
        if each.name != name:
            each.unlink(missing_ok=True)


def remove(root: Path, export: Export) -> None:
    """Remove an export's files, as far as they are there; what cannot be removed now is an orphan later."""
    shutil.rmtree(root / export.folder, ignore_errors=True)


def remove_orphans(root: Path, database: Database) -> int:
    """Remove the folders that no export has any more; how many. Nothing that an export could not have made."""
    if not root.is_dir():
        return 0
    there = [each for each in root.iterdir() if _OURS.fullmatch(each.name)]  # first: an export comes before its folder
    known = exports.folders(database) if there else set()
    orphans = [each for each in there if each.name not in known]
    for each in orphans:
        shutil.rmtree(each, ignore_errors=True)
    return len(orphans)


def settle(folder: Path) -> None:
    """Let the names in a folder outlive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def trouble(error: OSError) -> str:
    """Why a file could not be written, for whoever asked for it; where, is for the log."""
    if error.errno in _FULL:
        return "The hub's disk for exports is full: ask for fewer dossiers or fields, or tell the hub's keeper."
    return f"The hub could not write the file ({error.strerror or error}); tell its keeper, then ask again."
