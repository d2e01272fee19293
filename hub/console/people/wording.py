"""Roles, rights and ways of signing in, in words."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from hub.console.words import Word
from hub.record.password_rules import LONGEST, SHORTEST, Weak
from hub.record.rights import Role
from hub.store.people_sessions import Way

ROLES: dict[Role, Word] = {
    Role.DEPARTMENT: _("Cán bộ công nghệ của sở, ngành"),
    Role.OPERATOR: _("Người vận hành"),
    Role.AUDITOR: _("Kiểm toán"),
    Role.LEADER: _("Lãnh đạo"),
    Role.ADMINISTRATOR: _("Quản trị"),
}
WHAT_FOR: dict[Role, Word] = {
    Role.DEPARTMENT: _("chỉ thấy và điều khiển đầu nối, hồ sơ của cơ quan mình"),
    Role.OPERATOR: _("giữ cho mọi đầu nối chạy, xử lý cách ly, cảnh báo"),
    Role.AUDITOR: _("xem mọi thứ, cả nhật ký đọc và thay đổi; không sửa gì"),
    Role.LEADER: _("xem số liệu và tình trạng hồ sơ"),
    Role.ADMINISTRATOR: _("mọi việc, cả tài khoản, ứng dụng và khóa API"),
}
WAYS: dict[Way, Word] = {
    Way.PASSWORD: _("mật khẩu"),
    Way.TOTP: _("mật khẩu và mã ứng dụng"),
    Way.RECOVERY: _("mật khẩu và mã khôi phục"),
    Way.PROVIDER: _("đăng nhập một lần"),
}


def why_weak(weak: Weak) -> str:
    """What is wrong with a password, and what would do."""
    match weak:
        case Weak.SHORT:
            said = gettext("Mật khẩu cần ít nhất %(least)s ký tự; một câu ngắn dễ nhớ là tốt nhất.", least=SHORTEST)
        case Weak.LONG:
            said = gettext("Mật khẩu dài nhất %(most)s ký tự.", most=LONGEST)
        case Weak.NAME:
            said = gettext("Mật khẩu không được chứa tên đăng nhập.")
        case Weak.COMMON:
            said = gettext("Mật khẩu này nằm trong những mật khẩu bị đoán đầu tiên; hãy ghép vài từ không liên quan.")
    return str(said)
