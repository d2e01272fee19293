"""What a file can be: its format and how it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from typing import Any


class Format(StrEnum):
    """Of a file."""

    NDJSON = "ndjson"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


class Dialect(StrEnum):
    """Of CSV: who reads it."""

    EXCEL = "excel"  # people who open it in a spreadsheet
    PLAIN = "plain"  # programs


_MEDIA = {
    Format.NDJSON: "application/x-ndjson",
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PARQUET: "application/vnd.apache.parquet",
}
_NEEDS = {Format.XLSX: "xlsxwriter", Format.PARQUET: "pyarrow"}
TEXTS = (Format.NDJSON, Format.CSV)  # the others are compressed by themselves


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is written."""

    format: Format
    compress: bool = False  # with gzip
    dialect: Dialect = Dialect.EXCEL

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises:
            ValueError: the sentence says what.
        """
        if self.compress and self.format not in TEXTS:
            raise ValueError(f"`compress` is for {' and '.join(TEXTS)}; {self.format} is compressed by itself")

    @property
    def suffix(self) -> str:
        """Of the file's name."""
        return f"{self.format}.gz" if self.compress else str(self.format)

    @property
    def media_type(self) -> str:
        """Of the file. It is compressed itself, not on its way: so half a file can be resumed."""
        return "application/gzip" if self.compress else _MEDIA[self.format]

    def document(self) -> dict[str, Any]:
        """As it is kept beside the format; `read` reads it back."""
        return {"compress": self.compress, "dialect": self.dialect}

    @classmethod
    def read(cls, form: str, document: Mapping[str, Any]) -> "Options":
        """Options as they were kept."""
        return cls(Format(form), bool(document.get("compress")), Dialect(document.get("dialect", Dialect.EXCEL)))


def is_installed(form: Format) -> bool:
    """Whether what writes a format is on this machine."""
    return form not in _NEEDS or find_spec(_NEEDS[form]) is not None
