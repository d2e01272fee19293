"""What the invented dossiers are made of: official statuses, real procedure and agency codes, names and places.

No name or place here begins with a capital that bears a tone (Á, Ấ, Ý …): TCVN3 has no such letter.
"""

from dataclasses import dataclass

# Our word → the national portal's number and label.
STATUSES: dict[str, tuple[int, str]] = {
    "registered": (1, "Mới đăng ký"),
    "accepted": (2, "Được tiếp nhận"),
    "not_accepted": (3, "Không được tiếp nhận"),
    "processing": (4, "Đang xử lý"),
    "supplement_requested": (5, "Yêu cầu bổ sung giấy tờ"),
    "payment_requested": (6, "Yêu cầu thực hiện nghĩa vụ tài chính"),
    "withdrawn": (7, "Công dân yêu cầu rút hồ sơ"),
    "stopped": (8, "Dừng xử lý"),
    "completed": (9, "Đã xử lý xong"),
    "returned": (10, "Đã trả kết quả"),
}

# How a dossier comes to each status, and how often it is found there.
PATHS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (4, ("registered", "registered")),
    (6, ("registered", "accepted")),
    (3, ("registered", "not_accepted")),
    (16, ("registered", "accepted", "processing")),
    (6, ("registered", "accepted", "processing", "supplement_requested")),
    (4, ("registered", "accepted", "payment_requested")),
    (2, ("registered", "accepted", "withdrawn")),
    (2, ("registered", "accepted", "processing", "stopped")),
    (17, ("registered", "accepted", "processing", "completed")),
    (40, ("registered", "accepted", "processing", "completed", "returned")),
)

STEP_TEXTS: dict[str, tuple[str, str]] = {  # what was done, and where
    "registered": ("Công dân nộp hồ sơ", "Cổng dịch vụ công"),
    "accepted": ("Kiểm tra, tiếp nhận hồ sơ và hẹn ngày trả kết quả", "Bộ phận Một cửa"),
    "not_accepted": ("Từ chối tiếp nhận: hồ sơ không thuộc thẩm quyền", "Bộ phận Một cửa"),
    "processing": ("Thụ lý hồ sơ", "Phòng chuyên môn"),
    "supplement_requested": ("Gửi phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "Phòng chuyên môn"),
    "payment_requested": ("Gửi thông báo nộp phí, lệ phí", "Bộ phận Một cửa"),
    "withdrawn": ("Công dân đề nghị rút hồ sơ", "Bộ phận Một cửa"),
    "stopped": ("Thông báo dừng giải quyết hồ sơ", "Phòng chuyên môn"),
    "completed": ("Ký duyệt, chuyển kết quả về Bộ phận Một cửa", "Lãnh đạo đơn vị"),
    "returned": ("Trả kết quả cho công dân", "Bộ phận Một cửa"),
}


@dataclass(frozen=True, slots=True)
class Agency:
    """A unit of the city with its code in the QCVN 102 form."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """An administrative procedure: national code, names, field, term in working days, and what it asks for."""

    code: str
    name: str
    english: str
    field_code: str
    field_name: str
    term: int
    papers: tuple[str, ...]
    fees: tuple[tuple[str, int], ...] = ()


CITY = Agency("000.00.00.H29", "Ủy ban nhân dân Thành phố")
JUSTICE = Agency("000.00.15.H29", "Sở Tư pháp")
HEALTH = Agency("000.00.18.H29", "Sở Y tế")

_IDENTITY = "Bản sao thẻ căn cước"
_PROXY = "Văn bản ủy quyền (nếu có) & giấy tờ của người được ủy quyền"

JUDICIAL: tuple[Procedure, ...] = (
    Procedure(
        "2.000488",
        "Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam, người nước ngoài đang cư trú ở Việt Nam",
        "Criminal record certificate",
        "LLTP",
        "Lý lịch tư pháp",
        10,
        ("Tờ khai yêu cầu cấp Phiếu lý lịch tư pháp", _IDENTITY, "Giấy xác nhận thông tin về cư trú", _PROXY),
        (("Phí cung cấp thông tin lý lịch tư pháp", 200_000), ("Phí cấp thêm phiếu", 5_000)),
    ),
    Procedure(
        "1.001193",
        "Đăng ký khai sinh",
        "Birth registration",
        "HT",
        "Hộ tịch",
        1,
        ("Tờ khai đăng ký khai sinh", "Giấy chứng sinh", _IDENTITY, _PROXY),
        (("Phí cấp bản sao trích lục hộ tịch", 8_000),),
    ),
    Procedure(
        "1.000656",
        "Đăng ký khai tử",
        "Death registration",
        "HT",
        "Hộ tịch",
        1,
        ("Tờ khai đăng ký khai tử", "Giấy báo tử", _IDENTITY, _PROXY),
        (("Phí cấp bản sao trích lục hộ tịch", 8_000),),
    ),
)

ONE_STOP: tuple[tuple[Procedure, Agency], ...] = (
    (
        Procedure(
            "2.002621",
            "Liên thông đăng ký khai sinh, đăng ký thường trú, cấp thẻ bảo hiểm y tế cho trẻ em dưới 6 tuổi",
            "Birth, residence and health insurance for a child under 6",
            "HT",
            "Hộ tịch",
            4,
            ("Tờ khai điện tử liên thông", "Giấy chứng sinh", _IDENTITY),
            (("Lệ phí đăng ký cư trú", 10_000),),
        ),
        CITY,
    ),
    (
        Procedure(
            "2.002622",
            "Liên thông đăng ký khai tử, xóa đăng ký thường trú, giải quyết mai táng phí",
            "Death, removal of residence and funeral allowance",
            "HT",
            "Hộ tịch",
            6,
            ("Tờ khai điện tử liên thông", "Giấy báo tử", _IDENTITY),
        ),
        CITY,
    ),
    (
        Procedure(
            "2.000286",
            "Tiếp nhận đối tượng bảo trợ xã hội có hoàn cảnh đặc biệt khó khăn vào cơ sở trợ giúp xã hội",
            "Admission to a social assistance facility",
            "BTXH",
            "Bảo trợ xã hội",
            15,
            ("Tờ khai đề nghị tiếp nhận", "Sơ yếu lý lịch", _IDENTITY, "Giấy xác nhận khuyết tật"),
        ),
        HEALTH,
    ),
    (
        Procedure(
            "1.001731",
            "Hỗ trợ chi phí mai táng cho đối tượng bảo trợ xã hội",
            "Funeral support for beneficiaries of social protection",
            "BTXH",
            "Bảo trợ xã hội",
            5,
            ("Tờ khai đề nghị hỗ trợ chi phí mai táng", "Bản sao giấy chứng tử", _IDENTITY),
        ),
        HEALTH,
    ),
    (
        Procedure(
            "1.001776",
            "Thực hiện, điều chỉnh, thôi hưởng trợ cấp xã hội hàng tháng",
            "Monthly social allowance",
            "BTXH",
            "Bảo trợ xã hội",
            12,
            ("Tờ khai đề nghị trợ giúp xã hội", _IDENTITY, "Giấy xác nhận khuyết tật"),
            (("Phí chứng thực bản sao", 2_000), ("Phí bưu chính công ích", 32_500)),
        ),
        HEALTH,
    ),
)


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


SURNAMES = _words(
    "Nguyễn Trần Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương",
    "Lý Đinh Trịnh Đoàn Mai Tô Tạ Quách Lương Châu Từ",
)
MIDDLE_NAMES = {
    "male": _words("Văn Hữu Đức Quốc Minh Thanh Công Xuân Ngọc Tuấn Gia Đình Bảo Khắc Trọng"),
    "female": _words("Thị Ngọc Thanh Thu Minh Kim Mỹ Bích Phương Hồng Thúy Diệu Cẩm Quỳnh Tuyết"),
}
GIVEN_NAMES = {
    "male": _words(
        "Hùng Dũng Tuấn Phúc Khoa Đạt Thắng Nghĩa Quân Huy",
        "Sơn Trường Lộc Khánh Vượng Tiến Hải Bình Thịnh Kiệt",
    ),
    "female": _words(
        "Hương Lan Thảo Trang Nhung Vân Yến Phượng Hạnh Nguyệt",
        "Thủy Loan Diễm Trâm Ngân Hiền Duyên Như Mỹ Xuân",
    ),
}
OFFICERS = ("Trần Thị Mỹ Lệ", "Nguyễn Hoàng Phước", "Lê Đức Trí", "Phạm Thùy Dung", "Đỗ Văn Khải", "Huỳnh Kim Thoa")
STREETS = (
    "Nguyễn Trãi",
    "Lê Lợi",
    "Trần Hưng Đạo",
    "Điện Biên Phủ",
    "Cách Mạng Tháng Tám",
    "Hai Bà Trưng",
    "Võ Văn Tần",
    "Nguyễn Thị Minh Khai",
    "Âu Cơ",
    "Lý Tự Trọng",
    "Phan Đăng Lưu",
    "Nguyễn Đình Chiểu",
    "Hoàng Văn Thụ",
)
WARDS = (
    "Phường Sài Gòn",
    "Phường Bến Thành",
    "Phường Tân Định",
    "Phường Bàn Cờ",
    "Phường Xuân Hòa",
    "Phường Nhiêu Lộc",
    "Phường Chợ Lớn",
    "Phường Gia Định",
    "Phường Bình Thạnh",
    "Phường Tân Sơn Nhất",
    "Phường Thủ Đức",
    "Phường Hạnh Thông",
)
CITY_NAME = "Thành phố Hồ Chí Minh"
