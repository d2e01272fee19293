"""A real SFTP server over a folder, in threads of the test: paramiko's own server side."""

# ruff: noqa: ARG002  (the library's signatures)

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paramiko

USER, PASSWORD = "hub", "sftp-matkhau-000"
KEY = paramiko.ECDSAKey.generate()  # of the server; made once, as that takes time


def host_key(key: paramiko.PKey = KEY) -> str:
    return f"{key.get_name()} {key.get_base64()}"


@dataclass
class Sftp:
    """The running server; `port` is its own, `refused` are operations that it does not allow."""

    folder: Path
    port: int = 0
    key: paramiko.PKey = KEY
    user_key: paramiko.PKey | None = None
    refused: set[str] = field(default_factory=set)
    before: Callable[[str, str], None] = lambda _operation, _path: None
    password: str = PASSWORD
    logins: int = 0

    @property
    def address(self) -> str:
        return f"sftp://127.0.0.1:{self.port}"


class _Door(paramiko.ServerInterface):
    def __init__(self, server: Sftp) -> None:
        self._server = server

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_auth_password(self, username: str, password: str) -> int:
        self._server.logins += 1
        right = (username, password) == (USER, self._server.password)
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        wanted = self._server.user_key
        right = wanted is not None and key.asbytes() == wanted.asbytes()
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class _File(paramiko.SFTPHandle):
    def stat(self) -> Any:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class _Folder(paramiko.SFTPServerInterface):
    def __init__(self, door: Any, *args: Any, **more: Any) -> None:
        super().__init__(door, *args, **more)
        self._server: Sftp = door._server

    def _real(self, path: str, operation: str) -> str:
        self._server.before(operation, path)
        if operation in self._server.refused:
            raise PermissionError(13, "not allowed")
        return str(self._server.folder) + self.canonicalize(path)

    def list_folder(self, path: str) -> Any:
        return self._told(lambda: [self._attributes(entry) for entry in os.scandir(self._real(path, "list"))])

    def _attributes(self, entry: Any) -> paramiko.SFTPAttributes:
        found = paramiko.SFTPAttributes.from_stat(entry.stat(follow_symlinks=False))
        found.filename = entry.name
        return found

    def stat(self, path: str) -> Any:
        return self._told(lambda: paramiko.SFTPAttributes.from_stat(Path(self._real(path, "stat")).stat()))

    def lstat(self, path: str) -> Any:
        return self._told(lambda: paramiko.SFTPAttributes.from_stat(Path(self._real(path, "stat")).lstat()))

    def open(self, path: str, flags: int, attr: Any) -> Any:
        def opened() -> paramiko.SFTPHandle:
            file = os.fdopen(os.open(self._real(path, "open"), flags, 0o600), "r+b" if flags & os.O_RDWR else "rb")
            handle = _File(flags)
            handle.readfile = handle.writefile = file
            return handle

        if flags & os.O_WRONLY:
            flags = (flags & ~os.O_WRONLY) | os.O_RDWR
        return self._told(opened)

    def remove(self, path: str) -> Any:
        return self._told(lambda: Path(self._real(path, "remove")).unlink())

    def rename(self, oldpath: str, newpath: str) -> Any:
        def renamed() -> None:
            target = self._real(newpath, "rename")
            if os.path.lexists(target):
                raise FileExistsError(17, "is there")
            Path(self._real(oldpath, "rename")).rename(target)

        return self._told(renamed)

    def mkdir(self, path: str, attr: Any) -> Any:
        return self._told(lambda: Path(self._real(path, "mkdir")).mkdir())

    def _told(self, what: Callable[[], Any]) -> Any:
        try:
            done = what()
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        return paramiko.SFTP_OK if done is None else done


@contextmanager
def sftp(folder: Path, **more: Any) -> Iterator[Sftp]:
    """Serve `folder` while the block lasts."""
    server = Sftp(folder, **more)
    lines: list[paramiko.Transport] = []
    with closing(socket.create_server(("127.0.0.1", server.port))) as listener:
        server.port = listener.getsockname()[1]
        thread = threading.Thread(target=_serve, args=(listener, server, lines), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for line in lines:
                line.close()
                line.join(10)


def _serve(listener: socket.socket, server: Sftp, lines: list[paramiko.Transport]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        line = paramiko.Transport(connection)
        line.add_server_key(server.key)
        line.set_subsystem_handler("sftp", paramiko.SFTPServer, _Folder)
        lines.append(line)
        threading.Thread(target=_greet, args=(line, server), daemon=True).start()


def _greet(line: paramiko.Transport, server: Sftp) -> None:
    with suppress(paramiko.SSHException, EOFError, OSError):  # the client may hang up first
        line.start_server(server=_Door(server))
