"""Invented dossiers for `bench.mapping` and `bench.sync`, the same as JSON and as XML: about 2 KB with 30 fields and
two nested lists, one in a hundred with something wrong; and the mapping document that reads them."""

import random
from datetime import datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

import orjson

NAMESPACE = "urn:so-thu-nghiem"
STATUSES = {
    "1": "accepted",
    "Đang xử lý": "processing",
    "Chờ bổ sung": "supplement_requested",
    "Đã có kết quả": "completed",
    "Đã trả kết quả": "returned",
}
CHANNELS = {"Trực tiếp": "direct", "Trực tuyến": "online", "Bưu chính": "post"}
KINDS = {"CN": "citizen", "DN": "enterprise", "TC": "organisation"}

_FIELDS = """
  code: {from: soHoSo}
  national_code: {from: [maQuocGia, lienThong.ma]}
  receipt_number: {from: soBienNhan}
  procedure.code: {from: [thuTuc.maQuocGia, thuTuc.ma]}
  procedure.name: {from: thuTuc.ten}
  procedure.field_code: {from: thuTuc.linhVuc.ma}
  procedure.field_name: {from: thuTuc.linhVuc.ten}
  procedure.level: {from: thuTuc.mucDo}
  agency.code: {from: donVi.ma}
  agency.name: {from: donVi.ten}
  status: {from: trangThai, table: status}
  status_text: {from: tenTrangThai}
  channel: {from: kenh, table: channel}
  submission_place: {from: noiNop}
  summary: {from: trichYeu}
  applicant.name: {from: nguoiNop.hoTen}
  applicant.kind: {from: nguoiNop.loai, table: kind}
  applicant.id_number: {from: nguoiNop.soDinhDanh, as: identity_number}
  applicant.birth_date: {from: nguoiNop.ngaySinh, date: dd/MM/yyyy}
  applicant.vneid_verified: {from: nguoiNop.vneid}
  applicant.phone: {from: [nguoiNop.diDong, nguoiNop.dienThoai]}
  applicant.email: {from: nguoiNop.email}
  applicant.address: {from: nguoiNop.diaChi}
  officer: {from: canBo.hoTen}
  submitted_at: {from: ngayNop, date: dd/MM/yyyy HH:mm}
  received_at: {from: ngayTiepNhan, date: dd/MM/yyyy HH:mm}
  due_at: {from: ngayHenTra, date: dd/MM/yyyy HH:mm}
  completed_at: {from: ngayKetThuc, date: iso}
  digitised: {from: coSoHoa}
  note: {from: ghiChu}
  fees:
    each: lePhi
    fields:
      name: {from: ten}
      code: {from: ma}
      amount: {from: soTien, money: vnd}
      paid: {from: daThu}
  events:
    each: quaTrinh
    fields:
      at: {from: thoiDiem, date: iso}
      status: {from: trangThai, table: status}
      name: {from: noiDung}
      actor: {from: nguoiXuLy}
"""

_NAMES = ("Nguyễn Thị Thử", "Trần Văn Mẫu", "Lê Hoàng Giả", "Phạm Minh Định", "Đỗ Thị Phép", "Võ Văn Dụ")
_PROCEDURES = (
    ("2.000488", "Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam, người nước ngoài đang cư trú tại Việt Nam"),
    ("1.002809", "Đổi giấy phép lái xe do ngành Giao thông vận tải cấp"),
    ("1.004873", "Cấp giấy xác nhận tình trạng hôn nhân"),
)
_STEPS = (("1", "Tiếp nhận hồ sơ"), ("Đang xử lý", "Phân công thụ lý"), ("Đã trả kết quả", "Trả kết quả"))


def document(kind: str) -> str:
    """The mapping document for `json` or `xml`."""
    fields = _FIELDS if kind == "json" else _slashed(_FIELDS)
    tables = orjson.dumps({"status": STATUSES, "channel": CHANNELS, "kind": KINDS}).decode()
    head = f"mapping: so-thu-nghiem/ho-so\nversion: 1\nentity: dossier\ninput: {kind}\n"
    return f"{head}fields:{fields}tables: {tables}\n"


def _slashed(fields: str) -> str:
    """The same paths in XPath: `thuTuc/ten`."""
    lines = []
    for line in fields.splitlines():
        before, word, path = line.partition("from: ")
        lines.append(before + word + path.replace(".", "/") if word else line)
    return "\n".join(lines) + "\n"


def dossiers(number: int) -> list[dict[str, Any]]:
    """The records, always the same ones."""
    chance = random.Random(4)
    return [_dossier(at, chance) for at in range(number)]


def as_xml(record: dict[str, Any]) -> bytes:
    """The record as an element in a namespace; a list is its element repeated."""
    return f'<HoSo xmlns="{NAMESPACE}">{_inside(record)}</HoSo>'.encode()


def _inside(record: dict[str, Any]) -> str:
    parts = []
    for name, value in record.items():
        for one in value if isinstance(value, list) else [value]:
            inside = _inside(one) if isinstance(one, dict) else escape(_written(one))
            parts.append(f"<{name}>{inside}</{name}>" if inside else f"<{name}/>")
    return "".join(parts)


def _written(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _dossier(at: int, chance: random.Random) -> dict[str, Any]:
    seconds = timedelta(seconds=chance.randrange(86_400 * 300))
    submitted = datetime(2026, 1, 5, 7, 30) + seconds  # noqa: DTZ001 - departments write local times
    code, procedure = chance.choice(_PROCEDURES)
    done = chance.random() < 0.7
    status = "Đã trả kết quả" if done else chance.choice(("1", "Đang xử lý", "Chờ bổ sung"))
    made = {
        "id": f"b2c7a0f4-5a35-4b6e-8a51-{at:012x}",
        "soHoSo": f"000.00.15.H29-{submitted:%y%m%d}-{at:05}",
        "maQuocGia": None if at % 3 else f"000.00.15.G22-{submitted:%y%m%d}-{at:05}",
        "lienThong": {"ma": "" if at % 2 else f"LT-{at:06}", "heThong": "Trục liên thông"},
        "soBienNhan": f"BN{at:07}/2026",
        "thuTuc": {
            "maQuocGia": code if at % 5 else "",
            "ma": f"{code}.000.00.00.H29",
            "ten": procedure,
            "linhVuc": {"ma": "LV-TP", "ten": "Hành chính tư pháp"},
            "mucDo": 4,
        },
        "donVi": {"ma": "000.00.15.H29", "ten": "Sở Tư pháp Thành phố thử nghiệm"},
        "trangThai": status,
        "tenTrangThai": status,
        "kenh": chance.choice(tuple(CHANNELS)),
        "noiNop": "1",
        "trichYeu": f"Đề nghị {procedure.lower()}, nhận kết quả qua bưu chính công ích",
        "nguoiNop": {
            "hoTen": chance.choice(_NAMES),
            "loai": chance.choice(tuple(KINDS)),
            "soDinhDanh": f"0000{chance.randrange(10**7, 10**8):08}",
            "ngaySinh": f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/{chance.randint(1977, 2007)}",
            "vneid": chance.random() < 0.5,
            "diDong": f"0900{chance.randrange(10**6):06}" if at % 4 else " ",
            "dienThoai": f"028 3900 {chance.randrange(10**4):04}",
            "email": f"nguoi.nop.{at}@hoso.example",
            "diaChi": f"Số {at % 300 + 1}, đường Thử Nghiệm, phường Mẫu, Thành phố thử nghiệm",
        },
        "canBo": {"ma": "CB07", "hoTen": chance.choice(_NAMES)},
        "ngayNop": f"{submitted:%d/%m/%Y %H:%M}",
        "ngayTiepNhan": f"{submitted + timedelta(hours=3):%d/%m/%Y %H:%M}",
        "ngayHenTra": f"{submitted + timedelta(days=10):%d/%m/%Y} 17:00",
        "ngayKetThuc": _iso(submitted + timedelta(days=8)) if done else None,
        "coSoHoa": True,
        "ghiChu": "Công dân nộp qua cổng dịch vụ công, nhận kết quả tại nhà." if at % 2 else "",
        "lePhi": [
            {"ten": "Lệ phí", "ma": "LP1", "soTien": 200000, "daThu": True},
            {"ten": "Phí bưu chính", "ma": "BC2", "soTien": f"{chance.randint(20, 60)}.000", "daThu": done},
        ],
        "quaTrinh": [
            {"thoiDiem": _iso(submitted + timedelta(days)), "trangThai": to, "noiDung": name, "nguoiXuLy": who}
            for days, (to, name), who in zip((0, 1, 8), _STEPS, _NAMES, strict=False)
        ][: 3 if done else 2],
    }
    return _spoilt(made, at)


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}+07:00"


def _spoilt(made: dict[str, Any], at: int) -> dict[str, Any]:
    """One record in a hundred as departments send them: an unknown status, a day that is none, a number too short."""
    if at % 100 == 50:
        ways = ({"trangThai": "Treo"}, {"ngayNop": "31/02/2026 08:00"}, {"soHoSo": " "})
        made.update(ways[at // 100 % len(ways)])
        made["nguoiNop"]["soDinhDanh"] = "12345"
    return made
