"""What the hub runs with: each value and where it comes from, versions, room on disks, who may what, licences."""

import platform
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from hub.console.admin import asked
from hub.console.admin.licences import packages
from hub.console.admin.sheet import sheet
from hub.console.database import database
from hub.console.page import Page
from hub.console.people.wording import ROLES
from hub.console.settings import settings
from hub.console.shown import number
from hub.console.words import Word
from hub.inspection.effective import Origin, Setting
from hub.record.rights import RIGHTS, Right
from hub.store.about import about
from hub.telemetry.parts import Parts

_UNITS = ("B", "kB", "MB", "GB", "TB")
ORIGIN: dict[str, Word] = {
    Origin.DEFAULT: lazy_gettext("mặc định"),
    Origin.FILE: "config.yaml",
    Origin.REFERENCE: lazy_gettext("biến môi trường hoặc tệp"),
}
RIGHT: dict[str, Word] = {
    Right.WATCH: lazy_gettext("Theo dõi đầu nối, lượt chạy, cách ly"),
    Right.RUN: lazy_gettext("Chạy, hủy, đọc lại; nhận xử lý cảnh báo"),
    Right.CONNECT: lazy_gettext("Đăng ký và sửa đầu nối, ánh xạ, bí mật"),
    Right.DOSSIERS: lazy_gettext("Tra cứu hồ sơ"),
    Right.MEND: lazy_gettext("Tách hồ sơ ghép nhầm, quyết định bản ghi không còn"),
    Right.SILENCE: lazy_gettext("Tạm tắt và đặt quy tắc cảnh báo"),
    Right.AUDIT: lazy_gettext("Xem nhật ký thay đổi và nhật ký đọc"),
    Right.GRANT: lazy_gettext("Cấp quyền cho ứng dụng, khóa, webhook"),
    Right.PEOPLE: lazy_gettext("Quản lý tài khoản"),
    Right.SETTINGS: lazy_gettext("Xem cấu hình"),
}


@dataclass(frozen=True, slots=True)
class Disk:
    """Room on the disk that a folder is on."""

    folder: Path
    free: int
    whole: int

    @property
    def used(self) -> int:
        """In per cent."""
        return round((self.whole - self.free) * 100 / self.whole) if self.whole else 0


def page() -> str:
    """Everything but the licences."""
    wanted = _wanted()
    store = about(database())
    parts: Parts | None = current_app.extensions.get("hub.parts")
    return render_template(
        "console/admin/settings.html",
        sections=_sections(_found(wanted)),
        count=len(settings().effective),
        wanted=wanted,
        origins=ORIGIN,
        versions=_versions(store.kind, store.version, store.schema),
        store=store,
        disks=list(_disks([*settings().folders, *([store.file.parent] if store.file else [])])),
        parts=parts.names() if parts else [],
        troubles=parts.troubles() if parts else {},
        roles=ROLES,
        rights=RIGHT,
        of_role=RIGHTS,
    )


def csv() -> ResponseReturnValue:
    """The values that the filter leaves, as a file."""
    headings = (_("Tên"), _("Giá trị"), _("Nguồn"), _("Dòng"), _("Mặc định"), _("Dùng để làm gì"))
    return sheet("cau-hinh", headings, map(_cells, _found(_wanted())))


def licences() -> str:
    """What the hub is made of."""
    return render_template("console/admin/licences.html", packages=packages())


def size_in_words(size: float) -> str:
    """`1,5 GB`."""
    power = next((at for at in range(len(_UNITS)) if size < 1000 ** (at + 1)), len(_UNITS) - 1)
    shown = size / 1000**power
    return f"{number(round(shown, 0 if shown >= 100 or not power else 1))} {_UNITS[power]}"


def _versions(kind: str, release: str, schema: str) -> list[tuple[str, str]]:
    return [
        ("Một Cửa Hub", version("mot-cua-hub")),
        (_("Lược đồ dữ liệu"), schema),
        (kind, release),
        ("Python", platform.python_version()),
        (_("Hệ điều hành"), platform.platform(terse=True)),
    ]


def _disks(folders: Iterable[Path]) -> Iterator[Disk]:
    """Each disk once, by the first folder that is on it."""
    seen: set[int] = set()
    for folder in folders:
        there = next((one for one in (folder, *folder.parents) if one.is_dir()), None)
        if there is None or (number := there.stat().st_dev) in seen:
            continue
        seen.add(number)
        usage = shutil.disk_usage(there)
        yield Disk(folder, usage.free, usage.total)


def _wanted() -> dict[str, Any]:
    return {"q": asked.word("q"), "origin": asked.chosen("origin", ORIGIN)}


def _found(wanted: dict[str, Any]) -> list[Setting]:
    typed = (wanted["q"] or "").casefold()
    return [
        one
        for one in settings().effective
        if wanted["origin"] in (None, one.origin)
        and (not typed or typed in one.path.casefold() or typed in one.about.casefold())
    ]


def _sections(found: Sequence[Setting]) -> list[tuple[str, list[Setting]]]:
    return [(name, list(some)) for name, some in groupby(found, key=lambda one: one.path.partition(".")[0])]


def _cells(one: Setting) -> tuple[Any, ...]:
    value = one.reference if one.origin is Origin.REFERENCE else _("(không hiện)") if one.value is None else one.value
    return one.path, value, ORIGIN[one.origin], one.line, one.preset, one.about


PAGES = (
    Page("GET", "/settings", "settings", page, Right.SETTINGS),
    Page("GET", "/settings.csv", "settings_csv", csv, Right.SETTINGS),
    Page("GET", "/settings/licences", "licences", licences, Right.SETTINGS),
)
FILTERS = {"size": size_in_words}
