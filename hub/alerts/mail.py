"""Letters by e-mail: one exchange with an SMTP server, bounded in time whatever it does."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from hub.alerts.letter import Letter
from hub.alerts.policy import NotSent
from hub.outbox.webhooks.address import resolved

HELLO = 220


class _SpacesKept(EmailPolicy):
    """Writes what is not ASCII so that no space is lost where a line is broken, as Python's own way loses it."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """One header, as it is sent."""
        if str(value).isascii():
            return super().fold_binary(name, value)
        told = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {told}{self.linesep}".encode("ascii")


_SPACES_KEPT = _SpacesKept()


class Security(StrEnum):
    """How the line to the server is kept from others."""

    STARTTLS = "starttls"
    TLS = "tls"  # from the first byte
    NONE = "none"  # in a closed network


@dataclass(frozen=True, slots=True)
class Mail:
    """One mailbox or several, through one server."""

    host: str
    port: int
    sender: str
    to: Sequence[str]
    security: Security = Security.STARTTLS
    user: str = ""
    password: Callable[[], str] = field(default=lambda: "", repr=False)  # asked for at each letter: it may be replaced
    seconds: float = 10.0
    ca_file: Path | None = None

    def send(self, letter: Letter) -> str:
        """Hand it over to the server; what is amiss though it was taken.

        Raises:
            NotSent: it was not taken, or nobody knows.
        """
        try:
            with self._connected() as server:
                refused = server.send_message(self._message(letter), self.sender, list(self.to))
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise NotSent(self._sentence(error)) from error
        # The others have it, and would have it twice if it were sent again.
        return f"{self._where} does not take mail for {', '.join(sorted(refused))}" if refused else ""

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context(cafile=None if self.ca_file is None else str(self.ca_file))
        if self.security is Security.TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(local_hostname=_own_name(), timeout=self.seconds, context=context)
        else:
            server = smtplib.SMTP(local_hostname=_own_name(), timeout=self.seconds)
        server._host = self.host  # type: ignore[attr-defined]  # noqa: SLF001  # the name that its certificate is for
        end = threading.Timer(self.seconds, _cut, (server,))  # a time-out of its own begins anew with every byte
        end.daemon = True
        end.start()
        try:
            self._connect(server)
            if self.security is Security.STARTTLS:
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password())
            yield server
            with suppress(smtplib.SMTPException, OSError):  # the letter has been taken
                server.quit()
        finally:
            end.cancel()
            server.close()

    def _connect(self, server: smtplib.SMTP) -> None:
        *others, last = resolved(self.host, self.port, self.seconds)
        for address in others:
            with suppress(OSError, smtplib.SMTPServerDisconnected):
                return _greeted(*server.connect(address, self.port))
        return _greeted(*server.connect(last, self.port))

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(_SPACES_KEPT)
        message["From"], message["To"] = self.sender, ", ".join(self.to)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(letter.at)
        message["Message-ID"] = f"<{letter.id}@{self.sender.rpartition('@')[2] or 'mot-cua-hub'}>"
        message["Auto-Submitted"] = "auto-generated"  # no absence notes in return
        message.set_content(letter.text)
        return message

    @property
    def _where(self) -> str:
        return f"{self.host}:{self.port}"

    def _sentence(self, error: Exception) -> str:
        match error:
            case smtplib.SMTPAuthenticationError():
                what = f"does not take the user {self.user} with this password"
            case smtplib.SMTPNotSupportedError() if self.security is Security.STARTTLS:
                what = "offers no STARTTLS or no sign-in; set `security` to what it offers"
            case smtplib.SMTPRecipientsRefused():
                what = f"takes mail for none of {', '.join(self.to)}"
            case smtplib.SMTPResponseException():
                what = f"answered {error.smtp_code} {_plain(error.smtp_error)}"
            case ssl.SSLCertVerificationError():
                what = f"shows a certificate that is not trusted ({error.verify_message})"
            case socket.gaierror():
                what = "is not a known host"
            case ConnectionRefusedError():
                what = "has nothing that listens"
            case UnicodeEncodeError():
                what = "takes plain letters (ASCII) alone, in user, password and mailboxes"
            case TimeoutError() | smtplib.SMTPServerDisconnected() | ConnectionError():
                what = f"ended the exchange, or did not answer within {self.seconds:g} s"
            case _:
                what = f"could not be talked to ({type(error).__name__})"
        return f"{self._where} {what}"


def _greeted(code: int, said: bytes) -> None:
    if code != HELLO:
        raise smtplib.SMTPConnectError(code, said)


def _own_name() -> str:
    """What the hub calls itself to a server, asked of no name service."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"


def _cut(server: smtplib.SMTP) -> None:
    sock = getattr(server, "sock", None)
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _plain(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return "".join(letter for letter in " ".join(text.split())[:200] if letter.isprintable())
