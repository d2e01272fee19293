"""Words of the connectors' pages: what is done, what a setting is called, why something is refused."""

from flask_babel import lazy_gettext as _

from hub.console.words import Word
from hub.inspection.permitted import NotYours, Why
from hub.record.connector_state import Move

MOVES: dict[str, Word] = {
    Move.ACTIVATE: _("Kích hoạt đầu nối"),
    Move.PAUSE: _("Tạm dừng"),
    Move.RESUME: _("Chạy tiếp"),
    Move.RETIRE: _("Cho ngừng dùng"),
}
MOVE_MEANS: dict[str, Word] = {
    Move.ACTIVATE: _("Hub bắt đầu đọc theo lịch."),
    Move.PAUSE: _("Không hỏi cơ quan nữa cho đến khi chạy tiếp; chỗ đang đọc được giữ lại."),
    Move.RESUME: _("Đọc tiếp từ chỗ đã dừng; nếu đang tạm ngừng hỏi vì lỗi thì hỏi lại ngay."),
    Move.RETIRE: _("Không đọc nữa; mọi thứ đã đọc vẫn còn."),
}
TYPES: dict[str, Word] = {
    "soap": _("SOAP: dịch vụ web có WSDL"),
    "rest": _("REST: trả lời JSON, XML, CSV qua HTTP"),
    "push": _("Cơ quan tự đẩy sang hub"),
    "files": _("Tệp đặt vào thư mục hoặc SFTP"),
}

# The settings that nearly everybody meets, by the end of their place. All others go by their English name alone.
LABELS: dict[str, Word] = {
    "title": _("Tên hệ thống"),
    "agency": _("Mã cơ quan"),
    "mapping": _("Ánh xạ"),
    "owner": _("Đơn vị phụ trách"),
    "contact": _("Liên hệ"),
    "schedule": _("Lịch chạy"),
    "schedule.every": _("Chạy cách nhau"),
    "schedule.cron": _("Giờ chạy (cron)"),
    "schedule.jitter": _("Lệch ngẫu nhiên tối đa"),
    "fresh_within": _("Cam kết đọc lại trong"),
    "precedence": _("Mức tin cậy so với nguồn khác"),
    "blackout": _("Khung giờ không hỏi"),
    "limits": _("Mức chịu tải của hệ thống"),
    "limits.requests_per_second": _("Số yêu cầu mỗi giây"),
    "limits.at_once": _("Số yêu cầu cùng lúc"),
    "limits.group": _("Nhóm dùng chung mức chịu tải"),
    "warn_before": _("Báo trước khi hết hạn"),
    "retry": _("Thử lại khi lỗi"),
    "circuit": _("Tạm ngừng hỏi khi lỗi liên tiếp"),
    "on_drift": _("Khi giao diện của cơ quan thay đổi"),
    "stop_when": _("Dừng khi quá nhiều bản ghi lỗi"),
    "completeness": _("Đối chiếu số lượng"),
    "on_gone": _("Khi bản ghi không còn ở nguồn"),
    "settings": _("Cách hỏi hệ thống"),
    "url": _("Địa chỉ"),
    "wsdl": _("Địa chỉ WSDL"),
    "openapi": _("Địa chỉ OpenAPI"),
    "operation": _("Thao tác liệt kê bản ghi"),
    "parameters": _("Tham số gửi kèm"),
    "secret_parameters": _("Tham số bí mật"),
    "records": _("Chỗ có danh sách bản ghi"),
    "key": _("Trường định danh bản ghi"),
    "changed_at": _("Thời điểm thay đổi của bản ghi"),
    "changed_at.from": _("Trường ghi thời điểm thay đổi"),
    "changed_at.date": _("Cách viết thời điểm"),
    "page_size": _("Số bản ghi mỗi trang"),
    "pages.type": _("Cách chia trang"),
    "auth.type": _("Cách xác thực"),
    "auth.username": _("Tên đăng nhập"),
    "auth.password": _("Mật khẩu"),
    "auth.token": _("Mã truy cập"),
    "auth.key": _("Khóa"),
    "method": _("Phương thức"),
    "format": _("Định dạng trả lời"),
    "headers": _("Tiêu đề gửi kèm"),
    "timeout_seconds": _("Chờ trả lời (giây)"),
    "more": _("Trường báo còn trang sau"),
    "charset": _("Bảng mã"),
    "fetch": _("Hỏi một bản ghi theo mã"),
    "count": _("Hỏi số bản ghi trong một khoảng thời gian"),
}


def label(name: str) -> Word:
    """What a setting is called; empty where only its English name is known."""
    short = name.removeprefix("settings.")
    return LABELS.get(short, "")


_REFUSALS: dict[Why, Word] = {
    Why.AGENCY: _("“%(said)s” không phải cơ quan của bạn. Hãy ghi mã cơ quan của bạn."),
    Why.REFERENCE: _("“${%(said)s}” đọc môi trường hoặc tệp của máy chủ hub. Hãy dùng bí mật của hub: ${secret:tên}."),
    Why.SECRET: _(
        "Bí mật “%(said)s” không phải của đầu nối này. Tên bí mật phải bắt đầu bằng tên đầu nối và dấu chấm."
    ),
    Why.FILE: _("“%(said)s” là tệp hoặc thư mục trên máy chủ hub. Hãy nhờ người vận hành đăng ký phần này."),
    Why.ADDRESS: _(
        "“%(said)s” dẫn về máy chủ của hub, không phải hệ thống của cơ quan. Hãy ghi địa chỉ hệ thống của bạn."
    ),
    Why.UNSAID: _(
        "Bí mật “%(said)s” đứng ở chỗ tên máy chủ, nên không ai thấy hub sẽ hỏi máy nào. "
        "Hãy ghi rõ tên máy chủ; bí mật chỉ đứng sau đó."
    ),
    Why.PRECEDENCE: _("Nguồn nào được tin hơn là do người vận hành quyết định. Hãy để như cũ."),
    Why.MAPPING: _(
        "Ánh xạ “%(said)s” là của đầu nối cơ quan khác. Hãy đặt tên bắt đầu bằng tên đầu nối của bạn, "
        "hoặc nhờ người vận hành."
    ),
    Why.GROUP: _("Nhóm “%(said)s” có thể là của cơ quan khác. Hãy để trống, hoặc ghi tên một đầu nối của bạn."),
}


def refusal(one: NotYours) -> str:
    """Why something is not this person's to write, and what to do."""
    return str(_REFUSALS[one.why]) % {"said": one.said}
