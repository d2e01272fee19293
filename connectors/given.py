"""Records that were found already, whatever they stood in, as a document that `RecordReader` reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.documents import Broken, Document


@dataclass(frozen=True, slots=True)
class Given:
    """`values` in their order; `document` knows how to look into them. What is `Broken` among them is set aside."""

    values: Sequence[Any]
    document: Document

    def records(self, where: str) -> Sequence[Any]:  # noqa: ARG002  (the protocol's signature)
        return self.values

    def text(self, where: str) -> str | None:
        return self.document.text(where)

    def has(self, where: str) -> bool:
        return self.document.has(where)

    def text_of(self, record: Any, where: str) -> str | None:
        return None if isinstance(record, Broken) else self.document.text_of(record, where)

    def raw(self, record: Any) -> bytes:
        return record.raw if isinstance(record, Broken) else self.document.raw(record)
