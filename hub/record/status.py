"""Dossier statuses: our words with the national portal's number and label (domain list dvcqg_status_codes)."""

from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """The ten statuses of the national public-service portal."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    PROCESSING = "processing"
    SUPPLEMENT_REQUESTED = "supplement_requested"
    PAYMENT_REQUESTED = "payment_requested"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    COMPLETED = "completed"
    RETURNED = "returned"


class Official(NamedTuple):
    """How the national portal writes a status."""

    number: int
    label: str


OFFICIAL: dict[Status, Official] = {
    Status.REGISTERED: Official(1, "Mới đăng ký"),
    Status.ACCEPTED: Official(2, "Được tiếp nhận"),
    Status.NOT_ACCEPTED: Official(3, "Không được tiếp nhận"),
    Status.PROCESSING: Official(4, "Đang xử lý"),
    Status.SUPPLEMENT_REQUESTED: Official(5, "Yêu cầu bổ sung giấy tờ"),
    Status.PAYMENT_REQUESTED: Official(6, "Yêu cầu thực hiện nghĩa vụ tài chính"),
    Status.WITHDRAWN: Official(7, "Công dân yêu cầu rút hồ sơ"),
    Status.STOPPED: Official(8, "Dừng xử lý"),
    Status.COMPLETED: Official(9, "Đã xử lý xong"),
    Status.RETURNED: Official(10, "Đã trả kết quả"),
}
