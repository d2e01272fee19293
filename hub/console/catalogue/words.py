"""Words for what stands in the catalogues."""

from flask_babel import lazy_gettext as _

from hub.console.words import Word
from hub.record.entities import AGENCY, PROCEDURE

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
