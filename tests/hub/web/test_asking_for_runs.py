"""`POST /api/v1/runs`: a run of any kind is queued once, and what a connector cannot do is told at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Connector, ConnectorType, Page, Retry
from connectors.registry import Registry
from hub.record.connector_state import Move
from hub.store import keys
from hub.store.database import Database
from hub.store.keys import Role
from hub.web.app import create_app
from tests.hub.config import registering
from tests.hub.config.registering import BY_AN, EMBEDDED, Settings, mapping, put, register, section
from tests.hub.web.served import SECRET

Post = Callable[[dict[str, Any]], tuple[int, Any]]
JANUARY = {"connector": "so-thu", "kind": "backfill", "from": "2026-01-01", "to": "2026-01-31"}


class Line:
    def check(self) -> Iterator[str]:
        yield "there"

    def pull(self, _: str | None) -> Iterator[Page]:
        yield from ()


class SpanningLine(Line):
    def pull_period(self, _: datetime, __: datetime) -> Iterator[Page]:
        yield from ()

    def spans_cheaply(self) -> bool:
        return True


@pytest.fixture(params=[SpanningLine])
def post(request: pytest.FixtureRequest, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Post:
    """An active connector, and a program that may ask for its runs."""

    @contextmanager
    def opened(_: Any, __: Retry) -> Iterator[Connector]:
        yield request.param()

    monkeypatch.setattr(registering, "REGISTRY", Registry({"quiet": ConnectorType(Settings, opened)}))
    made = register(database, tmp_path)
    put(made, mapping())
    put(made, section())
    made.move("so-thu", Move.ACTIVATE, BY_AN)
    client = create_app(database, SECRET, made).test_client()
    key = keys.issue(database, "máy", datetime.now(UTC), Role.MANAGE)

    def posted(body: dict[str, Any]) -> tuple[int, Any]:
        answer = client.post("/api/v1/runs", json=body, headers={"Authorization": f"Bearer {key}"})
        return answer.status_code, answer.get_json()

    return posted


@EMBEDDED
def test_a_period_is_queued_once_and_another_one_beside_it(post: Post) -> None:
    status, run = post(JANUARY)
    assert (status, run["kind"], run["wanted"]) == (202, "backfill", {"from": "2026-01-01", "to": "2026-01-31"})
    assert post(JANUARY)[1]["id"] == run["id"]
    assert post(JANUARY | {"to": "2026-01-30"})[1]["id"] != run["id"]
    assert post({"connector": "so-thu", "kind": "full"})[1]["kind"] == "full"


@EMBEDDED
def test_what_is_no_period_is_refused_in_a_sentence(post: Post) -> None:
    for change, sentence in (
        ({"to": None}, "needs `from` and `to`"),
        ({"to": "2025-12-31"}, "before it begins"),
        ({"from": "2199-01-01", "to": "2199-01-02"}, "in the future"),
        ({"kind": "full"}, "only a backfill has"),
    ):
        body: dict[str, Any] = {**JANUARY, **change}
        status, told = post({name: value for name, value in body.items() if value is not None})
        assert (status, sentence in told["detail"]) == (422, True), told


@EMBEDDED
@pytest.mark.parametrize("post", [Line], indirect=True)
def test_a_connector_that_cannot_read_a_period_is_told_which_setting_would_let_it(post: Post) -> None:
    status, told = post(JANUARY)
    assert (status, told["code"]) == (409, "not_able")
    assert "`changed_at`" in told["detail"]
    assert post(JANUARY | {"connector": "nobody"})[0] == 404
