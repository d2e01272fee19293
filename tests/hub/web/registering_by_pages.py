"""Whoever registers a system at the console: what a browser would send, from what the page before has shown."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class _Forms(HTMLParser):
    """The forms of a page with the values that stand in them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self.forms.append((said.get("action") or "", {}))
        if not self.forms:
            return
        fields = self.forms[-1][1]
        name = said.get("name") or ""
        if tag == "input" and name and said.get("type") not in ("file", "submit"):
            fields[name] = said.get("value") or ""
        elif tag == "textarea" and name:
            self._area = name
            fields[name] = ""
        elif tag == "select" and name:
            self._select = name
            fields[name] = ""
        elif tag == "option" and self._select and "selected" in said:
            self._chosen = "value" in said
            fields[self._select] = said.get("value") or "\0"

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            fields = self.forms[-1][1]
            fields[self._area] = fields[self._area].removeprefix("\n")
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1][1][self._area] += data
        elif self._select and self.forms[-1][1][self._select] == "\0":
            self.forms[-1][1][self._select] = data


def form(page: str, having: str) -> dict[str, str]:
    """The values of the first form that has this field."""
    parser = _Forms()
    parser.feed(page)
    return next(dict(fields) for _action, fields in parser.forms if having in fields)


def send(client: FlaskClient, address: str, values: Mapping[str, Any], page: str | None = None) -> TestResponse:
    """Send a form with the token of the page that it stands on."""
    shown = client.get(page or address).text
    token = shown.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    return client.post(address, data={"csrf_token": token, **values})
