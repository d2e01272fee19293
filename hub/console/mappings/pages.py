"""Mappings that are in use and by whom, one of them with its versions, how two versions differ, and taking back."""

from datetime import UTC, datetime
from typing import NamedTuple

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.admin.difference import difference
from hub.console.database import database
from hub.console.mappings import healing, rights
from hub.console.page import Page
from hub.console.register import register
from hub.console.visitor import visitor
from hub.record.rights import Right
from hub.record.signature import Signature
from hub.store import cursor, quarantine, versions
from hub.store.connectors import ConnectorRow
from hub.store.registrations import ManagedElsewhere
from hub.store.versions import CONFIG, HUB, Heading, Kind, MappingInUse, NoSuchVersion, VersionRow
from mappings.engine.library import UnknownMapping
from mappings.engine.yaml_source import Invalid

_PER_PAGE = 30
_LIST = "mapping versions"
_LARGEST = 2**31 - 1  # number of a version
_LONGEST_REASON = 500


class Entry(NamedTuple):
    """One mapping of the list."""

    name: str
    users: list[ConnectorRow]
    heading: Heading | None  # None: it was never put, it is in its file only
    in_files: bool


def listed() -> str:
    """Every mapping that concerns whoever asks."""
    known = versions.newest_headings(database(), Kind.MAPPING)
    names = rights.names() | (set() if rights.is_bound() else {*known, *_in_files()})
    entries = [Entry(name, rights.own_users(name), known.get(name), rights.in_files(name)) for name in sorted(names)]
    entries.sort(key=lambda one: not one.users)
    return render_template("console/mappings/list.html", entries=entries)


def one(name: str) -> ResponseReturnValue:
    """One mapping: who reads with it, its document, its versions."""
    rights.check_seen(name)
    by_file = rights.in_files(name)
    used = in_use(name, CONFIG if by_file else HUB)
    found = versions.headings(database(), Kind.MAPPING, name, _before(), _PER_PAGE + 1)
    if used is None and not found:
        abort(404)
    shown = found[:_PER_PAGE]
    users = rights.own_users(name)
    waiting = quarantine.counts(database(), [row.id for row in users])
    by_manager = {manager: in_use(name, manager) for manager in {row.managed_by for row in users}}
    return render_template(
        "console/mappings/one.html",
        name=name,
        used=used,
        lines=used.text.splitlines() if used else [],
        users=[(row, _number_of(by_manager[row.managed_by]), waiting.get(row.name, 0)) for row in users],
        others=len(rights.users(name)) - len(users),
        headings=shown,
        following=url_for("console.mapping", name=name, after=cursor.after_id(_LIST, shown[-1].version))
        if shown != found
        else None,
        first="after" not in request.args,
        file=register().mapping_file(name) if by_file else None,
        by_file=by_file,
        may_change=rights.may_change(name),
    )


def version(name: str, number: int) -> str:
    """One version with its document."""
    rights.check_seen(name)
    found = _numbered(name, number)
    return render_template("console/mappings/version.html", name=name, found=found, lines=found.text.splitlines())


def differences(name: str) -> str:
    """How two versions differ, line by line."""
    rights.check_seen(name)
    before, after = (_numbered(name, _number(key)) for key in ("from", "to"))
    return render_template(
        "console/mappings/diff.html",
        name=name,
        before=before,
        after=after,
        found=difference(before.text, after.text),
        headings=versions.headings(database(), Kind.MAPPING, name, limit=200),
    )


def roll_back(name: str, number: int) -> ResponseReturnValue:
    """Put an old version into use again, as a new one."""
    rights.check_changed(name)
    old = _numbered(name, number)
    reason = request.form.get("reason", "").strip()[:_LONGEST_REASON]
    if not reason:
        flash(_("Hãy ghi lý do; lý do được giữ trong lịch sử."))
        return redirect(url_for("console.mapping", name=name))
    signature = Signature(visitor().name, reason, datetime.now(UTC))
    try:
        put = register().rollback(Kind.MAPPING, name, old.version, signature)
    except ManagedElsewhere:
        flash(_("Ánh xạ này theo tệp, như config.yaml: hãy sửa ở tệp."))
    except Invalid:
        flash(_("Phiên bản %(num)s không còn đúng quy tắc hiện nay; hãy mở để sửa.", num=old.version))
        return redirect(url_for("console.edit_mapping", name=name, version=old.version))
    else:
        return healing.after_put(name, put)
    return redirect(url_for("console.mapping", name=name))


def in_use(name: str, managed_by: str) -> MappingInUse | None:
    """The document that connectors which are managed so read with; None where there is none, or it cannot be read."""
    try:
        return register().mapping_in_use(name, managed_by)
    except (UnknownMapping, Invalid):
        return None


def _number_of(found: MappingInUse | None) -> int | None:
    return found.version if found else None


def _in_files() -> list[str]:
    return register().mapping_names()


def _number(key: str) -> int:
    text = request.args.get(key, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 11 else abort(404)


def _numbered(name: str, number: int) -> VersionRow:
    if number > _LARGEST:
        abort(404)
    try:
        return register().numbered(Kind.MAPPING, name, number)
    except NoSuchVersion:
        abort(404)


def _before() -> int | None:
    try:
        return cursor.id_position(_LIST, request.args.get("after", ""))
    except cursor.CursorError:
        return None


PAGES = (
    Page("GET", "/mappings", "mappings", listed, Right.WATCH),
    Page("GET", "/mappings/<path:name>", "mapping", one, Right.WATCH),
    Page("GET", "/mappings/<path:name>/diff", "mapping_diff", differences, Right.WATCH),
    Page("GET", "/mappings/<path:name>/versions/<int:number>", "mapping_version", version, Right.WATCH),
    Page("POST", "/mappings/<path:name>/versions/<int:number>/rollback", "roll_back_mapping", roll_back, Right.CONNECT),
)
