"""Quarantine at the console and in the API: reasons first, records of one, and reading them again."""

from flask import Flask
from flask.testing import FlaskClient

from hub.store import quarantine, replays, runs
from hub.store.replays import LetOut, Wanted
from tests.hub.web.filling import Store
from tests.hub.web.test_console import text_of
from tests.hub.web.visitor import csrf

PAGE = "/quarantine"
API = "/api/v1/quarantine"


def test_reasons_stand_first_and_lead_to_their_records(console: FlaskClient, store: Store) -> None:
    assert "31/02/2026 08:15" in text_of(console.get(PAGE).text)
    page = console.get(f"{PAGE}?connector=so-tu-phap").text
    assert page.index("Theo lý do") < page.index('id="held-')
    (absent,) = [group for group in quarantine.groups(store.database) if group.group.expected == "a time"]
    shown = text_of(console.get(f"{PAGE}?connector=so-tu-phap&group={absent.code}").text)
    assert "TP-405" in shown
    assert "Chỉ các bản ghi có lý do đã chọn." in shown
    assert "Ngô <script>" not in shown


def test_a_button_reads_a_group_or_all_again_and_a_second_click_adds_nothing(
    console: FlaskClient, store: Store
) -> None:
    token = csrf(console, PAGE)
    (first, *_) = quarantine.groups(store.database)
    form = {"csrf_token": token, "group": first.code}
    one = console.post(f"{PAGE}/so-tu-phap/replay", data=form)
    two = console.post(f"{PAGE}/so-tu-phap/replay", data=form)
    every = console.post(f"{PAGE}/so-tu-phap/replay", data={"csrf_token": token})
    assert one.headers["Location"] == two.headers["Location"] != every.headers["Location"]
    asked = [run.wanted for run in runs.listed(store.database, state="queued") if run.kind == "replay"]
    assert asked == [{}, {"group": first.code}]
    page = text_of(console.get(one.headers["Location"]).text)
    assert "Đọc lại gói tin đã giữ, chạy tay" in page
    assert console.post(f"{PAGE}/nobody/replay", data={"csrf_token": token}).status_code == 404
    gone = console.post(f"{PAGE}/so-tu-phap/replay", data=form | {"group": "0000000000"}, follow_redirects=True)
    assert "Không còn bản ghi nào như vậy" in gone.text


def test_what_no_database_can_hold_is_refused_in_a_sentence(app: Flask, console: FlaskClient, store: Store) -> None:
    client = app.test_client()
    client.environ_base["HTTP_X_API_KEY"] = store.manager
    for asked in ({"key": "\0"}, {"group": "\0"}, {"connector": "\0", "all": True}):
        answer = client.post(f"{API}/replay", json={"connector": "so-tu-phap"} | asked)
        assert (answer.status_code, "NUL" in answer.text) == (422, True)
    answer = client.post("/api/v1/connectors/so-tu-phap/pause", json={"reason": "a\0b"})
    assert (answer.status_code, "NUL" in answer.text) == (422, True)
    form = {"csrf_token": csrf(console, PAGE), "key": "\0"}
    assert console.post(f"{PAGE}/so-tu-phap/replay", data=form).status_code == 400


def test_a_key_that_only_looks_changes_nothing_at_the_console(reader: FlaskClient, store: Store) -> None:
    page = reader.get(PAGE).text
    assert "Đọc lại" not in text_of(page)
    assert "Chạy ngay" not in text_of(reader.get("/").text)
    for address in (f"{PAGE}/so-tu-phap/replay", "/connectors/so-tu-phap/runs"):
        answer = reader.post(address, data={"csrf_token": csrf(reader, PAGE)})
        assert answer.status_code == 403
    assert not runs.listed(store.database, state="queued")
    form = {"csrf_token": csrf(reader, PAGE), "language": "en", "here": "/"}
    assert reader.post("/language", data=form).status_code == 302


def test_a_replay_shows_what_it_let_out_and_who_had_found_it(console: FlaskClient, store: Store) -> None:
    with store.database.write() as transaction:
        row = quarantine.listed(store.database)[0]
        run_id = replays.ask_for(transaction, 1, Wanted(), "mapping", store.now)
        replays.log_let_out(transaction, run_id, [LetOut(row.key, row.run_id, row.payload_id, "created")])
    page = console.get(f"/runs/{run_id}").text
    assert "Ra khỏi cách ly" in page
    assert f'href="/runs/{row.run_id}"' in page
    assert "vì ánh xạ đã đổi" in text_of(page)


def test_the_api_lists_groups_and_their_records(api: FlaskClient) -> None:
    groups = api.get(f"{API}/groups?connector=so-tu-phap").get_json()["items"]
    assert [(each["records"], each["field"]) for each in groups] == [(1, "received_at")] * 2
    (one,) = [each for each in groups if each["example"]]
    found = api.get(f"{API}?group={one['group']}").get_json()
    assert [each["key"] for each in found["items"]] == ["TP-404"]
    assert found["items"][0]["reasons"][0]["value"] == "31/02/2026 08:15"
    assert found["items"][0]["unseen"] is False
    assert "raw" not in found["items"][0]
    first = api.get(f"{API}?limit=1").get_json()
    second = api.get(f"{API}?limit=1&cursor={first['next_cursor']}").get_json()
    assert {first["items"][0]["key"], second["items"][0]["key"]} == {"TP-404", "TP-405"}
    assert second["next_cursor"] is None
    assert api.get(f"{API}?cursor=x").status_code == 400
    assert api.get(f"{API}?grup=x").status_code == 422


def test_the_api_replays_for_those_who_may_change_things(app: Flask, api: FlaskClient, store: Store) -> None:
    body = {"connector": "so-tu-phap", "all": True}
    assert api.post(f"{API}/replay", json=body).get_json()["code"] == "not_allowed"
    client = app.test_client()
    client.environ_base["HTTP_X_API_KEY"] = store.manager
    answer = client.post(f"{API}/replay", json=body)
    assert answer.status_code == 202
    run = answer.get_json()
    assert (run["kind"], run["state"], run["wanted"]) == ("replay", "queued", {})
    assert answer.headers["Location"].endswith(f"/runs/{run['id']}")
    assert client.post(f"{API}/replay", json=body).get_json()["id"] == run["id"]
    wrong = [{}, {"connector": "so-tu-phap"}, body | {"everything": True}, body | {"al": True}]
    assert [client.post(f"{API}/replay", json=each).status_code for each in wrong] == [422] * 4
    assert client.post(f"{API}/replay", json={"connector": "nobody", "all": True}).status_code == 404
    assert client.post(f"{API}/replay", json={"connector": "so-tu-phap", "key": "nobody"}).status_code == 404
