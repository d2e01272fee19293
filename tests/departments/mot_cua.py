"""The one-stop gateway: REST shaped like VNPT iGate v2, behind OAuth2 client credentials.

dossierStatus.id here: 2 processing, 3 supplement requested, 4 completed, 5 returned, 8 accepted, 9 payment requested,
10 withdrawn, 11 stopped, 16 registered, 17 not accepted.

The secret of client `hub` is MOT_CUA_SECRET of the environment, or `demo-only`.
"""

import argparse
import os
import secrets
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime
from threading import Lock
from urllib.parse import unquote_plus

import orjson
from flask import Flask, Response, request

from tests.departments.department import Department
from tests.departments.dossier import LOCAL, Dossier
from tests.departments.generator import add_arguments, city_of
from tests.departments.mot_cua_json import Json, dossier_id, write_dossier
from tests.departments.server import run

TOKEN_PATH = "/auth/realms/digo/protocol/openid-connect/token"
SEARCH_PATH = "/pa/dossier/search"
CLIENT_ID = "hub"
MOST_ROWS = 1000


class _BadParameter(Exception):
    """A search that the gateway does not understand."""


class MotCua(Department):
    """The gateway and its service (`app`). Tokens last `token_seconds` of `clock`, which a test may move."""

    def __init__(
        self,
        dossiers: Iterable[Dossier] = (),
        *,
        secret: str = "demo-only",
        token_seconds: int = 60,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(dossiers)
        self._secret = secret
        self._token_seconds = token_seconds
        self._clock = clock
        self._tokens: dict[str, float] = {}
        self._token_lock = Lock()
        self.app = Flask(__name__)
        self.app.post(TOKEN_PATH)(self._token)
        self.app.get(SEARCH_PATH)(self._search)
        self.app.get("/pa/dossier/<wanted>/--online")(self._detail)
        self.app.before_request(self._ask_for_token)
        self.app.register_error_handler(_BadParameter, lambda error: _json({"message": str(error)}, 400))

    def revoke_tokens(self) -> None:
        """Make every token invalid before its time, as a restart of the identity server does."""
        with self._token_lock:
            self._tokens.clear()

    def _token(self) -> Response:
        if request.form.get("grant_type") != "client_credentials":
            return _json({"error": "unsupported_grant_type"}, 400)
        if not self._knows_client():
            sentence = "Invalid client or Invalid client credentials"
            return _json({"error": "unauthorized_client", "error_description": sentence}, 401)
        token = secrets.token_urlsafe(32)
        with self._token_lock:
            self._tokens[token] = self._clock() + self._token_seconds
        return _json({"access_token": token, "token_type": "Bearer", "expires_in": self._token_seconds, "scope": ""})

    def _knows_client(self) -> bool:
        """client_secret_basic or client_secret_post."""
        if (basic := request.authorization) and basic.type == "basic":
            given = (unquote_plus(basic.username or ""), unquote_plus(basic.password or ""))
        else:
            given = (request.form.get("client_id", ""), request.form.get("client_secret", ""))
        return given == (CLIENT_ID, self._secret)

    def _ask_for_token(self) -> Response | None:
        if request.path == TOKEN_PATH:
            return None
        bearer = request.authorization
        token = (bearer.token if bearer and bearer.type == "bearer" else None) or ""
        with self._token_lock:
            if self._tokens.get(token, float("-inf")) > self._clock():
                return None
        answer = _json({"error": "invalid_token", "error_description": "Invalid or expired token"}, 401)
        answer.headers["WWW-Authenticate"] = 'Bearer realm="digo", error="invalid_token"'
        return answer

    def _search(self) -> Response:
        spec = _choice("spec", "slice", "page")
        newest_first = _choice("sort", "updatedDate,desc", "updatedDate,asc") == "updatedDate,desc"
        page, size = _number("page", 0, 0, 10**9), _number("size", 10, 1, MOST_ROWS)
        found = self._found()
        if newest_first:
            found = found[::-1]
        content = found[page * size : (page + 1) * size]
        total = {"totalElements": len(found), "totalPages": -(-len(found) // size)} if spec == "page" else {}
        last = (page + 1) * size >= len(found)
        return _json(
            {
                "content": [write_dossier(dossier) for dossier in content],
                "number": page,
                "size": size,
                "numberOfElements": len(content),
                "first": page == 0,
                "last": last,
                "empty": not content,
                **total,
            }
        )

    def _found(self) -> tuple[Dossier, ...]:
        found = self.dossiers()
        if code := request.args.get("code"):
            found = tuple(dossier for dossier in found if code in (dossier.code, dossier.national_code))
        if since := _day("accepted-from"):
            found = tuple(dossier for dossier in found if dossier.received_at.astimezone(LOCAL).date() >= since)
        return found

    def _detail(self, wanted: str) -> Response:
        for dossier in self.dossiers():
            if dossier_id(dossier) == wanted:
                return _json(write_dossier(dossier))
        return _json({"message": f"dossier {wanted} not found"}, 404)


def _choice(name: str, *allowed: str) -> str:
    if (value := request.args.get(name, allowed[0])) not in allowed:
        raise _BadParameter(f"{name}={value}: one of {' '.join(allowed)}")
    return value


def _number(name: str, default: int, least: int, most: int) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise _BadParameter(f"{name}={text}: a whole number from {least} to {most}")
    return int(text)


def _day(name: str) -> date | None:
    """d/M/yyyy, padded or not."""
    if not (text := request.args.get(name)):
        return None
    try:
        return datetime.strptime(text, "%d/%m/%Y").replace(tzinfo=LOCAL).date()
    except ValueError:
        raise _BadParameter(f"{name}={text}: a day as d/M/yyyy") from None


def _json(value: Json, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")


def main() -> None:
    """Serve an invented city's one-stop dossiers until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m tests.departments.mot_cua", description=__doc__)
    add_arguments(parser, port=8712)
    arguments = parser.parse_args()
    secret = os.environ.get("MOT_CUA_SECRET", "demo-only")
    run(MotCua(city_of(arguments).one_stop, secret=secret).app, arguments.port)


if __name__ == "__main__":
    main()
