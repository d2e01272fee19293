"""Files of catalogues as the console is handed them: it stands below the configuration, which reads them."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from hub.record.signature import Signature


class ChangedEntry(Protocol):
    """An entry that a file says otherwise."""

    @property
    def key(self) -> str: ...

    @property
    def fields(self) -> Mapping[str, tuple[Any, Any]]: ...


class Loaded(Protocol):
    """What a file brought, or would bring: see `hub.config.catalogue`."""

    @property
    def added(self) -> Sequence[str]: ...

    @property
    def changed(self) -> Sequence[ChangedEntry]: ...

    @property
    def gone(self) -> Sequence[str]: ...

    @property
    def unchanged(self) -> int: ...

    @property
    def elsewhere(self) -> Sequence[str]: ...

    @property
    def remarks(self) -> Sequence[str]: ...

    @property
    def differs(self) -> bool: ...


class CatalogueFiles(Protocol):
    """How they are loaded and made; what each may raise stands in `hub.config.catalogue_files`."""

    def load(self, entity: str, name: str, content: bytes, *, prune: bool, dry: bool, by: Signature) -> Loaded: ...

    def text(self, entity: str) -> str: ...
