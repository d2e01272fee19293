"""One run of the hub, in a process of its own: `python -m bench.ours WAY SOURCE DATABASE FOLDER`.

WAY is how the source answers: `rest` and `whole` (all in one answer) by `bench.sync_source`, `soap` (likewise one
answer) by `bench.department`.
"""

import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.dossiers import document
from bench.party import tell
from bench.server import cpu_seconds
from connectors.registry import Registry
from hub import logs
from hub.config.file import understand
from hub.store import connectors, runs
from hub.store.quarantine_tables import quarantine
from hub.store.tables import dossiers, events, source_records
from hub.store.tables import runs as run_rows
from hub.sync.orders import Progress
from hub.sync.run import execute
from hub.sync.source import Source
from hub.wiring import Hub, open_hub
from mappings.engine.yaml_source import parse

MARK = 100_000  # records after which the time is noted
_UPGRADE = """
import sys
from hub.store.database import connect
from hub.store.schema import upgrade
upgrade(connect(sys.argv[1]))
"""
_CONFIG = """
database: {{url: "{database}"}}
mappings: {{folders: [mappings]}}
connectors:
  - name: thu-nghiem
    title: Benchmark
    agency: 000.00.15.H29
    mapping: so-thu-nghiem/ho-so
    {connector}
"""
_CONNECTORS = {
    "rest": """type: rest
    settings:
      url: {source}
      parameters: {{page: "{{page}}"}}
      pages: {{type: numbered, last: last}}
      records: content
      key: id
""",
    "whole": """type: rest
    settings: {{url: {source}, records: content, key: id}}
""",
    "soap": """type: soap
    settings:
      wsdl: {source}
      operation: LayDanhSach
      parameters: {{trang: "{{page}}"}}
      first_page: 0
      records: HoSo
      key: SoHoSo
      more: ConTrang
      max_answer_bytes: 10000000000
""",
}
# Of what `bench.department` says of each record.
_OF_DEPARTMENT = """
mapping: so-thu-nghiem/ho-so
version: 1
entity: dossier
input: xml
fields:
  code: {from: SoHoSo}
  procedure.code: {from: MaThuTuc}
  procedure.name: {from: TenThuTuc}
  procedure.field_name: {from: LinhVuc}
  applicant.name: {from: HoTen}
  applicant.birth_date: {from: NgaySinh, date: iso}
  applicant.id_number: {from: SoDinhDanh, as: identity_number}
  applicant.phone: {from: DienThoai}
  applicant.address: {from: DiaChi}
  received_at: {from: NgayNhan, date: iso}
  due_at: {from: NgayHenTra, date: iso}
  status: {from: TrangThai, table: status}
  status_text: {from: TenTrangThai}
  officer: {from: NguoiThuLy}
  note: {from: GhiChu}
tables:
  status: {"4": processing}
"""
_TABLES = {"dossiers": dossiers, "events": events, "source_records": source_records, "quarantine": quarantine}


def main(way: str, source: str, database: str, folder: str) -> None:
    """Read the source once into the database, which is made ready if it is empty."""
    logs.quiet()
    hub = opened(way, source, database, Path(folder))
    run_id = queued(hub)
    ready, marks = hub.source("thu-nghiem"), Marks(database)
    tell(
        lambda: _run(hub, ready, run_id, marks),
        lambda: _rows(hub) | _counts(hub, run_id),
        lambda: _stages(hub, run_id) | ({"marks": marks.noted} if marks.noted else {}),
    )
    hub.database.close()


def opened(way: str, source: str, database: str, folder: Path) -> Hub:
    """The hub as an operator would set it up, with a mapping for what the source says."""
    mapping = folder / "mappings" / "so-thu-nghiem" / "ho-so" / "mapping.yaml"
    mapping.parent.mkdir(parents=True, exist_ok=True)
    mapping.write_text(_OF_DEPARTMENT if way == "soap" else document("json"), encoding="utf-8")
    # As operators do: in a process of its own, whose memory is none of the run's.
    subprocess.run([sys.executable, "-c", _UPGRADE, database], check=True)
    written = _CONFIG.format(database=database, connector=_CONNECTORS[way].format(source=source))
    return open_hub(understand(parse(written, "bench"), folder, Registry()))


def queued(hub: Hub) -> int:
    """A full run, by its id."""
    (row,) = connectors.listed(hub.database)
    with hub.database.write() as transaction:
        return runs.enqueue(transaction, row.id, "full", "hand", datetime.now(UTC))


class Marks:
    """When so many more records were stored: seconds, and CPU seconds of this process and of the database's."""

    def __init__(self, database: str) -> None:
        self._database, self._began, self._server = database, time.perf_counter(), cpu_seconds(database)
        self._own = time.process_time()
        self.noted: list[tuple[float, float]] = []

    def page(self, progress: Progress) -> None:
        """Another page was stored."""
        if progress.counts.fetched >= MARK * (len(self.noted) + 1):
            used = time.process_time() - self._own + cpu_seconds(self._database) - self._server
            self.noted.append((time.perf_counter() - self._began, used))


def _run(hub: Hub, source: Source, run_id: int, marks: Marks) -> None:
    if not execute(hub.database, source, run_id, hub.owner, threading.Event(), marks.page):
        raise RuntimeError("the run was not ours to do")


def _rows(hub: Hub) -> dict[str, int]:
    with hub.database.read() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in _TABLES.items()
        }


def _counts(hub: Hub, run_id: int) -> dict[str, int]:
    run = runs.get(hub.database, run_id)
    if run is None or run.state != "succeeded":
        raise RuntimeError(f"the run ended otherwise: {run}")
    return {name: getattr(run, name) for name in ("fetched", "created", "updated", "unchanged", "quarantined")}


def _stages(hub: Hub, run_id: int) -> dict[str, Any]:
    with hub.database.read() as connection:
        timings: dict[str, Any] = connection.execute(
            select(run_rows.c.timings).where(run_rows.c.id == run_id)
        ).scalar_one()
        return timings


if __name__ == "__main__":
    main(*sys.argv[1:])
