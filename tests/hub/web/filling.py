"""A small store for the web tests, filled through the store's own functions: invented people, real forms of codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from connectors.contract import Page, Record
from hub.record.merge import Values
from hub.record.moments import as_text
from hub.record.run_state import RunState
from hub.record.status import Status
from hub.store import connectors, registrations, runs, schedules, watched
from hub.store.connectors import ConnectorRow
from hub.store.database import Database
from hub.store.registrations import Registration
from hub.store.runs import Ending
from hub.sync.drift import OnDrift
from hub.sync.page import store
from hub.sync.watch import Watch
from hub.sync.work import Work
from mappings.engine.draft import Draft, Problem

SHARED = "000.00.15.H29-260518-0007"  # two departments speak of this one
SLASHED = "03706/2026/07906"
AMBIGUOUS = "24-019651"
MANY = 60

_SENTENCE = (
    "mot-cua: no answer from http://127.0.0.1:8712/pa/dossier/search within 30 s. "
    "The 3 records before are stored; the next run goes on from there."
)
_REGISTERED = [
    Registration(
        "so-tu-phap",
        "Sở Tư pháp – Lý lịch tư pháp",
        "soap",
        "000.00.15.H29",
        "so-tu-phap/ly-lich-tu-phap",
        0,
        600,
        '{"every": "1m"}',
    ),
    Registration(
        "mot-cua", "Cổng một cửa điện tử", "rest", "000.00.00.H29", "mot-cua/ho-so", 10, 600, '{"every": "1m"}'
    ),
    Registration("du-lieu-mo", "Dữ liệu mở thành phố", "rest", "000.00.21.H29", "du-lieu-mo/giay-phep", 0, 3600, ""),
]
_NAMES = ("Nguyễn Thị Ánh", "Trần Đức Minh", "Đỗ Hồng Phượng", "Lê Quốc Vượng", "Huỳnh Ngọc Quỳnh", "Phạm Gia Bảo")
_MATTERS = (
    ("2.000488", "Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam"),
    ("1.001193", "Đăng ký khai sinh"),
    ("1.000656", "Đăng ký khai tử"),
)


@dataclass(frozen=True, slots=True)
class Filled:
    """What the tests want to know of the filled store."""

    failed_run: int
    succeeded_run: int
    running_run: int


@dataclass(frozen=True, slots=True)
class Store:
    """A store that was filled, and keys to it."""

    folder: Path
    database: Database
    filled: Filled
    key: str  # looks
    now: datetime
    manager: str  # may change things


class _AsGiven:
    """A mapping whose records are read already."""

    name = "so-tu-phap/ly-lich-tu-phap"
    fingerprint = "1a2b3c4d"
    entity = "dossier"

    def read(self, draft: Draft) -> Draft:
        return draft


def fill(database: Database, now: datetime) -> Filled:
    """Three connectors in three states, dossiers, quarantine and runs."""
    registrations.register(database, _REGISTERED)
    succeeded = _run(database, "so-tu-phap", now - timedelta(minutes=3), [*_kept(_judicial()), *_UNREADABLE])
    failed = _run(database, "mot-cua", now - timedelta(minutes=41), _kept(_one_stop()))
    running = _run(database, "du-lieu-mo", now - timedelta(seconds=20), _kept({"24-1": _permit()}))
    with database.write() as transaction:
        runs.record_attempts(transaction, failed, _attempts(now))
    _end(database, succeeded, RunState.SUCCEEDED, "64 fetched.", now - timedelta(minutes=2))
    _end(database, failed, RunState.FAILED, _SENTENCE, now - timedelta(minutes=39), "timeout", "Nothing is lost.")
    with database.write() as transaction:
        for name, minutes in (("so-tu-phap", 2), ("mot-cua", 42)):
            connectors.mark_seen(transaction, _row(database, name).id, now - timedelta(minutes=minutes))
    schedules.plan(database, now, lambda _cadence, after: after + timedelta(seconds=50))
    return Filled(failed, succeeded, running)


def bring(database: Database, name: str, at: datetime, drafts: Mapping[str, Draft]) -> None:
    """One of the three connectors brings records, by key, in a run that goes on."""
    registrations.register(database, _REGISTERED)
    marks = {key: f"{key} {at.isoformat()}".encode() for key in drafts}
    _run(database, name, at, [_record(key, draft, marks[key]) for key, draft in drafts.items()])


def _row(database: Database, name: str) -> ConnectorRow:
    row = connectors.named(database, name)
    assert row is not None
    return row


def _kept(records: Mapping[str, Values]) -> list[Record]:
    return [_record(key, Draft(values, _PROBLEMS if key == "TP-shared" else ())) for key, values in records.items()]


def _record(key: str, draft: Draft, raw: bytes | None = None) -> Record:
    return Record(key, draft, raw or key.encode(), datetime(2026, 5, 22, 2, 0, tzinfo=UTC))


def _run(database: Database, name: str, at: datetime, records: Sequence[Record]) -> int:
    """A run that has stored one page and goes on."""
    connector = _row(database, name)
    with database.write() as transaction:
        run_id = runs.enqueue(transaction, connector.id, "incremental", "schedule", at, fire_at=at)
    runs.start(database, run_id, f"{connector.mapping} v3 1a2b3c4d", "2026-05-18T00:00:00Z", at)
    lease = connectors.take_lease(database, connector.id, "tests", 5)
    assert lease is not None
    watch = Watch(name, OnDrift(), watched.learnt(database, connector.id))
    work = Work(database, connector, cast("Any", _AsGiven()), "as given", run_id, lease, 5, watch)
    store(work, Page(b"[]", "application/json", records, "2026-05-22T00:00:00Z", total=100), at)
    connectors.release_lease(database, lease)
    return run_id


def _end(
    database: Database,
    run_id: int,
    state: RunState,
    sentence: str,
    at: datetime,
    code: str | None = None,
    hint: str | None = None,
) -> None:
    with database.write() as transaction:
        runs.finish(transaction, run_id, Ending(state, sentence, code, hint), at)


def _attempts(now: datetime) -> list[dict[str, Any]]:
    where = "http://127.0.0.1:8712/pa/dossier/search"
    first = {
        "code": "server_error",
        "sentence": f"{where} answered 503 Service Unavailable",
        "next_try_in_seconds": 2.1,
    }
    second = {"code": "timeout", "sentence": f"no answer from {where} within 30 s"}
    return [
        {"at": (now - timedelta(minutes=minutes)).isoformat(timespec="seconds"), **each}
        for minutes, each in ((40, first), (39, second))
    ]


_SHARED_AT_JUSTICE: Values = {
    "code": SHARED,
    "national_code": "H29.15-260518-0007",
    "status": "supplement_requested",
    "status_text": "Chờ bổ sung",
    "summary": "Cấp Phiếu lý lịch tư pháp số 2",
    "due_at": "2026-05-29T10:00:00Z",
    "applicant": {
        "name": "Đặng Thùy Dương",
        "kind": "citizen",
        "id_number": "000190000001",
        "birth_date": "1990-04-30",
        "phone": "0900000001",
        "address": "12 Đường Số 3, Phường Bến Nghé",
    },
    "documents": [
        {"name": "Tờ khai yêu cầu cấp Phiếu lý lịch tư pháp", "code": "G15.01", "file_name": "to-khai.pdf"},
        {"name": "Bản sao giấy tờ tùy thân"},
    ],
    "fees": [
        {
            "name": "Phí cung cấp thông tin lý lịch tư pháp",
            "amount": 200000,
            "paid": True,
            "paid_at": "2026-05-18T02:30:00Z",
        }
    ],
    "events": [
        {
            "at": "2026-05-18T01:15:00Z",
            "status": "accepted",
            "name": "Tiếp nhận hồ sơ",
            "actor": "Vũ Thị Hạnh",
            "unit": "Bộ phận Một cửa",
        },
        {
            "at": "2026-05-19T03:00:00Z",
            "status": "processing",
            "name": "Chuyển phòng chuyên môn",
            "actor": "Vũ Thị Hạnh",
        },
        {
            "at": "2026-05-21T08:40:00Z",
            "status": "supplement_requested",
            "name": "Yêu cầu bổ sung bản sao",
            "unit": "Phòng Lý lịch tư pháp",
        },
    ],
    "extra": {"SoBienLai": "BL-0042"},
}


def _judicial() -> dict[str, Values]:
    records = {f"TP-{number}": _plain(number) for number in range(MANY)}
    return records | {"TP-shared": _plain(7) | _SHARED_AT_JUSTICE, "TP-own": _plain(1) | {"code": AMBIGUOUS}}


def _one_stop() -> dict[str, Values]:
    shared = _plain(7) | {
        "code": "000.00.00.H29-260518-1201",
        "national_code": SHARED,
        "status": "processing",
        "summary": "Cấp Phiếu lý lịch tư pháp",
        "applicant": {"name": "Đặng Thùy Dương", "phone": "0900000009"},
        "channel": "online",
        "agency": {"code": "000.00.15.H29", "name": "Sở Tư pháp"},
    }
    return {
        "65a": shared,
        "65b": _plain(2) | {"code": AMBIGUOUS},
        "65c": _plain(3) | {"code": SLASHED, "summary": "Hồ sơ có mã chứa dấu gạch chéo"},
    }


def _permit() -> Values:
    return {"code": "24-1", "status": "completed", "summary": "Giấy phép xây dựng sửa chữa nhà ở"}


def _plain(number: int) -> Values:
    day = datetime(2026, 5, 1, 1, 15, tzinfo=UTC) + timedelta(hours=7 * number)
    procedure, name = _MATTERS[number % len(_MATTERS)]
    return {
        "code": f"000.00.15.H29-2605{1 + number % 28:02}-{1000 + number}",
        "status": list(Status)[number % len(Status)],
        "procedure": {"code": procedure, "name": name},
        "applicant": {"name": _NAMES[number % len(_NAMES)]},
        "received_at": as_text(day),
        "due_at": as_text(day + timedelta(days=10)),
    }


_PROBLEMS = (
    Problem("applicant.email", "Email", "không có", "an e-mail address holds one @", "Leave it empty at the source."),
)
_BAD_DAY = Problem("received_at", "NgayNhan", "31/02/2026 08:15", "a day that exists, as dd/MM/yyyy HH:mm")
_NO_DAY = Problem("received_at", "NgayNhan", None, "a time", "Ask the department for it.")
_UNREADABLE = (
    _record(
        "TP-404",
        Draft({}, (_BAD_DAY,), rejected=True),
        "<HoSo><SoHoSo>TP-404</SoHoSo><HoTen>Ngô <script>alert(1)</script> Khải</HoTen></HoSo>".encode(),
    ),
    _record("TP-405", Draft({}, (_NO_DAY,), rejected=True), '{"id": "TP-405", "hoTen": "Bùi Thị Lụa"}'.encode()),
)
