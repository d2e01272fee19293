"""Systems that must be told until when, or allow only so many days at once, asked window by window."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from connectors.rest import REST
from tests.connectors.desk import Desk, check, keys, last_bookmark, pull, say
from tests.connectors.small_rest import simple

DAYS = [datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=3 * n) for n in range(60)]


class Windowed:
    """A register that must be told from when to when, at most 31 days, and leaves out what changed at either end."""

    def __init__(self, edges: str = "neither") -> None:
        self.edges = edges
        self.asked: list[tuple[datetime, datetime]] = []

    def __call__(self, request: Request) -> Response:
        start, end = (datetime.strptime(request.args[n], "%Y-%m-%d %H:%M").replace(tzinfo=UTC) for n in ("tu", "den"))
        if end - start > timedelta(days=31):
            return say({"loi": "toi da 31 ngay"}, 400)
        self.asked.append((start, end))
        both = self.edges == "both"
        found = [n for n, day in enumerate(DAYS) if start < day < end or (both and day in (start, end))]
        page = int(request.args["trang"]) * 4
        return say([{"id": n, "at": DAYS[n].strftime("%Y-%m-%d %H:%M")} for n in found[page : page + 4]])


def windows(**changes: Any) -> dict[str, Any]:
    return {
        "parameters": {"tu": "{since}", "den": "{until}", "trang": "{page}"},
        "pages": {"type": "numbered"},
        "window_days": 30,
        "order": "none",
        "changed_at": {"from": "at", "date": "yyyy-MM-dd HH:mm", "zone": "UTC", "beginning": "2026-01-01T00:00:00"},
    } | changes


NOW = DAYS[-1] + timedelta(hours=5)


@contextmanager
def clocked(answer: Callable[[Request], Response], now: str) -> Iterator[Desk]:
    """A desk whose clock shows another time than ours."""

    class Handler(WSGIRequestHandler):
        def date_time_string(self, *_: Any) -> str:
            return now

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            pass

    opened = Desk(answer)
    server = make_server("127.0.0.1", 0, opened, threaded=True, request_handler=Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    opened.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield opened
    finally:
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("edges", ["neither", "both"])
@pytest.mark.parametrize("order", ["none", "oldest_first"])
def test_windows_cover_all_time_up_to_the_departments_own(order: str, edges: str) -> None:
    register = Windowed(edges)
    with clocked(register, format_datetime(NOW, usegmt=True)) as there:
        settings = simple(there.url, **windows(order=order))
        pages = pull(REST, settings)
        assert set(keys(pages)) == {str(n) for n in range(60)}
        asked = list(register.asked)
        again = pull(REST, settings, last_bookmark(pages))
        assert set(keys(again)) <= {"58", "59"}
    starts, ends = (sorted({each[at] for each in asked}) for at in (0, 1))
    assert starts[0] <= datetime(2026, 1, 1, tzinfo=UTC)
    assert ends[-2] < NOW < ends[-1]
    assert all(any(start < end for start in starts if start > end - timedelta(days=1)) for end in ends[:-1])


def test_a_day_that_lies_on_the_edge_of_two_windows_is_in_both() -> None:
    with clocked(lambda _: say([]), "Tue, 10 Feb 2026 00:00:00 GMT") as there:
        changed_at = {"from": "at", "date": "dd/MM/yyyy", "zone": "UTC", "beginning": "2026-01-01T00:00:00"}
        pull(REST, simple(there.url, **windows(changed_at=changed_at)))
        asked = [(request.args["tu"], request.args["den"]) for request in there.asked]
    assert asked == [("31/12/2025", "30/01/2026"), ("29/01/2026", "28/02/2026")]


def test_windows_announce_together_what_each_of_them_announces() -> None:
    def answer(request: Request) -> Response:
        start, end = (datetime.strptime(request.args[n], "%Y-%m-%d %H:%M").replace(tzinfo=UTC) for n in ("tu", "den"))
        found = [{"id": n, "at": f"{day:%Y-%m-%d %H:%M}"} for n, day in enumerate(DAYS[:20]) if start <= day < end]
        return say({"n": len(found), "r": found})

    with clocked(answer, "Tue, 10 Mar 2026 00:00:00 GMT") as there:
        settings = windows(records="r", total="n", parameters={"tu": "{since}", "den": "{until}"})
        pages = pull(REST, simple(there.url, **settings | {"pages": {"type": "single"}}))
    assert [page.total for page in pages] == [10, 20]


def test_where_the_department_tells_no_time_windows_end_with_ours() -> None:
    register = Windowed()
    with clocked(register, "never") as there:
        changed_at = {**windows()["changed_at"], "beginning": (datetime.now(UTC) - timedelta(days=65)).isoformat()}
        pull(REST, simple(there.url, **windows(changed_at=changed_at)))
    assert len(register.asked) == 3
    assert register.asked[-1][0] < datetime.now(UTC) < register.asked[-1][1]


def test_a_check_looks_into_the_latest_window_where_the_first_is_empty() -> None:
    register = Windowed()
    with clocked(register, format_datetime(NOW, usegmt=True)) as there:
        changed_at = {**windows()["changed_at"], "beginning": "2020-01-01T00:00:00"}
        assert "they have the key" in check(REST, simple(there.url, **windows(changed_at=changed_at)))[-1]
    assert len(register.asked) == 2
