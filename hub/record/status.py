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

_OPEN = frozenset(
    {
        Status.PROCESSING,
        Status.SUPPLEMENT_REQUESTED,
        Status.PAYMENT_REQUESTED,
        Status.WITHDRAWN,
        Status.STOPPED,
        Status.COMPLETED,
        Status.RETURNED,
    }
)

# What usually comes after what. OURS, INFERRED: no published table says so. The national portal's ten statuses, their
# terminal ones, and how provincial reports class them (stopped: paused) are behind it; steps may be skipped, since a
# source is read now and then. Every other move is kept all the same, and flagged.
USUAL_MOVES: dict[Status, frozenset[Status]] = {
    Status.REGISTERED: frozenset(Status) - {Status.REGISTERED},
    Status.ACCEPTED: _OPEN,
    Status.NOT_ACCEPTED: frozenset(),
    Status.PROCESSING: _OPEN,
    Status.SUPPLEMENT_REQUESTED: _OPEN | {Status.ACCEPTED, Status.NOT_ACCEPTED},
    Status.PAYMENT_REQUESTED: _OPEN | {Status.ACCEPTED, Status.NOT_ACCEPTED},
    Status.WITHDRAWN: frozenset({Status.RETURNED}),  # the citizen's papers are handed back
    Status.STOPPED: frozenset({Status.PROCESSING, Status.WITHDRAWN, Status.COMPLETED, Status.RETURNED}),
    Status.COMPLETED: frozenset({Status.PAYMENT_REQUESTED, Status.RETURNED}),  # some fees are paid at the hand-over
    Status.RETURNED: frozenset(),
}


def is_usual(before: str | None, after: str) -> bool:
    """Whether a dossier usually moves so; staying is usual, and so is whatever is first known of it."""
    return before is None or before == after or Status(after) in USUAL_MOVES[Status(before)]
