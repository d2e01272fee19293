"""The calendar of runs: what will run when, where too much comes at once, and that it stays quick."""

import time
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from hub.record.moments import ZONE
from hub.store.registrations import Registration, register
from schedules.cadence import Cadence
from schedules.windows import Timetable, Window
from tests.hub.web.filling import Store


def registration(name: str, cadence: str, group: str | None = None, agency: str = "000.00.15.H29") -> Registration:
    limits = {"group": group} if group else None
    return Registration(name, f"Hệ thống {name}", "rest", agency, "a/b", 0, 3600, cadence, limits=limits)


def cadence(cron: str) -> str:
    return Cadence(cron=cron).text()


def tomorrow() -> str:
    return (datetime.now(UTC).astimezone(ZONE).date() + timedelta(days=1)).isoformat()


def test_a_day_shows_instants_bands_and_windows(console: FlaskClient, store: Store) -> None:
    noon = Timetable(cron="0 2,12 * * *", blackout=(Window(**{"from": "11:30", "to": "13:30"}),)).text()
    register(store.database, [registration("so-dem", noon), registration("so-lien", Cadence(every="1m").text())])
    page = console.get(f"/schedules?day={tomorrow()}").text
    assert "02:00, 13:30" in page
    assert "11:30–13:30" in page
    assert "00:00–24:00: cách 1 phút" in page
    assert page.count('class="fire"') == 2


def test_more_runs_than_places_are_told_with_their_names(console: FlaskClient, store: Store) -> None:
    register(store.database, [registration(f"so-{at}", cadence("0 2 * * *")) for at in range(9)])
    page = console.get(f"/schedules?day={tomorrow()}").text
    assert "khoảng 9 lượt cùng lúc mà có chỗ cho 4" in page
    assert "so-0, so-1" in page
    assert "quá chỗ" in console.get(f"/schedules?view=week&day={tomorrow()}").text


def test_connectors_of_one_group_at_the_same_minute_are_told(console: FlaskClient, store: Store) -> None:
    register(store.database, [registration(name, cadence("0 2 * * *"), "so-chung") for name in ("so-mot", "so-hai")])
    assert "nhóm so-chung: khoảng 2 lượt" in console.get(f"/schedules?day={tomorrow()}").text


def test_what_comes_next_is_listed_in_order(console: FlaskClient, store: Store) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=2)).astimezone(ZONE)
    line = cadence(f"{soon.minute} {soon.hour} * * *")
    register(store.database, [registration("so-toi", line), registration("so-mai", cadence("0 0 1 1 *"))])
    page = console.get("/schedules?view=next").text
    assert f"{soon:%d/%m/%Y %H:%M}" in page
    assert "Hệ thống so-mai" not in page


def test_a_department_sees_its_own_alone(department: FlaskClient, store: Store) -> None:
    other = registration("so-khac", cadence("0 2 * * *"), agency="000.00.99.H29")
    register(store.database, [registration("so-minh", cadence("0 2 * * *")), other])
    for view in ("day", "week", "next"):
        page = department.get(f"/schedules?view={view}&day={tomorrow()}").text
        assert "so-khac" not in page, view
    assert "so-minh" in department.get(f"/schedules?day={tomorrow()}").text


def test_a_changed_address_shows_today(console: FlaskClient) -> None:
    for day in ("2026-13-45", "0001-01-01", "9999-12-31", "x"):
        assert "hôm nay" in console.get(f"/schedules?day={day}").text


def test_five_hundred_connectors_are_shown_quickly(app: Flask, console: FlaskClient, store: Store) -> None:
    lines = [cadence(f"{at % 60} {at % 24},{(at + 7) % 24} * * *") for at in range(250)]
    lines += [Cadence(every="1m", jitter="10s").text() for _ in range(250)]
    register(store.database, [registration(f"so-{at:03}", line) for at, line in enumerate(lines)])
    for view in ("day", "week", "next"):
        console.get(f"/schedules?view={view}&day={tomorrow()}")
        begun = time.perf_counter()
        page = console.get(f"/schedules?view={view}&day={tomorrow()}").text
        assert time.perf_counter() - begun < 1.5, view  # far less alone; machines of tests are shared
        assert len(page) < 600_000, view
