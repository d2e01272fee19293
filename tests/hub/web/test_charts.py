"""Charts: what they draw is what hours and lapses say, of one's own connectors alone."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup

from hub.console.charts import across, columns, svg
from hub.console.charts.columns import Layer
from hub.console.charts.period import PERIODS, gathered
from hub.console.charts.strip import run_strip
from hub.store import connectors, lapses, run_hours
from hub.store.database import Database
from tests.hub.web.filling import Store

NOW = datetime(2026, 11, 23, 15, 40, tzinfo=UTC)  # 22:40 in Vietnam


def id_of(database: Database, name: str) -> int:
    row = connectors.named(database, name)
    assert row is not None
    return row.id


def ended(database: Database, name: str, at: datetime, state: str, fetched: int = 10) -> None:
    counted = {"fetched": fetched, "created": 1, "updated": 2, "quarantined": 3, "bytes": 9}
    with database.write() as transaction:
        run_hours.count(transaction, id_of(database, name), at, counted, {"fetch": 2.0}, state)


def sheet(client: FlaskClient, name: str, **asked: str) -> list[dict[str, str]]:
    answer = client.get(f"/charts/{name}.csv", query_string=asked)
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("name", list(PERIODS))
def test_a_period_is_whole_parts_of_vietnams_days_and_ends_with_the_one_under_way(name: str) -> None:
    period = PERIODS[name]
    parts = period.parts(NOW)
    assert len(parts) * period.step == period.length
    assert parts[-1].start <= NOW < parts[-1].end
    assert all(one.end == other.start for one, other in pairwise(parts))
    assert all(part.start.utcoffset() == timedelta(hours=7) for part in parts)
    assert (parts[0].start.hour * 3600) % period.step.total_seconds() == 0 or period.step < timedelta(days=1)


def test_each_hour_belongs_to_one_part_and_what_is_outside_to_none() -> None:
    parts = PERIODS["24h"].parts(NOW)
    hours = [(parts[0].start + timedelta(hours=place), place) for place in range(-1, 25)]
    assert gathered(parts, hours) == [[place] for place in range(24)]


def test_the_numbers_behind_a_chart_are_those_of_the_hours(console: FlaskClient, store: Store) -> None:
    now = datetime.now(UTC)
    for state in ("succeeded", "failed", "failed", "cancelled"):
        ended(store.database, "mot-cua", now, state)
    ended(store.database, "mot-cua", now - timedelta(days=40), "failed")
    runs = sheet(console, "runs", period="24h", connector="mot-cua")
    sums = {word: sum(int(row[word]) for row in runs) for word in ("Thành công", "Thất bại", "Bị ngắt", "Đã hủy")}
    assert sums == {"Thành công": 1, "Thất bại": 3, "Bị ngắt": 0, "Đã hủy": 1}  # one of the filled store failed too
    records = sheet(console, "records", period="90d", connector="mot-cua")
    assert sum(int(row["Cách ly"]) for row in records) == 15
    assert float(sheet(console, "stages", connector="mot-cua")[-1]["Lấy về"]) > 0


def test_lateness_is_shown_as_the_share_of_each_part(console: FlaskClient, store: Store) -> None:
    now = datetime.now(UTC)
    hour = PERIODS["24h"].parts(now)[-3].start
    with store.database.write() as transaction:
        for since, minutes in ((hour + timedelta(minutes=15), 30), (hour + timedelta(minutes=50), 40)):
            lapses.begin(transaction, id_of(store.database, "du-lieu-mo"), since, {"code": "failed"})
            lapses.end(transaction, id_of(store.database, "du-lieu-mo"), since + timedelta(minutes=minutes))
    rows = {row["Đầu nối"]: row for row in sheet(console, "freshness")}
    late = rows["Dữ liệu mở thành phố"]
    assert (late["Số lần chậm"], float(late["Số giờ chậm"])) == ("2", pytest.approx(70 / 60, abs=0.001))
    page = console.get("/charts").text
    assert "67%" in page  # 40 minutes of its first hour
    assert "50%" in page  # 30 of the next


@pytest.mark.parametrize("asked", ["", "?period=7d", "?period=90d&connector=mot-cua", "?period=never", "?period="])
def test_the_page_draws_pictures_that_are_named_and_described(console: FlaskClient, store: Store, asked: str) -> None:
    ended(store.database, "mot-cua", datetime.now(UTC), "succeeded")
    page = console.get(f"/charts{asked}")
    assert page.status_code == 200
    assert "style=" not in page.text
    pictures = [ET.fromstring(one) for one in re.findall(r"<svg .*?</svg>", page.text, re.DOTALL) if "role=" in one]
    assert pictures
    ids = re.findall(r' id="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))
    for picture in pictures:
        told = picture.attrib["aria-labelledby"].split()
        assert [child.attrib["id"] for child in picture[: len(told)]] == told
        assert all(child.text for child in picture[: len(told)])


def test_what_is_not_there_is_said_with_what_to_do(app: Flask, console: FlaskClient, store: Store) -> None:
    with store.database.write() as transaction:
        transaction.exec_driver_sql("DELETE FROM run_hours")
        transaction.exec_driver_sql("DELETE FROM quarantine")
    page = console.get("/charts?connector=mot-cua").text
    for sentence in ("Không có lượt nào kết thúc", "Không có lượt nào đang chờ", "Không có bản ghi nào đang cách ly"):
        assert sentence in page
    assert 'href="/runs?connector=mot-cua"' in page


@pytest.mark.parametrize(
    "path", ["/charts?connector=mot-cua", "/charts/runs.csv?connector=mot-cua", "/charts/secret.csv"]
)
def test_others_connectors_and_charts_that_are_not_there_are_not_found(department: FlaskClient, path: str) -> None:
    assert department.get(path).status_code == 404


def test_a_department_sees_the_figures_of_its_own_connectors_alone(department: FlaskClient, store: Store) -> None:
    now = datetime.now(UTC)
    ended(store.database, "mot-cua", now, "failed")
    assert {row["Thất bại"] for row in sheet(department, "runs")} == {"0"}
    assert {row["Đầu nối"] for row in sheet(department, "freshness")} == {"Sở Tư pháp – Lý lịch tư pháp"}
    assert "mot-cua" not in department.get("/charts").text


def test_every_layer_has_a_pattern_of_its_own_and_what_there_was_is_seen() -> None:
    parts = PERIODS["24h"].parts(NOW)
    layers = [Layer("a", "A", "solid", [1000.0] * 24), Layer("b", "B", "hatch", [0.0] * 23 + [1.0])]
    picture = ET.fromstring(columns.stacked("x", "T", "M", parts, layers, str))
    bars = [bar for bar in picture.iter("rect") if bar.attrib.get("fill")]
    assert {bar.attrib["fill"] for bar in bars} == {"url(#x-a)", "url(#x-b)"}
    assert len(bars) == 25
    assert min(float(bar.attrib["height"]) for bar in bars) >= 1.5


@pytest.mark.parametrize("value", [0, 0.003, 1, 3.9, 9, 12.01, 99, 1_000_000, 7_654_321])
def test_a_scale_is_a_little_longer_than_what_it_shows(value: float) -> None:
    for end in (columns.rounded_up(value), columns.whole_up(value)):
        assert value <= end <= max(2 * value, 4)
    assert value < 1 or columns.whole_up(value) % 4 == 0


def test_names_of_connectors_are_text_in_a_picture_whatever_they_are() -> None:
    hostile = '</text><script>alert(1)</script>"&'
    picture = across.amounts("x", hostile, "", [across.Amount(hostile, 1, hostile)])
    assert "<script>" not in picture
    assert ET.fromstring(picture)[0].text == hostile
    assert svg.element("p", Markup("<b/>"), title=hostile).startswith('<p title="&lt;/text&gt;')


def test_a_strip_tells_how_the_last_fifty_runs_ended(app: Flask) -> None:
    with app.test_request_context():
        assert run_strip([]) == ""
        strip = ET.fromstring(run_strip(["failed"] * 20 + ["succeeded"] * 48 + ["interrupted", "running"]))
    assert strip[0].text == "50 lượt gần nhất: Đang chạy 1, Thành công 48, Bị ngắt 1"
    shapes = {each.attrib["class"]: each.attrib["d"] for each in strip[1:]}
    assert {class_: d.count("M") for class_, d in shapes.items()} == {
        "mark-succeeded": 48,
        "mark-interrupted": 1,
        "mark-open": 1,
    }
    assert shapes["mark-interrupted"] == "M288 14h4v8h-4z"  # the last but one, half a bar
    assert shapes["mark-open"] == "M294.5 9.5h3v12h-3z"
