"""Agencies and procedures as they are on a day: searched, filtered, from an agency down to those below it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.admin.asked import word
from hub.console.admin.sheet import sheet
from hub.console.catalogue.asking import chosen, day
from hub.console.catalogue.kept import Entry, entries, holds, words_of
from hub.console.catalogue.words import LEVELS, ONLINE_LEVELS, TERM_UNITS
from hub.console.database import database
from hub.console.page import Page
from hub.console.words import Word
from hub.record.catalogue import Agency, codes_of
from hub.record.rights import Right
from hub.store.catalogue import AGENCIES, FROM_FILE, PROCEDURES, Kind

_PER_PAGE = 100


def agencies() -> str:
    """The agencies in force on a day, by code; or those directly below one."""
    return _list(AGENCIES, "console.agencies", "level", LEVELS)


def procedures() -> str:
    """The procedures in force on a day, by code."""
    return _list(PROCEDURES, "console.procedures", "online_level", ONLINE_LEVELS)


def agencies_csv() -> ResponseReturnValue:
    """The agencies that the filter leaves, as a file."""
    headings = (
        *(_("Mã"), _("Tên"), _("Cấp"), _("Cấp trên"), _("Mã khác"), _("Lãnh đạo"), _("Hiệu lực từ")),
        *(_("Hiệu lực đến"), _("Nguồn")),
    )
    return sheet("danh-muc-co-quan", headings, _agency_rows())


def procedures_csv() -> ResponseReturnValue:
    """The procedures that the filter leaves, as a file."""
    headings = (
        *(_("Mã"), _("Tên"), _("Lĩnh vực"), _("Mức độ trực tuyến"), _("Thời hạn"), _("Đơn vị thời hạn")),
        *(_("Phí, lệ phí"), _("Hiệu lực từ"), _("Hiệu lực đến"), _("Nguồn")),
    )
    return sheet("danh-muc-thu-tuc", headings, _procedure_rows())


def _list(kind: Kind[Any], endpoint: str, by: str, choices: dict[str, Word]) -> str:
    on_day, on = day()
    kept: dict[str, Any] = {by: chosen(by, choices), "on": on, "q": word("q"), "under": word("under", 100)}
    in_force = [one for one in entries(database(), kind) if on_day in one.said.valid]
    wanted = _wanted(in_force, kept, by)
    after = request.args.get("after", "")
    shown, following = _page([one for one in wanted if one.code > after])
    names = _names([one.said for one in in_force], on_day) if kind is AGENCIES else {}
    return render_template(
        f"console/{endpoint.removeprefix('console.')}.html",
        rows=shown,
        day=on_day,
        on=on,
        names=names,
        below=_below(in_force) if kind is AGENCIES else {},
        path=_path([one.said for one in in_force], kept["under"]) if kind is AGENCIES else [],
        count=len(wanted),
        kept=kept,
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


def _wanted(in_force: Sequence[Entry], kept: dict[str, Any], by: str) -> list[Any]:
    typed, under = words_of(kept["q"]), kept["under"]
    return [
        one.said
        for one in in_force
        if kept[by] in (None, getattr(one.said, by))
        and (not typed or holds(one, typed))
        and (under is None or getattr(one.said, "parent_code", None) == under)
    ]


def _page(rest: list[Any]) -> tuple[list[Any], str | None]:
    """The next entries, all of a code on one page, and the code after which the page after goes on."""
    if len(rest) <= _PER_PAGE:
        return rest, None
    last = rest[_PER_PAGE - 1].code
    shown = [one for one in rest if one.code <= last]
    return shown, last if len(shown) < len(rest) else None


def _names(agencies: Sequence[Agency], on: date) -> dict[str, str]:
    """The agencies' names by each of their codes of that day."""
    return {code: one.name for one in agencies for code, span in codes_of(one) if on in span}


def _below(in_force: Sequence[Entry]) -> dict[str, int]:
    """How many agencies are directly below each code."""
    found: dict[str, int] = {}
    for one in in_force:
        if one.said.parent_code:
            found[one.said.parent_code] = found.get(one.said.parent_code, 0) + 1
    return found


def _path(agencies: Sequence[Agency], code: str | None) -> list[Agency]:
    """From the top of the tree down to this agency; a tree that bites its own tail ends where it does."""
    by_code = {one.code: one for one in reversed(agencies)}  # of several of one code the best origin, which is first
    found: list[Agency] = []
    while code is not None and (one := by_code.get(code)) is not None and one not in found:
        found.append(one)
        code = one.parent_code
    return found[::-1]


def _agency_rows() -> Iterator[tuple[Any, ...]]:
    on_day, _on = day()
    kept = {"level": chosen("level", LEVELS), "q": word("q"), "under": word("under", 100)}
    in_force = [one for one in entries(database(), AGENCIES) if on_day in one.said.valid]
    for one in _wanted(in_force, kept, "level"):
        leader = ", ".join(filter(None, (one.leader_name, one.leader_title)))
        codes = " ".join(alias.code for alias in one.aliases)
        said = (one.code, one.name, LEVELS.get(one.level, one.level), one.parent_code, codes, leader)
        yield *said, one.valid.first, one.valid.last, _origin(one)


def _procedure_rows() -> Iterator[tuple[Any, ...]]:
    on_day, _on = day()
    kept = {"online_level": chosen("online_level", ONLINE_LEVELS), "q": word("q"), "under": None}
    in_force = [one for one in entries(database(), PROCEDURES) if on_day in one.said.valid]
    for one in _wanted(in_force, kept, "online_level"):
        level = ONLINE_LEVELS.get(one.online_level, one.online_level)
        unit = TERM_UNITS.get(one.term_unit, one.term_unit)
        said = (one.code, one.name, one.field_name or one.field_code, level, one.term, unit, one.fee)
        yield *said, one.valid.first, one.valid.last, _origin(one)


def _origin(one: Any) -> str:
    return _("tệp") if one.origin == FROM_FILE else str(one.origin)


PAGES = (
    Page("GET", "/catalogue", "agencies", agencies, Right.WATCH),
    Page("GET", "/catalogue.csv", "agencies_csv", agencies_csv, Right.WATCH),
    Page("GET", "/catalogue/procedures", "procedures", procedures, Right.WATCH),
    Page("GET", "/catalogue/procedures.csv", "procedures_csv", procedures_csv, Right.WATCH),
)
