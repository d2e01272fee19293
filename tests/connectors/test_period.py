"""A period is asked for no further than its end, and a connector knows whether its listing may leave records out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from connectors.contract import Spans, Whole
from connectors.rest import REST
from tests.connectors.desk import desk, once, say
from tests.connectors.small_rest import simple

DAY = timedelta(days=1)
FIRST = datetime(2026, 5, 1, tzinfo=UTC)
WINDOWS = {
    "parameters": {"since": "{since}", "until": "{until}"},
    "window_days": 1,
    "order": "none",
    "changed_at": {"from": "at", "zone": "UTC", "beginning": "2026-01-01T00:00:00"},
}
OLDEST_FIRST = {"parameters": {"since": "{since}"}, "changed_at": {"from": "at", "zone": "UTC"}}


def answer(request: Request) -> Response:
    """A record at noon of each day of May, of those that are asked for; twenty at most, oldest first."""
    asked = [datetime.fromisoformat(request.args[name]) for name in ("since", "until") if name in request.args]
    start, end = asked if len(asked) == 2 else (asked[0], datetime(2200, 1, 1, tzinfo=UTC))
    noons = [(FIRST + day * DAY + DAY / 2).replace(tzinfo=None) for day in range(31)]
    bare = [each.replace(tzinfo=None) for each in (start, end)]
    found = [{"id": noon.day, "at": noon.isoformat()} for noon in noons if bare[0] <= noon < bare[1]]
    return say(found[:20])


@pytest.mark.parametrize(("settings", "most_asked"), [(WINDOWS, 3), (OLDEST_FIRST, 2)])
def test_a_period_is_asked_for_no_further_than_its_end(settings: dict[str, Any], most_asked: int) -> None:
    with desk(answer) as there, REST.open(REST.settings.model_validate(simple(there.url, **settings)), once) as line:
        assert isinstance(line, Spans)
        pages = list(line.pull_period(FIRST + 9 * DAY, FIRST + 11 * DAY))
        assert line.spans_cheaply()
        assert [record.key for page in pages for record in page.records] == ["10", "11"]
        assert len(there.asked) <= most_asked


@pytest.mark.parametrize(
    ("more", "steady"),
    [
        ({}, True),  # one answer
        ({"parameters": {"p": "{page}"}, "pages": {"type": "numbered"}}, False),
        ({"parameters": {"p": "{page}"}, "pages": {"type": "numbered"}, "total": "n", "records": "r"}, False),
        ({"pages": {"type": "next_link", "next": "next"}}, False),
        (OLDEST_FIRST, True),
    ],
)
def test_a_listing_is_steady_where_a_record_that_is_deleted_hides_no_other(more: dict[str, Any], steady: bool) -> None:
    with REST.open(REST.settings.model_validate(simple("http://127.0.0.1:1/", **more)), once) as line:
        assert isinstance(line, Whole)
        assert line.lists_steadily() is steady


def test_a_listing_with_a_beginning_says_nothing_of_what_is_older() -> None:
    with REST.open(REST.settings.model_validate(simple("http://127.0.0.1:1/", **WINDOWS)), once) as line:
        assert isinstance(line, Whole)
        assert line.whole_since() == datetime(2026, 1, 1, tzinfo=UTC)
