"""Every way in which a REST system cuts its list into pages; a misspelt place never reads as the end."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.wrappers import Request, Response

from connectors.errors import Changed
from connectors.rest import REST
from connectors.rest.link_header import next_of
from connectors.rest.paging import as_asked
from tests.connectors.desk import check, desk, keys, last_bookmark, pull, say
from tests.connectors.small_rest import simple

ROWS = [{"id": n, "at": f"2026-05-20T08:00:0{n}Z"} for n in range(7)]
EVERYTHING = [str(row["id"]) for row in ROWS]
SIZE = {"parameters": {"size": "{page_size}"}, "page_size": 3}

Lead = Callable[[Request, int | None], dict[str, Any] | Response]  # what is said of where the next page begins


def system(lead: Lead, cap: int = 100) -> Callable[[Request], Response]:
    """A list that begins at `from`, in pages of `size` but at most `cap` rows."""

    def answer(request: Request) -> Response:
        start, size = int(request.args.get("from", 0)), min(cap, int(request.args.get("size", 3)))
        said = lead(request, start + size if start + size < len(ROWS) else None)
        return said if isinstance(said, Response) else say({"rows": ROWS[start : start + size], **said})

    return answer


def address(request: Request, start: int | None) -> str | None:
    return None if start is None else f"{request.base_url}?from={start}&size={request.args.get('size', 3)}"


def read(answer: Callable[[Request], Response], **settings: Any) -> list[str]:
    with desk(answer) as there:
        return keys(pull(REST, simple(f"{there.url}/list", **{"records": "rows", **SIZE, **settings})))


def refused(answer: Callable[[Request], Response], **settings: Any) -> Changed:
    with desk(answer) as there, pytest.raises(Changed) as caught:
        pull(REST, simple(f"{there.url}/list", **{"records": "rows", **SIZE, **settings}))
    return caught.value


NEXT = {"pages": {"type": "next_link", "next": "next"}}


@pytest.mark.parametrize(
    "write",
    [
        lambda link, _: link,
        lambda link, _: link.partition("/list")[2],
        lambda link, _: "/list" + link.partition("/list")[2],
        lambda link, _: quote(link, safe=""),
        lambda link, _: link.replace("&", "&amp;"),
        lambda link, base: link.replace(base, base + "/../list"),
    ],
)
def test_next_links_come_whole_relative_or_escaped(write: Callable[[str, str], str]) -> None:
    def lead(request: Request, start: int | None) -> dict[str, Any]:
        link = address(request, start)
        return {"next": link and write(link, request.base_url)}

    assert read(system(lead), **NEXT) == EVERYTHING


def test_a_link_without_tls_to_a_host_that_was_asked_with_it_goes_on_with_it() -> None:
    assert as_asked("http://a.example/p?x=1", "https://a.example/p") == "https://a.example/p?x=1"
    assert as_asked("http://a.example:80/p", "https://a.example:8443/p") == "https://a.example:8443/p"
    assert as_asked("http://a.example:8080/p", "https://a.example/p") == "http://a.example:8080/p"
    assert as_asked("http://b.example/p", "https://a.example/p") == "http://b.example/p"
    assert as_asked("https://a.example/p", "http://a.example/p") == "https://a.example/p"


@pytest.mark.parametrize("name", ["@odata.nextLink", "odata.nextLink", "d.__next"])
def test_odata_leaves_its_link_out_on_the_last_page(name: str) -> None:
    def lead(request: Request, start: int | None) -> dict[str, Any]:
        link = address(request, start)
        if link is None:
            return {"d": {}}
        return {"d": {"__next": link}} if name == "d.__next" else {name: link}

    for size in (3, 7, 100):
        assert read(system(lead), pages={"type": "next_link", "next": name}, page_size=size) == EVERYTHING


def by_header(request: Request, start: int | None) -> Response:
    size = int(request.args["size"])
    begin = int(request.args.get("from", 0))
    answer = say(ROWS[begin : begin + size])
    if start is not None:
        answer.headers["Link"] = (
            f'<{request.base_url}?from=0>; rel="first", <{address(request, start)}>; rel="next last"'
        )
    return answer


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_the_link_header_is_followed(size: int) -> None:
    assert read(system(by_header), pages={"type": "link_header"}, page_size=size, records="") == EVERYTHING


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ('<https://x.example/?p=2>; rel="next"', "https://x.example/?p=2"),
        ("<?p=2>;rel=next", "?p=2"),
        ('</a,b;c>; title="a, \\"b\\"; rel=prev"; rel="prev next"', "/a,b;c"),
        ('<a>; rel="prev", <b>; REL="NEXT"; rel="prev"', "b"),
        ('<a>; rel="prev"; rel="next"', None),
        ('<a>; title="rel=next"', None),
        ("<a>", None),
        ("", None),
        ("rel=next", None),
        ("<a>; rel*=UTF-8''next, <b>; crossorigin; rel=\"next\"", "b"),
    ],
)
def test_a_link_header_is_taken_apart_as_the_standard_says(header: str, address: str | None) -> None:
    assert next_of(header) == address


CURSOR = {"pages": {"type": "cursor", "next": "meta.next"}, "parameters": {"size": "{page_size}", "from": "{cursor}"}}


def test_a_cursor_goes_into_the_next_request_and_is_left_out_of_the_first() -> None:
    with desk(system(lambda _, start: {"meta": {"next": start}})) as there:
        assert keys(pull(REST, simple(there.url, records="rows", **{**SIZE, **CURSOR}))) == EVERYTHING
        assert [request.args.get("from") for request in there.asked] == [None, "3", "6"]


def test_a_cursor_goes_into_a_body() -> None:
    def answer(request: Request) -> Response:
        start = int(request.get_json()["variables"].get("after", 0))
        return say({"rows": ROWS[start : start + 3], "meta": {"next": str(start + 3) if start < 6 else None}})

    settings = {"method": "POST", "body": {"query": "{ rows { id } }", "variables": {"after": "{cursor}", "n": 3}}}
    with desk(answer) as there:
        pages = {"type": "cursor", "next": "meta.next"}
        assert keys(pull(REST, simple(there.url, records="rows", pages=pages, **settings))) == EVERYTHING
        assert there.asked[0].get_json() == {"query": "{ rows { id } }", "variables": {"n": 3}}


def test_a_cursor_may_stand_in_a_header_and_a_flag_may_end_it() -> None:
    def lead(request: Request, start: int | None) -> Response:
        begin = int(request.args.get("from", 0))
        answer = say({"rows": ROWS[begin : begin + 3], "more": start is not None})
        answer.headers["X-Next"] = str(start)
        return answer

    pages = {"type": "cursor", "next": "header:X-Next", "more": "more"}
    assert read(system(lead), **{**CURSOR, "pages": pages}) == EVERYTHING


def test_a_cursor_that_comes_again_is_stuck() -> None:
    assert refused(lambda _: say({"rows": ROWS[:3], "meta": {"next": "x"}}), **CURSOR).code == "stuck"


def test_the_last_key_leads_to_the_next_page() -> None:
    def answer(request: Request) -> Response:
        after = int(request.args.get("after", -1))
        return say([row for row in ROWS if row["id"] > after][:3])

    settings = {"pages": {"type": "last_id"}, "parameters": {"after": "{last_id}"}, "records": ""}
    with desk(answer) as there:
        assert keys(pull(REST, simple(there.url, **settings))) == EVERYTHING
        assert [request.args.get("after") for request in there.asked] == [None, "2", "5", "6"]
    assert refused(lambda _: say([{"ma": 1}]), **settings).code == "paging"


def test_a_last_key_may_end_by_a_flag() -> None:
    def answer(request: Request) -> Response:
        after = int(request.args.get("after", -1))
        rows = [row for row in ROWS if row["id"] > after]
        return say({"rows": rows[:3], "con": len(rows) > 3})

    with desk(answer) as there:
        settings = {"pages": {"type": "last_id", "more": "con"}, "parameters": {"after": "{last_id}"}}
        assert keys(pull(REST, simple(there.url, records="rows", **settings))) == EVERYTHING
        assert len(there.asked) == 3


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ({"last": "het"}, lambda more: {"het": not more}),
        ({"more": "con"}, lambda more: {"con": more}),
        ({"more": "header:X-More"}, lambda _: {}),
        ({"count": "meta.last_page"}, lambda _: {"meta": {"last_page": 3}}),
        ({"count": "meta.last_page", "first": 1}, lambda _: {"meta": {"last_page": 3}}),
    ],
)
def test_numbered_pages_end_by_what_the_answer_says(pages: dict[str, Any], said: Callable[[bool], Any]) -> None:
    def answer(request: Request) -> Response:
        page = int(request.args["page"]) - pages.get("first", 0)
        return say({"rows": ROWS[page * 3 : page * 3 + 3], **said(page < 2)}, X_More=str(page < 2))

    with desk(answer) as there:
        settings = {"pages": {"type": "numbered", **pages}, "parameters": {"page": "{page}"}}
        assert keys(pull(REST, simple(there.url, records="rows", **settings))) == EVERYTHING
        assert len(there.asked) == 3


def test_a_total_may_stand_in_a_header() -> None:
    def answer(request: Request) -> Response:
        start = int(request.args["offset"])
        return say(ROWS[start : start + 3], X_Total_Count="7")

    with desk(answer) as there:
        settings = {"pages": {"type": "offset"}, "parameters": {"offset": "{offset}", "n": "{page_size}"}}
        pages = pull(REST, simple(there.url, total="header:X-Total-Count", page_size=3, **settings))
    assert (keys(pages), pages[0].total) == (EVERYTHING, 7)


MISSPELT = [
    ({"pages": {"type": "next_link", "next": "nxt"}}, "`nxt`"),
    ({"pages": {"type": "cursor", "next": "meta.nxt"}, "parameters": CURSOR["parameters"]}, "`meta.nxt`"),
]


def omitting(request: Request, start: int | None) -> dict[str, Any]:
    """Leaves the place out where there is no next page."""
    return {} if start is None else {"next": address(request, start), "meta": {"next": start}}


@pytest.mark.parametrize(("settings", "place"), MISSPELT)
@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_a_misspelt_place_is_not_the_end(settings: dict[str, Any], place: str, size: int) -> None:
    error = refused(system(omitting), **settings, page_size=size)
    assert error.code == "paging"
    assert place in str(error)


@pytest.mark.parametrize("size", [7, 100])
def test_a_place_that_is_left_out_on_the_only_page_is_proved_by_asking_for_less(size: int) -> None:
    for settings in (NEXT, CURSOR):
        with desk(system(omitting)) as there:
            listed = simple(there.url, records="rows", **{**SIZE, **settings, "page_size": size})
            assert keys(pull(REST, listed)) == EVERYTHING
            assert [request.args["size"] for request in there.asked] == [str(size), "1"]


def test_a_system_that_allows_fewer_than_were_asked_for_does_not_hide_the_rest() -> None:
    assert refused(system(omitting, cap=2), pages={"type": "next_link", "next": "nxt"}, page_size=100).code == "paging"
    assert read(system(omitting, cap=2), **NEXT, page_size=100) == EVERYTHING


def test_without_a_page_size_nothing_proves_the_end_but_a_total_or_a_word_in_the_settings() -> None:
    pages = {"type": "next_link", "next": "nxt"}
    everything = system(lambda *_: {"tong": 7}, cap=100)
    several = system(lambda *_: {"tong": 7}, cap=3)
    settings = {"parameters": {"size": 100}, "pages": pages}
    assert "`if_missing: end`" in refused(everything, **settings).hint
    assert read(everything, **{**settings, "pages": {**pages, "if_missing": "end"}}) == EVERYTHING
    assert read(everything, **settings, total="tong") == EVERYTHING
    error = refused(several, **settings, total="tong")
    assert (error.code, "3 of 7 records came" in str(error)) == ("paging", True)


def test_a_total_of_more_than_was_asked_for_does_not_disturb_the_proof() -> None:
    assert read(system(lambda *_: {"tong": 700, "next": None}), **NEXT, total="tong", page_size=100) == EVERYTHING
    with desk(system(lambda request, start: {"tong": 700} | omitting(request, start))) as there:
        listed = simple(there.url, records="rows", total="tong", **{**SIZE, **NEXT, "page_size": 100})
        assert keys(pull(REST, listed)) == EVERYTHING


@pytest.mark.parametrize(
    "link", ["http://[bad", "https://127.0.0.1:99999999/", "javascript:alert(1)", "//elsewhere.example/"]
)
def test_a_next_link_that_is_no_address_of_theirs_is_said(link: str) -> None:
    assert refused(lambda _: say({"rows": ROWS, "next": link}), **NEXT).code == "next_link"


def test_a_total_that_is_no_number_of_records_is_said() -> None:
    assert (
        refused(lambda _: say({"rows": ROWS, "next": None, "total": "9" * 5000}), **NEXT, total="total").code == "total"
    )


def test_one_record_or_none_needs_no_proof() -> None:
    assert read(lambda _: say({"rows": ROWS[:1]}), **NEXT) == ["0"]
    assert read(lambda _: say({"rows": []}), **NEXT) == []


def test_a_place_that_is_there_and_empty_is_the_end() -> None:
    for empty in (None, "", False):
        assert read(lambda _, empty=empty: say({"rows": ROWS, "next": empty}), **NEXT) == EVERYTHING  # type: ignore[misc]


@pytest.mark.parametrize(("settings", "place"), MISSPELT)
def test_a_check_finds_a_misspelt_place(settings: dict[str, Any], place: str) -> None:
    with desk(system(omitting)) as there, pytest.raises(Changed, match=place) as caught:
        check(REST, simple(there.url, records="rows", **{**SIZE, **settings}))
    assert caught.value.code == "paging"


@pytest.mark.parametrize("settings", [NEXT, CURSOR])
def test_a_check_passes_where_the_place_is_right_or_one_record_is_all(settings: dict[str, Any]) -> None:
    for answer in (system(omitting), lambda _: say({"rows": ROWS[:1]})):
        with desk(answer) as there:
            assert "they have the key" in check(REST, simple(there.url, records="rows", **{**SIZE, **settings}))[-1]


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"total": "tong"}, "total"),
        ({"records": "row"}, "records"),
        ({"key": "ma"}, "no_key"),
        ({"changed_at": {"from": "luc"}, "parameters": {"since": "{since}", "size": "{page_size}"}}, "changed_at"),
        ({"changed_at": {"from": "at", "date": "dd/MM/yyyy"}}, "changed_at"),
        ({"pages": {"type": "numbered", "last": "het"}, "parameters": {"p": "{page}"}}, "paging"),
    ],
)
def test_a_check_finds_settings_that_do_not_fit_the_answer(settings: dict[str, Any], code: str) -> None:
    with desk(system(omitting)) as there, pytest.raises(Exception) as caught:  # noqa: PT011  (a BadRecord is none)
        check(REST, simple(there.url, **{"records": "rows", **SIZE, **settings}))
    assert getattr(caught.value, "code", None) == code


def test_a_check_forgives_one_old_record_without_a_change_time() -> None:
    rows = [{"id": 0, "at": None}, *ROWS[1:]]
    settings = {"changed_at": {"from": "at"}, "parameters": {"tu": "{since}", "n": "{page_size}"}, "page_size": 3}
    with desk(lambda request: say(rows[: int(request.args["n"])])) as there:
        assert "they have the key" in check(REST, simple(there.url, **settings))[-1]


def test_a_pull_since_a_bookmark_follows_links_too() -> None:
    settings = {**NEXT, "changed_at": {"from": "at"}, "parameters": {"tu": "{since}", "size": "{page_size}"}}
    with desk(system(omitting)) as there:
        listed = simple(there.url, records="rows", page_size=3, **settings)
        pages = pull(REST, listed)
        pull(REST, listed, last_bookmark(pages))
        assert there.asked[3].args["tu"].startswith("2026-05-20")
    assert keys(pages) == EVERYTHING
