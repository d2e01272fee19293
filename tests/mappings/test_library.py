"""Documents are found by name, the operator's before the built-in ones."""

from pathlib import Path

import pytest

from mappings.engine import Invalid, Library, Targets, UnknownMapping
from mappings.engine.library import built_in

HEAD = "mapping: {name}\nversion: 7\nentity: dossier\ninput: json\n"
DOCUMENT = HEAD + "fields: {{code: {{from: a}}, status: {{value: accepted}}}}\n"


def add(folder: Path, name: str, *, calls_itself: str | None = None) -> None:
    path = folder / name / "mapping.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(DOCUMENT.format(name=calls_itself or name), encoding="utf-8")


def test_the_built_in_documents_are_there() -> None:
    assert Library().documents().keys() >= {
        "so-tu-phap/ly-lich-tu-phap",
        "mot-cua/ho-so",
        "du-lieu-mo/giay-phep-xay-dung",
    }


def test_an_added_folder_brings_documents_and_replaces_built_in_ones(tmp_path: Path, targets: Targets) -> None:
    add(tmp_path, "so-moi/ho-so")
    add(tmp_path, "mot-cua/ho-so")
    library = Library([tmp_path])
    assert library.mapping("so-moi/ho-so", targets).name == "so-moi/ho-so"
    assert library.mapping("mot-cua/ho-so", targets).version == 7
    assert library.path("so-tu-phap/ly-lich-tu-phap").is_relative_to(built_in())


def test_an_unknown_name_says_which_was_meant() -> None:
    with pytest.raises(UnknownMapping, match='there is no mapping "mot-cua/hoso"') as unknown:
        Library().path("mot-cua/hoso")
    assert unknown.value.hint == 'did you mean "mot-cua/ho-so"?'


def test_a_document_that_calls_itself_otherwise_is_a_mistake(tmp_path: Path, targets: Targets) -> None:
    add(tmp_path, "so-moi/ho-so", calls_itself="so-cu/ho-so")
    library = Library([tmp_path])
    (found,) = library.lint("so-moi/ho-so", targets)
    assert (found.line, found.column) == (1, 10)
    assert found.what == 'the folder says "so-moi/ho-so", the document "so-cu/ho-so"'
    with pytest.raises(Invalid):
        library.mapping("so-moi/ho-so", targets)


def test_a_name_is_only_guessed_where_one_is_really_near() -> None:
    library = Library()
    hints = {}
    for name in ("mot-cua/ho-s", "so-thu/ho-so"):
        with pytest.raises(UnknownMapping) as caught:
            library.path(name)
        hints[name] = caught.value.hint
    assert hints["mot-cua/ho-s"] == 'did you mean "mot-cua/ho-so"?'
    assert hints["so-thu/ho-so"].startswith("known here: ")
