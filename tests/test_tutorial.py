"""The page on connector types of one's own holds: its code is what the command writes, and does what the page says."""

import re
import shutil
import socket
from pathlib import Path

import pytest

from connectors.new_type.test_ledger import ledger
from tests.connectors.desk import dead_address
from tests.plug_in import Folder

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/connector-types.md").read_text(encoding="utf-8")
NAME, MODULE = "so-cai", "hub_connector_so_cai/__init__.py"
CHANGES = re.findall(r"^\| `(.+?)` → `(.+?)` \| `(test_\w+)` \| (.+?) \|$", PAGE, re.MULTILINE)


def blocks(fence: str) -> list[str]:
    """What stands between fences that begin like this."""
    found = re.findall(r"^```(.*?)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [text for begun, text in found if begun == fence]


def shell(block: int) -> list[list[str]]:
    """The commands of a block of the page."""
    return [line.split() for line in blocks("sh")[block].splitlines()]


def code(text: str) -> list[str]:
    """Its lines but the empty ones: a page parts a module in other places than the module itself."""
    return [line for line in text.splitlines() if line]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A folder in which the page's first command was run."""
    made = Folder(tmp_path_factory.mktemp("developer"))
    write, _ = shell(0)
    assert made.run(*write).code == 0
    return made


@pytest.mark.parametrize("place", [MODULE, "tests/test_so_cai.py"])
def test_the_page_explains_what_the_command_writes(folder: Folder, place: str) -> None:
    shown = "\n".join(blocks(f"python {place}"))
    assert code(shown) == code((folder.path / NAME / place).read_text(encoding="utf-8"))


def test_the_page_names_every_file_that_is_written(folder: Folder) -> None:
    named = {line.split()[0] for line in blocks("")[0].splitlines()}
    written = {str(path.relative_to(folder.path)) for path in (folder.path / NAME).rglob("*") if path.is_file()}
    assert {path for path in written if not path.endswith("py.typed") and "cache" not in path} == named


def test_the_type_has_under_80_lines_of_python(folder: Folder) -> None:
    assert len((folder.path / NAME / MODULE).read_text(encoding="utf-8").splitlines()) < 80


def test_its_tests_pass_as_they_are_written(folder: Folder) -> None:
    _, prove = shell(0)
    done = folder.run(*prove)
    assert done.code == 0, done.said
    assert re.search(r"\d\d passed", done.said)


def test_the_ledger_of_the_tests_speaks_as_the_page_shows() -> None:
    asked, answered = (line[2:] for line in blocks("")[1].splitlines())
    with ledger() as address:
        host, port = address.split(":")
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall(asked.encode() + b"\n")
            assert b"".join(iter(lambda: line.recv(4096), b"")).decode() == answered + "\n"


@pytest.mark.parametrize(("before", "after", "test", "sentence"), CHANGES, ids=[change[2] for change in CHANGES])
def test_each_change_that_the_page_proposes_is_found(
    folder: Folder, tmp_path: Path, before: str, after: str, test: str, sentence: str
) -> None:
    changed = Path(shutil.copytree(folder.path / NAME, tmp_path / NAME))
    text = (changed / MODULE).read_text(encoding="utf-8")
    assert text.count(before) == 1
    (changed / MODULE).write_text(text.replace(before, after), encoding="utf-8")
    done = folder.run("pytest", str(changed), "-k", test)
    assert done.code == 1, done.said
    assert sentence in done.said


def test_the_page_proposes_changes() -> None:
    assert len(CHANGES) >= 3


def test_the_installed_type_is_used_like_every_other(folder: Folder) -> None:
    ((_, _, package),), ((_, by_hand),) = shell(1), shell(2)
    folder.install(folder.path / package)
    (config,) = blocks("yaml")
    check, preview = shell(3)
    port = dead_address().rpartition(":")[2]
    program = (folder.path / by_hand).read_text(encoding="utf-8")
    (folder.path / "served.py").write_text(program.replace("7447", port), encoding="utf-8")
    (folder.path / "mine.yaml").write_text(config.replace("7447", port), encoding="utf-8")
    with folder.running("served.py", int(port)):
        checked, shown = folder.run(*check), folder.run(*preview)
    assert checked.code == 0, checked.said
    said = re.search(r"The first says `(.+?)`", PAGE)
    assert said
    assert said[1].replace("7447", port) in checked.said
    assert shown.code == 0, shown.said
    assert '"26-000"' in shown.said
