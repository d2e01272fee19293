"""What the catalogues lack, and procedures that several systems or portals serve."""

from collections.abc import Sequence
from typing import Any, TypeVar

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.admin.asked import word
from hub.console.admin.sheet import sheet
from hub.console.catalogue.asking import chosen
from hub.console.catalogue.kept import entries, words_of
from hub.console.catalogue.words import KINDS, WITHIN
from hub.console.database import database
from hub.console.page import Page
from hub.record.moments import today
from hub.record.rights import Right
from hub.record.text import fold
from hub.store import codes_seen
from hub.store.catalogue import Kind
from hub.store.codes_seen import Service, UnknownCode
from hub.store.database import Transaction

T = TypeVar("T", UnknownCode, Service)
_PER_PAGE = 100
_LARGEST = 1_000_000


def unknown() -> str:
    """Codes that records name and the catalogues lack."""
    kept = {"kind": chosen("kind", KINDS), "q": word("q")}
    shown, following = _page(_unknown(kept), "console.unknown_codes", kept)
    return render_template(
        "console/unknown_codes.html", rows=shown, kept=kept, kinds=KINDS, following=following, first=not _start()
    )


def unknown_csv() -> ResponseReturnValue:
    """The codes that the filter leaves, as a file."""
    headings = (
        *(_("Mã"), _("Loại mã"), _("Nguồn gọi là"), _("Đầu nối"), _("Thấy lần đầu")),
        _("Thấy lần cuối"),
    )
    rows = (
        (
            *(one.code, KINDS[one.kind], one.name, ", ".join(each.connector for each in one.named_by)),
            *(one.first_seen_at, one.last_seen_at),
        )
        for one in _unknown({"kind": chosen("kind", KINDS), "q": word("q")})
    )
    return sheet("ma-chua-co", headings, rows)


def duplicates() -> str:
    """Procedures that several systems or portals serve."""
    kept = {"within": chosen("within", WITHIN), "q": word("q")}
    shown, following = _page(_services(kept), "console.duplicate_services", kept)
    return render_template(
        "console/duplicate_services.html",
        services=shown,
        kept=kept,
        within=WITHIN,
        following=following,
        first=not _start(),
    )


def duplicates_csv() -> ResponseReturnValue:
    """The procedures that the filter leaves, as a file: one row for each place that serves one."""
    headings = (_("Thủ tục"), _("Tên"), _("Phạm vi"), _("Nơi phục vụ"), _("Cơ quan"), _("Từ khi nào"))
    rows = (
        (one.code, one.name, WITHIN[_within(one)], each.title, each.agency, each.first_seen_at)
        for one in _services({"within": chosen("within", WITHIN), "q": word("q")})
        for each in one.served_by
    )
    return sheet("dich-vu-trung", headings, rows)


def _unknown(kept: dict[str, Any]) -> list[UnknownCode]:
    with database().read() as connection:
        found = codes_seen.unknown(connection, _entries)
    return [one for one in _with_words(found, kept["q"]) if kept["kind"] in (None, one.kind)]


def _services(kept: dict[str, Any]) -> list[Service]:
    with database().read() as connection:
        found = codes_seen.duplicate_services(connection, today(), _entries)
    return [one for one in _with_words(found, kept["q"]) if kept["within"] in (None, _within(one))]


def _entries(_connection: Transaction, kind: Kind[Any]) -> list[Any]:
    """Those that are at hand already."""
    return [one.said for one in entries(database(), kind)]


def _within(one: Service) -> str:
    return "one" if one.within_one_agency else "several"


def _with_words(found: Sequence[T], typed: str | None) -> Sequence[T]:
    words = words_of(typed)
    if not words:
        return found
    texts = ((one, fold(f"{one.code} {one.name or ''}")) for one in found)
    return [one for one, text in texts if all(each in text for each in words)]


def _page(found: list[T], endpoint: str, kept: dict[str, Any]) -> tuple[list[T], str | None]:
    """A page of what is computed anew each time, so that a number of those before it is all that there is to keep."""
    start = _start()
    following = start + _PER_PAGE
    return found[start:following], url_for(endpoint, **kept, start=following) if len(found) > following else None


def _start() -> int:
    asked = request.args.get("start", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 0


PAGES = (
    Page("GET", "/catalogue/unknown", "unknown_codes", unknown, Right.WATCH),
    Page("GET", "/catalogue/unknown.csv", "unknown_codes_csv", unknown_csv, Right.WATCH),
    Page("GET", "/catalogue/duplicates", "duplicate_services", duplicates, Right.WATCH),
    Page("GET", "/catalogue/duplicates.csv", "duplicate_services_csv", duplicates_csv, Right.WATCH),
)
