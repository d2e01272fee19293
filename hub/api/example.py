"""One invented dossier, shown in the OpenAPI document."""

from typing import Any

from hub.record.national import dossier_payload

DOSSIER: dict[str, Any] = {
    "id": "1207",
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
    "due": {"state": "in_time", "due_at": "2026-05-29T10:00:00Z", "ended_at": None},
    "due_dates": [
        {
            "at": "2026-05-29T10:00:00Z",
            "current": True,
            "said_by": "so-tu-phap",
            "policy": None,
            "reason": {"code": "promised", "vi": "Nguồn hẹn trả.", "en": "Promised by the source."},
            "steps": [],
            "warnings": [],
        }
    ],
    "due_not_computed": {
        "code": "no_term",
        "vi": "Danh mục chưa ghi thời hạn giải quyết của thủ tục.",
        "en": "The catalogue does not say how long the procedure may take.",
    },
    "on_time": {
        "by_the_portal": {
            "verdict": "on_time",
            "end": "2026-05-22T02:10:00Z",
            "reason": {
                "code": "unfinished",
                "vi": "Chưa xong, xét đến lúc 09:10 22/05/2026, không muộn hơn hẹn trả 17:00 29/05/2026.",
                "en": "Not finished, judged at 09:10 22/05/2026, not later than the due date 17:00 29/05/2026.",
            },
        },
        "by_dates": {
            "verdict": "on_time",
            "end": "2026-05-22T02:10:00Z",
            "reason": {
                "code": "unfinished",
                "vi": "Chưa xong, xét đến ngày 22/05/2026, hẹn trả ngày 29/05/2026.",
                "en": "Not finished, judged on 22/05/2026, due on 29/05/2026.",
            },
        },
    },
    "as_of": "2026-05-22T02:10:00Z",
    "source_seen_at": "2026-05-22T02:10:00Z",
    "stale": False,
    "changed_at": "2026-05-22T02:00:07Z",
    "position": 48211,
    "gone_at": None,
    "first_seen_at": "2026-05-18T01:20:03Z",
    "codes": ["000.00.15.H29-260518-0007", "H29.15-260518-0007"],
    "timeline": [
        {
            "at": "2026-05-18T01:15:00Z",
            "status": {"code": "accepted", "number": 2, "label": "Được tiếp nhận"},
            "name": "Tiếp nhận hồ sơ",
            "actor": "Vũ Thị Hạnh",
            "title": None,
            "unit": "Bộ phận Một cửa",
            "started_at": None,
            "due_at": None,
            "inferred": False,
            "unusual": False,
            "remark": None,
            "connector": "so-tu-phap",
            "recorded_at": "2026-05-18T01:20:03Z",
        }
    ],
    "history": [],
    "disowned": [],
    "sources": [
        {
            "connector": "so-tu-phap",
            "key": "TP-7",
            "agency": "000.00.15.H29",
            "changed_at": "2026-05-22T02:00:00Z",
            "stored_at": "2026-05-22T02:00:07Z",
            "source_seen_at": "2026-05-22T02:10:00Z",
            "stale": False,
            "gone_at": None,
            "problems": [],
        }
    ],
    "provenance": {
        "status": {
            "connector": "mot-cua",
            "key": "65a",
            "stored_at": "2026-05-22T02:00:07Z",
            "payload_id": 12,
            "mapping": "mot-cua/ho-so v1 3f2a9c1e",
            "conflicts": [{"connector": "so-tu-phap", "key": "TP-7", "value": "supplement_requested"}],
        }
    },
}
_OF_ITEMS = ("id", "code", "status", "procedure", "agency", "applicant", "channel", "received_at", "due_at", "due")
_FRESH = ("as_of", "source_seen_at", "stale", "changed_at", "position", "gone_at")
ITEM = {name: DOSSIER[name] for name in (*_OF_ITEMS, *_FRESH)}
COUNT = {"records": 1, "exact": True}
PAGE: dict[str, Any] = {"items": [ITEM], "next_cursor": "bm90LWEtcmVhbC1jdXJzb3I", "count": COUNT}
LOOKED_UP: dict[str, Any] = {
    "items": [
        {"code": ITEM["code"], "outcome": "found", "found": [ITEM | {"codes": DOSSIER["codes"]}]},
        {"code": "000.00.15.H29-260518-9999", "outcome": "unknown", "found": []},
    ]
}
COUNTS: dict[str, Any] = {
    "counted_at": "2026-05-22T02:10:03Z",
    "groups": [
        {"agency": "000.00.15.H29", "status": "processing", "records": 412},
        {"agency": "000.00.15.H29", "status": "returned", "records": 9108},
    ],
}
NATIONAL: dict[str, Any] = {
    "error_code": "0",
    "message": "Thành công",
    "result": [dossier_payload(DOSSIER | {"status": "processing"})],
}
