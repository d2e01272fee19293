"""Writes the package of a connector type of one's own: it works as it stands, with a protocol that is made up."""

import re
import tempfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Template

from connectors.new_type.ledger import LedgerSettings
from connectors.reference import settings_table
from connectors.registry import Registry

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 40
_HERE = files(__name__)


class CannotWrite(Exception):
    """Why no package was written, in a sentence for whoever asked for it; nothing is left behind."""


def write(name: str, into: Path, registry: Registry) -> Path:
    """Write the package of a connector type called `name` to a new folder of that name below `into`.

    Raises:
        CannotWrite: the name will not do, or there is no room for the folder.
    """
    _check_name(name, registry)
    folder = into / name
    if folder.exists():
        raise CannotWrite(f"{folder} is there already; nothing was written. Choose another name or another folder.")
    try:
        into.mkdir(parents=True, exist_ok=True)
        # Beside its place and then renamed, so that half a package is never seen.
        with tempfile.TemporaryDirectory(dir=into, prefix=".new-") as unfinished:
            whole = Path(unfinished) / name
            for place, text in _files(name):
                (whole / place).parent.mkdir(parents=True, exist_ok=True)
                (whole / place).write_text(text, encoding="utf-8")
            whole.rename(folder)
    except OSError as error:
        raise CannotWrite(f"{folder} cannot be written: {error.strerror}. Give a folder with `--into`.") from None
    return folder


def _check_name(name: str, registry: Registry) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise CannotWrite(
            f"{name!r} cannot be the name of a connector type: write small letters, digits and single hyphens, "
            f"a letter first, at most {_LONGEST} characters, such as so-cai"
        )
    if name in registry.names():
        raise CannotWrite(f"a connector type `{name}` is installed already; choose another name")


def _files(name: str) -> Iterator[tuple[str, str]]:
    """Every file of the package, by its place in it."""
    module = name.replace("-", "_")
    words = {
        "name": name,
        "module": module,
        "package": f"hub_connector_{module}",
        "project": f"hub-connector-{name}",
        "settings": settings_table(LedgerSettings),
    }
    package = words["package"]
    for place, template in (
        ("pyproject.toml", "pyproject.txt"),
        ("README.md", "readme.txt"),
        (f"{package}/sample.yaml", "sample.txt"),
    ):
        yield place, Template((_HERE / "package" / template).read_text(encoding="utf-8")).substitute(words)
    yield f"{package}/py.typed", ""
    yield f"{package}/__init__.py", _renamed("ledger.py", name, package)
    yield f"tests/test_{module}.py", _renamed("test_ledger.py", name, package)


def _renamed(example: str, name: str, package: str) -> str:
    """A file of the example that stands beside this one, as it is in a package of its own."""
    text = (_HERE / example).read_text(encoding="utf-8")
    return text.replace("type `ledger`", f"type `{name}`").replace("connectors.new_type.ledger", package)
