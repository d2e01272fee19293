"""The same folder on an SFTP server: a real one, over real sockets."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import paramiko
import pytest

from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.files import FILES
from connectors.files.connector import open_files
from connectors.files.settings import FilesSettings
from tests.connectors.desk import once
from tests.connectors.small_sftp import PASSWORD, USER, Sftp, host_key, sftp
from tests.connectors.workbooks import ROWS, names, pulled, put, xlsx


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Sftp]:
    (tmp_path / "nop").mkdir()
    with sftp(tmp_path) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, server: Sftp) -> Path:
    return tmp_path / "nop"


def settings(port: int, login: dict[str, Any] | None = None, **more: Any) -> FilesSettings:
    way = {"host": "127.0.0.1", "port": port, "host_key": host_key(), "username": USER, "folder": "/nop"}
    way |= {"password": PASSWORD} if login is None else login
    values = {"sftp": way, "key": "Mã hồ sơ", "settle_seconds": 0, **more}
    return FILES.settings.model_validate(values)  # type: ignore[return-value]


def error(wanted: FilesSettings) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        pulled(wanted)
    return caught.value


def test_files_on_a_server_are_read_and_moved(server: Sftp, folder: Path) -> None:
    put(folder, "b.xlsx", xlsx(ROWS[:2]), at=1)
    put(folder, "hồ sơ.xlsx", xlsx(ROWS[2:4]), at=2)
    assert pulled(settings(server.port)).keys == [row[0] for row in ROWS[:4]]
    assert names(folder, "processed") == ["b.xlsx", "hồ sơ.xlsx"]
    assert server.logins == 1


def test_a_large_file_arrives_whole(server: Sftp, folder: Path) -> None:
    rows = [[f"{at:06}", "Nguyễn Thử " * 20, ""] for at in range(4_000)]
    put(folder, "a.csv", "\r\n".join(";".join(row) for row in [["Mã hồ sơ", "x", "y"], *rows]).encode())
    done = pulled(settings(server.port, page_size=20_000))
    assert done.keys == [row[0] for row in rows]


def test_a_file_is_taken_when_two_looks_far_enough_apart_found_it_the_same(server: Sftp, folder: Path) -> None:
    put(folder, "a.xlsx", xlsx(ROWS[:1]))  # years old by the server's clock, which may be wrong
    wanted = settings(server.port, settle_seconds=60)
    first = pulled(wanted, clock=lambda: 1000.0)
    early = pulled(wanted, first.bookmark, clock=lambda: 1059.0)
    assert first.keys == early.keys == []
    assert pulled(wanted, early.bookmark or first.bookmark, clock=lambda: 1061.0).keys == [ROWS[0][0]]


def test_a_file_that_changed_between_two_looks_waits_anew(server: Sftp, folder: Path) -> None:
    put(folder, "a.xlsx", xlsx(ROWS[:1]))
    wanted = settings(server.port, settle_seconds=60)
    first = pulled(wanted, clock=lambda: 1000.0)
    put(folder, "a.xlsx", xlsx(ROWS[:2]), at=7)
    assert pulled(wanted, first.bookmark, clock=lambda: 1061.0).keys == []


def test_a_file_that_cannot_be_read_is_set_aside_with_its_note(server: Sftp, folder: Path) -> None:
    put(folder, "a.xlsx", b"")
    pulled(settings(server.port))
    assert names(folder, "failed") == ["a.xlsx", "a.xlsx.vi-sao.txt"]


def test_links_and_names_that_lead_elsewhere_are_not_followed(server: Sftp, folder: Path, tmp_path: Path) -> None:
    put(tmp_path, "outside.xlsx", xlsx(ROWS))
    (folder / "a.xlsx").symlink_to(tmp_path / "outside.xlsx")
    assert pulled(settings(server.port)).keys == []


def test_a_key_opens_the_door_too(server: Sftp, folder: Path, tmp_path: Path) -> None:
    server.user_key = paramiko.ECDSAKey.generate()
    server.user_key.write_private_key_file(str(tmp_path / "id"), password="khóa 000")
    put(folder, "a.xlsx", xlsx(ROWS[:1]))
    login = {"key_file": str(tmp_path / "id"), "key_passphrase": "khóa 000"}
    assert pulled(settings(server.port, login)).keys == [ROWS[0][0]]
    wrong = error(settings(server.port, {**login, "key_passphrase": "khóa 111"}))
    assert (wrong.code, "khóa 111" in str(wrong)) == ("local_settings", False)


def test_a_wrong_password_is_refused_and_not_shown(server: Sftp, folder: Path) -> None:
    refused = error(settings(server.port, {"password": "sai-mật-khẩu"}))
    assert isinstance(refused, Refused)
    assert "does not let the user hub in" in str(refused)
    assert "sai-mật-khẩu" not in f"{refused!r} {refused.hint}"


def test_a_server_with_another_key_is_told_nothing(server: Sftp, folder: Path) -> None:
    other = paramiko.ECDSAKey.generate()
    way = {"host": "127.0.0.1", "port": server.port, "username": USER, "password": PASSWORD, "folder": "/nop"}
    wanted = FILES.settings.model_validate({"sftp": {**way, "host_key": host_key(other)}, "key": "x"})
    changed = error(wanted)  # type: ignore[arg-type]
    assert (type(changed), changed.code) == (Changed, "host_key")
    assert server.logins == 0


def test_a_server_with_a_key_of_another_kind_is_told_nothing(server: Sftp, folder: Path) -> None:
    rsa = paramiko.RSAKey.generate(2048)
    way = {"host": "127.0.0.1", "port": server.port, "username": USER, "password": PASSWORD, "folder": "/nop"}
    wanted = FILES.settings.model_validate({"sftp": {**way, "host_key": host_key(rsa)}, "key": "x"})
    assert error(wanted).code == "host_key"  # type: ignore[arg-type]


def test_an_rsa_key_can_be_pinned(folder: Path, tmp_path: Path) -> None:
    rsa = paramiko.RSAKey.generate(2048)
    put(folder, "a.xlsx", xlsx(ROWS[:1]))
    with sftp(tmp_path, key=rsa) as other:
        way = {"host": "127.0.0.1", "port": other.port, "username": USER, "password": PASSWORD, "folder": "nop"}
        line = f"127.0.0.1 {host_key(rsa)} a comment"
        values = {"sftp": {**way, "host_key": line}, "key": "Mã hồ sơ", "settle_seconds": 0}
        assert pulled(FILES.settings.model_validate(values)).keys == [ROWS[0][0]]  # type: ignore[arg-type]


@pytest.mark.parametrize("operation", ["list", "open", "rename", "mkdir"])
def test_what_the_server_forbids_is_said(server: Sftp, folder: Path, operation: str) -> None:
    put(folder, "a.xlsx", xlsx(ROWS[:1]))
    server.refused.add(operation)
    refused = error(settings(server.port))
    assert (type(refused), refused.code) == (Refused, "file_rights")
    server.refused.clear()
    assert pulled(settings(server.port)).keys == [ROWS[0][0]]


def test_check_proves_that_files_may_be_moved(server: Sftp, folder: Path) -> None:
    put(folder, "a.xlsx", xlsx(ROWS[:1]))
    with open_files(settings(server.port), once) as connector:
        assert "may move files to `processed` and `failed` in it" in list(connector.check())
    assert names(folder) == ["a.xlsx"]
    server.refused.add("rename")
    with open_files(settings(server.port), once) as connector, pytest.raises(Refused, match="may not move files"):
        list(connector.check())


def test_a_folder_that_is_not_there_is_said(server: Sftp, folder: Path) -> None:
    folder.rmdir()
    missing = error(settings(server.port))
    assert (type(missing), missing.code) == (Unavailable, "no_folder")


def test_a_line_that_is_cut_between_files_is_opened_again(tmp_path: Path, folder: Path, server: Sftp) -> None:
    put(folder, "a.xlsx", xlsx(ROWS[:1]), at=1)
    put(folder, "b.xlsx", xlsx(ROWS[1:2]), at=2)
    with open_files(settings(server.port), once) as connector:
        pages = connector.pull(None)
        assert next(pages).records[0].key == ROWS[0][0]
        connector._folder.close()  # type: ignore[attr-defined]
        assert next(pages).records[0].key == ROWS[1][0]
    assert server.logins == 2


def test_a_server_that_falls_silent_is_unavailable_in_time(folder: Path, server: Sftp) -> None:
    released = threading.Event()
    server.before = lambda operation, _path: released.wait(20) and None if operation == "list" else None
    wanted = settings(server.port)
    assert wanted.sftp is not None
    quick = wanted.sftp.model_copy(update={"timeout_seconds": 0.2})
    silent = error(wanted.model_copy(update={"sftp": quick}))
    released.set()
    assert (type(silent), silent.code) == (Unavailable, "timeout")


def test_a_host_that_nobody_knows_or_that_is_down_is_unavailable() -> None:
    wanted = settings(1)
    assert wanted.sftp is not None
    unknown = wanted.sftp.model_copy(update={"host": "sftp.invalid"})
    assert error(wanted.model_copy(update={"sftp": unknown})).code == "unknown_host"
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        dead = listener.getsockname()[1]
    assert error(settings(dead)).code == "no_connection"
