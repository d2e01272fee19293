"""Words for how personal data were shown."""

from flask_babel import lazy_gettext as _

from hub.console.words import Word
from hub.store.reads import Action

ACTION: dict[str, Word] = {
    Action.ONE: _("Một hồ sơ"),
    Action.LIST: _("Danh sách"),
    Action.SEVERAL: _("Nhiều hồ sơ theo mã"),
    Action.FEED: _("Dòng thay đổi"),
    Action.EXPORT: _("Tệp xuất"),
    Action.WEBHOOK: _("Webhook"),
    Action.PAGE: _("Trang của hub"),
    Action.SOURCE: _("Bản ghi gốc của nguồn"),
    Action.RETENTION: _("Hết thời hạn lưu"),
}
