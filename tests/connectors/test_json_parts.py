"""A huge JSON answer is read in parts: every record, once, in documents that can be read again."""

import tracemalloc
from typing import Any

import orjson
import pytest
from werkzeug.wrappers import Request, Response

from connectors import body, json, json_parts
from connectors.body import Body
from connectors.contract import Page
from connectors.errors import Changed, ConnectorError, Unavailable
from connectors.rest import REST
from tests.connectors.desk import desk, keys, pull
from tests.connectors.small_rest import simple

RECORDS = [b'{"id": %d, "steps": [{"id": 1}, {"id": 2}], "ten": "H\xc3\xb2a"}' % number for number in range(1, 4001)]
HEAD, TAIL = b'{"meta": {"ds": [1]}, "kq": {"tong": 4000, "ds": [ ', b' ], "con": false}, "phien": "x"}'
WHOLE = HEAD + b" ,\n".join(RECORDS) + TAIL


def parts(text: bytes, where: str, size: int = 20_000) -> list[bytes]:
    found = json_parts.parts(Body(text), "here", where, size=size)
    assert found is not None
    return [part.payload for part in found]


def records(payload: bytes, where: str) -> list[bytes]:
    return list(json.read(payload, "here", where)[1])


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_parts, "_WINDOW", 1000)


@pytest.mark.usefixtures("small_windows")
@pytest.mark.parametrize("step", [None, b'{"x": "%s"}' % (b"[" * 5000), b'"]"', b"1e5"])
def test_parts_hold_every_record_once_as_it_was_sent(step: bytes | None) -> None:
    sent = [*RECORDS, *([step] * 3 if step else []), *RECORDS[:5]]
    found = parts(HEAD + b" ,\n".join(sent) + TAIL, "kq.ds")
    assert [record for part in found for record in records(part, "kq.ds")] == sent
    assert len(found) > 10
    *others, last = found
    assert all(each.startswith(b'{"kq":{"ds":[{') and each.endswith(b"]}}") for each in others)
    assert orjson.loads(last)["kq"]["tong"] == 4000
    assert last == HEAD + last[len(HEAD) : -len(TAIL)] + TAIL


@pytest.mark.parametrize(
    ("text", "where"), [(b'{"a.b": [1, 2]}', "a.b"), (b'[0, {"a": [1, 2]}]', "1.a"), (b"[1, 2]", "")]
)
def test_a_part_has_its_list_where_the_answer_has_it(text: bytes, where: str) -> None:
    assert [records(part, where) for part in parts(text, where, 1)] == [[b"1"], [b"2"]]


def test_an_empty_list_is_one_part() -> None:
    assert parts(HEAD + TAIL, "kq.ds") == [HEAD + TAIL]


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        (WHOLE[: len(WHOLE) // 2], Unavailable, "truncated"),
        (WHOLE[:-1], Unavailable, "truncated"),
        (WHOLE[: -len(TAIL)], Unavailable, "truncated"),
        (HEAD + RECORDS[0] + b" , " + TAIL, Changed, "not_json"),
        (HEAD + RECORDS[0] + RECORDS[1] + TAIL, Changed, "not_json"),
        (HEAD + RECORDS[0] + b", {x: 1}" + TAIL, Changed, "not_json"),
        (HEAD + RECORDS[0] + TAIL + b"}", Changed, "not_json"),
        (HEAD + b"[" * 5000 + b"]" * 5000 + TAIL, Changed, "not_json"),
    ],
)
def test_what_is_wrong_with_it_is_said_before_the_first_part(
    text: bytes, kind: type[ConnectorError], code: str
) -> None:
    with pytest.raises(kind) as caught:
        json_parts.parts(Body(text), "here", "kq.ds")
    assert (type(caught.value), caught.value.code) == (kind, code)


@pytest.mark.parametrize(("text", "where"), [(b'{"a": 1}', "b"), (b'{"a": 1}', "a"), (b'{"a": [1], "a": [2]}', "a")])
def test_what_has_no_plain_list_has_no_parts(text: bytes, where: str) -> None:
    assert json_parts.parts(Body(text), "here", where) is None


def pulled(text: bytes, content_type: str = "application/json", **settings: Any) -> tuple[list[Page], dict[str, Any]]:
    def say(_: Request) -> Response:
        return Response(text, content_type=content_type)

    with desk(say) as there:
        told = simple(there.url, records="kq.ds", total="kq.tong", **settings)
        return pull(REST, told), told


def test_a_huge_answer_is_pages_of_the_same_records_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    (whole,), _ = pulled(WHOLE)
    monkeypatch.setattr(body, "SMALL", 1000)
    monkeypatch.setattr(json_parts, "MOST_RECORDS", 300)
    for text, kind in (
        (WHOLE, "application/json"),
        (WHOLE.decode().encode("utf-16"), "application/json; charset=utf-16"),
    ):
        pages, settings = pulled(text, kind)
        assert [record for page in pages for record in page.records] == list(whole.records)
        assert [page.total for page in pages] == [None] * 13 + [4000]
        assert REST.reread is not None
        for page in pages:
            again = REST.reread(REST.settings.model_validate(settings), page.payload, page.media_type)
            assert [(item.key, item.raw) for item in again] == [(one.key, one.raw) for one in page.records]
    assert keys(pages) == [str(number) for number in range(1, 4001)]


def test_a_huge_answer_is_never_held_as_a_whole() -> None:
    padding = b'"ten": "' + b"x" * 2000 + b'"'
    text = Body()
    text.write(b'{"ds": [')
    for number in range(15_000):
        text.write(b'%s{"id": %d, %s}' % (b"," if number else b"", number, padding))
    text.write(b"]}")
    tracemalloc.start()
    found = json_parts.parts(text, "here", "ds")
    assert found is not None
    count = sum(len(records(part.payload, "ds")) for part in found)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 15_000
    assert most < text.size / 2


def test_what_is_huge_and_cannot_be_read_in_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "SMALL", 100)
    text = orjson.dumps({"ds": {str(number): {"id": number} for number in range(100)}})
    with desk(lambda _: Response(text)) as there:
        assert len(keys(pull(REST, simple(there.url, records="ds.*")))) == 100
        monkeypatch.setattr("connectors.answers._MOST_AT_ONCE", 1000)
        with pytest.raises(Changed, match="one plain list"):
            pull(REST, simple(there.url, records="ds.*"))
