"""Quotas: told with every answer, kept over processes, and never in the way of others."""

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from hub.api.settings import Settings
from hub.store import clients, keys, windows
from hub.store.clients import Client, Quota, Role, Wanted
from hub.store.database import Database, connect
from hub.web.app import create_app
from hub.web.quota import Quotas
from tests.hub.web.served import SECRET
from tests.hub.web.serving import serving

NOON = datetime(2026, 11, 23, 5, 0, 10, tzinfo=UTC).timestamp()  # 12:00:10 in Vietnam
DAY_ENDS = 12 * 3600 - 10


def client_of(database: Database, name: str = "cong", **quota: int) -> Client:
    with database.write() as transaction:
        clients.put(transaction, Wanted(name, Role.READ, quota=Quota(**quota)), datetime.now(UTC))
    found = clients.named(database, name)
    assert found is not None
    return found


def asking(database: Database, **quota: int) -> FlaskClient:
    client_of(database, **quota)
    made = create_app(database, SECRET, settings=Settings(quota=Quota(1000, 5000))).test_client()
    now = datetime.now(UTC)
    made.environ_base["HTTP_X_API_KEY"] = keys.add(database, "cong", now, None, now).key
    return made


def test_every_answer_tells_what_is_left(database: Database) -> None:
    api = asking(database)
    headers = [
        api.get(path).headers for path in ("/api/v1/runs", "/api/v1/runs/9", "/api/v1/nothing", "/api/v1/runs?x=1")
    ]
    assert [each["RateLimit-Remaining"] for each in headers] == ["999", "998", "997", "996"]
    first = headers[0]
    assert first["RateLimit-Limit"] == "1000"
    assert 0 < int(first["RateLimit-Reset"]) <= 60
    assert first["RateLimit-Policy"] == '"minute";q=1000;w=60, "day";q=5000;w=86400'
    assert re.fullmatch(r'"minute";r=999;t=\d+, "day";r=4999;t=\d+', first["RateLimit"])


def test_who_asked_too_much_is_refused_and_told_how_long_to_wait(database: Database) -> None:
    api = asking(database, per_day=2)
    assert [api.get("/api/v1/runs").status_code for _ in range(4)] == [200, 200, 429, 429]
    refused = api.get("/api/v1/runs")
    assert (refused.mimetype, refused.get_json()["code"]) == ("application/problem+json", "too_many_requests")
    assert "cong may ask 2 times in a day" in refused.get_json()["detail"]
    assert 0 < int(refused.headers["Retry-After"]) <= 86_400
    assert refused.headers["RateLimit-Remaining"] == "0"


def test_what_needs_no_key_and_pages_have_no_quota(database: Database) -> None:
    api = asking(database, per_minute=1)
    assert api.get("/api/v1/runs").status_code == 200
    for path in ("/health/live", "/api/v1/openapi.json", "/sign-in"):
        answer = api.get(path)
        assert (answer.status_code, "RateLimit" in answer.headers) == (200, False)
    wrong = api.get("/api/v1/runs", headers={"X-API-Key": "mch_wrong"})
    assert (wrong.status_code, "RateLimit" in wrong.headers) == (401, False)


def test_a_client_that_floods_costs_another_nothing(database: Database) -> None:
    quotas = Quotas(database, Quota(5, 100))
    loud, quiet = client_of(database, "loud"), client_of(database, "quiet")
    assert sum(quotas.admit(loud, NOON).allowed for _ in range(1000)) == 5
    assert quotas.admit(quiet, NOON).allowed
    assert not quotas.admit(loud, NOON).allowed


def test_a_minute_and_a_vietnamese_day_begin_anew(database: Database) -> None:
    quotas, client = Quotas(database, Quota(2, 3)), client_of(database)
    assert [quotas.admit(client, NOON).allowed for _ in range(3)] == [True, True, False]
    assert quotas.admit(client, NOON).wait == 50
    assert [quotas.admit(client, NOON + 50).allowed for _ in range(2)] == [True, False]
    day = quotas.admit(client, NOON + 50)
    assert (day.allowed, day.nearest.name, day.wait) == (False, "day", DAY_ENDS - 50)
    assert not quotas.admit(client, NOON + DAY_ENDS - 1).allowed
    assert quotas.admit(client, NOON + DAY_ENDS).allowed


def test_refused_requests_do_not_count(database: Database) -> None:
    quotas, client = Quotas(database, Quota(2, 100)), client_of(database)
    for _ in range(50):
        quotas.admit(client, NOON)
    assert quotas.admit(client, NOON + 60).windows[1].remaining == 97
    quotas.exchange(NOON)
    with database.read() as connection:
        counted = connection.exec_driver_sql("SELECT name, sum(count) FROM counters GROUP BY name ORDER BY 1").all()
    assert [(name, int(count)) for name, count in counted] == [(f"day:{client.id}", 3), (f"minute:{client.id}", 3)]


def test_processes_hear_of_each_other(database: Database) -> None:
    client = client_of(database)
    one, other = Quotas(database, Quota(10, 100)), Quotas(database, Quota(10, 100))
    for _ in range(4):
        one.admit(client, NOON)
        other.admit(client, NOON)
    one.exchange(NOON)
    other.exchange(NOON)
    assert other.admit(client, NOON).windows[0].remaining == 1
    assert one.admit(client, NOON).windows[0].remaining == 5  # it was told before the other told
    one.exchange(NOON)
    other.exchange(NOON)
    assert not other.admit(client, NOON).allowed


def test_a_process_that_nobody_asks_hears_too(database: Database) -> None:
    client = client_of(database)
    quiet, busy = Quotas(database, Quota(10, 100)), Quotas(database, Quota(10, 100))
    quiet.admit(client, NOON)
    quiet.exchange(NOON)
    for _ in range(9):
        busy.admit(client, NOON)
    busy.exchange(NOON)
    quiet.exchange(NOON)  # it has nothing to tell
    assert not quiet.admit(client, NOON).allowed


def test_requests_that_come_during_an_exchange_are_not_forgotten(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    quotas, client = Quotas(database, Quota(10, 100)), client_of(database)
    quotas.admit(client, NOON)
    real = windows.add

    def slow(*arguments: Any) -> Any:
        found = real(*arguments)
        quotas.admit(client, NOON)
        return found

    monkeypatch.setattr(windows, "add", slow)
    quotas.exchange(NOON)
    monkeypatch.undo()
    assert quotas.admit(client, NOON).windows[0].remaining == 7
    quotas.exchange(NOON)
    assert quotas.admit(client, NOON).windows[0].remaining == 6


def test_windows_that_are_over_are_forgotten(database: Database) -> None:
    quotas, client = Quotas(database, Quota(10, 100)), client_of(database)
    quotas.admit(client, NOON)
    quotas.exchange(NOON)
    assert len(quotas._counts) == 2
    quotas.exchange(NOON + 3600)
    assert len(quotas._counts) == 1
    quotas.exchange(NOON + 90_000)
    assert not quotas._counts


def test_while_the_database_is_away_each_process_counts_on(database: Database) -> None:
    client = client_of(database)
    quotas = Quotas(connect("postgresql://nobody@127.0.0.1:1/nothing"), Quota(3, 100))
    with capture_logs() as told:
        assert [quotas.admit(client, NOON).allowed for _ in range(2)] == [True, True]
        quotas._try_exchange()
        quotas._try_exchange()
        assert [quotas.admit(client, NOON).allowed for _ in range(2)] == [True, False]
    assert [each["event"] for each in told] == ["quotas_not_shared"]  # once
    quotas._database = database
    quotas.exchange(NOON)
    assert quotas.admit(client, NOON).windows[0].remaining == 0


def test_the_thread_exchanges_and_its_end_tells_the_rest(database: Database) -> None:
    quotas, client = Quotas(database, Quota(10, 100)), client_of(database)
    quotas.start()
    quotas.admit(client, time.time())
    quotas.stop()
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM counters").scalar_one() == 2


@pytest.fixture
def two_servers(database: Database, database_url: str, tmp_path: Any) -> Iterator[list[str]]:
    with (
        serving(tmp_path, 0, "", database_url) as one,
        serving(tmp_path, 0, "", database_url) as other,
    ):
        assert (one.line(), other.line()) == ("started", "started")
        yield [one.url, other.url]


def test_one_server_hears_what_another_has_let_through(database: Database, two_servers: list[str]) -> None:
    client_of(database, per_minute=100_000, per_day=100_000)
    now = datetime.now(UTC)
    headers = {"X-API-Key": keys.add(database, "cong", now, None, now).key}
    with requests.Session() as session:

        def left(url: str) -> int:
            answer = session.get(f"{url}/api/v1/runs", headers=headers, timeout=30)
            return int(re.findall(r'"day";r=(\d+)', answer.headers["RateLimit"])[0])

        assert [left(two_servers[0]) for _ in range(5)][-1] == 99_995
        asked, ends = 1, time.monotonic() + 30
        while left(two_servers[1]) != 100_000 - 5 - asked:
            asked += 1
            assert time.monotonic() < ends


def test_two_servers_let_through_no_more_than_the_limit_each_before_they_hear(
    database: Database, two_servers: list[str]
) -> None:
    """The bound: what all let through is at most the limit of each process, and after an exchange nothing more."""
    limit, now = 20, datetime.now(UTC)
    client = client_of(database, per_day=limit)
    headers = {"X-API-Key": keys.add(database, "cong", now, None, now).key}
    together = threading.Barrier(len(two_servers) * 3)
    allowed: list[bool] = []

    def ask(url: str) -> None:
        with requests.Session() as session:
            together.wait()
            answers = [session.get(f"{url}/api/v1/runs", headers=headers, timeout=30) for _ in range(15)]
            allowed.extend(answer.status_code == 200 for answer in answers)

    threads = [threading.Thread(target=ask, args=(url,)) for url in two_servers for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(allowed) == 90
    assert limit <= sum(allowed) <= limit * len(two_servers)
    with ThreadPoolExecutor() as asking:  # each hears of the other, and then refuses for good
        assert all(asking.map(lambda url: refuses(url, headers), two_servers))
    assert windows.exact(database, f"day:{client.id}", now, 2000) <= limit * len(two_servers)
    after = [requests.get(f"{url}/api/v1/runs", headers=headers, timeout=30).status_code for url in two_servers * 5]
    assert set(after) == {429}


def refuses(url: str, headers: dict[str, str]) -> bool:
    """Ask until what is left by all processes' counts is nothing."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        if requests.get(f"{url}/api/v1/runs", headers=headers, timeout=30).status_code == 429:
            return True
    return False
