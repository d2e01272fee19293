"""One invented dossier, shown in the OpenAPI document."""

from typing import Any

DOSSIER: dict[str, Any] = {
    "code": "000.00.15.H29-260518-0007",
    "status": {"code": "processing", "number": 4, "label": "Đang xử lý"},
    "procedure": {"code": "2.000488", "name": "Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam"},
    "agency": {"code": "000.00.15.H29", "name": "Sở Tư pháp"},
    "applicant": {"name": "Đặng Thùy Dương", "kind": "citizen", "id_number": "000190000001"},
    "channel": "online",
    "received_at": "2026-05-18T01:15:00Z",
    "due_at": "2026-05-29T10:00:00Z",
    "documents": [{"name": "Tờ khai yêu cầu cấp Phiếu lý lịch tư pháp", "file_name": "to-khai.pdf"}],
    "fees": [{"name": "Phí cung cấp thông tin lý lịch tư pháp", "amount": 200000, "paid": True}],
    "as_of": "2026-05-22T02:10:00Z",
    "stale": False,
    "changed_at": "2026-05-22T02:00:07Z",
    "first_seen_at": "2026-05-18T01:20:03Z",
    "codes": ["000.00.15.H29-260518-0007", "H29.15-260518-0007"],
    "timeline": [
        {
            "at": "2026-05-18T01:15:00Z",
            "status": {"code": "accepted", "number": 2, "label": "Được tiếp nhận"},
            "name": "Tiếp nhận hồ sơ",
            "actor": "Vũ Thị Hạnh",
            "unit": "Bộ phận Một cửa",
            "connector": "so-tu-phap",
            "recorded_at": "2026-05-18T01:20:03Z",
        }
    ],
    "sources": [
        {
            "connector": "so-tu-phap",
            "key": "TP-7",
            "agency": "000.00.15.H29",
            "changed_at": "2026-05-22T02:00:00Z",
            "stored_at": "2026-05-22T02:00:07Z",
            "source_seen_at": "2026-05-22T02:10:00Z",
            "stale": False,
            "problems": [],
        }
    ],
    "provenance": {
        "status": {
            "connector": "mot-cua",
            "key": "65a",
            "conflicts": [{"connector": "so-tu-phap", "key": "TP-7", "value": "supplement_requested"}],
        }
    },
}
