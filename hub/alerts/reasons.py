"""Short words that sentences are put together from: why a source is late, what ends, days of the week."""

from collections.abc import Mapping, Sequence

from hub.sync import threshold

# The codes of hub.sync.lateness.
LATE: Mapping[str, tuple[str, str]] = {
    "reading": ("Lượt đọc đang chạy, chưa xong.", "A run is reading it, and is not done yet."),
    "abandoned": ("Tiến trình đang đọc đã mất.", "The worker that was reading it is gone."),
    "used": ("Một lượt khác đang dùng đầu nối này.", "Another run has this connector."),
    "queued": ("Lượt đọc đang chờ tiến trình.", "Its run waits for a worker."),
    "circuit": ("Các lượt trước bị lỗi nên hub tạm ngừng hỏi.", "Runs failed, so it is left alone for a while."),
    threshold.CODE: (
        "Quá nhiều bản ghi không đọc được nên lượt đọc đã dừng.",
        "Too many records could not be read, so its run stopped.",
    ),
    "scheduler": (
        "Đã đến giờ mà không có tiến trình lập lịch nào cho chạy.",
        "It is due, and no scheduler has queued its run.",
    ),
    "failed": ("Lượt đọc gần nhất bị lỗi.", "Its last run failed."),
    "interrupted": ("Lượt đọc gần nhất bị ngắt.", "Its last run was interrupted."),
    "cancelled": ("Lượt đọc gần nhất đã được hủy.", "Its last run was cancelled."),
    "no_schedule": ("Đầu nối không có lịch chạy.", "It has no schedule."),
    "not_pushed": ("Cơ quan chưa đẩy gì sang.", "Its department has pushed nothing."),
    "slow": ("Lượt đọc gần nhất kéo dài hơn cam kết.", "Its last run took longer than was promised."),
    "never_run": ("Chưa đọc lần nào.", "It has never been read."),
    "schedule": ("Lịch chạy thưa hơn cam kết.", "Its schedule is wider than what was promised."),
    "unreadable": ("Không đọc được lịch chạy.", "Its schedule cannot be read."),
}

# The codes of warnings that have an end.
ENDS: Mapping[str, tuple[str, str]] = {
    "server_certificate_ends": ("chứng thư của máy chủ cơ quan", "the certificate of the department's server"),
    "our_certificate_ends": ("chứng thư của hub ở cơ quan này", "the hub's certificate for this department"),
    "token_ends": ("mã truy cập (token)", "the token"),
    "secret_ends": ("mật khẩu hoặc khóa đã lưu", "a secret that the hub keeps"),
}

WEEKDAYS: Sequence[tuple[str, str]] = (
    ("thứ Hai", "Mondays"),
    ("thứ Ba", "Tuesdays"),
    ("thứ Tư", "Wednesdays"),
    ("thứ Năm", "Thursdays"),
    ("thứ Sáu", "Fridays"),
    ("thứ Bảy", "Saturdays"),
    ("Chủ nhật", "Sundays"),
)
