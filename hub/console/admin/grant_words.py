"""Words for who may ask the API and what each sees."""

from flask_babel import lazy_gettext as _

from hub.console.words import Word
from hub.record.confidentiality import Level
from hub.record.grant import Group, Sight
from hub.store.clients import Role

ROLE: dict[str, Word] = {
    Role.QUERY: _("Tra cứu trong phạm vi được cấp"),
    Role.READ: _("Xem tất cả"),
    Role.MANAGE: _("Xem và thay đổi"),
    Role.PUSH: _("Chỉ đẩy hồ sơ vào một đầu nối"),
}
GROUP: dict[str, Word] = {
    Group.NAME: _("Họ tên chủ hồ sơ"),
    Group.IDENTITY: _("Số định danh, ngày sinh, mã số thuế"),
    Group.CONTACT: _("Điện thoại, thư điện tử, địa chỉ"),
    Group.CONTENT: _("Trích yếu, ghi chú, thông tin riêng của nguồn"),
    Group.PAPERS: _("Giấy tờ đã nộp và kết quả"),
    Group.FEES: _("Phí, lệ phí"),
    Group.OFFICERS: _("Người xử lý"),
    Group.PROVENANCE: _("Hệ thống nào nói gì"),
}
SIGHT: dict[str, Word] = {Sight.HIDDEN: _("Ẩn"), Sight.MASKED: _("Che bớt"), Sight.FULL: _("Đầy đủ")}
LEVEL: dict[str, Word] = {
    Level.NORMAL: _("Thường"),
    Level.LIMITED: _("Hạn chế"),
    Level.SENSITIVE: _("Nhạy cảm"),
}
PROFILE: dict[str, Word] = {
    "public": _("Công khai: hồ sơ đang ở đâu, không lộ là của ai"),
    "partner": _("Đối tác: của ai và về việc gì, số giấy tờ bị che"),
    "portal": _("Cổng dịch vụ công: mọi điều, trừ nguồn gốc"),
    "full": _("Toàn bộ, cả hồ sơ hạn chế và nhạy cảm"),
}
