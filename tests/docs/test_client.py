"""`docs/examples/hub_client.py` against the real server, and against one that is away, busy or wrong."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest

from docs.examples.hub_client import Ambiguous, BeginAgain, Hub, HubAway, HubError, Invalid, NotAllowed, NotFound
from tests.hub.web.filling import AMBIGUOUS, MANY, SHARED, SLASHED, Store
from tests.hub.web.serving import Server


@pytest.fixture
def hub(server: Server, store: Store) -> Hub:
    """A client of the filled store."""
    return Hub(server.url, store.key, tries=2)


def test_a_dossier_is_had_by_any_code_and_is_cheap_the_second_time(hub: Hub) -> None:
    first = hub.get(SHARED)
    assert SHARED in first["codes"]
    assert hub.get(SLASHED)["code"] == SLASHED
    assert hub.get(SHARED) is hub.get(SHARED)  # 304: what was answered before
    assert hub.get(SHARED, agency="000.00.15.H29")["id"] == first["id"]


def test_a_list_goes_through_all_pages(hub: Hub) -> None:
    found = list(hub.list(limit=7))
    assert len({one["id"] for one in found}) == len(found) > MANY
    assert {one["status"]["code"] for one in hub.list(status="processing", gone=False)} == {"processing"}


def test_a_look_up_answers_for_each_code_however_many(hub: Hub) -> None:
    codes = [SHARED, "no-such-code", AMBIGUOUS, *(f"none-{at}" for at in range(600))]
    found = list(hub.lookup(codes))
    assert [one.code for one in found] == codes
    assert [one.outcome for one in found[:4]] == ["found", "unknown", "ambiguous", "unknown"]
    assert len(found[2].found) == 2


def test_changes_are_followed_from_any_position(hub: Hub) -> None:
    told = {}
    for page in hub.follow(0, limit=10):
        told |= {one.id: one for one in page.items}
        if not page.more:
            break
    assert {one["id"] for one in hub.list()} == {one.id for one in told.values() if one.kind == "changed"}
    with pytest.raises(BeginAgain, match="unknown_position"):
        hub.changes(page.next + 1)
    with pytest.raises(BeginAgain, match="not what it was"):
        next(hub.follow(0, "another view"))


def test_what_the_hub_refuses_is_raised_by_its_code(hub: Hub, server: Server) -> None:
    with pytest.raises(NotFound):
        hub.get("no-such-code")
    with pytest.raises(Ambiguous) as several:
        hub.get(AMBIGUOUS)
    assert len(several.value.candidates) == 2
    with pytest.raises(Invalid) as wrong:
        next(hub.list(colour="red"))
    assert wrong.value.errors[0]["parameter"] == "colour"
    with pytest.raises(NotAllowed) as stranger:
        Hub(server.url, "mch_nobodys").get(SHARED)
    assert (stranger.value.status, stranger.value.code) == (401, "unknown_key")


@dataclass
class Played:
    """A server that answers as it was told, one answer after the other."""

    answers: list[tuple[int, dict[str, str], bytes]]
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def played(*answers: tuple[int, dict[str, str], Any]) -> Iterator[tuple[str, Played]]:
    """Its address, and what it is asked."""
    script = Played([(status, headers, _bytes(body)) for status, headers, body in answers])

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            script.asked.append((self.path, dict(self.headers)))
            status, headers, body = script.answers.pop(0)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else orjson.dumps(body)


def test_what_passes_by_itself_is_asked_again_when_the_hub_says(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(Hub, "_pause", lambda _, seconds: waits.append(seconds))
    busy = {"code": "quota", "detail": "too many"}
    answers = [(429, {"Retry-After": "7"}, busy), (503, {}, b"<html>"), (502, {}, b""), (200, {}, {"id": "1"})]
    with played(*answers) as (url, script):
        assert Hub(url, "key").get("a/b c") == {"id": "1"}
        assert [path for path, _ in script.asked] == ["/api/v1/dossiers/a%2Fb%20c"] * 4
    assert 7 < waits[0] < 8
    assert all(wait < 3 for wait in waits[1:])


def test_a_hub_that_stays_away_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Hub, "_pause", lambda *_: None)
    with played(*[(503, {}, b"")] * 3) as (url, script), pytest.raises(HubAway, match="3 times: 503"):
        Hub(url, "key", tries=3).get("a")
    assert len(script.asked) == 3
    with pytest.raises(HubAway, match="did not answer 2 times"):
        Hub(url, "key", tries=2).get("a")  # nobody is there


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b"null", b'{"code": 5}', b"\xff"])
def test_an_answer_that_is_none_of_the_hub_is_an_error_all_the_same(body: bytes) -> None:
    with played((418, {}, body)) as (url, _), pytest.raises(HubError) as error:
        Hub(url, "key").get("a")
    assert error.value.status == 418


def test_a_key_is_not_taken_to_another_place(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        played((302, {"Location": "http://127.0.0.1:9/"}, b"")) as (url, _),
        pytest.raises(HubError, match="302"),
    ):
        Hub(url, "key").get("a")
    assert "mch_secret" not in repr(Hub(url, "mch_secret"))


def test_a_download_that_is_cut_goes_on_where_it_stopped_and_is_held_against_its_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hub, "_pause", lambda *_: None)
    whole = bytes(range(250)) * 400
    made = {"id": "3", "position": 9, "bytes": len(whole), "digest": sha256(whole).hexdigest(), "sentence": None}
    queued, done = (202, {}, made | {"state": "queued"}), (200, {}, made | {"state": "done"})
    arrived = 1 << 16  # of what was sent before the line was cut
    cut, rest = (200, {"Content-Length": str(len(whole))}, whole[:80_000]), (206, {}, whole[arrived:])
    with played(queued, done, cut, rest) as (url, script):
        export = Hub(url, "key").export(tmp_path / "all.ndjson", "ndjson", filter={})
    assert (tmp_path / "all.ndjson").read_bytes() == whole
    assert export.position == 9
    assert script.asked[-1][1]["Range"] == f"bytes={arrived}-"
    with played(queued, done, (200, {}, whole[::-1])) as (url, _), pytest.raises(HubAway, match="did not arrive whole"):
        Hub(url, "key").export(tmp_path / "other", "ndjson")
    assert not (tmp_path / "other").exists()
    failed = (200, {}, made | {"state": "failed", "sentence": "the disk is full"})
    with played(queued, failed) as (url, _), pytest.raises(HubError, match="the disk is full"):
        Hub(url, "key").export(tmp_path / "other", "ndjson")
