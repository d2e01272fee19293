"""Tables that every document may use without typing them: the national portal's statuses, by number and by label."""

from collections.abc import Mapping

from mappings.engine.document import Table

# Numbers and labels of the national portal (domain list dvcqg_status_codes).
_STATUSES = {
    "Mới đăng ký": "registered",
    "Được tiếp nhận": "accepted",
    "Không được tiếp nhận": "not_accepted",
    "Đang xử lý": "processing",
    "Yêu cầu bổ sung giấy tờ": "supplement_requested",
    "Yêu cầu thực hiện nghĩa vụ tài chính": "payment_requested",
    "Công dân yêu cầu rút hồ sơ": "withdrawn",
    "Dừng xử lý": "stopped",
    "Đã xử lý xong": "completed",
    "Đã trả kết quả": "returned",
}

# A table of the same name in a document or beside it is used instead.
SHARED: Mapping[str, Table] = {
    "national_status": {
        **{str(number): word for number, word in enumerate(_STATUSES.values(), start=1)},
        **{f"{number:02}": word for number, word in enumerate(_STATUSES.values(), start=1) if number < 10},
        **_STATUSES,
    }
}
