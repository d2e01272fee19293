"""A client that is granted little, against what it may not see: nothing tells it what is there."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from hub.api.settings import Public, Settings
from hub.record.grant import Grant, Group, Sight
from hub.store import clients, cursor, exports, keys
from hub.store.access_tables import reads
from hub.store.clients import Client, Role
from hub.store.database import Database
from hub.store.filters import Filter, told_apart
from hub.store.scope import ALL
from hub.sync.speller import Speller
from hub.view.counts import KeptCounts
from hub.web.app import create_app
from mappings.engine.draft import Draft
from tests.hub.web.filling import bring
from tests.hub.web.querying import LIST, LOOKUP, asking
from tests.hub.web.served import SECRET

MINE, OTHERS = "000.00.15.H29", "000.00.21.H29"
OWN, THEIRS, LIMITED, SHARED = "A-1", "B-1", "A-2", "000.00.15.H29-260518-9001"
NOW = datetime.now(UTC)
LITTLE = Grant(agencies=(MINE,), sights={Group.NAME: Sight.MASKED})
MUCH = Grant(agencies=(MINE,), sights=dict.fromkeys(Group, Sight.FULL))
NOT_SHOWN = ("identity=000190000011", "phone=0900000123", "name=x", "q=an", "connector=mot-cua", "conflicts=true")


def dossier(code: str, agency: str, name: str, number: int, **more: Any) -> Draft:
    """What a source says."""
    owner = {"name": name, "id_number": f"0001900000{number}", "phone": "0900000123"}
    said = {"status": "processing", "summary": "Cấp phép", "received_at": "2026-05-18T01:15:00Z"}
    return Draft({"code": code, "agency": {"code": agency, "name": agency}, "applicant": owner} | said | more)


@pytest.fixture
def app(database: Database) -> Flask:
    """Dossiers of two agencies, one of them confidential."""
    mine = {
        "1": dossier(OWN, MINE, "Nguyễn Bình An", 11),
        "2": dossier(LIMITED, MINE, "Trần Thị Hoa", 12, confidentiality="limited"),
        "3": dossier(SHARED, MINE, "Ngô Gộp", 13),
    }
    bring(database, "so-tu-phap", NOW, mine)
    bring(database, "du-lieu-mo", NOW, {"1": dossier(THEIRS, OTHERS, "Quàng Zyphora Mật", 21, summary="Bimatduynhat")})
    return create_app(
        database, SECRET, settings=Settings(public=Public(per_minute=3), webhook_hosts=("portal.example",))
    )


def told(client: FlaskClient, address: str, sought: str) -> tuple[int, str]:
    answer = client.get(address.format(sought))
    return answer.status_code, answer.text.replace(sought, "?")


def who(app: Flask, grant: Grant) -> Client:
    (found,) = (one for one in clients.listed(app.extensions["hub.database"]) if one.grant == grant)
    return found


@pytest.mark.parametrize(
    "address", [LIST + "/{}", LIST + "/{}?include=timeline", LIST + f"/{{}}?agency={OTHERS}", LIST + "/{}/qr"]
)
def test_what_is_not_yours_is_answered_as_what_nobody_has(app: Flask, address: str) -> None:
    client, everything = asking(app, LITTLE), asking(app, None, Role.READ)
    nothing = told(client, address, "C-9")
    assert nothing[0] == 404
    for code in (THEIRS, LIMITED):
        number = everything.get(f"{LIST}/{code}").get_json()["id"]
        assert told(client, address, code) == nothing
        assert told(client, address, f"id:{number}") == nothing
        entries = client.post(LOOKUP, json={"codes": [code], "ids": [number]}).get_json()["items"]
        assert [entry["outcome"] for entry in entries] == ["unknown", "unknown"]


def test_what_is_masked_or_hidden_answers_no_question_whatever_is_asked(app: Flask) -> None:
    client = asking(app, LITTLE)
    for asked in NOT_SHOWN:
        for address in (f"{LIST}?", f"{LIST}?count=exact&", f"{LIST}/counts?by=status&"):
            refused = client.get(address + asked)
            assert (refused.status_code, refused.get_json()["code"]) == (403, "not_seen"), (address, asked)
        name, _, value = asked.partition("=")
        wanted = {"filter": {name: value == "true" if name == "conflicts" else value}}
        export = client.post("/api/v1/exports", json={"format": "ndjson"} | wanted)
        webhook = client.post("/api/v1/webhooks", json={"title": "x", "url": "https://portal.example/"} | wanted)
        assert export.status_code == webhook.status_code == 403, asked


def test_words_that_only_others_have_are_never_offered(app: Flask, database: Database) -> None:
    Speller(database).learn()
    assert asking(app, None, Role.READ).get(f"{LIST}?q=zyphoraa").get_json()["corrected"] == {"zyphoraa": ["zyphora"]}
    client = asking(app, MUCH)
    for slip in ("zyphoraa", "bimatduynhatt"):
        assert client.get(f"{LIST}?q={slip}").get_json() == {"items": [], "next_cursor": None}
    of = told_apart(Filter(words="khong"), who(app, MUCH).name)
    made_up = cursor.after_found(_place([3, "9999", 10**6, {"khong": ["zyphora", "mat"]}]), of)
    found = client.get(LIST, query_string={"q": "khong", "cursor": made_up}).get_json()["items"]
    assert found == []


def _place(values: list[Any]) -> Any:
    return tuple(values)


@pytest.mark.parametrize("place", [[2, "9999", True, {}], [True, "9999", True, {}], [1.0, "9999", 5, {}]])
def test_a_place_that_somebody_wrote_himself_is_a_bad_cursor_and_no_fault(app: Flask, place: list[Any]) -> None:
    client = asking(app, MUCH)
    made_up = cursor.after_found(_place(place), told_apart(Filter(words="an"), who(app, MUCH).name))
    refused = client.get(LIST, query_string={"q": "an", "cursor": made_up})
    assert (refused.status_code, refused.get_json()["code"]) == (400, "bad_cursor")


def test_an_estimate_of_a_person_knows_only_of_what_is_seen(app: Flask, database: Database) -> None:
    many = {f"m{number}": dossier(f"M-{number}", OTHERS, "Lò Nhiều", 77) for number in range(40)}
    bring(database, "du-lieu-mo", NOW + timedelta(minutes=1), many)
    with database.write() as transaction:
        transaction.execute(text("ANALYZE"))  # so that statistics know of the one with so many
    client = asking(app, MUCH)
    for asked in ("identity=000190000077", "name=Lò Nhiều"):
        assert client.get(f"{LIST}?count=estimate&{asked}").get_json()["count"]["records"] == 0


def test_a_dossier_that_a_stricter_source_joins_leaves_who_may_not_see_it(app: Flask, database: Database) -> None:
    client, theirs = asking(app, LITTLE), asking(app, Grant(agencies=(OTHERS,)))
    before = client.get(f"{LIST}/{SHARED}").get_json()
    at = client.get("/api/v1/changes?after=latest").get_json()["next"]
    joined = dossier("B-77", OTHERS, "Ngô Gộp", 13, national_code=SHARED, confidentiality="sensitive")
    bring(database, "du-lieu-mo", NOW + timedelta(minutes=1), {"joined": joined})
    for code in (SHARED, "B-77", f"id:{before['id']}"):
        assert client.get(f"{LIST}/{code}").status_code == theirs.get(f"{LIST}/{code}").status_code == 404
    (left,) = client.get(f"/api/v1/changes?after={at}").get_json()["items"]
    assert {**left, "position": 0} == {"position": 0, "change": "left", "id": before["id"], "code": SHARED}
    assert theirs.get(f"/api/v1/changes?after={at}").get_json()["items"] == []


def test_who_asks_for_a_file_of_one_person_is_in_the_log_before_it_learns_how_many_there_are(
    app: Flask, database: Database
) -> None:
    answer = asking(app, MUCH).post("/api/v1/exports", json={"format": "ndjson", "filter": {"name": "Lý Không Ai"}})
    assert answer.status_code == 202
    with database.read() as connection:
        assert connection.scalars(select(reads.c.action)).all() == ["export"]


def test_a_key_that_only_looks_removes_nobodys_export(app: Flask, database: Database) -> None:
    number = asking(app, LITTLE).post("/api/v1/exports", json={"format": "ndjson"}).get_json()["id"]
    looks = asking(app, None, Role.READ)
    assert looks.get(f"/api/v1/exports/{number}").status_code == 200
    assert looks.delete(f"/api/v1/exports/{number}").status_code == 403
    export = exports.get(database, int(number))
    assert export is not None
    assert export.state in exports.UNFINISHED


class _Meanwhile:
    """Nobody waits: what happens meanwhile happens at once."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self._happens = happens

    def wait(self, *_: object) -> bool:
        self._happens()
        return True


def test_a_key_that_is_revoked_while_it_waits_is_shown_nothing_more(app: Flask, database: Database) -> None:
    client = asking(app, LITTLE)
    name = who(app, LITTLE).name
    at = client.get("/api/v1/changes?after=latest").get_json()["next"]

    def revoked() -> None:
        assert keys.revoke(database, name)
        bring(database, "so-tu-phap", NOW + timedelta(minutes=1), {"9": dossier("A-9", MINE, "Lê Mới", 19)})

    app.extensions["hub.waiters"] = _Meanwhile(revoked)
    assert client.get(f"/api/v1/changes?after={at}&wait=5").get_json()["items"] == []


def test_what_cannot_be_counted_fills_no_memory(database: Database) -> None:
    counter = KeptCounts(database)
    for number in range(20):
        with pytest.raises(ValueError, match="counted by"):
            counter.counts(("status", "status"), Filter(agency=f"x{number}"), ALL)
    assert counter._counting == {}


def test_a_sign_that_no_database_takes_is_a_code_that_nobody_has(app: Flask) -> None:
    answer = app.test_client().post("/tra-cuu", data={"code": "A\0B", "fact": "1234"})
    assert answer.status_code == 404


def test_addresses_of_one_household_have_the_tries_of_one(app: Flask) -> None:
    def tries(*addresses: str) -> list[int]:
        public = "/api/v1/public/dossiers/C-9?fact=1234"
        visitor = app.test_client()
        return [visitor.get(public, environ_base={"REMOTE_ADDR": one}).status_code for one in addresses]

    # The fourth in a minute is too many.
    assert tries(*(f"2001:db8:0:1::{last}" for last in (1, 2, 3, 4)), "2001:db8:0:2::1") == [404, 404, 404, 429, 404]
    assert tries("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1") == [404, 404, 404, 429]
