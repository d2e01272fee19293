"""Undoing a wrong join from a dossier's page, or taking that back."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.database import database
from hub.console.page import Page
from hub.console.visitor import visitor
from hub.record.dossier import Name
from hub.record.identity import codes_of, normalise, stand_in
from hub.record.rights import Right
from hub.record.signature import Signature
from hub.store.database import Database
from hub.store.dossiers import SourceRow, sources
from hub.store.looking_up import with_code
from hub.store.whole import WholeDossier
from hub.sync import parting
from hub.sync.parting import NotThatCode, Parted

_Decide: TypeAlias = Callable[[Database, Name, str, Signature], Parted]
_LONGEST = 500  # letters of a reason, as in the API


def part(code: str) -> ResponseReturnValue:
    """The record's code joins it to nothing from now on."""
    return _decided(parting.part, code)


def rejoin(code: str) -> ResponseReturnValue:
    """The record's code joins again."""
    return _decided(parting.rejoin, code)


def partable(found: WholeDossier) -> dict[Name, list[str]]:
    """By record, the codes that it could be parted from: only where a dossier has several records."""
    if len(found.sources) < 2:
        return {}
    return {each.source.name: _own_codes(each) for each in found.sources}


def _own_codes(each: SourceRow) -> list[str]:
    source = each.source
    nobodys = normalise(stand_in(source.name))
    return [code.value for code in codes_of(source.values, source.scope) if code.value != nobodys]


def _decided(decide: _Decide, code: str) -> ResponseReturnValue:
    asked = {name: request.form.get(name, "") for name in ("connector", "key", "code", "reason")}
    name, reason = (asked["connector"], asked["key"]), asked["reason"].strip()[:_LONGEST]
    if not reason:
        flash(_("Hãy ghi lý do; lý do được giữ trong lịch sử."))
    elif not _is_of(code, name):
        flash(_("Hồ sơ này không còn bản ghi đó; có thể người khác vừa tách hoặc gộp."))
    else:
        try:
            done = decide(database(), name, asked["code"], Signature(visitor().name, reason, datetime.now(UTC)))
        except NotThatCode:
            flash(_("Bản ghi không còn mã đó, hoặc người khác vừa làm việc này."))
        else:
            _tell(name, done)
            code = done.code
    return redirect(url_for("console.dossier", code=code))


def _is_of(code: str, name: Name) -> bool:
    """Whether a dossier that is known under this code, and that whoever asks may see, has this record."""
    rows = [one.row for one in with_code(database(), code, visitor().scope)]
    return any(name == each.source.name for row in rows for each in sources(database(), row.id))


def _tell(name: Name, done: Parted) -> None:
    connector, key = name
    flash(_("Bản ghi %(key)s của %(connector)s nay thuộc hồ sơ này.", key=key, connector=connector))
    if done.others:
        flash(_("Hồ sơ khác cũng thay đổi: %(codes)s.", codes=", ".join(done.others)))


PAGES = (
    Page("POST", "/dossiers/<path:code>/part", "part", part, Right.MEND),
    Page("POST", "/dossiers/<path:code>/rejoin", "rejoin", rejoin, Right.MEND),
)
