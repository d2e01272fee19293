"""Alerts at the console and in the API: what is wrong, answering, silences; each sees their own."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import MethodNotAllowed, NotFound

from hub.alerts import judging
from hub.alerts.finding import Finding
from hub.alerts.judging import Judged
from hub.alerts.kinds import CONNECTORS_OWN, Rule, Severity
from hub.alerts.links import mends
from hub.alerts.policy import Policy
from hub.store import alerts, keys, silences
from hub.store.alerts import AlertRow
from hub.store.database import Database
from hub.store.keys import Role
from tests.hub.web.filling import Store
from tests.hub.web.test_console import text_of
from tests.hub.web.visitor import csrf

PAGE = "/alerts"
_LATE = {"title": "Sở Tư pháp – Lý lịch tư pháp", "promised": 600, "because": "failed", "seen": None}
_OF = {
    Rule.FRESHNESS: _LATE | {"since": "2026-05-20T01:15:00Z"},
    Rule.DISK: {"percent": 4.5, "free": 5 * 2**30},
}


def found(database: Database, findings: Sequence[Finding], at: datetime | None = None) -> list[AlertRow]:
    """Let rules have found this, and nothing else."""
    judged = Judged({one.key: one for one in findings}, frozenset(Rule), None)
    now = at or datetime.now(UTC)
    database.write_again(lambda transaction: judging.keep(transaction, judged, Policy(), now))
    return alerts.going_on(database)


def late(name: str, severity: Severity = Severity.WARNING) -> Finding:
    return Finding(Rule.FRESHNESS, name, severity, _OF[Rule.FRESHNESS])


DISK = Finding(Rule.DISK, None, Severity.WARNING, _OF[Rule.DISK], "var")
LOCKED = Finding(Rule.SEALS, None, Severity.CRITICAL, {})


def test_the_inbox_shows_the_worst_first_each_with_sentence_next_step_and_link(
    console: FlaskClient, store: Store
) -> None:
    found(store.database, [late("so-tu-phap"), DISK, LOCKED])
    page = console.get(PAGE).text
    text = text_of(page)
    assert text.index("Toàn hub") < text.index("Sở Tư pháp – Lý lịch tư pháp")
    assert text.index("Không mở được khóa của hub") < text.index("Ổ đĩa sắp đầy")
    assert "Ổ đĩa chứa dữ liệu của hub còn 5 GiB (4,5 %)." in text
    assert "chậm hơn cam kết 10 phút từ 20/05/2026 08:15" in text
    assert "Cần làm: Xem các lượt chạy gần nhất" in text
    assert 'class="btn btn-hub btn-sm" href="/connectors/so-tu-phap"' in page
    assert "Kiểm tra gần nhất:" in text
    assert '<span class="waiting">3</span>' in page


def test_the_inbox_says_when_nobody_looks(console: FlaskClient, store: Store) -> None:
    assert "Không có tiến trình nào đang theo dõi." in text_of(console.get(PAGE).text)
    found(store.database, [], datetime.now(UTC) - timedelta(minutes=5))
    assert "Không có tiến trình nào đang theo dõi." in text_of(console.get("/alerts/news").text)
    found(store.database, [])
    assert "Mọi quy tắc vừa được kiểm tra và đều ổn." in text_of(console.get(PAGE).text)


def test_somebody_answers_and_the_second_one_is_told_so(console: FlaskClient, store: Store) -> None:
    (row,) = found(store.database, [late("so-tu-phap")])
    form = {"csrf_token": csrf(console, PAGE), "reason": "đã gọi Sở"}
    done = console.post(f"{PAGE}/{row.id}/answer", data=form, follow_redirects=True)
    assert "Đã ghi nhận bạn đang xử lý" in text_of(done.text)
    assert "đã gọi Sở" in text_of(done.text)
    again = console.post(f"{PAGE}/{row.id}/answer", data=form, follow_redirects=True)
    assert "đã có người nhận xử lý" in text_of(again.text)
    assert '<span class="waiting">' not in again.text


@pytest.mark.parametrize("number", ["999", "99999999999999999999", str(2**63)])
def test_an_alert_that_is_not_there_is_not_found(console: FlaskClient, number: str) -> None:
    form = {"csrf_token": csrf(console, PAGE)}
    assert console.post(f"{PAGE}/{number}/answer", data=form).status_code == 404


def test_who_only_looks_answers_and_silences_nothing(reader: FlaskClient, store: Store) -> None:
    (row,) = found(store.database, [late("so-tu-phap")])
    assert "Nhận xử lý" not in text_of(reader.get(PAGE).text)
    form = {"csrf_token": csrf(reader, PAGE)}
    assert reader.post(f"{PAGE}/{row.id}/answer", data=form).status_code == 403
    assert reader.post(f"{PAGE}/silences", data=form).status_code == 403


def test_a_department_sees_and_answers_its_own_alerts_alone(department: FlaskClient, store: Store) -> None:
    rows = {row.connector: row for row in found(store.database, [late("so-tu-phap"), late("mot-cua"), DISK])}
    text = text_of(department.get(PAGE).text)
    assert "so-tu-phap" in text
    assert "mot-cua" not in text
    assert "Ổ đĩa" not in text
    assert "Đã báo cho ai" not in text
    form = {"csrf_token": csrf(department, PAGE)}
    for name in ("mot-cua", None):
        assert department.post(f"{PAGE}/{rows[name].id}/answer", data=form).status_code == 404
    assert department.post(f"{PAGE}/{rows['so-tu-phap'].id}/answer", data=form).status_code == 302


def test_a_department_does_not_see_what_was_wrong_elsewhere(department: FlaskClient, store: Store) -> None:
    before = datetime.now(UTC) - timedelta(hours=1)
    found(store.database, [late("so-tu-phap"), late("mot-cua")], before)
    for minutes in (1, 9):
        found(store.database, [], before + timedelta(minutes=minutes))
    text = text_of(department.get("/alerts/history").text)
    assert "so-tu-phap" in text
    assert "mot-cua" not in text


def test_a_silence_is_made_shown_with_what_it_silences_and_ended(console: FlaskClient, store: Store) -> None:
    found(store.database, [late("so-tu-phap")])
    text = console.get("/alerts/silences?rule=freshness&connector=so-tu-phap").text
    assert '<option value="so-tu-phap" selected>' in text
    form = _form(console, connector="so-tu-phap", until="2126-11-28T22:00")
    too_long = console.post("/alerts/silences", data=form, follow_redirects=True)
    assert "tối đa 31 ngày" in text_of(too_long.text)
    made = console.post("/alerts/silences", data=form | {"until": _later(2)}, follow_redirects=True)
    assert "Đã tạm tắt báo" in text_of(made.text)
    page = console.get(PAGE).text
    assert "Xem lần tạm tắt" in text_of(page)
    assert '<span class="waiting">' not in page
    (one,) = silences.newest(store.database)
    ended = console.post(f"/alerts/silences/{one.id}/end", data=form, follow_redirects=True)
    assert "Đã bật báo trở lại" in text_of(ended.text)
    again = console.post(f"/alerts/silences/{one.id}/end", data=form, follow_redirects=True)
    assert "đã kết thúc từ trước" in text_of(again.text)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": " "}, "Hãy ghi lý do tạm tắt báo"),
        ({"rule": "x"}, "Không có quy tắc cảnh báo này"),
        ({"connector": "x"}, "Không có đầu nối này"),
        ({"since": ""}, "Hãy nhập đủ thời điểm"),
        ({"until": "28/11/2026"}, "Hãy nhập đủ thời điểm"),
        ({"until": "2020-01-01T00:00"}, "Thời điểm kết thúc phải sau"),
    ],
)
def test_a_silence_that_means_nothing_is_refused_and_keeps_what_was_typed(
    console: FlaskClient, store: Store, wrong: dict[str, str], said: str
) -> None:
    form = _form(console, reason="bảo trì máy chủ") | wrong
    answered = console.post("/alerts/silences", data=form, follow_redirects=True)
    assert said in text_of(answered.text)
    assert silences.newest(store.database) == []
    if "reason" not in wrong:
        assert 'value="bảo trì máy chủ"' in answered.text


def test_history_is_paged_and_a_cut_address_begins_anew(console: FlaskClient, store: Store) -> None:
    before = datetime.now(UTC) - timedelta(hours=2)
    many = [Finding(Rule.SUBSCRIBER, None, Severity.WARNING, {}, str(number)) for number in range(26)]
    found(store.database, many, before)
    for minutes in (1, 30):
        found(store.database, [], before + timedelta(minutes=minutes))
    page = console.get("/alerts/history").text
    assert page.count('scope="row"') == 25
    following = page.partition('href="/alerts/history?after=')[2].partition('"')[0]
    assert console.get(f"/alerts/history?after={following}").text.count('scope="row"') == 1
    assert console.get(f"/alerts/history?after={following[:-2]}").text.count('scope="row"') == 25


@pytest.mark.parametrize("rule", Rule)
def test_every_link_leads_to_a_page_of_the_console(app: Flask, rule: Rule) -> None:
    connector = "so-tu-phap" if rule in CONNECTORS_OWN else None
    path = mends(rule, connector, "1").partition("?")[0]
    try:
        endpoint, _ = app.url_map.bind("localhost").match(path, method="GET")
    except (NotFound, MethodNotAllowed) as error:
        raise AssertionError(path) from error
    assert endpoint.startswith("console.")


def _form(client: FlaskClient, **said: str) -> dict[str, Any]:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M")
    blank = {"rule": "", "connector": "", "since": now, "until": _later(2), "reason": "bảo trì"}
    return blank | said | {"csrf_token": csrf(client, PAGE)}


def _later(hours: int) -> str:
    return (datetime.now(UTC) + timedelta(hours=7 + hours)).strftime("%Y-%m-%dT%H:%M")


def test_a_program_sees_alerts_page_by_page_and_whether_somebody_looks(api: FlaskClient, store: Store) -> None:
    found(store.database, [late("so-tu-phap"), late("mot-cua"), DISK])
    first = api.get("/api/v1/alerts?limit=2").json
    assert first is not None
    second = api.get(f"/api/v1/alerts?limit=2&cursor={first['next_cursor']}").json
    assert second is not None
    shown = [(one["rule"], one["connector"]) for one in first["items"] + second["items"]]
    assert shown == [("disk", None), ("freshness", "mot-cua"), ("freshness", "so-tu-phap")]
    assert (second["next_cursor"], second["judged_late"]) == (None, False)
    assert second["items"][0]["sentence"]["en"].startswith("Sở Tư pháp – Lý lịch tư pháp: later than")
    mine = api.get("/api/v1/alerts?connector=mot-cua").json
    assert mine is not None
    assert [one["connector"] for one in mine["items"]] == ["mot-cua"]
    assert api.get(f"/api/v1/alerts?state=over&cursor={first['next_cursor']}").status_code == 400


def test_a_client_of_dossiers_sees_no_alerts(api: FlaskClient, store: Store) -> None:
    key = keys.issue(store.database, "cổng", datetime.now(UTC), Role.QUERY)
    assert api.get("/api/v1/alerts", headers={"Authorization": f"Bearer {key}"}).status_code == 403
