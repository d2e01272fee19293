"""A department that pushes: the hub asks it for nothing, and reads what it sends."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from connectors.contract import Bookmark, Connector, Page, Retry
from connectors.errors import Changed
from connectors.push.body import Header, whole
from connectors.push.envelope import Call, opened
from connectors.push.reading import Pushed, read
from connectors.push.settings import PushSettings, SoapService
from connectors.push.wsdl import wsdl


@contextmanager
def open_push(settings: PushSettings, retry: Retry) -> Iterator[Connector]:  # noqa: ARG001  (nothing is asked)
    """What reads a department's pushes."""
    yield PushConnector(settings)


class PushConnector:
    """One department that pushes."""

    def __init__(self, settings: PushSettings) -> None:
        self.settings = settings

    def check(self) -> Iterator[str]:
        service = self.settings.service
        yield "waits for pushes; nothing is asked of the department"
        yield f"reads {self.settings.format}, at most {self.settings.max_body_bytes:,} bytes at a time"
        yield f"speaks SOAP too: the operation `{service.operation}` of {service.namespace}"

    def pull(self, since: Bookmark | None) -> Iterator[Page]:  # noqa: ARG002  (the protocol's signature)
        self._nothing_to_ask()
        yield from ()

    def body(self, chunks: Iterable[bytes], header: Header) -> bytes:
        """All that was sent, decompressed; `NotTaken` where it may not be taken."""
        return whole(chunks, header, self.settings)

    def read(self, body: bytes, told: str | None, request_id: str | None) -> Pushed:
        """The records of a body; `NotTaken` where there are none to be read."""
        return read(body, self.settings, told=told, request_id=request_id)

    def call(self, body: bytes, told: str | None) -> Call:
        """What a SOAP request asks for; `NotTaken` where it is none of this service."""
        return opened(body, self.settings, told)

    def wsdl(self, address: str) -> str:
        """The service at `address`, described."""
        return wsdl(self.settings.service, address)

    @property
    def service(self) -> SoapService:
        """The SOAP service that it is."""
        return self.settings.service

    def _nothing_to_ask(self) -> NoReturn:
        raise Changed(
            "this department pushes by itself, so there is nothing to ask",
            code="push_only",
            hint="Leave `schedule` out, and do not sync it by hand; ask the department to push again what is missing.",
        )
