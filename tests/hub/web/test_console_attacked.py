"""The console as strangers, thieves and hostile departments meet it: every page by every role, and what they send."""

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from connectors.registry import Registry
from hub.console.admin.difference import difference
from hub.console.blueprint import PAGES
from hub.console.page import Page
from hub.inspection.difference import Changed
from hub.record.entities import DOSSIER
from hub.record.rights import RIGHTS, Role
from hub.record.signature import Signature
from hub.store import people_tries, runs, tables
from hub.store.database import Database
from hub.store.second_factor import recovery_codes, recovery_digest
from mappings.engine.yaml_source import Invalid, parse
from tests.hub.config.registering import register
from tests.hub.web.filling import SHARED, Store
from tests.hub.web.registering_by_pages import send
from tests.hub.web.visitor import AGENCY, csrf, person, signed_in

OTHERS = "mot-cua"  # a connector of another agency than the department's
BEYOND = "9" * 30  # a number that no column can hold


def address(page: Page, number: str = "1") -> str:
    """The page's address for something of another agency."""
    rule = re.sub(r"<int:[a-z_]+>", number, page.rule)
    for said, meant in (("<path:code>", SHARED), ("<path:name>", "mot-cua/ho-so"), ("<form>", "csv")):
        rule = rule.replace(said, meant)
    name = "runs" if rule.startswith("/charts") else "van-hanh" if rule.startswith("/people") else OTHERS
    return rule.replace("<entity>", "agency").replace("<name>", name)


def ask(client: FlaskClient, page: Page, token: str, number: str = "1") -> int:
    if page.method == "GET":
        return client.get(address(page, number)).status_code
    return client.post(address(page, number), data={"csrf_token": token, "reason": "thử"}).status_code


@pytest.fixture
def registered(app: Flask, store: Store, tmp_path: Path) -> Flask:
    """With a register, as `hub web` has one."""
    app.extensions["hub.register"] = register(store.database, tmp_path, registry=Registry())
    return app


@pytest.fixture
def guarded(app: Flask) -> Flask:
    """The guards alone: behind them every page says the same."""
    for endpoint in PAGES:
        app.view_functions[endpoint] = lambda **_: "open"
    return app


@pytest.mark.parametrize("role", Role)
def test_a_page_opens_for_the_rights_of_the_role_and_for_nobody_else(guarded: Flask, role: Role) -> None:
    client = signed_in(guarded.test_client(), "ai-do", role)
    token = csrf(client, "/no-such-page")
    opened = {name for name, page in PAGES.items() if ask(client, page, token) == 200}
    refused = {name for name, page in PAGES.items() if ask(client, page, token) == 403}
    rightful = {name for name, page in PAGES.items() if page.right is None or page.right in RIGHTS[role]}
    assert (opened, refused) == (rightful, PAGES.keys() - rightful)


def test_nobody_comes_to_any_page_without_a_session(guarded: Flask) -> None:
    stranger = guarded.test_client()
    form = {"csrf_token": csrf(stranger)}
    for name, page in PAGES.items():
        said = stranger.open(address(page), method=page.method, data=form)
        assert (said.status_code, (said.location or "")[:8]) == (302, "/sign-in") or name == "console.language", name


def test_what_is_another_agencys_is_not_there_on_any_page(registered: Flask, department: FlaskClient) -> None:
    token = csrf(department, "/")
    theirs = [page for page in PAGES.values() if page.rule.startswith(("/connectors/<", "/quarantine/<"))]
    assert len(theirs) > 25
    assert {page.rule for page in theirs if ask(department, page, token) not in (404, 403)} == set()
    allowed = {page.rule for page in theirs if page.right in RIGHTS[Role.DEPARTMENT]}
    assert {page.rule for page in theirs if ask(department, page, token) == 403} & allowed == set()


def test_counting_another_agencys_days_asks_it_for_nothing(department: FlaskClient, store: Store) -> None:
    before = len(runs.listed(store.database, limit=100))
    assert department.get(f"/connectors/{OTHERS}/completeness").status_code == 404
    form = {"csrf_token": csrf(department, "/")}
    assert department.post(f"/connectors/{OTHERS}/completeness", data=form).status_code == 404
    assert len(runs.listed(store.database, limit=100)) == before


def test_no_page_breaks_on_a_number_that_nothing_can_have(registered: Flask, console: FlaskClient) -> None:
    token = csrf(console, "/")
    numbered = [page for page in PAGES.values() if "<int:" in page.rule]
    found = {page.rule: ask(console, page, token, BEYOND) for page in numbered}
    assert {rule: status for rule, status in found.items() if status not in (302, 404)} == {}


def test_no_form_is_taken_without_its_token(registered: Flask, console: FlaskClient) -> None:
    stranger = registered.test_client()
    own = ["/sign-in", "/sign-in/code", "/sign-out", "/prove"]
    for client in (console, stranger):
        posts = [address(page) for page in PAGES.values() if page.method == "POST"]
        assert {path for path in [*own, *posts] if client.post(path, data={}).status_code != 400} == set()


def test_a_dangerous_page_asks_a_thief_of_the_cookie_for_more(registered: Flask, console: FlaskClient) -> None:
    from hub.store.people_tables import sessions

    database: Database = registered.extensions["hub.database"]
    with database.write() as transaction:
        transaction.execute(sessions.update().values(proved_at=datetime(2026, 1, 1, tzinfo=UTC)))
    token = csrf(console, "/")
    dangerous = [page for page in PAGES.values() if page.dangerous]
    wanted = ("secret", "client", "key", "person", "retire", "approve", "password", "webhook", "second_factor")
    assert all(any(word in page.endpoint for page in dangerous) for word in wanted)
    for page in dangerous:
        said = console.open(address(page), method=page.method, data={"csrf_token": token})
        assert said.location.startswith("/prove"), page.rule


@pytest.mark.parametrize(
    "here", ["/\t/evil.example", "/\n/evil.example", "//evil.example", "/\\evil.example", "http:x"]
)
def test_nobody_is_led_to_a_stranger(console: FlaskClient, here: str) -> None:
    form = {"csrf_token": csrf(console, "/"), "language": "en", "here": here}
    assert console.post("/language", data=form).location == "/"
    assert console.get("/sign-in", query_string={"next": here}).location == "/"


def test_a_large_form_of_a_stranger_is_not_read(registered: Flask, console: FlaskClient) -> None:
    large = {"file": (BytesIO(b"x" * 100_000), "a.csv")}
    assert registered.test_client().post("/catalogue/load", data=dict(large)).status_code == 413
    form = {"csrf_token": csrf(console, "/"), "kind": "none", "file": (BytesIO(b"x" * 100_000), "a.csv")}
    assert console.post("/catalogue/load", data=form).status_code == 400


def test_a_draft_tells_nothing_of_anothers_secret(registered: Flask, department: FlaskClient) -> None:
    vault = registered.extensions["hub.register"].vault
    vault.put("mot-cua.token", "x", None, Signature("nguoi-mot-cua", "", datetime.now(UTC)))
    form = {"name": "so-thu", "type": "rest", "agency": AGENCY, "title": "Sở Thử"}
    draft = send(department, "/connectors/new", form).location
    text = 'name: so-thu\nx: ["${secret:mot-cua.token}", "${secret:mot-cua.khong-co}"]\n'
    send(department, draft, {"view": "yaml", "do": "yaml", "text": text}, draft)
    page = department.get(draft, query_string={"view": "yaml"}).text
    assert "nguoi-mot-cua" not in page
    for name in ("token", "khong-co"):  # both look alike
        assert page.split(f"<code>mot-cua.{name}</code>")[1].strip().startswith("<strong>chưa có giá trị")


def test_a_preview_reads_out_no_names_through_a_field_where_none_belongs(app: Flask) -> None:
    from flask import g

    from hub.console.mappings.trying import said_after

    hidden = signed_in(app.test_client(), "che", Role.OPERATOR, sees_personal=False)
    rerouted = [("status_text", "Đặng Thùy Dương"), ("fees[0].amount", 190000001), ("received_at", "1990-04-30")]

    def told() -> list[str]:
        return [said_after(DOSSIER, Changed(name, None, value)) for name, value in rerouted]

    with hidden:
        hidden.get("/account")
        assert not g.visitor.sees_personal
        assert told() == ["xxxx xxxx xxxxx", "000000000", "0000-00-00"]
        assert said_after(DOSSIER, Changed("status", None, "completed")) != "xxxxxxxxx"


def test_a_recovery_code_opens_once_for_many_at_once(database: Database) -> None:
    found, codes = person(database, "an"), recovery_codes()
    by = Signature("an", "", datetime.now(UTC))
    digests = [recovery_digest(code) for code in codes]
    with database.write() as transaction:
        people_tries.set_second_factor(transaction, found.name, b"x", 0, digests, by, 0)
    together = threading.Barrier(4)

    def use(_: int) -> tuple[bool, bool]:
        together.wait()
        return (
            database.write_again(lambda transaction: people_tries.use_recovery(transaction, "an", digests[0], by)),
            database.write_again(lambda transaction: people_tries.use_step(transaction, found.id, 77)),
        )

    with ThreadPoolExecutor(4) as many:
        outcomes = list(many.map(use, range(4)))
    assert [sum(column) for column in zip(*outcomes, strict=True)] == [1, 1]


def test_many_tries_at_once_are_no_more_than_five(database: Database) -> None:
    found, now, together = person(database, "an"), datetime.now(UTC), threading.Barrier(8)

    def tries(_: int) -> bool:
        together.wait()
        return people_tries.take(database, found.id, now)

    with ThreadPoolExecutor(8) as many:
        assert sum(many.map(tries, range(8))) == 5


def test_what_would_hold_a_thread_for_hours_is_refused_at_once() -> None:
    alternating = "\n".join("ab"[at % 2] for at in range(1900))
    assert difference(alternating, alternating.replace("a\nb", "b\nb\na")).too_large
    many = "\n".join(f"- {at}" for at in range(1900))
    assert difference(many, many.replace("- 7\n", "")).lines  # long, and quick
    for bomb in ("a: " + "[" * 100_000, "a: " + '{"b": ' * 5_000, "&a [*a]"):
        with pytest.raises(Invalid):
            parse(bomb, "x.yaml")
    assert parse("a: " + "[" * 20 + "]" * 20, "x.yaml").data


EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>=cmd()"
PERSONAL = ("Đặng Thùy Dương", "000190000001", "0900000001", "12 Đường Số 3")


def shown(client: FlaskClient) -> Iterator[tuple[str, str]]:
    """Every page and file that can be looked at, of the department's own."""
    for page in PAGES.values():
        if page.method == "GET":
            path = address(page).replace(OTHERS, "so-tu-phap")
            said = client.get(path, query_string={"connector": "so-tu-phap"})
            yield path, said.get_data(as_text=True)


class Acting(HTMLParser):
    """What a browser would run, or what the policy of our pages forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.found += [f"{tag} {name}" for name in names if name == "style" or name.startswith("on")]
        if (tag == "script" and "src" not in names) or names.get("src") == "x":
            self.found.append(tag)

    @classmethod
    def of(cls, page: str) -> list[str]:
        reader = cls()
        reader.feed(page)
        return reader.found


def test_what_a_department_writes_acts_on_no_page(registered: Flask, console: FlaskClient, store: Store) -> None:
    with store.database.write() as transaction:
        transaction.execute(tables.connectors.update().values(title=EVIL, owner=EVIL, contact=EVIL))
        transaction.execute(tables.runs.update().values(sentence=EVIL, hint=EVIL))
    found = {path: text for path, text in shown(console) if ".csv" not in path}  # those are downloaded as text
    assert sum("&lt;script&gt;alert" in text for text in found.values()) > 8
    assert {path: acting for path, text in found.items() if (acting := Acting.of(text))} == {}


def test_without_the_right_to_personal_data_no_page_tells_any(registered: Flask) -> None:
    clear = signed_in(registered.test_client(), "thay", Role.OPERATOR)
    hidden = signed_in(registered.test_client(), "che", Role.OPERATOR, sees_personal=False)
    told = {path for path, text in shown(clear) if any(one in text for one in PERSONAL)}
    assert f"/dossiers/{SHARED}" in told
    assert "/dossiers/list.csv" in told
    assert {path for path, text in shown(hidden) if any(one in text for one in PERSONAL)} == set()
    for name, asked in (("q", PERSONAL[0]), ("identity", PERSONAL[1]), ("phone", PERSONAL[2]), ("q", PERSONAL[1])):
        for path in ("/dossiers", "/trace", "/dossiers/list.csv"):  # nor by what a search finds, or finds not
            right, wrong = (
                re.findall(r"000\.00\.\d\d\.H29-[\d-]+", hidden.get(path, query_string={name: text}).text)
                for text in (asked, asked[:-1] + "7")
            )
            assert right == wrong, (path, name)
