"""Keeps the certificates that servers show while they are asked, so that their end is known before it comes."""

from ssl import SSLSocket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from connectors.in_time import in_time


class PeerAdapter(HTTPAdapter):
    """Opens connections as requests does, and gives each answer its time; `certificates` are those of the servers."""

    def __init__(self, answer_seconds: float) -> None:
        self.certificates: set[bytes] = set()
        seen = self.certificates

        class Plain(HTTPConnection):
            response_class = in_time(answer_seconds)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class Connection(HTTPSConnection):
            response_class = in_time(answer_seconds)

            def connect(self) -> None:
                super().connect()
                if isinstance(self.sock, SSLSocket) and (shown := self.sock.getpeercert(binary_form=True)):
                    seen.add(shown)

        class Pool(HTTPSConnectionPool):
            ConnectionCls = Connection

        self._pools = {"http": PlainPool, "https": Pool}
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager
