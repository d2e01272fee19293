"""The `rest` type against real servers: conformance, credentials, paging, and answers that are not as told."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from pydantic import ValidationError
from werkzeug.wrappers import Request, Response

from connectors.conformance import ConnectorConformance
from connectors.errors import Changed, ConnectorError, Unavailable
from connectors.rest import REST
from connectors.rest.settings import RestSettings
from tests.connectors.desk import check, desk, keys, last_bookmark, once, pull, raw_desk, say
from tests.connectors.small_rest import CITY, fails, mot_cua, simple
from tests.departments import hostile
from tests.departments.du_lieu_mo import PATH, DuLieuMo
from tests.departments.faults import Faults, Kind
from tests.departments.mot_cua import MotCua
from tests.departments.server import serve


class TestMotCua(ConnectorConformance):
    connector_type = REST

    @pytest.fixture
    def address(self) -> Iterator[str]:
        with serve(MotCua(CITY.one_stop).app) as url:
            yield url

    def settings(self, address: str) -> dict[str, Any]:
        return mot_cua(address)


class TestDuLieuMo(ConnectorConformance):
    connector_type = REST

    @pytest.fixture
    def address(self) -> Iterator[str]:
        with serve(DuLieuMo(["so", "ten"], [(str(n), f"Giấy phép {n}") for n in range(25)]).app) as url:
            yield url

    def settings(self, address: str) -> dict[str, Any]:
        return {
            "url": address + PATH,
            "parameters": {"offset": "{offset}", "limit": "{page_size}"},
            "secret_headers": {"X-CKAN-API-Key": "not-for-show"},
            "page_size": 10,
            "pages": {"type": "offset"},
            "records": "result.records",
            "key": "_id",
            "total": "result.total",
        }


def test_a_shifting_list_loses_nothing_while_it_is_paged() -> None:
    department = MotCua(CITY.one_stop)
    faults = Faults(department.app)
    with serve(faults) as url, REST.open(RestSettings.model_validate(mot_cua(url)), once) as connector:
        pages = connector.pull(None)
        first = next(pages)
        moved = department.dossiers()[0].code
        department.change(moved, officer="another than before")
        brought = [first, *pages]
        again = list(connector.pull(last_bookmark(brought)))
    assert len(set(keys(brought)) | set(keys(again))) == len(CITY.one_stop)
    assert (
        len(keys(brought)) == len(set(keys(brought))) == len(CITY.one_stop)
    )  # the one that moved, in the second reading
    changed = [record for page in again for record in page.records if record.value["code"] == moved]
    assert len(changed) == 1


def test_parameters_and_headers_are_sent_as_they_are_written() -> None:
    with desk(lambda _: say([])) as there:
        settings = simple(
            f"{there.url}/list",
            parameters={"tu": "{since}", "n": "{page_size}", "tinh": "Hồ Chí Minh", "done": True, "level": 3},
            secret_parameters={"apikey": "s3cret"},
            headers={"Accept-Language": "vi"},
            secret_headers={"X-Partner": "đối tác"},
            changed_at={"from": "at", "date": "dd/MM/yyyy HH:mm:ss"},
        )
        pull(REST, settings, datetime(2026, 5, 20, 1, 15, tzinfo=UTC).isoformat())
        asked = there.asked[0]
    assert asked.args.to_dict() == {
        "tu": "20/05/2026 08:15:00",
        "n": "100",
        "tinh": "Hồ Chí Minh",
        "done": "true",
        "level": "3",
        "apikey": "s3cret",
    }
    assert asked.headers["Accept-Language"] == "vi"
    assert asked.headers["X-Partner"].encode("latin-1").decode() == "đối tác"


def test_a_post_sends_its_parameters_as_a_form() -> None:
    with desk(lambda _: say([])) as there:
        pull(REST, simple(there.url, method="POST", parameters={"trang": 1}))
        assert there.asked[0].form.to_dict() == {"trang": "1"}


def linked(link: Callable[[int], str | None], name: str = "next") -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        page = int(request.args.get("cursor", 0))
        return say({"rows": [{"id": page}], name: link(page)})

    return answer


LINKS = {"pages": {"type": "next_link", "next": "next"}, "records": "rows"}


@pytest.mark.parametrize("form", ["/list?cursor={}", "?cursor={}", "{url}/list?cursor={}"])
def test_next_links_are_followed_whole_or_relative(form: str) -> None:
    with desk(lambda _: say([])) as there:
        there.answer = linked(lambda page: form.replace("{url}", there.url).format(page + 1) if page < 3 else None)
        assert keys(pull(REST, simple(f"{there.url}/list", **LINKS))) == ["0", "1", "2", "3"]


def test_a_name_with_dots_is_found_as_it_is() -> None:
    with desk(linked(lambda page: f"?cursor={page + 1}" if page < 2 else None, "@odata.nextLink")) as there:
        pages = {"type": "next_link", "next": "@odata.nextLink"}
        assert len(keys(pull(REST, simple(there.url, pages=pages, records="rows")))) == 3


def test_a_next_link_to_another_host_is_not_followed() -> None:
    with desk(lambda _: say([])) as stranger:
        with desk(linked(lambda _: f"{stranger.url}/?token=s3cret")) as there, pytest.raises(Changed) as caught:
            pull(REST, simple(there.url, **LINKS))
        assert stranger.asked == []
    assert caught.value.code == "next_link"
    assert stranger.url in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_page_that_comes_for_ever_ends_as_stuck() -> None:
    settings = {"parameters": {"page": "{page}", "size": "{page_size}"}, "page_size": 2, "pages": {"type": "numbered"}}
    assert fails(Changed, say([{"id": 1}, {"id": 2}]), **settings).code == "stuck"
    links = {"pages": {"type": "next_link", "next": "next"}, "records": "rows"}
    assert fails(Changed, say({"rows": [{"id": 1}], "next": "/same"}), **links).code == "stuck"


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (hostile.INVALID_JSON, Changed, "not_json"),
        (b'[{"id": 1}, {"i', Unavailable, "truncated"),
        (b"", Unavailable, "empty_answer"),
        (hostile.LOGIN_PAGE, Unavailable, "html_answer"),
        (b'{"error_code": 1, "message": "no"}', Changed, "records"),
        (b'"OK"', Changed, "records"),
        (b"null", Changed, "records"),
    ],
)
def test_an_answer_that_is_no_list_says_what_happens_next(answer: bytes, kind: type[ConnectorError], code: str) -> None:
    error = fails(kind, answer)
    assert error.code == code
    assert "http://127.0.0.1" in str(error)


def test_an_answer_without_the_list_names_what_it_has() -> None:
    error = fails(Changed, b'{"data": {"items": []}, "ok": true}', records="data.rows")
    assert "no list of records at `data.rows`: it has `data`, `ok`" in str(error)


def test_null_is_an_empty_list_where_the_answer_says_that_there_is_nothing() -> None:
    with desk(lambda _: say({"data": {"rows": None}, "total": 0})) as there:
        assert pull(REST, simple(there.url, records="data.rows", total="total")) == []


def test_null_instead_of_a_list_is_not_taken_for_the_end() -> None:
    error = fails(Changed, say({"code": -1, "message": "Hết phiên làm việc", "rows": None}), records="rows")
    assert error.code == "records"
    assert "Hết phiên làm việc" in str(error)


def test_a_total_that_is_not_there_is_shown() -> None:
    assert fails(Changed, say({"rows": [{"id": 1}]}), records="rows", total="tong").code == "total"


def test_json_is_read_under_any_type_and_with_a_byte_order_mark() -> None:
    body = b"\xef\xbb\xbf" + '[{"id": "Hòa"}]'.encode()
    with desk(lambda _: Response(body, mimetype="text/html")) as there:
        pages = pull(REST, simple(there.url))
    assert keys(pages) == ["Hòa"]
    assert pages[0].payload == body
    assert pages[0].media_type == "application/json"


def test_a_record_without_a_key_is_set_aside_and_the_others_go_on() -> None:
    rows = [{"id": 1}, {"name": "x"}, {"id": ""}, {"id": {"oid": 1}}, "text", {"id": 2.5}, {"id": None, "a": 1}]
    with desk(lambda _: say(rows)) as there:
        (page,) = pull(REST, simple(there.url))
    assert [record.key for record in page.records] == ["1", "2.5"]
    expected = [b'{"name":"x"}', b'{"id":""}', b'{"id":{"oid":1}}', b'"text"', b'{"id":null,"a":1}']
    assert [error.raw for error in page.bad] == expected
    assert len({error.key for error in page.bad}) == 5
    assert "`id`" in str(page.bad[0])


def test_a_nested_key_and_the_time_of_a_change_are_read() -> None:
    row = {"meta": {"id": 7, "at": "20/05/2026 08:15"}}
    with desk(lambda _: say([row, {"meta": {"id": 8, "at": "never"}}])) as there:
        changed_at = {"from": "meta.at", "date": "dd/MM/yyyy HH:mm"}
        (page,) = pull(REST, simple(there.url, key="meta.id", changed_at=changed_at))
    times = {record.key: record.changed_at for record in page.records}
    assert times == {"7": datetime(2026, 5, 20, 1, 15, tzinfo=UTC), "8": None}
    assert page.bookmark is None  # it cannot be asked for changes


def test_times_in_another_form_than_told_are_shown() -> None:
    error = fails(Changed, say([{"id": 1, "at": "2026-05-20"}]), changed_at={"from": "at", "date": "dd/MM/yyyy"})
    assert error.code == "changed_at"
    assert "“2026-05-20” at `at`" in str(error)


def test_a_last_that_is_neither_true_nor_false_is_shown() -> None:
    settings = {"parameters": {"page": "{page}"}, "pages": {"type": "numbered", "last": "last"}, "records": "rows"}
    assert fails(Changed, say({"rows": [{"id": 1}], "last": "maybe"}), **settings).code == "paging"


@pytest.mark.parametrize(
    ("kind", "error", "code"),
    [
        ("reset", Unavailable, "cut"),
        ("truncated", Unavailable, "truncated"),
        ("truncated_without_length", Unavailable, "truncated"),
        ("html_login", Unavailable, "html_answer"),
        ("500", Unavailable, "server_error"),
        ("503", Unavailable, "server_error"),
        ("429", Unavailable, "busy"),
        ("empty", Unavailable, "empty_answer"),
        ("invalid_json", Changed, "not_json"),
        ("endless", Changed, "too_large"),
        ("gzip_bomb", Changed, "too_large"),
    ],
)
def test_trouble_on_a_later_page_loses_nothing(kind: Kind, error: type[ConnectorError], code: str) -> None:
    faults = Faults(MotCua(CITY.one_stop).app)
    with serve(faults) as url:
        settings = mot_cua(url, max_answer_bytes=1_000_000)
        faults.arm(kind, after=1, matching="/pa/")
        with REST.open(RestSettings.model_validate(settings), once) as connector:
            pages = connector.pull(None)
            first = next(pages)
            with pytest.raises(error) as caught:
                next(pages)
        assert caught.value.code == code
        assert first.bookmark is None
        assert len(keys(pull(REST, settings, last_bookmark([first])))) == len(CITY.one_stop)


def test_retry_mends_one_exchange_without_asking_for_the_others_again() -> None:
    tries = count()

    def retry(exchange: Callable[[], Any]) -> Any:
        for _ in range(3):
            try:
                return exchange()
            except Unavailable:
                next(tries)
        return exchange()

    faults = Faults(MotCua(CITY.one_stop).app)
    faults.arm("truncated_without_length", times=2, after=1, matching="/pa/")
    with serve(faults) as url, REST.open(RestSettings.model_validate(mot_cua(url)), retry) as connector:
        assert len(keys(list(connector.pull(None)))) == len(CITY.one_stop)
    assert next(tries) == 2
    assert len(faults.requests) == 1 + 2 * 3 + 2  # newest first, so each page is read twice


def test_a_check_reads_one_record_and_says_each_step() -> None:
    faults = Faults(MotCua(CITY.one_stop).app)
    with serve(faults) as url:
        connected, authenticated, asked = check(REST, mot_cua(url))
    assert connected.startswith("connected: 127.0.0.1, port ")
    assert authenticated.startswith(f"authenticated: {url}/auth/")
    assert asked.startswith(f"asked {url}/pa/dossier/search for records: it answered, and they have the key")
    assert faults.requests[-1].endswith("page=0&size=1")


def test_a_check_of_an_empty_system_passes() -> None:
    with desk(lambda _: say([])) as there:
        assert check(REST, simple(there.url))[1:] == [f"asked {there.url} for records: it answered that there is none"]


def test_a_check_finds_a_wrong_key() -> None:
    with desk(lambda _: say([{"code": 1}])) as there, pytest.raises(ConnectorError, match="nothing at `id`"):
        check(REST, simple(there.url))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"parameters": {"p": "{pgae}"}}, r"no placeholder `\{pgae\}` .*Did you mean `page`\?"),
        ({"parameters": {"p": "{page}"}}, r"`\{page\}` in `parameters` needs `pages: \{type: numbered\}`"),
        ({"parameters": {"p": "{offset}"}}, r"`\{offset\}` .* needs `pages: \{type: offset\}`"),
        ({"pages": {"type": "numbered"}}, r"`pages: \{type: numbered\}` needs `\{page\}`"),
        ({"pages": {"type": "offset"}}, r"`pages: \{type: offset\}` needs `\{offset\}`"),
        ({"parameters": {"p": "{since}"}}, r"`\{since\}` .* needs `changed_at`"),
        ({"order": "newest_first"}, "needs `changed_at`"),
        ({"order": "oldest_first", "changed_at": {"from": "at"}}, r"needs `\{since\}`"),
        ({"parameters": {"a": 1}, "secret_parameters": {"a": "x"}}, "`a` is in both"),
        ({"parameters": {"a": {"b": 1}}}, "`a` must be a text"),
        ({"url": "motcua.example/list"}, "http:// or https://"),
        ({"url": "http://hub:pw@motcua.example/"}, "must not hold a user or password"),
        ({"timeout_seconds": 0}, "greater than 0"),
        ({"timout_seconds": 9}, "not permitted"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        RestSettings.model_validate(simple("http://motcua.example/") | changes)


def test_a_wrong_value_is_not_repeated_in_the_error() -> None:
    with pytest.raises(ValidationError) as caught:
        RestSettings.model_validate(simple("http://motcua.example/", auth={"type": "bearer", "token": ["s3cret"]}))
    assert "s3cret" not in str(caught.value)


def test_an_answer_that_is_cut_off_without_a_length_is_unavailable() -> None:
    with raw_desk(b'HTTP/1.1 200 OK\r\n\r\n[{"id": 1}, {"id"') as url, pytest.raises(Unavailable) as caught:
        pull(REST, simple(url))
    assert caught.value.code == "truncated"
