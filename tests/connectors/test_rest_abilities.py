"""What a REST system can be asked besides its list: one record, how many in a period, which ones, what it offers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from werkzeug.wrappers import Request, Response

from connectors.conformance import ConnectorConformance
from connectors.contract import Description, Fetches, Lists, Page
from connectors.errors import Changed, ConnectorError, Refused
from connectors.rest import REST
from connectors.rest.settings import RestSettings
from tests.connectors.desk import desk, keys, once, say
from tests.connectors.small_rest import simple

HOURS = [datetime(2026, 5, 20, hour, tzinfo=UTC) for hour in range(24)]
ROWS = [{"id": f"HS/{n} ấ", "at": HOURS[n].isoformat(), "ten": f"Số {n}"} for n in range(12)]


def register(request: Request) -> Response:
    """A register that lists what changed, counts it, and gives out one record."""
    if request.authorization is None or request.authorization.password != "s3cret":
        return Response("", 401)
    if request.path == "/one":
        found = [row for row in ROWS if row["id"] == request.args["ma"]]
        return say({"hoSo": found[0]} if found else {"error": "unknown"}, 200 if found else 404)
    since = datetime.fromisoformat(request.args["tu"])
    if request.path == "/count":
        until = datetime.fromisoformat(request.args["den"])
        return say({"tong": sum(since <= datetime.fromisoformat(row["at"]) < until for row in ROWS)})
    rows = [row for row in ROWS if datetime.fromisoformat(row["at"]) >= since]
    start = int(request.args["trang"]) * int(request.args["n"])
    return say({"rows": rows[start : start + int(request.args["n"])]})


def settings(url: str, **changes: Any) -> dict[str, Any]:
    return {
        "url": f"{url}/list",
        "auth": {"type": "basic", "username": "hub", "password": "s3cret"},
        "parameters": {"tu": "{since}", "trang": "{page}", "n": "{page_size}"},
        "pages": {"type": "numbered"},
        "page_size": 5,
        "records": "rows",
        "key": "id",
        "changed_at": {"from": "at", "zone": "UTC"},
        "fetch": {"url": f"{url}/one", "parameters": {"ma": "{key}"}, "records": "hoSo"},
        "count": {"url": f"{url}/count", "parameters": {"tu": "{since}", "den": "{until}"}, "at": "tong"},
    } | changes


class TestRegister(ConnectorConformance):
    connector_type = REST
    all_keys: ClassVar[frozenset[str]] = frozenset(row["id"] for row in ROWS)

    @pytest.fixture
    def address(self) -> Iterator[str]:
        with desk(register) as there:
            yield there.url

    def settings(self, address: str) -> dict[str, Any]:
        return settings(address)


def test_abilities_are_those_that_the_settings_give() -> None:
    for changes, able in [
        ({}, (True, True)),
        ({"fetch": None}, (False, True)),
        ({"count": None}, (True, True)),
        ({"count": None, "parameters": {"trang": "{page}"}, "order": "none"}, (True, False)),
        ({"fetch": None, "count": None, "parameters": {"trang": "{page}"}, "order": "none"}, (False, False)),
    ]:
        with REST.open(RestSettings.model_validate(settings("http://x.example", **changes)), once) as line:
            assert (isinstance(line, Fetches), isinstance(line, Lists)) == able


def fetched(answer: Response, **changes: Any) -> Page:
    with desk(lambda _: answer) as there:
        how = {"fetch": {"url": f"{there.url}/one/{{key}}"}} | changes
        with REST.open(RestSettings.model_validate(simple(there.url, **how)), once) as line:
            assert isinstance(line, Fetches)
            page = line.fetch("1")
            assert there.asked[-1].path == "/one/1"
            return page


@pytest.mark.parametrize(
    ("answer", "brought"),
    [
        (say({"id": 1}), ["1"]),
        (say([{"id": 1}]), ["1"]),
        (say([{"id": 1}, {"id": 2}]), ["1"]),
        (say([]), []),
        (Response("null", mimetype="application/json"), []),
        (Response("", 204), []),
        (say({"message": "not found"}, 404), []),
        (Response("<html>gone</html>", 410), []),
    ],
)
def test_one_record_comes_as_it_is_in_a_list_or_not_at_all(answer: Response, brought: list[str]) -> None:
    assert keys([fetched(answer)]) == brought


def test_a_key_with_every_kind_of_letter_is_one_part_of_the_address() -> None:
    key = "H29/2026 số 1?#&%"
    with desk(lambda _: say({"id": key})) as there:
        how = simple(there.url, fetch={"url": f"{there.url}/one/{{key}}/full"})
        with REST.open(RestSettings.model_validate(how), once) as line:
            assert isinstance(line, Fetches)
            assert keys([line.fetch(key)]) == [key]
        assert there.asked[0].environ["REQUEST_URI"] == "/one/H29%2F2026%20s%E1%BB%91%201%3F%23%26%25/full"


def test_a_record_in_xml_is_fetched() -> None:
    xml = {"format": "xml", "records": "hs", "key": "ma"}
    assert keys([fetched(Response("<hs><ma>1</ma></hs>"), **xml)]) == ["1"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(say({"id": 2}), Changed), (say("OK"), Changed), (say({}, 403), Refused), (Response("", 500), ConnectorError)],
)
def test_another_record_or_none_at_all_is_said(answer: Response, kind: type[ConnectorError]) -> None:
    with pytest.raises(kind):
        fetched(answer)


def test_a_count_that_does_not_come_is_said() -> None:
    with desk(lambda _: say({"n": 3})) as there:
        how = settings(there.url)
        with REST.open(RestSettings.model_validate(how), once) as line:
            assert isinstance(line, Lists)
            with pytest.raises(Changed) as caught:
                line.count(HOURS[0], HOURS[5])
    assert caught.value.code == "total"


def test_without_a_count_keys_are_told() -> None:
    with desk(register) as there:
        with REST.open(RestSettings.model_validate(settings(there.url, count=None)), once) as line:
            assert isinstance(line, Lists)
            assert line.count(HOURS[0], HOURS[5]) is None
            assert list(line.keys(HOURS[3], HOURS[6])) == [row["id"] for row in ROWS[3:6]]
        assert len(there.asked) == 1  # records come oldest first: what is behind the period is not asked for


def discovered(answer: Response, **changes: Any) -> Description:
    with desk(lambda _: answer) as there:
        how = simple(there.url, parameters={"loai": 1, "n": "{page_size}"}, **changes)
        with REST.open(RestSettings.model_validate(how), once) as line:
            return line.discover()  # type: ignore[attr-defined,no-any-return]


def test_without_a_description_the_fields_of_a_few_records_are_shown() -> None:
    rows = [
        {"id": 1, "at": "2026-05-20T08:00:00+0700", "chu": {"ten": "Hòa", "xa": None}, "phi": [{"tien": 1}]},
        {
            "id": 2,
            "at": "2026-05-20 08:00",
            "chu": {"ten": "", "xa": "Bến Nghé"},
            "phi": [{"tien": 2.5}, {}],
            "moi": True,
        },
    ]
    (operation,) = discovered(say(rows)).operations
    assert (operation.name, operation.style) == ("list", "GET, application/json")
    assert [field.path for field in operation.parameters] == ["loai", "n"]
    shown = {field.path: (field.type, field.repeated, field.required, field.sample) for field in operation.answer}
    assert shown == {
        "id": ("integer", False, True, "1"),
        "at": ("date-time", False, True, "2026-05-20T08:00:00+0700"),
        "chu": ("object", False, True, None),
        "chu.ten": ("string", False, False, "Hòa"),
        "chu.xa": ("string", False, False, "Bến Nghé"),
        "phi": ("object", True, True, None),
        "phi.tien": ("number", False, True, "1"),
        "moi": ("boolean", False, False, "true"),
    }


def test_the_fields_of_xml_records_are_shown() -> None:
    body = '<ds><hs ma="1"><ten>Ấu</ten><file>a</file><file>b</file><chu><ngay>2026-05-20</ngay></chu></hs></ds>'
    (operation,) = discovered(Response(body), format="xml", records="hs", key="@ma").operations
    assert {field.path: (field.type, field.repeated) for field in operation.answer} == {
        "@ma": ("string", False),
        "ten": ("string", False),
        "file": ("string", True),
        "chu": ("object", False),
        "chu.ngay": ("date", False),
    }


def test_secret_parameters_are_not_shown() -> None:
    found = discovered(say([]), secret_parameters={"khoa": "s3cret"}, auth={"type": "bearer", "token": "s3cret-token"})
    assert "s3cret" not in repr(found)


def test_a_description_is_shown_after_what_the_list_shows() -> None:
    paths = {"/list": {"get": {"operationId": "danhSach", "responses": {"200": {}}}}}

    def answer(request: Request) -> Response:
        assert request.headers["Authorization"] == "Bearer t0ken"
        return say({"openapi": "3.1.0", "paths": paths} if request.path == "/openapi.json" else [{"id": 1}])

    with desk(answer) as there:
        how = simple(there.url, openapi=f"{there.url}/openapi.json", auth={"type": "bearer", "token": "t0ken"})
        with REST.open(RestSettings.model_validate(how), once) as line:
            found = line.discover()  # type: ignore[attr-defined]
    assert [operation.name for operation in found.operations] == ["list", "danhSach"]
    assert found.operations[1].place == f"GET {there.url}/list"


def test_a_description_elsewhere_gets_no_credentials() -> None:
    with desk(lambda _: say({"openapi": "3.0.0", "paths": {"/a": {"get": {"responses": {"200": {}}}}}})) as elsewhere:
        with desk(lambda _: say([])) as there:
            how = simple(there.url, openapi=f"{elsewhere.url}/x.json", auth={"type": "bearer", "token": "t0ken"})
            with REST.open(RestSettings.model_validate(how), once) as line:
                line.discover()  # type: ignore[attr-defined]
        assert "Authorization" not in elsewhere.asked[0].headers
