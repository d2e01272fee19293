"""The package of a new connector type is written whole, under a name that will do, or not at all."""

import re
from pathlib import Path

import pytest

from connectors.new_type import CannotWrite, write
from connectors.new_type.ledger import CONNECTOR_TYPE
from connectors.registry import Registry

KNOWN = Registry({"ledger": CONNECTOR_TYPE})


@pytest.mark.parametrize(
    "name", ["So_Cai", "", "so cai", "so--cai", "-so", "so-", "../so", "sổ-cái", "so\n", "1so", "a" * 41]
)
def test_a_name_that_will_not_do_says_what_would(tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotWrite, match="cannot be the name of a connector type: write small letters"):
        write(name, tmp_path, KNOWN)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a", "so-cai-2", "a" * 40])
def test_a_name_that_will_do_is_the_folder(tmp_path: Path, name: str) -> None:
    assert write(name, tmp_path, KNOWN) == tmp_path / name
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_name_of_an_installed_type_is_taken(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="`ledger` is installed already"):
        write("ledger", tmp_path, KNOWN)


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "so-cai").mkdir()
    (tmp_path / "so-cai" / "mine.txt").write_text("mine")
    with pytest.raises(CannotWrite, match="so-cai is there already; nothing was written"):
        write("so-cai", tmp_path, KNOWN)
    assert [path.name for path in (tmp_path / "so-cai").iterdir()] == ["mine.txt"]


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match=r"file/so-cai cannot be written: .* `--into`"):
        write("so-cai", tmp_path / "file", KNOWN)


def test_no_word_of_the_example_is_left_but_its_protocol(tmp_path: Path) -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in write("so-cai", tmp_path, KNOWN).rglob("*.*")}
    assert [path for path, text in texts.items() if re.search(r"new_type|\$\w", text)] == []
