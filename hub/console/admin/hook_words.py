"""Words for subscriptions, and for what is sent to them."""

from flask_babel import lazy_gettext as _

from hub.console.words import Word
from hub.outbox.webhooks.state import Content, NoticeState, WebhookState

STATE: dict[str, Word] = {
    WebhookState.ACTIVE: _("Đang gửi"),
    WebhookState.PAUSED: _("Tạm dừng"),
    WebhookState.STOPPED: _("Hub đã ngừng gửi"),
}
NOTICE: dict[str, Word] = {
    NoticeState.WAITING: _("Chờ gửi"),
    NoticeState.DELIVERED: _("Đã nhận"),
    NoticeState.FAILED: _("Không nhận"),
}
CHANGE: dict[str, Word] = {
    "changed": _("Hồ sơ thay đổi"),
    "gone": _("Không còn ở nguồn"),
    "merged": _("Đã gộp vào hồ sơ khác"),
    "left": _("Rời phạm vi được thấy"),
}
CONTENT: dict[str, Word] = {Content.DOSSIER: _("Hồ sơ như trong danh sách"), Content.REFERENCE: _("Chỉ các mã")}
# Which shape and colour a state has (console.css).
STATE_MARK = {"active": "succeeded", "paused": "queued", "stopped": "failed"}
NOTICE_MARK = {"waiting": "queued", "delivered": "succeeded", "failed": "failed"}
