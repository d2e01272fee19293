"""What a round has before it: departments, a line to each, a store, the hub's processes and their configuration."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

import requests

from tests.chaos.proxy import Proxy, proxy
from tests.chaos.stores import Disk, Store
from tests.departments import processes
from tests.postgres import die_with_parent

ROOT = Path(__file__).parents[2]
CONFIG = """
database: {url: "${env:HUB_DATABASE_URL}"}
web: {host: 127.0.0.1, port: 0}
connectors:
  - name: so-tu-phap
    title: Sở Tư pháp
    type: soap
    agency: 000.00.15.H29
    mapping: so-tu-phap/ly-lich-tu-phap
    retry: {attempts: 3, first_wait: 0s, longest_wait: 1s}
    fresh_within: 10m
    settings:
      wsdl: ${env:DEPARTMENT}/stp/HoSoService.asmx?wsdl
      operation: LayDanhSachHoSo
      parameters: {tuThoiDiem: "{since}", trang: "{page}", soDong: "{page_size}"}
      page_size: 100
      records: HoSo
      key: SoHoSo
      changed_at: {from: NgayCapNhat, date: dd/MM/yyyy HH:mm:ss}
      more: ConTrang
      total: TongSo
      timeout_seconds: 2
  - name: mot-cua
    title: Cổng một cửa điện tử
    type: rest
    agency: 000.00.00.H29
    mapping: mot-cua/ho-so
    retry: {attempts: 3, first_wait: 0s, longest_wait: 1s}
    fresh_within: 10m
    precedence: 10
    settings:
      url: ${env:DEPARTMENT}/mc
      parameters: {since: "{since}", page: "{page}", size: "{page_size}"}
      page_size: 200
      pages: {type: numbered, last: last}
      records: content
      key: id
      changed_at: {from: updatedDate, date: iso, sent_as: epoch_millis}
      timeout_seconds: 2
  - name: cong-xa
    title: Một cửa phường
    type: rest
    agency: 000.17.42.H29
    mapping: mot-cua/ho-so
    retry: {attempts: 3, first_wait: 0s, longest_wait: 1s}
    fresh_within: 10m
    settings:
      url: ${env:DEPARTMENT}/cx
      parameters: {page: "{page}", size: "{page_size}"}
      page_size: 200
      pages: {type: numbered, last: last}
      records: content
      key: id
      timeout_seconds: 2
"""


@dataclass(eq=False)
class Process:
    """One process of the hub."""

    name: str
    connector: str  # that it syncs
    popen: subprocess.Popen[bytes]
    said: Path  # what it wrote
    frozen: bool = False
    phase: int = -1  # that it is to bring to its end; -1: none, it only stands in the way

    def signal(self, number: int) -> None:
        """Send a signal, if it is there."""
        if self.popen.poll() is None:
            self.popen.send_signal(number)


def started(command: Sequence[str], environment: Mapping[str, str], written: TextIO) -> subprocess.Popen[bytes]:
    """A process of ours, which does not outlive us, frozen or not."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=written,
        stderr=written,
        preexec_fn=partial(die_with_parent, signal.SIGKILL),  # noqa: PLW1509  # one system call
    )


def until_one_ends(processes: Iterable[subprocess.Popen[bytes]], seconds: float) -> None:
    """Wait for that, or so long."""
    handles = []
    for process in processes:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                handles.append(os.pidfd_open(process.pid))
    try:
        select.select(handles, [], [], max(0.0, seconds))
    finally:
        for handle in handles:
            os.close(handle)


class Departments:
    """The program with the systems, and the line by which the hub reaches it."""

    def __init__(self, url: str, line: Proxy) -> None:
        self._url = url
        self.line = line
        self.address = f"http://127.0.0.1:{line.port}"

    def turn(self, what: str, **how: str | int) -> None:
        """Turn to another phase, arm a fault, disarm all."""
        requests.post(f"{self._url}/-/{what}", params=how, timeout=120).raise_for_status()


@contextmanager
def departments(seed: int, records: int) -> Iterator[Departments]:
    """The systems' program with what the seed gives."""
    wanted = ("--seed", str(seed), "--records", str(records))
    with processes.start("department", *wanted, package="tests.chaos") as url:
        place = urlsplit(url)
        with proxy((str(place.hostname), int(place.port or 0))) as line:
            yield Departments(url, line)


class Field:
    """The ground of one round; `name` is its database's."""

    def __init__(self, folder: Path, name: str, store: Store, departments: Departments, disk: Disk | None) -> None:
        self.folder, self.name, self.store, self.departments, self.disk = folder, name, store, departments, disk
        self.processes: list[Process] = []
        self._started = 0
        self._config = folder / "config.yaml"
        self._config.write_text(CONFIG, encoding="utf-8")

    def hub(self, connector: str, *arguments: str) -> Process:
        """Start a command of the hub, for a connector or for all."""
        self._started += 1
        name = f"{self._started:03} {' '.join(arguments)}"
        said = self.folder / f"{name.replace('/', '-')}.txt"
        command = [sys.executable, "-m", "hub", *arguments, "--config", str(self._config)]
        environment = {**os.environ, "DEPARTMENT": self.departments.address}
        environment["HUB_DATABASE_URL"] = self.store.url(self.name)
        with said.open("w") as written:
            popen = started(command, environment, written)
        process = Process(name, connector, popen, said)
        self.processes.append(process)
        return process

    def living(self, connector: str | None = None) -> list[Process]:
        """The processes that have not ended (of one connector)."""
        there = (process for process in self.processes if process.popen.poll() is None)
        return [process for process in there if connector in (None, process.connector)]

    def calm(self) -> None:
        """End every disturbance; the processes go on."""
        if self.disk is not None:
            self.disk.clear()
        self.store.calm()
        self.departments.turn("disarm")
        self.departments.line.calm()
        for process in self.living():
            process.signal(signal.SIGCONT)
            process.frozen = False


@contextmanager
def ground(folder: Path, name: str, store: Store, departments: Departments, disk: Disk | None) -> Iterator[Field]:
    """A field with a new database; afterwards nothing of it runs any more."""
    store.make(name)
    field = Field(folder, name, store, departments, disk)
    try:
        yield field
    finally:
        field.calm()
        for process in field.living():
            process.popen.kill()
            process.popen.wait()
        store.drop(name)
