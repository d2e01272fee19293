"""What the `rest` type sends: parameters, forms, JSON bodies, headers, and what placeholders stand for."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from pydantic import ValidationError
from werkzeug.wrappers import Request

from connectors.rest import REST
from connectors.rest.settings import RestSettings
from tests.connectors.desk import desk, pull, say
from tests.connectors.small_rest import simple

SINCE = datetime(2026, 5, 20, 1, 15, tzinfo=UTC).isoformat()


def asked(since: str | None = None, **settings: Any) -> Request:
    """The first request of a pull."""
    with desk(lambda _: say([])) as there:
        pull(REST, simple(f"{there.url}/list", **settings), since)
        return there.asked[0]


def test_a_get_sends_parameters_in_the_address() -> None:
    request = asked(parameters={"tinh": "Hồ Chí Minh", "muc": [1, 2, "ba"], "xong": True})
    assert (request.method, request.get_data()) == ("GET", b"")
    assert request.args.to_dict(flat=False) == {"tinh": ["Hồ Chí Minh"], "muc": ["1", "2", "ba"], "xong": ["true"]}


def test_a_post_sends_them_as_a_form() -> None:
    request = asked(method="POST", parameters={"trang": 1, "muc": ["a", "b"]}, secret_parameters={"khoa": "mật"})
    assert request.form.to_dict(flat=False) == {"trang": ["1"], "muc": ["a", "b"], "khoa": ["mật"]}
    assert request.args.to_dict() == {}


def test_a_post_may_send_them_in_the_address() -> None:
    request = asked(method="POST", parameters={"trang": 1}, parameters_in="address")
    assert (request.method, request.args.to_dict(), request.get_data()) == ("POST", {"trang": "1"}, b"")


def test_a_body_is_json_with_numbers_as_numbers_and_secrets_in_their_places() -> None:
    request = asked(
        method="POST",
        parameters={"v": 2},
        body={"paging": {"size": "{page_size}", "from": "{offset}", "note": "trang {page_size}"}, "list": ["{offset}"]},
        secret_body={"auth.password": "s3cret", "key": "k"},
        pages={"type": "offset"},
        page_size=50,
    )
    assert request.headers["Content-Type"] == "application/json"
    assert request.args.to_dict() == {"v": "2"}
    assert orjson.loads(request.get_data()) == {
        "paging": {"size": 50, "from": 0, "note": "trang 50"},
        "list": [0],
        "auth": {"password": "s3cret"},
        "key": "k",
    }


def test_a_body_may_be_a_list() -> None:
    assert asked(method="POST", body=[1, {"a": None}]).get_json() == [1, {"a": None}]


@pytest.mark.parametrize(
    ("date", "sent", "written"),
    [("epoch_millis", None, 1779239700000), ("epoch_seconds", None, 1779239700), ("epoch_millis", "iso", "2026-05-20")],
)
def test_since_as_a_count_is_a_number_in_a_body(date: str, sent: str | None, written: int | str) -> None:
    changed_at = {"from": "at", "date": date} | ({"sent_as": sent} if sent else {})
    request = asked(SINCE, method="POST", body={"tu": "{since}"}, changed_at=changed_at)
    value = request.get_json()["tu"]
    assert value == written if isinstance(written, int) else value.startswith(written)


def test_headers_take_placeholders_and_go_with_every_request() -> None:
    with desk(lambda request: say([{"id": n} for n in range(2)] if "0-1" in request.headers["Range"] else [])) as there:
        settings = simple(
            there.url,
            headers={"Range": "items={offset}-{last}", "Accept": "application/vnd.api+json"},
            secret_headers={"X-Partner": "đối tác"},
            pages={"type": "offset"},
            page_size=2,
        )
        pull(REST, settings)
        first, second = there.asked
    assert [each.headers["Range"] for each in (first, second)] == ["items=0-1", "items=2-3"]
    assert second.headers["Accept"] == "application/vnd.api+json"
    assert second.headers["X-Partner"].encode("latin-1").decode() == "đối tác"


def test_ranges_may_end_behind_their_last_record_and_begin_with_one() -> None:
    request = asked(parameters={"_start": "{offset}", "_end": "{end}"}, pages={"type": "offset", "first": 1})
    assert request.args.to_dict() == {"_start": "1", "_end": "101"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body": {"a": 1}}, "needs `method: POST`"),
        ({"parameters_in": "form"}, "needs `method: POST`"),
        ({"method": "POST", "body": {}, "parameters_in": "form"}, "cannot stand beside `body`"),
        ({"method": "POST", "secret_body": {"a": "x"}}, "needs a `body`"),
        ({"parameters": {"a": [1, [2]]}}, "`a` must be a text"),
        ({"parameters": {"a": "{cursor}"}}, r"`\{cursor\}` .* needs `pages: \{type: cursor\}`"),
        ({"pages": {"type": "cursor", "next": "n"}}, r"needs `\{cursor\}`"),
        ({"pages": {"type": "last_id"}}, r"needs `\{last_id\}`"),
        ({"pages": {"type": "numbered", "last": "a", "more": "b"}}, "not both"),
        (
            {"pages": {"type": "next_link", "next": "@odata.nextLink"}, "parameters": {"$top": "{page_size}"}},
            "`.top` ends an OData list",
        ),
        ({"method": "POST", "pages": {"type": "link_header"}}, "needs `method: GET`"),
        ({"parameters": {"a": "{token}"}}, r"`\{token\}` needs `auth: \{type: session\}`"),
        ({"format": "xml"}, "needs `records`"),
        ({"format": "csv", "records": "a"}, "every row is a record"),
        ({"format": "xml", "records": "a", "inside": "b"}, "`inside` needs `format: json`"),
        ({"columns": ["id"]}, "need `format: csv`"),
        ({"format": "csv", "columns": ["ma"]}, "must have the `key`"),
        ({"format": "csv", "errors": {"at": "code"}}, "`errors` needs `format: json`"),
        ({"parameters": {"a": "{until}"}}, "need each other"),
        ({"window_days": 3}, "need each other"),
        (
            {
                "window_days": 1.5,
                "parameters": {"a": "{since}", "b": "{until}"},
                "changed_at": {"from": "at", "date": "dd/MM/yyyy", "beginning": "2026-01-01"},
            },
            "shorter than two",
        ),
        ({"window_days": 3, "parameters": {"a": "{until}"}}, r"needs `\{since\}`"),
        (
            {"window_days": 3, "parameters": {"a": "{since}", "b": "{until}"}, "changed_at": {"from": "at"}},
            "beginning: …",
        ),
        ({"conditional": True, "parameters": {"n": "{page_size}"}}, "`conditional` fits only"),
        ({"count": {"parameters": {"a": "{since}"}}}, r"must have `\{since\}` and `\{until\}`"),
        ({"count": {"parameters": {"a": "{since}", "b": "{until}"}}}, "`count` needs `changed_at`"),
        ({"fetch": {"url": "http://x.example/one"}}, r"must have `\{key\}`"),
    ],
)
def test_settings_that_cannot_be_sent_are_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        RestSettings.model_validate(simple("http://motcua.example/") | changes)
