"""Words of the pages of dossiers: of filters and orders of a list, and of what a trace tells."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _

from hub.console import words
from hub.console.words import Word
from hub.inspection.traced import Happening
from hub.store.finding import Sort

LABELS: dict[str, Word] = {
    "q": _("Tìm"),
    "status": words.FIELDS["status"],
    "due": _("Hạn giải quyết"),
    "agency": _("Mã cơ quan"),
    "procedure": _("Mã thủ tục"),
    "field": _("Mã lĩnh vực"),
    "channel": _("Kênh nộp"),
    "connector": _("Đầu nối"),
    "online_level": _("Mức độ trực tuyến"),
    "confidentiality": _("Mức độ mật"),
    "received_from": _("Tiếp nhận từ ngày"),
    "received_to": _("Tiếp nhận đến hết ngày"),
    "due_from": _("Hẹn trả từ ngày"),
    "due_to": _("Hẹn trả đến hết ngày"),
    "completed_from": _("Kết thúc từ ngày"),
    "completed_to": _("Kết thúc đến hết ngày"),
    "identity": _("Số giấy tờ của chủ hồ sơ"),
    "phone": _("Số điện thoại của chủ hồ sơ"),
    "conflicts": _("Có nguồn ghi khác nhau"),
    "gone": _("Không còn ở nguồn"),
}
SORTS: dict[str, Word] = {
    Sort.RECEIVED: _("Mới tiếp nhận trước"),
    Sort.RECEIVED_FIRST: _("Tiếp nhận lâu nhất trước"),
    Sort.DUE: _("Đến hạn sớm nhất trước"),
    Sort.COMPLETED: _("Mới kết thúc trước"),
    Sort.CHANGED: _("Mới thay đổi trước"),
}

LEVELS: dict[str, Word] = {
    "full": _("Toàn trình"),
    "partial": _("Một phần"),
    "information": _("Cung cấp thông tin"),
}

KINDS: dict[str, Word] = {
    Happening.PUSHED: _("Cơ quan đẩy sang"),
    Happening.RECEIVED: _("Bản đang dùng được nhận"),
    Happening.ASIDE: _("Vào cách ly"),
    Happening.LET_OUT: _("Ra khỏi cách ly"),
    Happening.DROPPED: _("Bị bỏ khỏi cách ly"),
    Happening.STATUS: _("Diễn biến"),
    Happening.RATED: _("Được đánh giá"),
    Happening.JOINED: _("Gộp hoặc tách"),
    Happening.CHANGED: _("Đổi giá trị"),
    Happening.PARTED: _("Mã bị coi là sai"),
    Happening.GONE: _("Không còn ở nguồn"),
    Happening.ACT: _("Thao tác của người dùng"),
    Happening.TOLD: _("Báo cho bên nhận"),
    Happening.EXPORTED: _("Nằm trong tệp xuất"),
    Happening.READ: _("Được đọc"),
}
# The mark beside the word: as of a state of which people know the shape.
MARKS: Mapping[str, str] = {
    Happening.ASIDE: "waiting",
    Happening.DROPPED: "failed",
    Happening.PARTED: "failed",
    Happening.GONE: "stopped",
    Happening.LET_OUT: "succeeded",
    Happening.STATUS: "processing",
    Happening.JOINED: "accepted",
    Happening.CHANGED: "accepted",
    Happening.RECEIVED: "succeeded",
    Happening.PUSHED: "succeeded",
}
OUTCOMES: dict[str, Word] = {
    "created": _("tạo hồ sơ mới"),
    "updated": _("cập nhật hồ sơ"),
    "unchanged": _("không đổi gì"),
    "quarantined": _("vào cách ly"),
}
ACTIONS: dict[str, Word] = {  # of hub.store.reads
    "one": _("một hồ sơ"),
    "list": _("trong danh sách"),
    "several": _("cùng nhiều hồ sơ"),
    "feed": _("qua dòng thay đổi"),
    "export": _("qua tệp xuất"),
    "webhook": _("qua webhook"),
    "page": _("trên trang"),
    "source": _("bản ghi gốc"),
}
NOTICES: dict[str, Word] = {  # of hub.store.changes
    "changed": _("có thay đổi"),
    "gone": _("không còn ở nguồn"),
    "merged": _("đã gộp vào hồ sơ khác"),
    "left": _("đã ra khỏi phạm vi theo dõi"),
}
STATES: dict[str, Word] = {
    "waiting": _("chờ gửi"),
    "delivered": _("đã nhận"),
    "failed": _("không gửi được"),
}
WAYS: dict[str, Word] = {  # of hub.inspection.trace
    "code": _("theo mã hồ sơ"),
    "key": _("theo khóa ở nguồn"),
    "identity": _("theo số giấy tờ của chủ hồ sơ"),
    "notice": _("theo mã thông báo đã gửi"),
    "push": _("theo số gói mà cơ quan đẩy"),
}
