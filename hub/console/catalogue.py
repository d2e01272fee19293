"""Catalogues: agencies and procedures as they are today, codes that are missing, procedures that are served twice."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _

from hub.console.database import database
from hub.console.page import Page
from hub.console.words import Word
from hub.record.catalogue import Agency, codes_of
from hub.record.entities import AGENCY, PROCEDURE
from hub.record.moments import today
from hub.record.rights import Right
from hub.store import catalogue, codes_seen
from hub.store.catalogue import AGENCIES, FROM_FILE, PROCEDURES, Kind
from hub.store.codes_seen import Service
from schedules.calendar.csv_text import day_of

_PER_PAGE = 100

LEVELS: dict[str, Word] = {
    "city": _("Thành phố"),
    "department": _("Sở, ngành"),
    "district": _("Quận, huyện"),
    "commune": _("Phường, xã"),
}
ONLINE_LEVELS: dict[str, Word] = {
    "level_1": _("Mức độ 1"),
    "level_2": _("Mức độ 2"),
    "level_3": _("Mức độ 3"),
    "level_4": _("Mức độ 4"),
    "information": _("Chỉ cung cấp thông tin"),
    "partial": _("Một phần"),
    "full": _("Toàn trình"),
}
TERM_UNITS: dict[str, Word] = {
    "working_days": _("ngày làm việc"),
    "calendar_days": _("ngày theo lịch"),
    "working_hours": _("giờ làm việc"),
    "calendar_hours": _("giờ liên tục"),
}
KINDS: dict[str, Word] = {AGENCY: _("Cơ quan"), PROCEDURE: _("Thủ tục")}
WITHIN: dict[str, Word] = {"several": _("Nhiều cơ quan"), "one": _("Cùng một cơ quan")}


def agencies() -> str:
    """The agencies in force on a day, by code."""
    return _list(AGENCIES, "console.agencies", "level", LEVELS)


def procedures() -> str:
    """The procedures in force today, by code."""
    return _list(PROCEDURES, "console.procedures", "online_level", ONLINE_LEVELS)


def unknown() -> str:
    """Codes that records name and the catalogues lack."""
    kind = _chosen("kind", KINDS)
    with database().read() as connection:
        found = codes_seen.unknown(connection)
    shown = [one for one in found if kind in (None, one.kind)]
    return render_template("console/unknown_codes.html", rows=shown, chosen=kind, kinds=KINDS)


def duplicates() -> str:
    """Procedures that several systems or portals serve."""
    within = _chosen("within", WITHIN)
    with database().read() as connection:
        found = codes_seen.duplicate_services(connection, today())
    shown = [one for one in found if within in (None, _within(one))]
    return render_template("console/duplicate_services.html", services=shown, chosen=within, within=WITHIN)


def _within(one: Service) -> str:
    return "one" if one.within_one_agency else "several"


def _list(kind: Kind[Any], endpoint: str, by: str, choices: dict[str, Word]) -> str:
    day, on = _day()
    chosen, after = _chosen(by, choices), request.args.get("after", "")
    with database().read() as connection:
        everything = [one for one in catalogue.entries(connection, kind) if day in one.valid]
    wanted = [one for one in everything if chosen in (None, getattr(one, by))]
    rest = [one for one in wanted if one.code > after]
    shown, following = _page(rest)
    kept: dict[str, Any] = {by: chosen, "on": on}
    return render_template(
        f"console/{endpoint.removeprefix('console.')}.html",
        rows=shown,
        day=day,
        on=on,
        names=_names(everything, day) if kind.name == AGENCY else {},
        count=len(wanted),
        chosen=chosen,
        choices=choices,
        by=by,
        endpoint=endpoint,
        following=url_for(endpoint, after=following, **kept) if following else None,
        first=not after,
        levels=LEVELS,
        online_levels=ONLINE_LEVELS,
        term_units=TERM_UNITS,
        from_file=FROM_FILE,
    )


def _page(rest: list[Any]) -> tuple[list[Any], str | None]:
    """The next entries, all of a code on one page, and the code after which the page after goes on."""
    if len(rest) <= _PER_PAGE:
        return rest, None
    last = rest[_PER_PAGE - 1].code
    shown = [one for one in rest if one.code <= last]
    return shown, last if len(shown) < len(rest) else None


def _day() -> tuple[date, str | None]:
    """The day that is asked for, and as links carry it; what is no day is today."""
    asked = request.args.get("on", "").strip()
    try:
        day = day_of(asked)
    except ValueError:
        return today(), None
    return day, day.isoformat()


def _names(agencies: Sequence[Agency], day: date) -> dict[str, str]:
    """The agencies' names by each of their codes of that day."""
    return {code: one.name for one in agencies for code, span in codes_of(one) if day in span}


def _chosen(name: str, choices: dict[str, Word]) -> str | None:
    """What the link chose; what nobody offers chooses nothing."""
    asked = request.args.get(name, "")
    return asked if asked in choices else None


PAGES = (
    Page("GET", "/catalogue", "agencies", agencies, Right.WATCH),
    Page("GET", "/catalogue/procedures", "procedures", procedures, Right.WATCH),
    Page("GET", "/catalogue/unknown", "unknown_codes", unknown, Right.WATCH),
    Page("GET", "/catalogue/duplicates", "duplicate_services", duplicates, Right.WATCH),
)
