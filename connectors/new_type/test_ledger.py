"""The connector type `ledger` keeps the contract, against a ledger as small as one can be."""

import json
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest

from connectors.conformance import ConnectorConformance
from connectors.new_type.ledger import CONNECTOR_TYPE

ADMITS = "only-for-tests"
ENTRIES = [{"number": f"26-{n:03}", "changed": f"2026-05-20T08:{n:02}:00+07:00", "state": "open"} for n in range(5)]


class Desk(socketserver.StreamRequestHandler):
    """Answers one request: `PASSWORD LIST <number of the last known change> <how many>`."""

    admits = ADMITS

    def handle(self) -> None:
        match self.rfile.readline().decode().split():
            case [self.admits, "LIST", known, size] if known.isdecimal():
                found = ENTRIES[int(known) : int(known) + int(size)]
                answer = {"status": "OK", "last": int(known) + len(found), "entries": found}
            case [self.admits, *_]:
                answer = {"status": "WHAT"}
            case _:
                answer = {"status": "DENIED"}
        self.wfile.write(json.dumps(answer).encode() + b"\n")


class OtherDesk(Desk):
    """Knows another password."""

    admits = "another"


@contextmanager
def ledger(desk: type[Desk] = Desk) -> Iterator[str]:
    """The address of a ledger, while the block lasts."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), desk) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class TestLedger(ConnectorConformance):
    connector_type = CONNECTOR_TYPE
    answer_begins = b'{"status": "OK", '
    all_keys = tuple(entry["number"] for entry in ENTRIES)

    @pytest.fixture
    def address(self) -> Iterator[str]:
        with ledger() as place:
            yield place

    @pytest.fixture
    def refusing_address(self) -> Iterator[str]:
        with ledger(OtherDesk) as place:
            yield place

    def settings(self, address: str) -> dict[str, Any]:
        host, port = address.split(":")
        return {"host": host, "port": int(port), "password": ADMITS, "page_size": 2}


if __name__ == "__main__":  # a ledger to try the type with by hand, until Ctrl-C
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    socketserver.ThreadingTCPServer(("127.0.0.1", 7447), Desk).serve_forever()
