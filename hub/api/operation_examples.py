"""Invented bodies and answers that the OpenAPI document shows of models which do not show one themselves.

By name of the component, and by operation where a body or an answer is text.
"""

from typing import Any

from hub.api import example

_AT = "2026-05-22T02:10:00Z"
_WHY = {"reason": "the department changes its server"}
_RUN: dict[str, Any] = {
    "id": 1207,
    "connector": "so-tu-phap",
    "kind": "incremental",
    "trigger": "schedule",
    "state": "succeeded",
    "queued_at": "2026-05-22T02:09:52Z",
    "started_at": "2026-05-22T02:09:53Z",
    "finished_at": _AT,
    "seconds": 7.214,
    "priority": 100,
    "owner": "hub-1 4711",
    "taken_over": 0,
    "stop_wanted": None,
    "stop_author": None,
    "stop_reason": None,
    "not_before": None,
    "pages": 1,
    "bytes": 48210,
    "gone": 0,
    "timings": {"wait": 0.4, "fetch": 5.1, "decode": 0.2, "map": 0.3, "store": 1.1},
    "counts": {"fetched": 64, "created": 3, "updated": 2, "unchanged": 58, "quarantined": 1, "total": 64},
    "mapping": "so-tu-phap/ly-lich-tu-phap v3 1a2b3c4d",
    "bookmark_before": "2026-05-22T02:00:00Z",
    "bookmark_after": "2026-05-22T02:09:00Z",
    "sentence": "64 fetched: 3 new, 2 changed, 58 as they were, 1 in quarantine.",
    "error_code": None,
    "hint": None,
    "wanted": None,
    "attempts": [],
    "notes": [],
}
_CONNECTOR: dict[str, Any] = {
    "name": "so-tu-phap",
    "title": "Sở Tư pháp – Lý lịch tư pháp",
    "type": "soap",
    "agency": "000.00.15.H29",
    "mapping": "so-tu-phap/ly-lich-tu-phap",
    "precedence": 0,
    "precedence_for": {},
    "state": "active",
    "managed_by": "hub",
    "health": "healthy",
    "seen_at": _AT,
    "fresh_within_seconds": 600,
    "stale": False,
    "stale_since": None,
    "stale_because": None,
    "incomplete_days": 0,
    "next_run_at": "2026-05-22T02:11:00Z",
    "failures": 0,
    "open_until": None,
    "open_because": None,
    "warnings": [],
    "quarantined": 1,
    "last_run": _RUN,
}
_SECTION = {name: _CONNECTOR[name] for name in ("name", "title", "type", "agency", "mapping")} | {
    "settings": {"wsdl": "http://127.0.0.1:8711/HoSoService.asmx?wsdl", "operation": "LayDanhSachHoSo"}
}
_TEXT = "name: so-tu-phap\ntitle: Sở Tư pháp – Lý lịch tư pháp\ntype: soap\n"
_MAPPING = "mapping: so-tu-phap/ly-lich-tu-phap\nversion: 3\nentity: dossier\ninput: xml\n"
_VERSION = {
    "version": 3,
    "managed_by": "hub",
    "author": "quản trị",
    "reason": "new address",
    "created_at": "2026-05-20T01:15:00Z",
}
_AGENCY = {"code": "000.00.15.H29", "name": "Sở Tư pháp", "effective_from": "2025-07-01", "connector": None}
_PROCEDURE = {
    "code": "2.000488",
    "name": "Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam",
    "agency_code": "000.00.15.H29",
    "term": 10,
    "term_unit": "working_days",
    "connector": None,
}
_QUARANTINED = {
    "id": 18,
    "connector": "so-tu-phap",
    "key": "TP-404",
    "reasons": [
        {
            "field": "received_at",
            "source": "NgayNhan",
            "value": "31/02/2026 08:15",
            "expected": "a day that exists, as dd/MM/yyyy HH:mm",
            "hint": "Ask the department for it.",
        }
    ],
    "mapping": _RUN["mapping"],
    "run_id": 1207,
    "payload_id": 12,
    "first_seen_at": _AT,
    "last_seen_at": _AT,
    "unseen": False,
}
_GROUP = {
    "group": "1f3a9c2e",
    "connector": "so-tu-phap",
    "records": 1,
    "field": "received_at",
    "source": "NgayNhan",
    "expected": "a day that exists, as dd/MM/yyyy HH:mm",
    "hint": "Ask the department for it.",
    "example": "99/99/9999 99:99",
    "since": _AT,
}
_REMOVAL = {
    "id": 4,
    "connector": "so-tu-phap",
    "run_id": 1207,
    "state": "waiting",
    "records": 2,
    "held": 64,
    "asked_at": _AT,
    "author": None,
    "reason": None,
    "decided_at": None,
}
_DAY = {
    "day": "2026-05-21",
    "until": None,
    "there": 64,
    "here": 62,
    "quarantined": 1,
    "missing": 1,
    "extra": 0,
    "by_key": True,
    "missing_keys": ["TP-61"],
    "extra_keys": [],
    "state": "repairing",
    "sentence": "1 of 64 is missing.",
    "checked_at": _AT,
    "run": 1208,
}
_FIELD = {"path": "SoHoSo", "type": "text", "repeated": False, "required": True, "about": "", "sample": "xx-99"}
_DUPLICATE = {
    "code": "2.000488",
    "name": _PROCEDURE["name"],
    "within_one_agency": False,
    "agencies": ["000.00.15.H29", "000.00.00.H29"],
    "portals": [],
    "served_by": [
        {
            "connector": "so-tu-phap",
            "title": _CONNECTOR["title"],
            "agency": "000.00.15.H29",
            "code": "2.000488",
            "first_seen_at": _AT,
            "last_seen_at": _AT,
        }
    ],
}
_UNKNOWN = {
    "kind": "agency",
    "code": "H29.99",
    "name": "Phòng Thử nghiệm",
    "named_by": ["mot-cua"],
    "first_seen_at": _AT,
    "last_seen_at": _AT,
}
_EXCHANGE = {
    "method": "POST",
    "address": "http://127.0.0.1:8711/HoSoService.asmx",
    "headers": {"Content-Type": "text/xml"},
    "body": "<soap:Envelope>…",
    "status": 200,
    "answer_headers": {"Content-Type": "text/xml"},
    "answer": "<soap:Envelope>…",
    "answer_bytes": 48210,
    "seconds": 0.214,
    "error": None,
}
_SHOWN = {
    "key": "TP-7",
    "changed_at": _AT,
    "received": "<HoSo><SoHoSo>TP-7</SoHoSo></HoSo>",
    "read": {"code": example.DOSSIER["code"], "status": "processing"},
    "problems": [],
    "quarantined": False,
}
_GUESS = {
    "field": "code",
    "words": {"from": "SoHoSo"},
    "percent": 96,
    "because": "its name and the form of its values",
    "remark": "",
    "used": True,
}
_SECRET = {"name": "so-tu-phap", "updated_at": _AT, "expires_on": "2026-12-31", "used_by": ["so-tu-phap"]}

EXAMPLES: dict[str, dict[str, Any]] = {
    "AgencyAnswer": _AGENCY,
    "AgencyPage": {"items": [_AGENCY]},
    "Alive": {"status": "ok"},
    "CheckAnswer": {"connector": "so-tu-phap", "ok": True, "steps": ["http://127.0.0.1:8711 answers."]},
    "CompletenessAnswer": {"complete": False, "days": [_DAY]},
    "ConnectorDetail": _CONNECTOR
    | {"fresh_share_of_week": 0.9986, "lapses": [], "document": _TEXT, "section": _SECTION, "version": _VERSION}
    | {"moved": {"before": "draft", "after": "active", "author": "quản trị", "reason": "tested", "at": _AT}},
    "ConnectorMoved": {"name": "so-tu-phap", "before": "active", "state": "paused", "note": ""},
    "ConnectorPage": {"items": [_CONNECTOR]},
    "ConnectorPut": {"name": "so-tu-phap", "changed": True, "version": 3, "state": "active", "note": ""},
    "Count": {"days": 7, "repair": True},
    "Decided": {"id": 4, "state": "approved", "marked": 2},
    "Decision": {"reason": "the department says that they were test records"},
    "Discover": {"operation": "LayDanhSachHoSo", "sample": True},
    "DiscoverAnswer": {
        "type": "soap",
        "place": "http://127.0.0.1:8711/HoSoService.asmx?wsdl",
        "fingerprint": "9f2a3c1e",
        "operations": [
            {"name": "LayDanhSachHoSo", "place": "HoSoService", "style": "document", "about": "", "parameters": []}
            | {"answer": [_FIELD]}
        ],
        "problems": [],
        "sample": [_FIELD],
    },
    "DuplicateServiceReport": {"items": [_DUPLICATE]},
    "FetchAnswer": {"run": 1209, "state": "succeeded", "error_code": None, "sentence": "1 fetched.", "hint": None}
    | {"counts": {"fetched": 1, "created": 0, "updated": 1, "unchanged": 0, "quarantined": 0}},
    "FetchOne": {"key": "TP-7"},
    "Guess": {"records": 50},
    "HowToRun": {"full": False},
    "Look": {"records": 1},
    "MappingDetail": {"name": _CONNECTOR["mapping"], "version": 3, "managed_by": "hub", "document": _MAPPING},
    "NationalReply": example.NATIONAL,
    "NeededReason": _WHY,
    "NewSecret": {"value": "only-an-example", "expires_on": "2026-12-31"},
    "PartedAnswer": {"code": "000.00.00.H29-260518-1201", "others": [example.DOSSIER["code"]]},
    "PreviewAnswer": {"exchanges": [_EXCHANGE], "records": [_SHOWN], "trouble": None},
    "ProcedureAnswer": _PROCEDURE,
    "ProcedurePage": {"items": [_PROCEDURE]},
    "QuarantineGroupPage": {"items": [_GROUP]},
    "QuarantinePage": {"items": [_QUARANTINED], "next_cursor": None},
    "Reason": _WHY,
    "RemovalDetail": _REMOVAL | {"keys": ["TP-60", "TP-61"]},
    "RemovalPage": {"items": [_REMOVAL]},
    "Rollback": {"version": 2, "reason": "version 3 reads the day wrongly"},
    "Run": _RUN,
    "RunPage": {"items": [_RUN], "next_cursor": None},
    "ScaffoldAnswer": {"mapping": _CONNECTOR["mapping"], "document": _MAPPING, "guesses": [_GUESS], "not_mapped": []},
    "SecretPage": {"items": [_SECRET]},
    "UnknownCodePage": {"items": [_UNKNOWN]},
    "VersionPage": {"items": [_VERSION]},
    "VersionText": _VERSION | {"document": _TEXT},
}
_PUSHED = {"maHoSo": "000.00.99.H29-261122-0001", "trangThai": "Mới nhận", "ngayNhan": "20/11/2026"}
_CLIENT = {"client": "cong-dich-vu-cong", "title": "Cổng dịch vụ công", "role": "query", "purpose": "tra cứu hồ sơ"}
# (operation, media type) → body or answer
TEXTS: dict[tuple[str, str], Any] = {
    **{(name, "application/json"): _SECTION for name in ("new_connector", "put_connector")},
    **{(name, "application/yaml"): _SECTION for name in ("new_connector", "put_connector", "export_connector")},
    **{("put_client", kind): _CLIENT for kind in ("application/json", "application/yaml")},
    **{
        ("put_mapping", kind): {"mapping": _CONNECTOR["mapping"], "version": 3, "entity": "dossier", "input": "xml"}
        for kind in ("application/json", "application/yaml")
    },
    ("push_records", "application/json"): [_PUSHED],
    ("push_records", "application/xml"): "<HoSo><maHoSo>000.00.99.H29-261122-0001</maHoSo></HoSo>",
    ("push_records", "text/csv"): "maHoSo;trangThai\n000.00.99.H29-261122-0001;Mới nhận\n",
    ("push_records", "application/x-ndjson"): '{"maHoSo": "000.00.99.H29-261122-0001", "trangThai": "Mới nhận"}\n',
    ("get_export_file", "application/octet-stream"): '{"id": "1207", "code": "000.00.15.H29-260518-0007"}\n',
    ("get_received", "application/octet-stream"): "<HoSo><SoHoSo>TP-7</SoHoSo></HoSo>",
    ("get_dossier_qr", "image/svg+xml"): '<svg xmlns="http://www.w3.org/2000/svg"/>',
}
