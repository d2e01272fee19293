"""Due dates on the pages: where a dossier stands, the filter of the list, and every due date with its reason."""

from datetime import UTC, datetime
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _

from hub.console.database import database
from hub.console.language import chosen_language
from hub.console.words import Word
from hub.record.due import DueDate
from hub.record.due_terms import Explained
from hub.record.merge import Values
from hub.record.on_time import LATE, NOT_COUNTED, ON_TIME, UNKNOWN
from hub.record.standing import Moment, Standing, standing_of
from hub.store.due import due_told
from hub.store.whole import WholeDossier
from hub.view import behind

WORDS: dict[str, Word] = {
    Standing.OVERDUE: _("Quá hạn"),
    Standing.NEAR_DUE: _("Sắp đến hạn"),
    Standing.IN_TIME: _("Trong hạn"),
    Standing.WAITING: _("Đang chờ người nộp, tạm dừng tính hạn"),
    Standing.NO_DUE_DATE: _("Không có ngày hẹn trả"),
    Standing.DONE_ON_TIME: _("Xong đúng hạn"),
    Standing.DONE_LATE: _("Xong trễ hạn"),
    Standing.DONE: _("Đã kết thúc, không xét hạn"),
}
# Worth a mark in a list of dossiers; the others are as they should be, or their status says it already.
MARKED = frozenset({Standing.OVERDUE, Standing.NEAR_DUE, Standing.DONE_LATE})
VERDICTS: dict[str, Word] = {
    ON_TIME: _("Đúng hạn"),
    LATE: _("Trễ hạn"),
    NOT_COUNTED: _("Không tính"),
    UNKNOWN: _("Chưa kết luận được"),
}


def state(values: Values) -> Standing:
    """Where a dossier stands at this moment."""
    return standing_of(values, _moment(datetime.now(UTC)))


def parts(found: WholeDossier, now: datetime, *, shows_source: bool) -> dict[str, Any]:
    """What the part of a dossier's page needs that is about its due dates."""
    told = due_told(database(), found, now)
    verdicts = [(_("Theo quy tắc của Cổng"), told.by_the_portal), (_("Chỉ so ngày"), told.by_dates)]
    reasons = [behind.reason(one, shows_source=shows_source) for one in told.dates]
    return {"due_told": told, "due_reasons": reasons, "due_verdicts": verdicts}


def sentence(said: Explained) -> str:
    """In the language of the page."""
    return said.en if chosen_language() == "en" else said.vi


def differs(one: DueDate, dates: list[DueDate]) -> bool:
    """Whether what the hub computes is another date than what the source promises now."""
    return not one.said_by and any(other.current and other.at != one.at for other in dates)


def _moment(now: datetime) -> Moment:
    return Moment.at(now, current_app.extensions["hub.near_due"])
