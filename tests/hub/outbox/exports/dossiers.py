"""Invented dossiers for exports, written straight into the store: as many as it takes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from hub.record.identity import codes_of
from hub.record.merge import Values
from hub.record.moments import as_text
from hub.record.shown import shown
from hub.record.status import Status
from hub.store import feed
from hub.store.database import Database
from hub.store.tables import dossiers

NOW = datetime(2026, 5, 20, 1, 15, tzinfo=UTC)
_NAMES = ("Nguyễn Thị Ánh", "Trần Đức Minh", "Đỗ Hồng Phượng", "Lê Quốc Vượng", "Huỳnh Ngọc Quỳnh")
_AGENCIES = ("000.00.15.H29", "000.00.19.H29")
_AT_ONCE = 2_000


def values_of(number: int) -> Values:
    """The dossier of this number."""
    received = NOW + timedelta(minutes=number % 100_000)
    agency = _AGENCIES[number % 2]
    return {
        "code": f"{agency}-260520-{number:07}",
        "status": list(Status)[number % len(Status)],
        "summary": f"Cấp đổi giấy phép số {number}",
        "procedure": {"code": "1.001193", "name": "Đăng ký khai sinh"},
        "agency": {"code": agency, "name": "Sở Tư pháp"},
        "applicant": {
            "name": _NAMES[number % len(_NAMES)],
            "kind": "citizen",
            "id_number": f"000{number:09}",
            "birth_date": "1990-04-30",
            "phone": f"09{number:08}",
            "vneid_verified": number % 3 == 0,
        },
        "received_at": as_text(received),
        "due_at": as_text(received + timedelta(days=10)),
        "fees": [{"name": "Lệ phí", "amount": 200_000, "paid": True}],
        "extra": {"SoBienLai": f"BL-{number}"},
    }


def add(database: Database, how_many: int, first: int = 0, **more: Any) -> None:
    """Store so many dossiers from this number on."""
    for numbers in _portions(first, first + how_many):
        with database.write() as transaction:
            positions = feed.take_positions(transaction, len(numbers))
            rows = [row_of(number) | more for number in numbers]
            made = [row | {"position": position} for row, position in zip(rows, positions, strict=True)]
            transaction.execute(insert(dossiers), made)


def row_of(number: int) -> dict[str, Any]:
    """Its row."""
    values = values_of(number)
    found = shown(values, codes_of(values, ""))._asdict()
    return found | {"values": values, "first_seen_at": NOW, "changed_at": NOW, "conflicts": 0}


def _portions(first: int, last: int) -> Iterator[range]:
    for at in range(first, last, _AT_ONCE):
        yield range(at, min(last, at + _AT_ONCE))
