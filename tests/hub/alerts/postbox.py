"""A real SMTP server at a real port, and one that answers badly."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "hub", "only-for-tests"


class _AnyPort(Controller):
    """At a port that was free, as its own look whether it answers has to know."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@dataclass(slots=True)
class Postbox:
    """What came, and what is refused."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    receivers: list[list[str]] = field(default_factory=list)
    refuses: tuple[str, ...] = ()  # mailboxes
    answers: Callable[[], str] = lambda: "250 OK"
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # likewise
        said = self.answers()
        if said.startswith("250"):
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.receivers.append(list(envelope.rcpt_tos))
            self.encrypted.append(session.ssl is not None)
        return said


@contextmanager
def postbox(context: ssl.SSLContext | None = None, *, implicit: bool = False, **said: Any) -> Iterator[Postbox]:
    """Serve; with a context by STARTTLS, or `implicit`ly from the first byte."""
    box = Postbox()

    def known(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    if context is not None and not implicit:
        said |= {"tls_context": context, "require_starttls": True}
    if context is not None:
        said |= {"authenticator": known, "auth_required": True, "auth_require_tls": not implicit}
    controller = _AnyPort(box, "127.0.0.1", 0, ssl_context=context if implicit else None, **said)
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def rude(says: bytes, *, drips: bool = False) -> Iterator[int]:
    """A server that says this and then nothing; or drips, a letter now and then."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                line, _ = listening.accept()
                with line:
                    line.sendall(says)
                    while not ended.wait(0.1):
                        if drips:
                            line.sendall(b"2")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        ended.set()
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)
