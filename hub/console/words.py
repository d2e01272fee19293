"""The console's words for what the code calls by short names. Vietnamese here; English in `translations`."""

from typing import TypeAlias

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from hub.record.connector_state import Life
from hub.record.run_state import RunState
from hub.record.status import OFFICIAL, Status
from hub.sync.health import Health

Word: TypeAlias = LazyString | str

HEALTH: dict[str, Word] = {
    Health.OPEN: _("Tạm ngừng hỏi"),
    Health.FAILING: _("Đang lỗi"),
    Health.LATE: _("Chậm hơn cam kết"),
    Health.NEVER_RUN: _("Chưa chạy"),
    Health.HEALTHY: _("Bình thường"),
}

LIFE: dict[str, Word] = {
    Life.DRAFT: _("Bản nháp, chưa chạy"),
    Life.ACTIVE: _("Đang dùng"),
    Life.PAUSED: _("Tạm dừng"),
    Life.RETIRED: _("Ngừng dùng"),
}

RUN_STATE: dict[str, Word] = {
    RunState.QUEUED: _("Đang chờ"),
    RunState.RUNNING: _("Đang chạy"),
    RunState.SUCCEEDED: _("Thành công"),
    RunState.FAILED: _("Thất bại"),
    RunState.INTERRUPTED: _("Bị ngắt"),
}

KIND: dict[str, Word] = {
    "incremental": _("Phần thay đổi"),
    "full": _("Đọc lại từ đầu"),
    "one": _("Một bản ghi"),
    "push": _("Đẩy hồ sơ"),
}
TRIGGER: dict[str, Word] = {
    "schedule": _("Theo lịch"),
    "hand": _("Chạy tay"),
    "anyway": _("Chạy tay, cả trong giờ không hỏi"),
    "push": _("Cơ quan tự đẩy"),
}

# The official labels; their English is a help for reading, not official.
_TRANSLATED_STATUS = (
    _("Mới đăng ký"),
    _("Được tiếp nhận"),
    _("Không được tiếp nhận"),
    _("Đang xử lý"),
    _("Yêu cầu bổ sung giấy tờ"),
    _("Yêu cầu thực hiện nghĩa vụ tài chính"),
    _("Công dân yêu cầu rút hồ sơ"),
    _("Dừng xử lý"),
    _("Đã xử lý xong"),
    _("Đã trả kết quả"),
)
STATUS: dict[str, Word] = {status: _TRANSLATED_STATUS[OFFICIAL[status].number - 1] for status in Status}

CHOICES: dict[str, dict[str, Word]] = {
    "status": STATUS,
    "channel": {"direct": _("Trực tiếp"), "online": _("Trực tuyến"), "post": _("Bưu chính công ích")},
    "applicant.kind": {
        "citizen": _("Công dân"),
        "enterprise": _("Doanh nghiệp"),
        "state_agency": _("Cơ quan nhà nước"),
        "organisation": _("Tổ chức khác"),
    },
}

# Every field of a dossier, in the order and the groups of its page.
FIELD_GROUPS: tuple[tuple[Word, dict[str, Word]], ...] = (
    (
        _("Thông tin hồ sơ"),
        {
            "code": _("Mã hồ sơ"),
            "national_code": _("Mã hồ sơ quốc gia"),
            "status": _("Trạng thái"),
            "status_text": _("Trạng thái theo nguồn"),
            "summary": _("Trích yếu"),
            "channel": _("Kênh thực hiện"),
            "officer": _("Người xử lý"),
            "note": _("Ghi chú"),
        },
    ),
    (
        _("Thời gian"),
        {
            "submitted_at": _("Ngày nộp"),
            "received_at": _("Ngày tiếp nhận"),
            "due_at": _("Ngày hẹn trả"),
            "completed_at": _("Ngày kết thúc xử lý"),
            "returned_at": _("Ngày trả kết quả"),
        },
    ),
    (
        _("Chủ hồ sơ"),
        {
            "applicant.name": _("Họ tên"),
            "applicant.kind": _("Đối tượng"),
            "applicant.id_number": _("Số định danh"),
            "applicant.birth_date": _("Ngày sinh"),
            "applicant.phone": _("Điện thoại"),
            "applicant.email": _("Thư điện tử"),
            "applicant.address": _("Địa chỉ"),
        },
    ),
    (
        _("Thủ tục và cơ quan"),
        {
            "procedure.code": _("Mã thủ tục"),
            "procedure.name": _("Tên thủ tục"),
            "procedure.field_code": _("Mã lĩnh vực"),
            "procedure.field_name": _("Lĩnh vực"),
            "procedure.level": _("Mức độ trực tuyến"),
            "agency.code": _("Mã cơ quan"),
            "agency.name": _("Cơ quan xử lý"),
        },
    ),
)

FIELDS: dict[str, Word] = {name: word for _group, words in FIELD_GROUPS for name, word in words.items()} | {
    "documents": _("Giấy tờ đã nộp"),
    "fees": _("Phí, lệ phí"),
}


def field(name: str) -> Word:
    """A field's name; facts that have no field of ours keep the source's own name."""
    return FIELDS.get(name, name.removeprefix("extra."))
