"""Settings and departments for the tests of the `rest` type."""

from typing import Any

import pytest
from werkzeug.wrappers import Response

from connectors.errors import ConnectorError
from connectors.rest import REST
from tests.connectors.desk import desk, pull
from tests.departments.generator import generate

CITY = generate(judicial=30, one_stop=60, shared=5, faulty=1)


def mot_cua(address: str, **changes: Any) -> dict[str, Any]:
    """As in config.yaml."""
    settings = {
        "url": f"{address}/pa/dossier/search",
        "auth": {
            "type": "oauth2_client_credentials",
            "token_url": f"{address}/auth/realms/digo/protocol/openid-connect/token",
            "client_id": "hub",
            "client_secret": "demo-only",
        },
        "parameters": {"spec": "slice", "sort": "updatedDate,desc", "page": "{page}", "size": "{page_size}"},
        "page_size": 20,
        "pages": {"type": "numbered", "last": "last"},
        "records": "content",
        "key": "id",
        "changed_at": {"from": "updatedDate", "date": "iso"},
        "order": "newest_first",
    }
    return settings | changes


def simple(url: str, **changes: Any) -> dict[str, Any]:
    return {"url": url, "key": "id"} | changes


def fails(kind: type[ConnectorError], answer: Response | bytes, **changes: Any) -> Any:
    body = Response(answer, mimetype="application/json") if isinstance(answer, bytes) else answer
    with desk(lambda _: body) as there, pytest.raises(kind) as caught:
        pull(REST, simple(there.url, **changes))
    return caught.value
