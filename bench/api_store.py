"""A PostgreSQL filled with invented dossiers of about 2 KB each, as a sync would have stored them, for `bench.api`."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import psycopg
from psycopg import sql

from hub.record.identity import codes_of
from hub.record.shown import Shown, shown
from hub.store import keys, registrations
from hub.store.database import connect
from hub.store.keys import Role
from hub.store.registrations import Registration
from hub.store.schema import upgrade

AGENCIES = [f"H29.{number}" for number in range(1, 201)]
STATUSES = ("processing", "returned", "completed", "accepted", "registered", "supplement_requested", "stopped")
_WEIGHTS = (20, 40, 18, 8, 6, 6, 2)
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
_MIDDLE = ("Văn", "Thị", "Minh", "Ngọc", "Hoàng", "Thanh", "Đức", "Quang", "Hữu", "Kim", "Thu", "Xuân", "Bảo", "Gia")
_GIVEN = (
    *("An", "Anh", "Bình", "Châu", "Cường", "Dung", "Dũng", "Duy", "Giang", "Hà", "Hải", "Hạnh", "Hiền", "Hòa", "Hùng"),
    *("Hương", "Khánh", "Khôi", "Lan", "Linh", "Long", "Mai", "Nam", "Nga", "Nhung", "Phong", "Phúc", "Phương", "Quân"),
    *("Sơn", "Tâm", "Thảo", "Thịnh", "Thủy", "Trang", "Trung", "Tuấn", "Vân", "Vinh", "Yến"),
)
_PROCEDURES = (
    ("2.000488", "Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam", "TP-LLTP", "Lý lịch tư pháp"),
    ("1.002809", "Đổi giấy phép lái xe do ngành Giao thông vận tải cấp", "GT-DB", "Đường bộ"),
    ("1.004873", "Cấp giấy xác nhận tình trạng hôn nhân", "TP-HT", "Hộ tịch"),
    ("1.001193", "Đăng ký khai sinh", "TP-HT", "Hộ tịch"),
)
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_MINUTES = 2 * 365 * 24 * 60
_SOME = ("id", "position", "conflicts", "values", "first_seen_at", "changed_at", *Shown._fields)


@dataclass(frozen=True, slots=True)
class Filled:
    """A store with `rows` dossiers, and a key that reads them all."""

    url: str
    rows: int
    key: str
    names: list[str]  # of some owners


def code_of(number: int) -> str:
    """The code of a dossier by its number, from 1."""
    agency = AGENCIES[number % len(AGENCIES)]
    day = _BEGIN + timedelta(days=number * 7919 % 730)
    return f"{agency}-{day:%y%m%d}-{number:07}"


def name_of(chance: random.Random) -> str:
    """Some person's name; some are far more common than others."""
    family = _FAMILY[min(int(chance.expovariate(0.35)), len(_FAMILY) - 1)]
    return f"{family} {chance.choice(_MIDDLE)} {chance.choice(_MIDDLE)} {chance.choice(_GIVEN)}"


def fill(url: str, rows: int) -> Filled:
    """Fill an empty database; its indexes are made after the rows, which ends in the same indexes and is faster."""
    database = connect(url)
    upgrade(database)
    now = datetime.now(UTC)
    registrations.register(database, [Registration("mot-cua", "Một cửa", "rest", "H29", "mot-cua/ho-so", 0, 3600, "")])
    key = keys.issue(database, "bench", now, Role.READ)
    database.close()
    with psycopg.connect(url) as connection:
        definitions = _without_indexes(connection)
        _copy(connection, "dossiers", _SOME, _dossiers(rows, now))
        connection.execute(
            "INSERT INTO dossier_codes (value, scope, connector_id, key, dossier_id) "
            "SELECT code, '', 1, code, id FROM dossiers"
        )
        connection.execute(
            "INSERT INTO source_records (id, connector_id, key, dossier_id, digest, precedence, scope, changed_at, "
            "values, payload_id, stored_at) "
            "SELECT id, 1, code, id, decode('00', 'hex'), 0, 'H29', received_on, '{}', 1, changed_at FROM dossiers"
        )
        connection.execute("UPDATE feed SET position = %s", [rows])
        connection.execute("UPDATE connectors SET seen_at = now()")
        for definition in definitions:
            connection.execute(sql.SQL(definition))
    _settle(url)
    return Filled(url, rows, key, _some_names(url))


def grow(url: str, times: int) -> None:
    """So many times as many dossiers, copies under other codes and later positions; for the list alone."""
    with psycopg.connect(url) as connection:
        definitions = _without_indexes(connection)
        rows = _one(connection, "SELECT count(*) FROM dossiers")
        columns = ", ".join(name for name in _SOME if name not in ("id", "position", "code"))
        columns = columns.replace("values", '"values"')
        for time in range(1, times):
            connection.execute(
                sql.SQL(
                    f"INSERT INTO dossiers (id, position, code, {columns}) "
                    f"SELECT id + {rows * time}, position + {rows * time}, code || '-{time}', {columns} "
                    f"FROM dossiers WHERE id <= {rows}"
                )
            )
        connection.execute("UPDATE feed SET position = %s", [rows * times])
        for definition in definitions:
            connection.execute(sql.SQL(definition))
    _settle(url)


def index_trigrams(url: str) -> None:
    """What a search by similarity of names needs; the hub has none of it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.execute("CREATE INDEX names_by_trigrams ON dossiers USING gin (name gin_trgm_ops)")


def _dossiers(rows: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(1)  # invents people
    for number in range(1, rows + 1):
        values = _values(number, chance)
        yield number, number, 0, orjson.dumps(values).decode(), now, now, *shown(values, codes_of(values, "H29"))


def _values(number: int, chance: random.Random) -> dict[str, Any]:
    procedure, title, field, field_name = _PROCEDURES[number % len(_PROCEDURES)]
    status = chance.choices(STATUSES, _WEIGHTS)[0]
    received = _BEGIN + timedelta(minutes=chance.randrange(_MINUTES))
    due = received + timedelta(days=chance.randrange(3, 30))
    values: dict[str, Any] = {
        "code": code_of(number),
        "procedure": {"code": procedure, "name": title, "field_code": field, "field_name": field_name},
        "agency": {"code": AGENCIES[number % len(AGENCIES)], "name": f"Cơ quan số {number % len(AGENCIES)}"},
        "status": status,
        "channel": chance.choice(("direct", "online", "post")),
        "summary": f"{title} cho hồ sơ số {number}",
        "applicant": {
            "name": name_of(chance),
            "kind": "citizen",
            "id_kind": "citizen_id",
            "id_number": f"000{number:09}",
            "phone": f"09{number:08}",
            "email": f"nguoi-{number}@example.test",
            "address": f"{number % 500} đường số {number % 60}, phường {number % 168}, Thành phố Hồ Chí Minh",
        },
        "officer": name_of(chance),
        "submitted_at": _text(received),
        "received_at": _text(received),
        "due_at": _text(due),
        "documents": [
            {"name": f"Giấy tờ số {at}", "file_name": f"giay-to-{number}-{at}.pdf", "code": f"GT{at:03}"}
            for at in range(4)
        ],
        "fees": [{"name": "Lệ phí giải quyết hồ sơ", "code": f"LP{at}", "amount": 100_000 * at} for at in range(1, 3)],
        "note": "Hồ sơ được tiếp nhận tại bộ phận một cửa, kiểm tra đủ thành phần theo quy định. " * 3,
    }
    if status in ("completed", "returned"):
        values["completed_at"] = _text(due - timedelta(days=chance.randrange(-2, 3)))
    return values


def _some_names(url: str) -> list[str]:
    owner = "\"values\"::json -> 'applicant' ->> 'name'"
    with psycopg.connect(url) as connection:
        connection.execute("SELECT setseed(0.5)")
        found = connection.execute(sql.SQL(f"SELECT {owner} FROM dossiers ORDER BY random() LIMIT 200")).fetchall()
    return [name for (name,) in found]


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _without_indexes(connection: psycopg.Connection[Any]) -> list[str]:
    """Drop the indexes of the dossiers but for the primary key; how each is made again."""
    found = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'dossiers' AND indexname <> 'pk_dossiers'"
    ).fetchall()
    for name, _ in found:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    return [definition for _, definition in found]


def _copy(
    connection: psycopg.Connection[Any], table: str, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]
) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _settle(url: str) -> None:
    """As a database is after a night: its statistics known, nothing left to be written."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _one(connection: psycopg.Connection[Any], statement: str) -> int:
    row = connection.execute(sql.SQL(statement)).fetchone()
    return int(row[0]) if row else 0
