"""Runs at the console: found, followed, asked for; and to each visitor only what is theirs."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from connectors.contract import Connector, ConnectorType, Page, Retry
from connectors.registry import Registry
from hub.record.connector_state import Move
from hub.record.rights import Role
from hub.store import acts, exchanges, run_lines, runs
from hub.store.acts import Sought
from hub.store.database import Database
from hub.store.exchanges import ExchangeRow
from hub.store.reads_found import Sought as ReadsSought
from hub.store.reads_found import walk
from hub.store.run_lines import Line
from hub.web.app import create_app
from tests.hub.config import registering
from tests.hub.config.registering import BY_AN, EMBEDDED, Settings, mapping, put, register, section
from tests.hub.web.filling import Store
from tests.hub.web.served import SECRET
from tests.hub.web.visitor import QUICK, csrf, signed_in


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


SENT = "Authorization: •••\n\nid=000123456789"


@pytest.fixture
def told(store: Store) -> Store:
    """The failed run of mot-cua tells what it did and asked."""
    at, run_id = store.now, store.filled.failed_run
    with store.database.write() as transaction:
        run_lines.add(
            transaction, run_id, [Line(at, "info", "begun", {"page": 1}), Line(at, "info", "of-tomorrow", {})]
        )
        data = {"code": "timeout", "seconds": 4.0, "sentence": "no answer within 30 s"}
        run_lines.add(transaction, run_id, [Line(at, "warning", "asked_in_vain", data)])
        row = ExchangeRow(
            at, 120, "POST", "http://192.0.2.1/pa?cccd=000123456789", 200, SENT, "Server: x", 9, None, False
        )
        exchanges.add(transaction, run_id, [row])
    return store


def test_a_run_tells_what_it_did_also_what_another_version_wrote(told: Store, console: FlaskClient) -> None:
    page = text_of(console.get(f"/runs/{told.filled.failed_run}").text)
    assert "Bắt đầu, đọc từ đầu." in page
    assert "Lưu ý: Hệ thống của cơ quan không trả lời trong thời gian chờ. Thử lại sau 4 giây." in page
    assert "of-tomorrow" in page
    assert "000123456789" not in page


def test_content_is_for_those_who_may_see_personal_data_and_their_look_is_noted(
    told: Store, app: Flask, console: FlaskClient, operator: FlaskClient
) -> None:
    address = f"/runs/{told.filled.failed_run}/exchanges/1"
    shape = text_of(operator.get(address).text)
    assert "POST http://192.0.2.1/pa" in shape
    assert "000123456789" not in shape
    assert "không có quyền xem" in shape
    assert "id=000123456789" in text_of(console.get(address).text)
    looked = [row for row in walk(app.extensions["hub.database"], ReadsSought()) if row.what.get("exchange") == 1]
    assert [row.person for row in looked] == ["quản trị"]


@pytest.mark.parametrize("path", ["", "/progress", "/exchanges/1"])
def test_runs_of_other_departments_do_not_exist(told: Store, department: FlaskClient, path: str) -> None:
    assert department.get(f"/runs/{told.filled.failed_run}{path}").status_code == 404


@pytest.mark.parametrize("path", ["/runs/2/cancel", "/runs/2/again", "/connectors/mot-cua/runs"])
def test_what_is_done_to_runs_of_other_departments_is_done_to_nothing(
    told: Store, department: FlaskClient, path: str
) -> None:
    form = {"csrf_token": csrf(department, "/runs"), "reason": "thử", "dossier": "1"}
    before = len(runs.listed(told.database))
    assert department.post(path, data=form).status_code == 404
    assert len(runs.listed(told.database)) == before


def test_an_exchange_is_found_only_with_its_own_run(told: Store, console: FlaskClient) -> None:
    assert console.get(f"/runs/{told.filled.succeeded_run}/exchanges/1").status_code == 404
    assert console.get(f"/runs/{told.filled.failed_run}/exchanges/99999999999999999999").status_code == 404


def test_a_department_lists_its_own_runs_and_sees_its_own_overview(department: FlaskClient) -> None:
    listed, overview = text_of(department.get("/runs").text), text_of(department.get("/").text)
    for page in (listed, overview):
        assert "Sở Tư pháp – Lý lịch tư pháp" in page
        assert "Cổng một cửa điện tử" not in page
    assert "Không có lượt chạy nào như vậy." in text_of(department.get("/runs?connector=mot-cua").text)


@pytest.mark.parametrize(
    "query",
    [
        "kind=full",
        "trigger=hand",
        "from=2020-01-01&to=2020-01-02",
        "state=queued",
        "connector=nobody",
        "trigger=anyway",
    ],
)
def test_a_list_that_finds_nothing_says_so(console: FlaskClient, query: str) -> None:
    assert "Không có lượt chạy nào như vậy." in text_of(console.get(f"/runs?{query}").text)


@pytest.mark.parametrize("query", ["from=2026-13-01", "to=9999-12-31", "from=x", "kind=none", "trigger=x", "page=-1"])
def test_what_cannot_be_read_asks_for_nothing(console: FlaskClient, query: str) -> None:
    assert "Cổng một cửa điện tử" in console.get(f"/runs?{query}").text
    assert console.get(f"/?{query}&health=none").status_code == 200


def test_a_leader_reads_no_technical_words(told: Store, leader: FlaskClient) -> None:
    page = leader.get("/").text
    assert "Hệ thống của cơ quan không trả lời" in page
    assert 'lang="en"' not in page.split("<main", 1)[1].split("</main", 1)[0]
    assert "Chạy ngay" not in page


def test_trouble_leads_to_what_mends_it(console: FlaskClient, told: Store) -> None:
    page = console.get("/").text
    trouble = page.split('class="connector connector-failing"', 1)[1].split("</article", 1)[0]
    assert "Việc nên làm:" in trouble
    assert f'/runs/{told.filled.failed_run}"' in trouble


def test_a_failed_run_is_asked_for_again(told: Store, console: FlaskClient) -> None:
    form = {"csrf_token": csrf(console, "/runs")}
    answer = console.post(f"/runs/{told.filled.failed_run}/again", data=form)
    asked = runs.listed(told.database, state="queued")[0]
    assert answer.headers["Location"] == f"/runs/{asked.id}"
    assert (asked.connector, asked.kind, asked.trigger) == ("mot-cua", "incremental", "hand")
    assert [(act.author, act.name) for act in acts.listed(told.database, Sought(kind=acts.Kind.RUN))] == [
        ("quản trị", str(asked.id))
    ]


class SpanningLine:
    def check(self) -> Iterator[str]:
        yield "there"

    def pull(self, _: str | None) -> Iterator[Page]:
        yield from ()

    def pull_period(self, _: datetime, __: datetime) -> Iterator[Page]:
        yield from ()

    def spans_cheaply(self) -> bool:
        return True

    def fetch(self, _: str) -> Page:
        return Page(b"", "text/plain", (), None)


class PlainLine:
    def check(self) -> Iterator[str]:
        yield "there"

    def pull(self, _: str | None) -> Iterator[Page]:
        yield from ()


@pytest.fixture(params=[SpanningLine])
def hand(
    request: pytest.FixtureRequest, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> FlaskClient:
    """An operator over a hub with one connector that runs."""

    @contextmanager
    def opened(_: Any, __: Retry) -> Iterator[Connector]:
        yield request.param()

    monkeypatch.setattr(registering, "REGISTRY", Registry({"quiet": ConnectorType(Settings, opened)}))
    made = register(database, tmp_path)
    put(made, mapping())
    put(made, section())
    made.move("so-thu", Move.ACTIVATE, BY_AN)
    app = create_app(database, SECRET, made)
    app.extensions["hub.passwords"] = QUICK
    return signed_in(app.test_client(), "van-hanh", Role.OPERATOR)


def _asked(database: Database) -> list[tuple[str, Any]]:
    return [(run.kind, run.wanted) for run in reversed(runs.listed(database))]


@EMBEDDED
def test_a_period_and_one_dossier_are_asked_for_by_hand(hand: FlaskClient, database: Database) -> None:
    token = {"csrf_token": csrf(hand, "/runs")}
    days = {"from": "2026-01-01", "to": "2026-01-31"}
    assert hand.post("/connectors/so-thu/backfill", data=token | days).status_code == 303
    hand.post("/connectors/so-thu/fetch", data=token | {"dossier": " 24-019651 "})
    hand.post("/connectors/so-thu/runs", data=token | {"kind": "full"})
    hand.post("/connectors/so-thu/runs", data=token | {"anyway": "1", "kind": "full"})
    expected = [("backfill", days), ("repair", {"keys": ["24-019651"]}), ("full", None), ("full", None)]
    assert _asked(database) == expected
    assert runs.listed(database)[0].trigger == "anyway"


@EMBEDDED
@pytest.mark.parametrize(
    "days", [{}, {"from": "2026-02-01", "to": "2026-01-01"}, {"from": "2199-01-01", "to": "2199-01-02"}]
)
def test_what_is_no_period_is_told_and_asks_for_nothing(
    hand: FlaskClient, database: Database, days: dict[str, str]
) -> None:
    token = {"csrf_token": csrf(hand, "/runs")}
    page = hand.post("/connectors/so-thu/backfill", data=token | days, follow_redirects=True)
    assert 'class="notice"' in page.text
    assert _asked(database) == []


@EMBEDDED
@pytest.mark.parametrize("hand", [PlainLine], indirect=True)
@pytest.mark.parametrize("way", ["backfill", "fetch"])
def test_what_a_connector_cannot_do_is_told_at_once(hand: FlaskClient, database: Database, way: str) -> None:
    form = {"csrf_token": csrf(hand, "/runs"), "from": "2026-01-01", "to": "2026-01-31", "dossier": "1"}
    page = text_of(hand.post(f"/connectors/so-thu/{way}", data=form, follow_redirects=True).text)
    assert "cấu hình chưa" in page
    assert _asked(database) == []


@EMBEDDED
def test_a_paused_connector_is_not_run(hand: FlaskClient, database: Database, tmp_path: Path) -> None:
    register(database, tmp_path).move("so-thu", Move.PAUSE, BY_AN)
    form = {"csrf_token": csrf(hand, "/runs"), "dossier": "1"}
    page = text_of(hand.post("/connectors/so-thu/runs", data=form, follow_redirects=True).text)
    assert "đang tạm dừng" in page
    assert _asked(database) == []
