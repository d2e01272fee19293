"""`GET /changes`: what becomes of the dossiers that a client may see, in order, and told to it alone."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import event

from hub.record.confidentiality import Level
from hub.record.grant import Grant, Group, Sight
from hub.record.signature import Signature
from hub.store import changes, clients, feed, keys, renewing
from hub.store.clients import Role, Wanted
from hub.store.database import Database
from hub.web.app import create_app
from tests.hub.store.moving import AGENCIES, CODES, World, said
from tests.hub.web.served import SECRET

A, B, _ = AGENCIES
Ask = Callable[..., Any]


@pytest.fixture
def world(database: Database) -> World:
    """One dossier of each of two agencies."""
    made = World(database)
    made.tell("a", {"1": said(CODES[0], A, national_code=CODES[8]), "2": said(CODES[1], B)})
    return made


@pytest.fixture
def app(world: World) -> Iterator[Flask]:
    """The API over it."""
    made = create_app(world.database, SECRET)
    yield made
    made.extensions["hub.waiters"].close()


def _client(app: Flask, world: World, name: str, role: Role, grant: Grant | None = None) -> FlaskClient:
    now = datetime.now(UTC)
    with world.database.write() as transaction:
        clients.put(transaction, Wanted(name, role, grant=grant), now)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {keys.issue(world.database, name, now)}"
    return client


@pytest.fixture
def ask(app: Flask, world: World) -> Ask:
    """Who sees everything, asks."""
    return _asking(_client(app, world, "operators", Role.READ))


@pytest.fixture
def ask_of_a(app: Flask, world: World) -> Ask:
    """A portal that sees the dossiers of one agency, asks."""
    grant = Grant(agencies=(A,), sights={Group.NAME: Sight.FULL})
    return _asking(_client(app, world, "portal", Role.QUERY, grant))


def _asking(client: FlaskClient) -> Ask:
    def asked(after: int | str, expected: int = 200, /, **parameters: Any) -> Any:
        answer = client.get("/api/v1/changes", query_string={"after": after, **parameters})
        assert answer.status_code == expected, answer.text
        return answer.get_json()

    return asked


def _kinds(answer: Any) -> list[tuple[str, str]]:
    return [(one["change"], one["code"]) for one in answer["items"]]


def test_everything_there_is_is_told_with_what_finds_it_and_where_to_go_on(ask: Ask, world: World) -> None:
    answer = ask(0)
    assert _kinds(answer) == [("changed", CODES[0]), ("changed", CODES[1])]
    assert (answer["next"], answer["more"], answer["waited"]) == (2, False, 0)
    first = answer["items"][0]
    assert first["codes"] == [CODES[0], CODES[8]]
    assert first["dossier"]["id"] == first["id"]
    assert first["dossier"]["position"] == first["position"]
    assert first["dossier"]["agency"] == {"code": A}
    assert ask(2)["items"] == []


def test_it_goes_on_page_by_page(ask: Ask) -> None:
    first = ask(0, limit=1)
    assert (_kinds(first), first["more"]) == ([("changed", CODES[0])], True)
    second = ask(first["next"], limit=1)
    assert (_kinds(second), second["more"]) == ([("changed", CODES[1])], False)


def test_latest_is_only_where_the_feed_is_now(ask: Ask, world: World) -> None:
    answer = ask("latest")
    assert (answer["items"], answer["next"], answer["more"]) == ([], 2, False)
    world.tell("a", {"2": said(CODES[1], B, note="new")})
    assert _kinds(ask(answer["next"])) == [("changed", CODES[1])]


def test_gone_merged_and_left_say_no_more_than_that(ask: Ask, ask_of_a: Ask, world: World) -> None:
    ids = {one["code"]: one["id"] for one in ask(0)["items"]}
    at = ask_of_a(0)["next"]
    world.lose("a", ["1"])
    answer = ask_of_a(at)
    assert answer["items"] == [{"position": 3, "change": "gone", "id": ids[CODES[0]], "code": CODES[0]}]
    world.tell("a", {"1": said(CODES[0], A)})
    assert _kinds(ask_of_a(answer["next"])) == [("changed", CODES[0])]
    at = feed.latest(world.database)
    world.tell("a", {"1": said(CODES[0], B)})
    world.tell("b", {"9": said(CODES[0], B, national_code=CODES[1])})
    (left,) = ask_of_a(at)["items"]
    assert left == {"position": at + 1, "change": "left", "id": ids[CODES[0]], "code": CODES[0]}
    merged = [one for one in ask(0)["items"] if one["change"] == "merged"]
    assert [(one["id"], one["into"]) for one in merged] == [(ids[CODES[1]], ids[CODES[0]])]


def test_a_client_is_told_of_nothing_that_it_may_not_see_and_sees_no_more_of_a_dossier_than_elsewhere(
    ask_of_a: Ask, world: World
) -> None:
    values = said(CODES[0], A, summary="hidden", applicant={"name": "Lê Thị Thử", "id_number": "000190000001"})
    world.tell("a", {"1": values, "3": said(CODES[2], A, confidentiality="sensitive")})
    answer = ask_of_a(0)
    assert _kinds(answer) == [("changed", CODES[0])]
    dossier = answer["items"][0]["dossier"]
    assert dossier["applicant"] == {"name": "Lê Thị Thử"}
    assert "summary" not in dossier
    assert answer["next"] == 4


def test_fields_and_content_choose_what_is_told(ask: Ask, ask_of_a: Ask) -> None:
    assert "dossier" not in ask(0, content="reference")["items"][0]
    assert "agency" not in ask(0, fields="received_at")["items"][0]["dossier"]
    assert ask_of_a(0, 403, fields="summary")["code"] == "not_seen"
    assert ask(0, 422, fields="colour")["errors"][0]["parameter"] == "fields"


def test_a_filter_narrows_what_is_told(ask: Ask, ask_of_a: Ask, world: World) -> None:
    assert _kinds(ask(0, agency=B)) == [("changed", CODES[1])]
    assert _kinds(ask(0, status="completed,returned")) == [("left", CODES[0]), ("left", CODES[1])]
    assert _kinds(ask(0, status="completed,processing")) == [("changed", CODES[0]), ("changed", CODES[1])]
    assert _kinds(ask_of_a(0, agency=B)) == []
    assert ask(0, 422, due="overdue")["code"] == "invalid_parameters"  # goes by the clock


@pytest.mark.parametrize(
    "wrong",
    [
        {"after": "-1"},
        {"after": ""},
        {"after": "newest"},
        {"after": "٣"},
        {"after": str(2**63)},
        {"after": "9" * 21},
        {"after": "0", "limit": "0"},
        {"after": "0", "limit": "1001"},
        {"after": "0", "wait": "31"},
        {"after": "0", "content": "all"},
        {"after": "0", "received_from": "2026-05-02", "received_to": "2026-05-01"},
        {},
    ],
    ids=str,
)
def test_what_cannot_be_read_is_refused(app: Flask, world: World, wrong: dict[str, str]) -> None:
    answer = _client(app, world, "operators", Role.READ).get("/api/v1/changes", query_string=wrong)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_parameters")


def test_a_position_that_the_hub_never_came_to_is_told_as_such(ask: Ask) -> None:
    answer = ask(3, 409)
    assert answer["code"] == "unknown_position"
    assert answer["detail"].startswith("The change feed has come to 2, not to 3 yet")


def test_the_view_changes_with_what_a_client_may_see_and_asks_for_and_with_nothing_else(
    app: Flask, world: World
) -> None:
    def view(grant: Grant, **parameters: Any) -> str:
        client = _client(app, world, f"client {len(views)}", Role.QUERY, grant)
        found: str = _asking(client)("latest", **parameters)["view"]
        return found

    views: list[str] = []
    for grant, parameters in [
        (Grant(agencies=(A,)), {}),
        (Grant(agencies=(A, B)), {}),
        (Grant(agencies=(A,), level=Level.LIMITED), {}),
        (Grant(agencies=(A,), sights={Group.FEES: Sight.FULL}), {}),
        (Grant(agencies=(A,), sights={Group.FEES: Sight.MASKED}), {}),
        (Grant(agencies=(A,)), {"status": "processing"}),
        (Grant(agencies=(A,)), {"fields": "code"}),
        (Grant(agencies=(A,)), {"content": "reference"}),
        (Grant(agencies=(A, B)), {"agency": A, "status": "completed"}),
    ]:
        views.append(view(grant, **parameters))
    assert len(set(views)) == len(views)
    assert view(Grant(agencies=(A,)), limit=7) == views[0]


def test_an_empty_poll_asks_the_database_one_statement_alone(
    ask_of_a: Ask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_of_a(2)  # who comes, and what it may see, is known now
    asked: list[str] = []
    event.listen(world.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    alone = world.database.ask  # on PostgreSQL, in no transaction
    monkeypatch.setattr(world.database, "ask", lambda *told: (asked.append(told[0]), alone(*told))[1])
    assert ask_of_a(2)["items"] == []
    *begun, query = asked
    assert begun == (["BEGIN"] if world.database.is_sqlite else [])
    assert query.startswith("SELECT feed.position")


def test_after_a_renewal_every_kept_position_is_refused_and_0_is_where_to_begin(ask: Ask, world: World) -> None:
    signature = Signature("an.nguyen", "restored", datetime.now(UTC))
    since = renewing.renew(world.database, signature).since
    for kept in (1, 2, 3):
        answer = ask(kept, 409)
        assert answer["code"] == "unknown_position"
        assert answer["detail"].endswith("Begin again after 0.")
    first = ask(0, limit=1)
    assert first["next"] > since
    assert _kinds(ask(first["next"])) == [("changed", CODES[1])]


def test_who_is_granted_more_begins_again_and_hears_nothing_of_what_left_before(
    app: Flask, ask_of_a: Ask, world: World
) -> None:
    world.tell("a", {"1": said(CODES[0], B)})
    view = ask_of_a("latest")["view"]
    now = datetime.now(UTC)
    late = _asking(_client(app, world, "late", Role.QUERY, Grant(agencies=(A,), sights={Group.NAME: Sight.FULL})))
    assert late(0)["items"] == []
    assert _kinds(ask_of_a(0)) == [("left", CODES[0])]
    for title, grant, same in (
        ("Cổng", Grant(agencies=(A,), sights={Group.NAME: Sight.FULL}), True),
        ("Cổng", Grant(agencies=(A, A), sights={Group.NAME: Sight.FULL}), False),
    ):
        with world.database.write() as transaction:
            clients.put(transaction, Wanted("portal", Role.QUERY, title, grant=grant), now)
        app.extensions.pop("hub.known", None)  # else it is believed for two seconds
        assert (ask_of_a("latest")["view"] == view) is same
    assert ask_of_a(0)["items"] == []


def test_what_a_filter_means_is_one_for_the_whole_of_an_answer(
    ask: Ask, world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ask(2, agency=A)["view"]
    told: list[Any] = []
    waiting = threading.Thread(target=lambda: told.append(ask(2, agency=A, wait=30)))
    waiting.start()
    while not app.extensions["hub.waiters"].count():
        pass
    monkeypatch.setattr(changes, "agencies_named", lambda *_: frozenset({A, B}))  # the catalogue says so from now on
    world.tell("a", {"2": said(CODES[1], B, note="new")})
    waiting.join(25)
    (answer,) = told
    assert (answer["items"], answer["next"], answer["more"]) == ([], 2, True)
    assert answer["view"] == ask(2, agency=A)["view"] != before
    assert _kinds(ask(0, agency=A)) == [("changed", CODES[0]), ("changed", CODES[1])]


def test_who_waits_is_told_as_soon_as_something_changes_for_it(ask_of_a: Ask, world: World, app: Flask) -> None:
    told: list[Any] = []
    waiting = threading.Thread(target=lambda: told.append(ask_of_a(2, wait=30)))
    waiting.start()
    while not app.extensions["hub.waiters"].count():
        pass
    world.tell("a", {"2": said(CODES[1], B, note="of no concern")})
    while feed.latest(world.database) < 3:
        pass
    world.tell("a", {"1": said(CODES[0], A, note="new")})
    waiting.join(25)
    (answer,) = told
    assert _kinds(answer) == [("changed", CODES[0])]
    assert 0 < answer["waited"] < 25


def test_who_may_see_less_since_it_began_to_wait_is_told_nothing_by_what_it_was(
    app: Flask, ask_of_a: Ask, world: World
) -> None:
    told: list[Any] = []
    waiting = threading.Thread(target=lambda: told.append(ask_of_a(2, wait=30)))
    waiting.start()
    while not app.extensions["hub.waiters"].count():
        pass
    with world.database.write() as transaction:
        wanted = Wanted("portal", Role.QUERY, grant=Grant(agencies=(B,)))
        clients.put(transaction, wanted, datetime.now(UTC))
    world.tell("a", {"1": said(CODES[0], A, note="new")})
    waiting.join(25)
    (answer,) = told
    assert (answer["items"], answer["next"], answer["more"]) == ([], 2, True)


def test_who_waits_in_vain_is_answered_in_time_and_past_what_it_does_not_see(ask_of_a: Ask, world: World) -> None:
    world.tell("a", {"2": said(CODES[1], B, note="of no concern")})
    began = monotonic()
    answer = ask_of_a(2, wait=1)
    assert 0.9 < monotonic() - began < 15
    assert (answer["items"], answer["next"], answer["more"]) == ([], 3, False)
    assert 0.9 < answer["waited"] < 15


def test_who_finds_no_place_to_wait_is_answered_at_once(app: Flask, world: World) -> None:
    app.extensions["hub.waiters"].close()
    client = _client(app, world, "operators", Role.READ)
    began = monotonic()
    answer = client.get("/api/v1/changes?after=2&wait=30")
    assert monotonic() - began < 15
    assert (answer.status_code, answer.get_json()["waited"], answer.headers["Retry-After"]) == (200, 0, "1")
    assert "Retry-After" not in client.get("/api/v1/changes?after=2").headers


def test_answers_are_as_the_document_says(app: Flask, ask: Ask, world: World) -> None:
    world.lose("a", ["1"])
    document = app.test_client().get("/api/v1/openapi.json").get_json()
    wanted = {"$ref": "#/components/schemas/ChangePage", "components": document["components"]}
    validator = Draft202012Validator(wanted)
    validator.validate(ask(0))
    validator.validate(document["components"]["schemas"]["ChangePage"]["example"])
