"""Over a real socket: a system that takes `{since}` for "after", while changes of one moment lie over a page's edge."""

from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from werkzeug.wrappers import Request, Response

from connectors.rest import REST
from tests.connectors.desk import desk, keys, last_bookmark, pull, say
from tests.connectors.small_rest import simple

SIZE = 4
START = datetime(2026, 5, 20, 8, 15)
FORMS = {
    "dd/MM/yyyy HH:mm:ss": ("%d/%m/%Y %H:%M:%S", 1000),
    "yyyy-MM-ddTHH:mm:ss.SSS": ("%Y-%m-%dT%H:%M:%S.%f", 1),
    "yyyy-MM-dd HH:mm": ("%Y-%m-%d %H:%M", 60_000),
}


class Register:
    """Lists what changed after, not at, the moment that it is given; each moment has as many records as it is told."""

    def __init__(self, date: str, each_moment: int) -> None:
        self._form, self._unit = FORMS[date]
        self.records = [(f"{key:03}", self.moment(key // each_moment)) for key in range(30)]

    def moment(self, which: int) -> datetime:
        return START + timedelta(milliseconds=self._unit) * which

    def __call__(self, request: Request) -> Response:
        since = datetime.strptime(request.args["since"], self._form)  # noqa: DTZ007  (times of one zone)
        first = int(request.args.get("offset", 0))
        found = sorted((at, key) for key, at in self.records if at > since)[first : first + SIZE]
        return say([{"id": key, "at": self._written(at)} for at, key in found])

    def _written(self, at: datetime) -> str:
        text = at.strftime(self._form)
        return text[:-3] if self._form.endswith("%f") else text


def settings(url: str, date: str, **more: Any) -> dict[str, Any]:
    form = {"from": "at", "date": date}
    return simple(url, changed_at=form, page_size=SIZE, **more)


@pytest.mark.parametrize("each_moment", [1, SIZE - 1, SIZE, SIZE + 1, 3 * SIZE, 30])
@pytest.mark.parametrize("date", FORMS)
def test_with_pages_every_record_comes(date: str, each_moment: int) -> None:
    register = Register(date, each_moment)
    paging = {
        "parameters": {"since": "{since}", "offset": "{offset}", "size": "{page_size}"},
        "pages": {"type": "offset"},
    }
    with desk(register) as there:
        pages = pull(REST, settings(there.url, date, **paging))
        assert sorted(keys(pages)) == [key for key, _ in register.records]
        late = ("late", register.records[-1][1])
        register.records.append(late)
        again = pull(REST, settings(there.url, date, **paging), last_bookmark(pages))
    assert "late" in keys(again)


@pytest.mark.parametrize("each_moment", [1, SIZE - 1, SIZE, SIZE + 1, 30])
@pytest.mark.parametrize("total", [None, "total"])
def test_more_records_may_be_asked_for_than_the_system_ever_gives(each_moment: int, total: str | None) -> None:
    register = Register("dd/MM/yyyy HH:mm:ss", each_moment)

    def answer(request: Request) -> Response:
        since = datetime.strptime(request.args["since"], "%d/%m/%Y %H:%M:%S")  # noqa: DTZ007
        return say(
            {"rows": orjson.loads(register(request).data), "total": sum(at > since for _, at in register.records)}
        )

    with desk(answer) as there:
        asked = settings(there.url, "dd/MM/yyyy HH:mm:ss") | {
            "page_size": 10 * SIZE,
            "parameters": {"since": "{since}", "offset": "{offset}", "size": "{page_size}"},
            "pages": {"type": "offset"},
            "records": "rows",
            "total": total,
        }
        assert sorted(keys(pull(REST, asked))) == [key for key, _ in register.records]


@pytest.mark.parametrize("each_moment", [1, SIZE - 1])
@pytest.mark.parametrize("date", FORMS)
def test_without_pages_every_record_comes(date: str, each_moment: int) -> None:
    register = Register(date, each_moment)
    with desk(register) as there:
        asked = settings(there.url, date, parameters={"since": "{since}", "size": "{page_size}"})
        assert sorted(keys(pull(REST, asked))) == [key for key, _ in register.records]


@pytest.mark.parametrize(("date", "unit"), [("epoch_seconds", 1), ("epoch_millis", 1000)])
def test_counts_since_1970_are_read_and_sent_as_numbers(date: str, unit: int) -> None:
    moments = {f"{key}": 1779239700 * unit + key // 2 for key in range(12)}

    def answer(request: Request) -> Response:
        since = orjson.loads(request.get_data())["since"]
        assert isinstance(since, int)
        found = [{"id": key, "at": at} for key, at in moments.items() if at > since]
        return say(found[:SIZE])

    with desk(answer) as there:
        asked = {"method": "POST", "body": {"since": "{since}", "size": "{page_size}"}}
        pages = pull(REST, settings(there.url, date, **asked))
        assert sorted(keys(pages)) == sorted(moments)
        moments["late"] = max(moments.values())
        assert "late" in keys(pull(REST, settings(there.url, date, **asked), last_bookmark(pages)))
