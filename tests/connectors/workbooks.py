"""Workbooks and folders for tests of the `files` connector."""

import io
import os
from pathlib import Path
from typing import Any

import openpyxl

from connectors.contract import Page
from connectors.files import FILES
from connectors.files.connector import FilesConnector, open_files
from connectors.files.settings import FilesSettings
from tests.connectors.desk import once

HEADER = ["Mã hồ sơ", "Họ tên", "Ngày nhận"]
ROWS = [[f"000.00.99.H29-261122-{at:04}", f"Nguyễn Thử {at}", "01/11/2026"] for at in range(1, 6)]


def xlsx(rows: list[list[Any]], header: list[Any] | None = None, title: str = "Hồ sơ") -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = title
    for row in [HEADER if header is None else header, *rows]:
        sheet.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def put(folder: Path, name: str, data: bytes, at: int = 0) -> Path:
    """A file that was written `at` seconds after some morning long ago: tests need not wait for clocks."""
    path = folder / name
    path.write_bytes(data)
    os.utime(path, (1_700_000_000 + at, 1_700_000_000 + at))
    return path


def settings(folder: Path, **more: Any) -> FilesSettings:
    values = {"folder": str(folder), "key": "Mã hồ sơ", "settle_seconds": 0, **more}
    return FILES.settings.model_validate(values)  # type: ignore[return-value]


def pulled(wanted: FilesSettings, since: str | None = None, *, stores: bool = True, clock: Any = None) -> "Pull":
    """A pull to its end, as the hub does it: each page is stored before the next is asked for."""
    done = Pull()
    with open_files(wanted, once, *([clock] if clock else [])) as connector:
        assert isinstance(connector, FilesConnector)
        for page in connector.pull(since):
            done.pages.append(page)
            if stores and page.bookmark is not None:
                connector.stored(page.bookmark)
        done.waiting = connector.waiting()
        done.warnings = [warning.sentence for warning in connector.warnings()]
    return done


class Pull:
    """What one pull brought."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.warnings: list[str] = []
        self.waiting = ""

    @property
    def keys(self) -> list[str]:
        return [record.key for page in self.pages for record in page.records]

    @property
    def values(self) -> list[Any]:
        return [record.value for page in self.pages for record in page.records]

    @property
    def bad(self) -> list[str]:
        return [str(bad) for page in self.pages for bad in page.bad]

    @property
    def bookmark(self) -> str | None:
        return next((page.bookmark for page in reversed(self.pages) if page.bookmark), None)


def names(folder: Path, inside: str = "") -> list[str]:
    """The files in a folder, without what stands inside its folders."""
    place = folder / inside
    return sorted(path.name for path in place.iterdir() if path.is_file()) if place.is_dir() else []
