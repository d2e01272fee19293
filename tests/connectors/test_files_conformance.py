"""Type `files` keeps the contract, on this machine and on an SFTP server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from connectors.conformance import ConnectorConformance
from connectors.files import FILES
from tests.connectors.small_sftp import PASSWORD, USER, host_key, sftp
from tests.connectors.workbooks import ROWS, put, xlsx

FILES_THERE = {"a.xlsx": xlsx(ROWS[:3]), "b.xlsx": xlsx(ROWS[3:]), "c.xlsx": b"not a workbook"}
KEYS = [row[0] for row in ROWS]


def fill(folder: Path) -> None:
    """Put there again what a pull that went on has moved away: the suite reads one system many times."""
    for at, (name, data) in enumerate(FILES_THERE.items()):
        if not (folder / name).exists():
            put(folder, name, data, at)


class TestOnThisMachine(ConnectorConformance):
    connector_type = FILES
    over_network = False
    all_keys = KEYS

    @pytest.fixture
    def address(self, tmp_path: Path) -> str:
        return str(tmp_path)

    @pytest.fixture
    def dead_address(self, tmp_path: Path) -> str:
        return str(tmp_path / "gone")

    @pytest.fixture
    def refusing_address(self) -> Iterator[str]:
        pytest.skip("a folder knows no credentials; rights are tested in test_files.py")

    def settings(self, address: str) -> dict[str, Any]:
        if Path(address).exists():
            fill(Path(address))
        return {"folder": address, "key": "Mã hồ sơ", "settle_seconds": 0, "page_size": 2}

    def test_the_tests_have_a_secret_to_look_for(self, address: str) -> None:  # noqa: ARG002  (the suite's signature)
        pytest.skip("a folder on this machine needs no secret")


class TestOnAServer(ConnectorConformance):
    connector_type = FILES
    answer_begins = b"SSH-2.0-Test\r\n"
    all_keys = KEYS
    folder: Path | None = None

    @pytest.fixture
    def address(self, tmp_path: Path) -> Iterator[str]:
        self.folder = tmp_path
        with sftp(tmp_path) as server:
            yield server.address

    @pytest.fixture
    def refusing_address(self, tmp_path: Path) -> Iterator[str]:
        with sftp(tmp_path) as server:
            server.password = "another-matkhau"
            yield server.address

    def settings(self, address: str) -> dict[str, Any]:
        if self.folder:
            fill(self.folder)
        place = urlsplit(address)
        way = {"host": place.hostname, "port": place.port, "host_key": host_key(), "username": USER, "folder": "."}
        more = {"key": "Mã hồ sơ", "settle_seconds": 0, "page_size": 2}
        return {"sftp": {**way, "password": PASSWORD}, **more}

    def impatient_settings(self, address: str) -> dict[str, Any]:
        values = self.settings(address)
        quick = {"connect_timeout_seconds": 0.4, "timeout_seconds": 0.4}
        return {**values, "sftp": {**values["sftp"], **quick}}
