"""Words for what was changed and how."""

from flask_babel import lazy_gettext as _

from hub.console.words import Word
from hub.store.acts import Act, Kind

KIND: dict[str, Word] = {
    Kind.CONNECTOR: _("Đầu nối"),
    Kind.MAPPING: _("Ánh xạ"),
    Kind.SECRET: _("Bí mật"),
    Kind.CLIENT: _("Ứng dụng dùng API"),
    Kind.KEY: _("Khóa API"),
    Kind.SUBSCRIPTION: _("Webhook"),
    Kind.PERSON: _("Tài khoản"),
    Kind.SESSION: _("Phiên đăng nhập"),
    Kind.SILENCE: _("Tạm tắt cảnh báo"),
    Kind.ALERT: _("Cảnh báo"),
    Kind.RULE: _("Quy tắc cảnh báo"),
    Kind.REMOVAL: _("Bản ghi không còn ở nguồn"),
    Kind.PARTING: _("Tách hồ sơ ghép nhầm"),
    Kind.QUARANTINE: _("Bản ghi cách ly"),
    Kind.RUN: _("Lượt chạy"),
    Kind.CALENDAR: _("Lịch nghỉ"),
    Kind.CATALOGUE: _("Danh mục"),
    Kind.FEED: _("Dòng thay đổi"),
    Kind.EXPORT: _("Tệp xuất"),
    Kind.READS: _("Nhật ký đọc dữ liệu cá nhân"),
}
ACT: dict[str, Word] = {
    Act.MADE: _("Đã tạo"),
    Act.CHANGED: _("Đã đổi"),
    Act.REMOVED: _("Đã xóa"),
    Act.ACTIVATED: _("Đã kích hoạt"),
    Act.PAUSED: _("Đã tạm dừng"),
    Act.RESUMED: _("Đã chạy tiếp"),
    Act.RETIRED: _("Đã ngừng dùng"),
    Act.ROLLED_BACK: _("Đã quay về bản cũ"),
    Act.RENEWED: _("Đã làm mới"),
    Act.SIGNED_IN: _("Đã đăng nhập"),
    Act.SIGNED_OUT: _("Đã đăng xuất"),
    Act.REFUSED: _("Bị từ chối"),
    Act.APPROVED: _("Đã chấp thuận"),
    Act.LOCKED: _("Đã khóa"),
    Act.UNLOCKED: _("Đã mở khóa"),
    Act.TAKEN_BACK: _("Đã rút lại"),
    Act.ANSWERED: _("Đã nhận xử lý"),
    Act.ASKED: _("Đã yêu cầu"),
    Act.CANCELLED: _("Đã hủy"),
    Act.SENT_AGAIN: _("Đã gửi lại"),
    Act.TESTED: _("Đã gửi thử"),
    Act.DROPPED: _("Đã bỏ không đọc"),
    Act.VERIFIED: _("Đã kiểm tra"),
}
