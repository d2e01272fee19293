"""The console's words for what the code calls by short names. Vietnamese here; English in `translations`."""

from typing import TypeAlias

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from hub.record.connector_state import Life
from hub.record.run_state import RunState
from hub.record.status import OFFICIAL, Status
from hub.store.tallies import State
from hub.sync import threshold
from hub.sync.health import Health

Word: TypeAlias = LazyString | str

HEALTH: dict[str, Word] = {
    Health.OPEN: _("Tạm ngừng hỏi"),
    Health.FAILING: _("Đang lỗi"),
    Health.LATE: _("Chậm hơn cam kết"),
    Health.INCOMPLETE: _("Thiếu bản ghi"),
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
    RunState.CANCELLED: _("Đã hủy"),
}

KIND: dict[str, Word] = {
    "incremental": _("Phần thay đổi"),
    "full": _("Đọc lại từ đầu"),
    "backfill": _("Đọc bù một khoảng thời gian"),
    "one": _("Một bản ghi"),
    "repair": _("Lấy bù bản ghi thiếu"),
    "count": _("Đối chiếu số lượng"),
    "push": _("Đẩy hồ sơ"),
    "replay": _("Đọc lại gói tin đã giữ"),
}
TRIGGER: dict[str, Word] = {
    "schedule": _("Theo lịch"),
    "hand": _("Chạy tay"),
    "anyway": _("Chạy tay, bỏ qua giờ nghỉ và ngưỡng dừng"),
    "count": _("Sau khi đối chiếu"),
    "mapping": _("Vì ánh xạ đã đổi"),
    "push": _("Cơ quan tự đẩy"),
}
STAGE: dict[str, Word] = {  # of hub.sync.timings
    "wait": _("Chờ đến lượt"),
    "fetch": _("Lấy về"),
    "decode": _("Giải mã"),
    "map": _("Ánh xạ"),
    "store": _("Lưu"),
}

# Why a source is read later than promised: the codes of hub.sync.lateness.
LATE: dict[str, Word] = {
    "not_active": _("Đầu nối đang tạm dừng."),
    "reading": _("Lượt đọc đang chạy, chưa xong."),
    "abandoned": _("Tiến trình đang đọc đã mất, chưa có tiến trình nào chạy tiếp."),
    "used": _("Một lượt khác đang dùng đầu nối này."),
    "queued": _("Lượt đọc đang chờ tiến trình."),
    "circuit": _("Các lượt trước bị lỗi nên hub tạm ngừng hỏi."),
    threshold.CODE: _("Quá nhiều bản ghi không đọc được nên lượt đọc đã dừng."),
    "blackout": _("Đang trong khung giờ không được hỏi cơ quan."),
    "scheduler": _("Đã đến giờ mà không có tiến trình lập lịch nào cho chạy."),
    "failed": _("Lượt đọc gần nhất bị lỗi."),
    "interrupted": _("Lượt đọc gần nhất bị ngắt."),
    "cancelled": _("Lượt đọc gần nhất bị hủy."),
    "not_pushed": _("Cơ quan chưa đẩy gì thêm."),
    "no_schedule": _("Đầu nối không có lịch, chỉ đọc khi có người yêu cầu."),
    "slow": _("Một lượt đọc kéo dài hơn thời gian cam kết."),
    "never_run": _("Chưa đọc lần nào, đang chờ đến lịch."),
    "schedule": _("Lịch chạy thưa hơn thời gian cam kết."),
}

DAY: dict[str, Word] = {  # how a day that was counted stands
    State.COMPLETE: _("Đủ"),
    State.DRIFT: _("Thiếu"),
    State.REPAIRING: _("Đang lấy bù"),
    State.REPAIRED: _("Đã lấy bù"),
    State.UNKNOWN: _("Chưa kết luận được"),
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
    "confidentiality": {"normal": _("Thường"), "limited": _("Hạn chế"), "sensitive": _("Nhạy cảm")},
    "applicant.id_kind": {"citizen_id": _("Căn cước công dân (12 số)"), "id_card": _("Chứng minh nhân dân (9 số)")},
    "return_method": {"direct": _("Trực tiếp"), "post": _("Bưu chính công ích")},
    "online_payment": {"none": _("Không"), "paid": _("Đã thanh toán"), "other": _("Hình thức khác")},
}
# Choices in the rows of lists, by their column.
ROW_CHOICES: dict[str, dict[str, Word]] = {
    "status": STATUS,
    "kind": {"normal": _("Phí, lệ phí"), "appraisal": _("Phí thẩm định"), "extension": _("Phí bổ sung, gia hạn")},
    "collected": {
        "at_reception": _("Khi tiếp nhận"),
        "at_supplement": _("Khi bổ sung"),
        "at_return": _("Khi trả kết quả"),
    },
}

RATING: dict[str, Word] = {
    "very_satisfied": _("Rất hài lòng"),
    "satisfied": _("Hài lòng"),
    "dissatisfied": _("Không hài lòng"),
}

# Every field of a dossier, in the order and the groups of its page.
FIELD_GROUPS: tuple[tuple[Word, dict[str, Word]], ...] = (
    (
        _("Thông tin hồ sơ"),
        {
            "code": _("Mã hồ sơ"),
            "national_code": _("Mã hồ sơ quốc gia"),
            "receipt_number": _("Số biên nhận"),
            "status": _("Trạng thái"),
            "status_text": _("Trạng thái theo nguồn"),
            "summary": _("Trích yếu"),
            "confidentiality": _("Mức độ bảo mật"),
            "channel": _("Kênh thực hiện"),
            "submission_place": _("Nơi nộp hồ sơ"),
            "officer": _("Người xử lý"),
            "return_method": _("Hình thức trả kết quả"),
            "return_information": _("Thông tin trả kết quả"),
            "digitised": _("Có thành phần số hóa"),
            "online_payment": _("Thanh toán trực tuyến"),
            "other_information": _("Thông tin khác của nguồn"),
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
            "refused_at": _("Ngày từ chối"),
            "returned_at": _("Ngày trả kết quả"),
        },
    ),
    (
        _("Chủ hồ sơ"),
        {
            "applicant.name": _("Họ tên"),
            "applicant.kind": _("Đối tượng"),
            "applicant.portal_id": _("Mã đối tượng trên Cổng Dịch vụ công quốc gia"),
            "applicant.id_kind": _("Loại định danh"),
            "applicant.id_number": _("Số định danh"),
            "applicant.paper_number": _("Số giấy tờ khác"),
            "applicant.tax_code": _("Mã số thuế"),
            "applicant.vneid_verified": _("Đã xác thực với VNeID"),
            "applicant.birth_date": _("Ngày sinh"),
            "applicant.phone": _("Điện thoại"),
            "applicant.fax": _("Fax"),
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
    "papers": _("Thành phần hồ sơ giấy"),
    "fees": _("Phí, lệ phí"),
    "supplements": _("Yêu cầu bổ sung"),
    "supplements.papers": _("Giấy tờ phải bổ sung"),
    "supplements.fees": _("Phí, lệ phí khi bổ sung"),
    "results": _("Giấy tờ kết quả"),
    "databases": _("Cơ sở dữ liệu đã kết nối"),
}

# The columns of lists.
COLUMNS: dict[str, Word] = {
    "actor": _("Người xử lý"),
    "amount": _("Số tiền"),
    "at": _("Thời điểm"),
    "code": _("Mã"),
    "collected": _("Hình thức thu"),
    "content": _("Nội dung"),
    "deleted": _("Đã gỡ"),
    "digitised": _("Được số hóa"),
    "due_after": _("Ngày hẹn trả mới"),
    "due_at": _("Hạn"),
    "due_before": _("Ngày hẹn trả trước"),
    "fees": _("Phí, lệ phí"),
    "file_name": _("Tệp"),
    "from_repository": _("Lấy từ kho quốc gia"),
    "id": _("Số ở nguồn"),
    "kind": _("Loại"),
    "name": _("Tên"),
    "paid": _("Đã nộp"),
    "paid_at": _("Ngày nộp"),
    "papers": _("Thành phần hồ sơ giấy"),
    "quantity": _("Số lượng"),
    "received_at": _("Ngày tiếp nhận"),
    "received_by": _("Người tiếp nhận"),
    "reception_information": _("Thông tin tiếp nhận"),
    "replaced_result": _("Kết quả thay thế"),
    "requested_at": _("Ngày yêu cầu"),
    "requested_by": _("Người yêu cầu"),
    "reuse": _("Tái sử dụng"),
    "started_at": _("Bắt đầu"),
    "status": _("Trạng thái"),
    "title": _("Chức danh"),
    "unit": _("Phòng ban"),
    "url": _("Đường dẫn"),
}

# What a revision tells of besides fields.
OF_A_REVISION: dict[str, Word] = {"codes": _("Các mã"), "sources": _("Các bản ghi nguồn")}
GONE: dict[str, Word] = {"gone_at": _("Không còn ở nguồn từ")}

REMOVAL: dict[str, Word] = {  # of hub.store.removals
    "waiting": _("Chờ quyết định"),
    "approved": _("Xác nhận không còn"),
    "refused": _("Giữ nguyên"),
    "superseded": _("Đã có lượt đọc mới hơn"),
}


def field(name: str) -> Word:
    """A field's name; facts that have no field of ours keep the source's own name."""
    return FIELDS.get(name) or OF_A_REVISION.get(name) or GONE.get(name) or name.removeprefix("extra.")
