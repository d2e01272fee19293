"""Log-ins of the `rest` type: by cookie or token, renewed when they have ended, never tried again in vain."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError
from werkzeug.wrappers import Request, Response

from connectors.errors import ConnectorError, Refused, Unavailable
from connectors.rest import REST
from connectors.rest.settings import RestSettings
from connectors.witness import witnessed
from tests.connectors.desk import Desk, check, desk, keys, once, pull, say
from tests.connectors.small_rest import simple
from tests.departments import hostile


def logging_in(there: Desk, **auth: Any) -> dict[str, Any]:
    session = {
        "type": "session",
        "url": f"{there.url}/login",
        "fields": {"user": "hub"},
        "secret_fields": {"pass": "s3cret"},
    }
    return {"url": f"{there.url}/list", "key": "id", "auth": session | auth}


class Portal:
    """A web application: `/login` sets a cookie, whoever comes without it is `turned_away`."""

    def __init__(self, turned_away: Callable[[Request], Response], lasts: int = 99) -> None:
        self.turned_away, self.lasts = turned_away, lasts
        self.logins: list[Request] = []
        self.left = 0

    def __call__(self, request: Request) -> Response:
        if request.path == "/login":
            self.logins.append(request)
            if request.values.get("pass") != "s3cret":
                return Response(hostile.LOGIN_PAGE, mimetype="text/html")
            self.left = self.lasts
            answer = Response("", 302, {"Location": "/home"})
            answer.set_cookie("JSESSIONID", f"n{len(self.logins)}", httponly=True)
            return answer
        if request.cookies.get("JSESSIONID") != f"n{len(self.logins)}" or not self.left:
            return self.turned_away(request)
        self.left -= 1
        page = int(request.args.get("p", 0))
        return say([{"id": page}] if page < 4 else [])


TURNED_AWAY = {
    "a 401": lambda _: Response("", 401),
    "a log-in page": lambda _: Response(hostile.LOGIN_PAGE, mimetype="text/html"),
    "the way to a log-in page": lambda request: (
        Response("", 302, {"Location": "/sso"})
        if request.path != "/sso"
        else Response(hostile.LOGIN_PAGE, mimetype="text/html")
    ),
    "the way to another host": lambda _: Response("", 302, {"Location": "http://sso.example/login"}),
}
PAGES = {"parameters": {"p": "{page}"}, "pages": {"type": "numbered"}}


@pytest.mark.parametrize("turned_away", TURNED_AWAY.values(), ids=TURNED_AWAY)
def test_a_log_in_is_repeated_when_its_cookie_has_ended(turned_away: Callable[[Request], Response]) -> None:
    portal = Portal(turned_away, lasts=2)
    with desk(portal) as there:
        assert keys(pull(REST, logging_in(there) | PAGES)) == ["0", "1", "2", "3"]
    assert len(portal.logins) == 3
    assert portal.logins[0].form.to_dict() == {"user": "hub", "pass": "s3cret"}
    assert portal.logins[1].cookies.get("JSESSIONID") is None  # an old one may confuse it


@pytest.mark.parametrize("turned_away", TURNED_AWAY.values(), ids=TURNED_AWAY)
def test_a_log_in_that_does_not_help_is_refused_and_not_repeated(turned_away: Callable[[Request], Response]) -> None:
    portal = Portal(turned_away, lasts=0)
    with desk(portal) as there, pytest.raises(ConnectorError) as caught:
        pull(REST, logging_in(there))
    assert len(portal.logins) == 2
    assert not isinstance(caught.value, Unavailable)


def test_a_log_in_without_a_cookie_is_refused() -> None:
    portal = Portal(TURNED_AWAY["a 401"])
    with desk(portal) as there, pytest.raises(Refused, match="set no cookie"):
        pull(REST, logging_in(there, secret_fields={"pass": "wrong"}))
    assert len(portal.logins) == 1


def test_a_check_says_that_it_logged_in() -> None:
    with desk(Portal(TURNED_AWAY["a 401"])) as there:
        assert check(REST, logging_in(there))[1] == f"authenticated: logged in at {there.url}/login"


def adapter(request: Request) -> Response:
    """As the adapter of a national system: JSON in, a session in the answer, which goes into every body."""
    if request.path == "/login":
        return say(
            {"error_code": 0, "session": "tok3n"} if request.get_json()["pass"] == "s3cret" else {"error_code": 5}
        )
    return say(
        {"error_code": 0, "result": [{"id": 1}]} if request.get_json()["session"] == "tok3n" else {"error_code": 9}
    )


ADAPTER = {
    "method": "POST",
    "body": {"session": "{token}", "service": "LayDanhSach"},
    "records": "result",
    "errors": {"at": "error_code", "ok": ["0"], "table": {"9": "refused"}},
}


def test_a_token_goes_into_a_body() -> None:
    with desk(adapter) as there:
        assert keys(pull(REST, logging_in(there, send_as="json", token="session", header=None) | ADAPTER)) == ["1"]
        assert "Authorization" not in there.asked[-1].headers


def test_a_session_that_ended_is_known_by_an_error_inside_200() -> None:
    sessions = iter(["old", "new"])

    def answer(request: Request) -> Response:
        if request.path == "/login":
            return say({"session": next(sessions)})
        return say({"error_code": 0 if request.get_json()["session"] == "new" else 9, "result": [{"id": 1}]})

    with desk(answer) as there:
        assert keys(pull(REST, logging_in(there, token="session", header=None) | ADAPTER)) == ["1"]
        assert [request.path for request in there.asked] == ["/login", "/list", "/login", "/list"]


def test_a_token_goes_into_a_header_of_their_choosing() -> None:
    def answer(request: Request) -> Response:
        if request.path == "/login":
            assert (request.method, request.args.to_dict()) == ("GET", {"user": "hub", "pass": "s3cret"})
            return say({"data": {"token": "t1"}})
        return say([{"id": 1}], 200 if request.headers.get("X-Auth") == "Token t1" else 401)

    with desk(answer) as there:
        how = {"method": "GET", "send_as": "query", "token": "data.token", "header": "X-Auth", "value": "Token {token}"}
        assert keys(pull(REST, logging_in(there, **how))) == ["1"]


def test_an_answer_without_the_token_is_refused_in_their_words() -> None:
    with desk(lambda _: say({"message": "Sai mật khẩu s3cret"})) as there, pytest.raises(Refused) as caught:
        pull(REST, logging_in(there, token="data.token"))
    assert "gave no token at `data.token`" in str(caught.value)
    assert "Sai mật khẩu •••" in str(caught.value)
    assert len(there.asked) == 1


def test_a_log_in_may_be_limited_by_a_setting() -> None:
    with desk(Portal(TURNED_AWAY["a 401"])) as there:
        settings = logging_in(there, lasts_seconds=1e-9) | PAGES
        assert keys(pull(REST, settings)) == ["0", "1", "2", "3"]
        assert [request.path for request in there.asked[:4]] == ["/login", "/list"] * 2


def test_a_log_in_is_kept_between_pulls_of_one_line() -> None:
    portal = Portal(TURNED_AWAY["a 401"])
    with desk(portal) as there, REST.open(RestSettings.model_validate(logging_in(there)), once) as line:
        list(line.pull(None))
        list(line.pull(None))
    assert len(portal.logins) == 1


@pytest.mark.parametrize(
    ("auth", "sentence"),
    [({"method": "GET"}, "needs `send_as: query`"), ({"token": "t", "value": "Bearer"}, r"must have `\{token\}`")],
)
def test_log_ins_that_cannot_be_are_refused(auth: dict[str, Any], sentence: str) -> None:
    whole = {"type": "session", "url": "http://x.example/login", **auth}
    with pytest.raises(ValidationError, match=sentence):
        RestSettings.model_validate(simple("http://x.example/", auth=whole))


def test_what_a_log_in_gave_is_not_shown_in_a_preview() -> None:
    with desk(adapter) as there, witnessed() as exchanges:
        pull(REST, logging_in(there, send_as="json", token="session", header=None) | ADAPTER)
        pull(REST, logging_in(there, send_as="json", token="session", header="X-Ai") | ADAPTER)
    assert len(exchanges) == 4
    assert "tok3n" not in repr(exchanges)
    assert "s3cret" not in repr(exchanges)
