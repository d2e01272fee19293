"""A folder on an SFTP server whose key is known beforehand. paramiko lives here alone."""

import base64
import logging
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

import paramiko

from connectors.body import Body
from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.fence import keep_inside
from connectors.files.folder import CHUNK, HERE, Entry, told
from connectors.files.settings import SftpSettings

# Its log repeats, with stack traces, what the errors below say in a sentence.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)

_LATER = "Nothing is lost; the hub tries again later."
_REQUESTS = 64  # asked for ahead while a file is read
_RSA = ("rsa-sha2-512", "rsa-sha2-256")  # how an ssh-rsa key signs


class SftpFolder:
    """Connects when it is first used, and again after a broken line."""

    def __init__(self, settings: SftpSettings) -> None:
        self._settings = settings
        self._transport: paramiko.Transport | None = None
        self._client: paramiko.SFTPClient | None = None
        self._server = f"{settings.host}:{settings.port}"
        self.place = f"sftp://{self._server}/{settings.folder.lstrip('/')}"

    def entries(self, inside: str = HERE) -> list[Entry]:
        with self._line(f"read {self.place}") as client:
            found = [_entry(_name(each), each) for each in client.listdir_attr(self._path(inside, "").decode())]
        return [entry for entry in found if entry is not None]

    def entry(self, inside: str, name: str) -> Entry | None:
        with self._line(f"look at a file in {self.place}") as client:
            try:
                return _entry(name, client.lstat(self._path(inside, name)))
            except FileNotFoundError:
                return None

    def fetch(self, entry: Entry, inside: str = HERE) -> Body | None:
        with self._line(f"read {entry.shown} in {self.place}") as client:
            path = self._path(inside, entry.name)
            body = Body()
            try:
                with client.open(path, "rb") as file:
                    file.prefetch(entry.size, _REQUESTS)
                    while body.size <= entry.size and (chunk := file.read(CHUNK)):
                        body.write(chunk)
                return body if entry.is_same(_entry(entry.name, client.lstat(path))) else None
            except FileNotFoundError:
                return None

    def make(self, inside: str) -> None:
        with self._line(f"make a folder {inside} in {self.place}") as client:
            path = self._path(HERE, inside)
            try:
                client.lstat(path)
            except FileNotFoundError:
                client.mkdir(path)

    def rename(self, source: tuple[str, str], target: tuple[str, str]) -> None:
        with self._line(f"move files from {self.place} to {target[0] or self.place}") as client:
            client.rename(self._path(*source), self._path(*target))

    def write(self, inside: str, name: str, text: str) -> None:
        with self._line(f"write in {self.place}") as client, client.open(self._path(inside, name), "wb") as file:
            file.write(text.encode())

    def remove(self, inside: str, name: str) -> None:
        with self._line(f"remove {name} in {self.place}") as client, suppress(FileNotFoundError):
            client.remove(self._path(inside, name))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
        self._transport = self._client = None

    def _path(self, inside: str, name: str) -> bytes:
        parts = (self._settings.folder, inside, name)
        return "/".join(part for part in parts if part).encode("utf-8", "surrogateescape")

    @contextmanager
    def _line(self, what: str) -> Iterator[paramiko.SFTPClient]:
        """The open line; what breaks it is told, and it is opened anew next time."""
        client = self._client or self._connect()
        try:
            yield client
        except OSError as error:
            if isinstance(error, TimeoutError | ConnectionError) or not self._is_alive():
                self._hang_up(error)
            raise told(error, what, self.place) from None
        except (paramiko.SSHException, EOFError) as error:
            self._hang_up(error)

    def _is_alive(self) -> bool:
        return self._transport is not None and self._transport.is_active()

    def _hang_up(self, error: Exception) -> NoReturn:
        self.close()
        if isinstance(error, TimeoutError):
            raise _silent(self._server, self._settings.timeout_seconds) from None
        raise Unavailable(f"the line to {self._server} was cut", code="cut", hint=_LATER) from None

    def _connect(self) -> paramiko.SFTPClient:
        try:
            self._transport = self._agreed(self._socket())
            self._enter(self._transport)
            client = paramiko.SFTPClient.from_transport(self._transport)
        except ConnectorError:
            self.close()
            raise
        except (paramiko.SSHException, EOFError, OSError) as error:
            self.close()
            raise self._not_agreed(error) from None
        channel = client.get_channel() if client else None
        if client is None or channel is None:
            raise Unavailable(f"{self._server} opened no SFTP session", code="cut", hint=_LATER)
        channel.settimeout(self._settings.timeout_seconds)
        self._client = client
        return client

    def _socket(self) -> socket.socket:
        settings = self._settings
        try:
            keep_inside(f"http://{settings.host}/")
            return socket.create_connection((settings.host, settings.port), settings.connect_timeout_seconds)
        except socket.gaierror:
            hint = "Check `host` in the settings, and whether the hub's machine can look names up."
            raise Unavailable(f"no machine is known as {settings.host}", code="unknown_host", hint=hint) from None
        except TimeoutError:
            raise _silent(self._server, settings.connect_timeout_seconds) from None
        except OSError as error:
            hint = f"Is the address right, and open from the hub's machine? {_LATER}"
            sentence = f"no connection to {self._server}: {error.strerror or error}"
            raise Unavailable(sentence, code="no_connection", hint=hint) from None

    def _agreed(self, line: socket.socket) -> paramiko.Transport:
        """A line that is encrypted, with the server whose key was pinned and nobody else."""
        kind, _, data = self._settings.host_key.partition(" ")
        self._transport = transport = paramiko.Transport(line)
        seconds = self._settings.connect_timeout_seconds
        transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = seconds
        transport.channel_timeout = seconds
        transport.get_security_options().key_types = _RSA if kind == "ssh-rsa" else (kind,)
        transport.start_client(timeout=seconds)
        if transport.get_remote_server_key().asbytes() != base64.b64decode(data):
            raise _other_key(self._server)
        return transport

    def _enter(self, transport: paramiko.Transport) -> None:
        settings = self._settings
        try:
            if settings.password is not None:
                transport.auth_password(settings.username, settings.password.get_secret_value())
            else:
                transport.auth_publickey(settings.username, self._key())
        except paramiko.AuthenticationException:
            raise Refused(
                f"{self._server} does not let the user {settings.username} in",
                code="refused",
                hint="Check `username` and `password` or `key_file`; the hub does not try again by itself.",
            ) from None

    def _key(self) -> paramiko.PKey:
        passphrase = self._settings.key_passphrase
        secret: Any = passphrase.get_secret_value().encode() if passphrase else None  # bytes, whatever the stubs say
        try:
            return paramiko.PKey.from_path(str(self._settings.key_file), secret)
        except (OSError, ValueError, TypeError, paramiko.SSHException):
            raise Changed(
                f"the key file {self._settings.key_file} cannot be used",
                code="local_settings",
                hint="It must be a private key (OpenSSH or PEM) that the hub may read; a locked one needs "
                "`key_passphrase`.",
            ) from None

    def _not_agreed(self, error: Exception) -> ConnectorError:
        if isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
            return _other_key(self._server)
        return Unavailable(
            f"{self._server} did not agree on an encrypted line: it may be no SFTP server, or hang up on the hub",
            code="cut",
            hint=f"{_LATER} If it lasts, check `host` and `port`, and whether the server lets the hub's address in.",
        )


def _silent(server: str, seconds: float) -> Unavailable:
    return Unavailable(f"no answer from {server} within {seconds:g} s", code="timeout", hint=_LATER)


def _other_key(server: str) -> Changed:
    return Changed(
        f"{server} does not show the key that `host_key` names, so the hub told it nothing",
        code="host_key",
        hint="Ask the server's keeper whether its key was renewed, and put the new one into the settings; "
        "if not, somebody stands between.",
    )


def _name(found: paramiko.SFTPAttributes) -> str:
    name: str | bytes = found.filename  # bytes where it is not in UTF-8, whatever the stubs say
    return name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name


def _entry(name: str, found: paramiko.SFTPAttributes) -> Entry | None:
    """None for what is no plain file in the folder itself, whatever the server says that it is called."""
    if "/" in name or name in (".", "..") or not _is_file(found):
        return None
    return Entry(name, found.st_size or 0, (found.st_mtime or 0) * 10**9)


def _is_file(found: paramiko.SFTPAttributes) -> bool:
    kind = stat.S_IFMT(found.st_mode or 0)
    return kind == stat.S_IFREG or (kind == 0 and not getattr(found, "longname", "-").startswith(("d", "l")))
