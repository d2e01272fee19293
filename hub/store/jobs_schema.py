"""The tables of the queue of jobs, as Procrastinate's own files write them; it is not loaded for that."""

from importlib.util import find_spec
from pathlib import Path

SCHEMA = "procrastinate"  # its tables and functions stand apart from the hub's


def upgrade_script(installed: str | None) -> tuple[str, str] | None:
    """The SQL that brings its tables from `installed` (None: not there) to what this version needs, and that version.

    To be run with `SCHEMA` as the search path. None where there is nothing to do.
    """
    folder = _folder()
    steps = sorted(each.name for each in folder.joinpath("migrations").iterdir() if each.name.endswith(".sql"))
    if installed is None:
        return folder.joinpath("schema.sql").read_text(encoding="utf-8"), steps[-1]
    ahead = [name for name in steps if name > installed]
    if not ahead:
        return None
    written = (folder.joinpath("migrations", name).read_text(encoding="utf-8") for name in ahead)
    return "\n".join(written), steps[-1]


def _folder() -> Path:
    found = find_spec("procrastinate")  # looks where it is, but loads nothing
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("procrastinate is not installed")
    return Path(found.submodule_search_locations[0], "sql")
