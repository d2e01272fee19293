"""What answers of the `rest` type say of themselves: error tables, statuses, `Retry-After`, conditional requests."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import ValidationError
from werkzeug.wrappers import Request, Response

from connectors.error_table import ErrorTable
from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.rest import REST
from tests.connectors.desk import desk, keys, last_bookmark, pull, say
from tests.connectors.small_rest import fails, simple

TABLE = {
    "at": "error_code",
    "ok": ["0", "00"],
    "table": {"-3": "unavailable", 401: "refused", "no_data": "empty", "SQL*": "unavailable"},
    "message": "message",
    "retry_after": "wait",
}


def errors(**table: Any) -> dict[str, Any]:
    return {"records": "rows", "errors": {**TABLE, **table}}


@pytest.mark.parametrize("code", [0, "0", "00"])
def test_an_answer_that_says_ok_is_read(code: Any) -> None:
    with desk(lambda _: say({"error_code": code, "rows": [{"id": 1}]})) as there:
        assert keys(pull(REST, simple(there.url, **errors()))) == ["1"]


@pytest.mark.parametrize(
    ("code", "kind"), [(-3, Unavailable), ("401", Refused), ("SQL-1205: deadlock", Unavailable), (7, Changed)]
)
def test_an_error_inside_200_means_what_the_table_says(code: Any, kind: type[ConnectorError]) -> None:
    error = fails(kind, say({"error_code": code, "message": "Có  lỗi\nrồi", "rows": []}), **errors())
    assert error.code == "told_error"
    assert str(error).endswith(f"`error_code` is “{code}”: “Có lỗi rồi”")


def test_an_error_may_mean_that_there_is_nothing() -> None:
    for status in (200, 404):
        body = say({"error_code": "no_data", "message": "Không có dữ liệu"}, status)
        with desk(lambda _, body=body: body) as there:  # type: ignore[misc]
            assert pull(REST, simple(there.url, **errors(), total="total")) == []


def test_what_the_table_does_not_know_means_what_otherwise_says() -> None:
    assert fails(Unavailable, say({"error_code": 7}), **errors(otherwise="unavailable")).retry_after is None


@pytest.mark.parametrize(("wait", "seconds"), [(30, 30.0), ("2.5", 2.5), ("soon", None), (-1, None), (10**9, None)])
def test_an_error_may_say_how_long_to_wait(wait: Any, seconds: float | None) -> None:
    error = fails(Unavailable, say({"error_code": -3, "wait": wait}), **errors())
    assert error.retry_after == seconds


def test_a_misspelt_place_does_not_let_errors_pass_for_empty_lists() -> None:
    error = fails(Changed, say({"errorCode": 5, "rows": []}), **errors())
    assert "nothing at `error_code`" in str(error)
    assert 'add "" to `ok`' in error.hint


@pytest.mark.parametrize("body", [{"rows": [{"id": 1}]}, {"error": None, "rows": [{"id": 1}]}])
def test_a_place_that_is_left_out_when_all_is_well_is_the_default(body: Any) -> None:
    with desk(lambda _: say(body)) as there:
        assert keys(pull(REST, simple(there.url, records="rows", errors={"at": "error"}))) == ["1"]
    assert fails(Changed, say({"error": "x", "rows": []}), records="rows", errors={"at": "error"}).code == "told_error"


def test_graphql_tells_its_errors_in_a_list() -> None:
    table = {"at": "errors.0.message", "table": {"*token*": "refused"}}
    with desk(lambda _: say({"data": {"rows": [{"id": 1}]}})) as there:
        assert keys(pull(REST, simple(there.url, records="data.rows", errors=table))) == ["1"]
    assert fails(Refused, say({"errors": [{"message": "bad token"}], "data": None}), records="data.rows", errors=table)


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, {"error_code": 401}, Refused, "told_error"),
        (500, {"error_code": 401}, Refused, "told_error"),
        (403, {"error_code": -3}, Unavailable, "told_error"),
        (400, {"error_code": 7}, Changed, "bad_request"),
        (500, {"error_code": 0}, Unavailable, "server_error"),
        (503, {}, Unavailable, "server_error"),
        (500, None, Unavailable, "server_error"),
    ],
)
def test_a_bad_status_counts_where_the_table_has_no_row(
    status: int, body: Any, kind: type[ConnectorError], code: str
) -> None:
    answer = Response("kaputt", status) if body is None else say(body, status)
    assert fails(kind, answer, **errors()).code == code


def test_xml_tells_its_errors_too() -> None:
    table = {"at": "header.ma", "ok": ["0"], "table": {"9": "refused"}, "message": "loi"}
    settings = {"format": "xml", "records": "hs", "errors": table}
    assert fails(Refused, Response("<r><header><ma>9</ma></header><loi>Sai</loi></r>"), **settings).code == "told_error"
    with desk(lambda _: Response("<r><header><ma>0</ma></header><hs><id>1</id></hs></r>")) as there:
        assert keys(pull(REST, simple(there.url, **settings))) == ["1"]


@pytest.mark.parametrize("table", [{"at": ""}, {"at": "a", "table": {"x": "wrong"}}, {"at": "a", "tabel": {}}])
def test_a_table_with_a_mistake_is_refused(table: Any) -> None:
    with pytest.raises(ValidationError):
        ErrorTable.model_validate(table)


def http_date(now: datetime | None = None, **ahead: float) -> str:
    return format_datetime((now or datetime.now(UTC)).replace(microsecond=0) + timedelta(**ahead), usegmt=True)


@pytest.mark.parametrize(
    ("told", "date", "seconds"),
    [
        ("120", None, 120),
        (lambda now: http_date(now, seconds=90), http_date, 90),
        (lambda now: http_date(now, hours=-1), http_date, 0),
        ("soon", None, None),
        ("-5", None, None),
        ("", None, None),
        ("9" * 400, None, None),
        ("٣", None, None),
        ("Mon, 99 Foo 2026", None, None),
    ],
)
def test_retry_after_is_taken_as_it_is_meant(told: Any, date: Any, seconds: float | None) -> None:
    now = datetime.now(UTC) - timedelta(days=1)  # by the department's clock, which is wrong
    written = told(now) if callable(told) else told
    headers = {"Retry_After": written.encode().decode("latin-1")} | ({"Date": date(now)} if date else {})
    for status in (429, 503):
        assert fails(Unavailable, say({}, status, **headers)).retry_after == seconds


def test_204_is_an_empty_list() -> None:
    with desk(lambda _: Response("", 204)) as there:
        assert pull(REST, simple(there.url, records="rows")) == []


def test_an_answer_compressed_in_a_way_that_was_not_asked_for_is_said() -> None:
    body = Response(b"\x8b\x03\x80[{}]\x03", headers={"Content-Encoding": "compress"}, mimetype="application/json")
    error = fails(Changed, body)
    assert error.code == "encoding"
    assert "`compress`" in str(error)


class Versioned:
    """Everything in one answer, with what HTTP has for saying that nothing changed."""

    def __init__(self, **headers: str) -> None:
        self.rows = [{"id": 1}, {"id": 2}]
        self.headers = headers
        self.statuses: list[int] = []

    def __call__(self, request: Request) -> Response:
        told = (request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since"))
        mine = (self.headers.get("ETag"), self.headers.get("Last_Modified"))
        fresh = any(theirs is not None and theirs == ours for theirs, ours in zip(told, mine, strict=True))
        answer = Response("", 304) if fresh else say(self.rows, **self.headers)
        self.statuses.append(answer.status_code)
        return answer


@pytest.mark.parametrize("headers", [{"ETag": '"v1"'}, {"ETag": 'W/"v 1"'}, {"Last_Modified": http_date(hours=-1)}])
def test_an_unchanged_answer_is_not_sent_again(headers: dict[str, str]) -> None:
    system = Versioned(**headers)
    with desk(system) as there:
        settings = simple(there.url, conditional=True)
        first = pull(REST, settings)
        assert keys(first) == ["1", "2"]
        assert pull(REST, settings, last_bookmark(first)) == []
        system.headers = {"ETag": '"v2"'}
        system.rows.append({"id": 3})
        again = pull(REST, settings, last_bookmark(first))
        assert keys(again) == ["1", "2", "3"]
        assert pull(REST, settings, last_bookmark(again)) == []
    assert system.statuses == [200, 304, 200, 304]


def test_other_settings_read_the_same_answer_again() -> None:
    system = Versioned(ETag='"v1"')
    with desk(system) as there:
        first = pull(REST, simple(there.url, conditional=True))
        assert keys(pull(REST, simple(there.url, conditional=True, headers={"A": "b"}), last_bookmark(first))) == [
            "1",
            "2",
        ]
        assert keys(pull(REST, simple(there.url, conditional=True), "2026-05-20T00:00:00+00:00")) == ["1", "2"]
        assert keys(pull(REST, simple(there.url), last_bookmark(first))) == ["1", "2"]


@pytest.mark.parametrize("said", [dict, http_date, lambda: "yesterday", lambda: http_date(hours=1)])
def test_what_may_hide_a_change_is_no_bookmark(said: Callable[[], Any]) -> None:
    modified = said()  # now: what is a moment old when the answer comes is no doubt any more
    with desk(Versioned(**({"Last_Modified": modified} if modified else {}))) as there:
        assert last_bookmark(pull(REST, simple(there.url, conditional=True))) is None


def test_without_the_setting_nothing_is_conditional() -> None:
    with desk(Versioned(ETag='"v1"')) as there:
        assert last_bookmark(pull(REST, simple(there.url))) is None
        assert "If-None-Match" not in there.asked[0].headers
