"""Finds mapping documents by name: those that come with the hub, and those in folders that an operator adds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from mappings.engine.compile import compile as compile_document
from mappings.engine.document import load
from mappings.engine.lint import lint
from mappings.engine.reading import Mapping
from mappings.engine.target import Targets
from mappings.engine.yaml_model import did_you_mean
from mappings.engine.yaml_source import Finding, Invalid

FILE = "mapping.yaml"


class UnknownMapping(LookupError):
    """No document has this name; `hint` says which names there are."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(f'there is no mapping "{name}"')
        self.hint = hint


def built_in() -> Path:
    """The folder of the documents that come with the hub."""
    return Path(str(files("mappings"))) / "agencies"


@dataclass(frozen=True, slots=True)
class Library:
    """Folders of documents, each at `<name>/mapping.yaml`; of two with one name, the earlier folder's is used."""

    folders: Sequence[Path] = ()

    def documents(self) -> dict[str, Path]:
        """Every document by its name."""
        found: dict[str, Path] = {}
        for folder in (*self.folders, built_in()):
            for path in sorted(folder.rglob(FILE)):
                found.setdefault(path.parent.relative_to(folder).as_posix(), path)
        return found

    def path(self, name: str) -> Path:
        """Where the document of this name stands. Raises `UnknownMapping`."""
        documents = self.documents()
        if name not in documents:
            raise UnknownMapping(name, did_you_mean(name, documents, nearness=0.8))
        return documents[name]

    def mapping(self, name: str, targets: Targets) -> Mapping:
        """The document of this name, ready to read records. Raises `UnknownMapping`, or `Invalid` with its findings."""
        path = self.path(name)
        file = load(path)
        misnamed = list(_misnamed(name, path))
        if misnamed:
            raise Invalid(misnamed)
        return compile_document(file, targets)

    def lint(self, name: str, targets: Targets) -> list[Finding]:
        """Everything that is wrong with the document of this name, its name among it."""
        path = self.path(name)
        return sorted({*lint(path, targets), *_misnamed(name, path)})


def _misnamed(name: str, path: Path) -> Iterator[Finding]:
    """A document is found by its folder; one that calls itself otherwise would be reported under another name."""
    try:
        file = load(path)
    except Invalid:
        return
    if file.document.mapping != name:
        yield file.finding(("mapping",), f'the folder says "{name}", the document "{file.document.mapping}"', "use one")
