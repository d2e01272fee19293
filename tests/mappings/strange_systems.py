"""Records of systems that nobody here has seen, as their makers would name things; and which field is which of ours."""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

_NAMES = ("Nguyễn Văn Thử", "Trần Thị Mẫu", "Lê Hoàng Giả", "Phạm Minh Định")
_OFFICERS = ("Đỗ Thị Phép", "Võ Văn Dụ")
MIDNIGHT = 1779210000000  # 20/05/2026 00:00 in Ho Chi Minh City, in milliseconds


def portal(number: int) -> Json:
    """A Java portal: English names, milliseconds, its own words for statuses beside their labels."""
    statuses = (("processing", "Đang xử lý"), ("done", "Đã trả kết quả"), ("releasing", "Chờ trả kết quả"))
    status, label = statuses[number % len(statuses)]
    applied = MIDNIGHT + number * 3_600_000
    return {
        "dossierId": 1000 + number,
        "referenceUid": f"{number:08x}-0000-4000-8000-{number:012x}",
        "govAgencyCode": "000.00.15.H29",
        "govAgencyName": "Sở Tư pháp",
        "applicantName": _NAMES[number % 4],
        "applicantIdType": ("citizen", "business")[number % 2],
        "applicantIdNo": f"000190{number:06d}",
        "applicantIdDate": "01/02/2015",
        "address": f"{number} Lê Lợi, Phường Bến Nghé",
        "contactTelNo": f"0900000{number:03d}",
        "contactEmail": f"thu{number}@hoso.example",
        "dossierNo": f"000.00.15.H29-260520-{number:04d}",
        "dossierStatus": status,
        "dossierStatusText": label,
        "serviceCode": "2.000488",
        "serviceName": "Cấp Phiếu lý lịch tư pháp",
        "submitDate": applied,
        "receiveDate": applied + 1000,
        "dueDate": applied + 5 * 86_400_000,
        "finishDate": applied + 4 * 86_400_000 if number % 2 else 0,
        "modifiedDate": applied + 5,
        "briefNote": "Cấp phiếu số 1",
        "durationCount": 5,
    }


PORTAL = {
    "code": "dossierNo",
    "procedure.code": "serviceCode",
    "procedure.name": "serviceName",
    "agency.code": "govAgencyCode",
    "agency.name": "govAgencyName",
    "status": "dossierStatus",
    "status_text": "dossierStatusText",
    "summary": "briefNote",
    "applicant.name": "applicantName",
    "applicant.kind": "applicantIdType",
    "applicant.id_number": "applicantIdNo",
    "applicant.phone": "contactTelNo",
    "applicant.email": "contactEmail",
    "applicant.address": "address",
    "submitted_at": "submitDate",
    "received_at": "receiveDate",
    "due_at": "dueDate",
    "completed_at": "finishDate",
}


def columns(number: int) -> Json:
    """The columns of an old database as they are, abbreviated."""
    return {
        "ID": number,
        "SO_HS": f"HS{number:05d}/2026",
        "TEN_TTHC": "Cấp đổi giấy phép lái xe",
        "MA_TTHC": "1.002809",
        "HO_TEN": "NGUYEN VAN THU",
        "CMND": f"000190{number:06d}",
        "SDT": f"0900000{number:03d}",
        "DC": f"{number} Trần Hưng Đạo, Quận 5",
        "NGAY_TN": f"{number % 28 + 1:02d}/05/2026",
        "NGAY_HT": f"{number % 28 + 1:02d}/06/2026",
        "TT": ("Đang xử lý", "Đã trả", "Chờ bổ sung")[number % 3],
        "CB_TL": _OFFICERS[number % 2],
        "LE_PHI": "135.000",
        "GHI_CHU": "",
    }


COLUMNS = {
    "code": "SO_HS",
    "procedure.code": "MA_TTHC",
    "procedure.name": "TEN_TTHC",
    "applicant.name": "HO_TEN",
    "applicant.id_number": "CMND",
    "applicant.phone": "SDT",
    "applicant.address": "DC",
    "received_at": "NGAY_TN",
    "due_at": "NGAY_HT",
    "status": "TT",
    "status_text": "TT",
    "officer": "CB_TL",
    "note": "GHI_CHU",
    "fees.amount": "LE_PHI",
}


def national(number: int) -> Json:
    """A system that answers with the national portal's own payload."""
    return {
        "MaHoSo": f"000.00.15.H29-200420-{number:04d}",
        "MaTTHC": "2.000488",
        "TenTTHC": "Cấp Phiếu lý lịch tư pháp",
        "MaLinhVuc": "LLTP",
        "TenLinhVuc": "Lý lịch tư pháp",
        "KenhThucHien": str(number % 3 + 1),
        "ChuHoSo": _NAMES[number % 4].upper(),
        "LoaiDoiTuong": "1",
        "SoDienThoai": "",
        "TrichYeuHoSo": "Xin cấp phiếu",
        "NgayNopHoSo": "20200420081500",
        "NgayTiepNhan": "20200420083000",
        "NgayHenTra": "20200430170000",
        "TrangThaiHoSo": str((2, 4, 9, 10)[number % 4]),
        "NgayTra": "",
        "NgayKetThucXuLy": "",
        "DonViXuLy": "Sở Tư pháp",
        "GhiChu": "",
        "TaiLieuNop": [
            {"TepDinhKemId": "1", "TenTepDinhKem": "tokhai.pdf", "DuongDanTaiTepTin": "https://hoso.example/1"}
        ],
        "DanhSachLePhi": [{"TenPhiLePhi": "Lệ phí", "MaPhiLePhi": "LP1", "Gia": "200000"}],
        "DinhDanhCHS": {"LoaiDinhDanh": "1", "SoDinhDanh": f"000200{number:06d}"},
    }


NATIONAL = {
    "code": "MaHoSo",
    "procedure.code": "MaTTHC",
    "procedure.name": "TenTTHC",
    "procedure.field_code": "MaLinhVuc",
    "procedure.field_name": "TenLinhVuc",
    "agency.name": "DonViXuLy",
    "status": "TrangThaiHoSo",
    "channel": "KenhThucHien",
    "summary": "TrichYeuHoSo",
    "applicant.name": "ChuHoSo",
    "applicant.kind": "LoaiDoiTuong",
    "applicant.id_number": "DinhDanhCHS.SoDinhDanh",
    "applicant.phone": "SoDienThoai",
    "submitted_at": "NgayNopHoSo",
    "received_at": "NgayTiepNhan",
    "due_at": "NgayHenTra",
    "completed_at": "NgayKetThucXuLy",
    "returned_at": "NgayTra",
    "note": "GhiChu",
    "documents.file_name": "TenTepDinhKem",
    "documents.url": "DuongDanTaiTepTin",
    "fees.name": "TenPhiLePhi",
    "fees.amount": "Gia",
}


def spoken(number: int) -> Json:
    """Columns of a spreadsheet, as people head them."""
    return {
        "STT": number,
        "Số hồ sơ": f"24-{number:06d}",
        "Tên thủ tục": "Đăng ký khai sinh",
        "Họ và tên người nộp": _NAMES[number % 4],
        "Số CCCD": f"000190{number:06d}",
        "Điện thoại": f"0900 000 {number:03d}",
        "Ngày nhận": f"{number % 28 + 1}/5/2026",
        "Ngày hẹn trả": f"{number % 28 + 1}/6/2026",
        "Tình trạng": ("Đã trả kết quả", "Đang giải quyết")[number % 2],
        "Cán bộ thụ lý": _OFFICERS[number % 2],
        "Kênh nộp": ("Trực tiếp", "Trực tuyến")[number % 2],
        "Ghi chú": "-",
    }


SPOKEN = {
    "code": '"Số hồ sơ"',
    "procedure.name": '"Tên thủ tục"',
    "applicant.name": '"Họ và tên người nộp"',
    "applicant.id_number": '"Số CCCD"',
    "applicant.phone": '"Điện thoại"',
    "received_at": '"Ngày nhận"',
    "due_at": '"Ngày hẹn trả"',
    "status": '"Tình trạng"',
    "status_text": '"Tình trạng"',
    "officer": '"Cán bộ thụ lý"',
    "channel": '"Kênh nộp"',
    "note": '"Ghi chú"',
}
SYSTEMS = {
    "portal": (portal, PORTAL),
    "columns": (columns, COLUMNS),
    "national": (national, NATIONAL),
    "spoken": (spoken, SPOKEN),
}
