"""The operations of an OpenAPI description, read one by one; what is wrong with one is told and passed over."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from connectors.contract import Field, Operation
from connectors.rest.openapi_fields import Schemas
from connectors.rest.openapi_files import Library
from connectors.wording import listed

_METHODS = ("get", "post", "put", "delete", "patch", "head", "options", "trace", "query")
_IN_PATH = re.compile(r"\{([^{}/]+)\}")
_PAGING = (  # what parameters are called that page, most telling first
    ("offset", {"offset", "$skip", "skip", "start", "startindex"}),
    ("cursor", {"cursor", "after", "pagetoken", "page_token", "nexttoken", "continuation"}),
    ("numbered", {"page", "pagenumber", "page_number", "pageindex", "trang"}),
)


class Operations:
    """Those of one description."""

    def __init__(self, library: Library, root: Mapping[str, Any], version: str) -> None:
        self._library, self._root = library, root
        self._is_old = version.startswith("2")
        self.problems: dict[str, None] = {}  # each once
        self._where = ""  # what is read just now, for problems
        self._schemas = Schemas(library, self._tell)

    def _tell(self, what: str) -> None:
        self.problems[f"{self._where}: {what}" if self._where else what] = None

    def all(self) -> Iterator[Operation]:
        """Each operation; `problems` are known when all are read."""
        paths = self._root.get("paths")
        names: set[str] = set()
        for path, item in (paths if isinstance(paths, Mapping) else {}).items():
            self._where = str(path)
            if not str(path).startswith("/"):
                if not str(path).startswith("x-"):
                    self._tell("a path must begin with /, so this one is passed over")
                continue
            described, base = self._schemas.followed(item, self._library.place)
            for method in _METHODS:
                if isinstance(described.get(method), Mapping):
                    self._where = f"{method.upper()} {path}"
                    yield self._operation(str(path), method, described, base, names)

    def _operation(self, path: str, method: str, item: Mapping[str, Any], base: str, names: set[str]) -> Operation:
        written = item[method]
        name = str(written.get("operationId") or f"{method.upper()} {path}")
        if name in names:
            self._tell(f"the name `{name}` stands for another operation already")
        names.add(name)
        parameters = [*self._parameters(written, item, base, path), *self._content(written, base)]
        media, answer = self._answer(written, base)
        style = ", ".join(part for part in (method.upper(), media, _paging(parameters)) if part)
        about = written.get("summary") or written.get("description") or ""
        place = f"{method.upper()} {self._server(written, item)}{path}"
        return Operation(name, place, style, tuple(parameters), answer, " ".join(str(about).split()))

    def _parameters(self, written: Mapping[str, Any], item: Mapping[str, Any], base: str, path: str) -> Iterator[Field]:
        """Those of the operation and of its path; of two with one name and place, the operation's counts."""
        found: dict[tuple[str, str], tuple[Mapping[str, Any], str]] = {}
        for each in (*_listed(item, "parameters"), *_listed(written, "parameters")):
            parameter, there = self._schemas.followed(each, base)
            if not isinstance(parameter.get("name"), str) and parameter:
                self._tell("a parameter without a name is passed over")
            elif parameter:
                found[parameter["name"], str(parameter.get("in"))] = parameter, there
        for name in _IN_PATH.findall(path):
            if (name, "path") not in found:
                self._tell(f"`{{{name}}}` in the path is not described as a parameter")
        for (name, place), (parameter, there) in found.items():
            yield from self._parameter(name, place, parameter, there)

    def _parameter(self, name: str, place: str, parameter: Mapping[str, Any], base: str) -> Iterator[Field]:
        if place == "body":
            yield from self._schemas.fields(parameter.get("schema"), base)
            return
        schema = (
            parameter if self._is_old else parameter.get("schema") or _first(parameter.get("content"))[1].get("schema")
        )
        inner = self._schemas.fields(schema, base, name)
        required = place == "path" or parameter.get("required") is True
        about = f"in the {place}. {parameter.get('description') or ''}".strip()
        known = inner[0] if inner else Field(name, "any")
        shown = parameter.get("example")
        sample = known.sample if shown is None or isinstance(shown, dict | list) else str(shown)
        yield Field(name, known.type, known.repeated, required, " ".join(about.split()), sample)

    def _content(self, written: Mapping[str, Any], base: str) -> tuple[Field, ...]:
        """The fields of what is sent as the request's body."""
        body, base = self._schemas.followed(written.get("requestBody"), base)
        media = _first(body.get("content"))[1]
        return self._schemas.fields(media["schema"], base) if "schema" in media else ()

    def _answer(self, written: Mapping[str, Any], base: str) -> tuple[str, tuple[Field, ...]]:
        """The media type and the fields of the answer when all is well."""
        responses = written.get("responses")
        by_status = {str(k).upper(): v for k, v in responses.items()} if isinstance(responses, Mapping) else {}
        good = sorted(status for status in by_status if status.startswith("2")) or ["DEFAULT"]
        if good[0] not in by_status:
            self._tell("what it answers when all is well is not described")
            return "", ()
        response, base = self._schemas.followed(by_status[good[0]], base)
        if self._is_old:
            media, schema = (
                _preferred(_listed(written, "produces") or _listed(self._root, "produces")),
                response.get("schema"),
            )
        else:
            media, content = _first(response.get("content"))
            schema = content.get("schema")
        return media, self._schemas.fields(schema, base) if schema is not None else ()

    def _server(self, written: Mapping[str, Any], item: Mapping[str, Any]) -> str:
        """Where the paths begin, as a whole address where that is known."""
        here = self._library.place if urlsplit(self._library.place).scheme in ("http", "https") else ""
        if self._is_old:
            host, scheme = self._root.get("host"), _preferred(_listed(self._root, "schemes"), "https") or "https"
            begin = f"{scheme}://{host}" if host else ""
            server = f"{begin}{self._root.get('basePath') or ''}"
        else:
            servers = _listed(written, "servers") or _listed(item, "servers") or _listed(self._root, "servers")
            server = _filled(servers[0]) if servers and isinstance(servers[0], Mapping) else ""
        return (urljoin(here, server or "/") if here else server).rstrip("/")


def _filled(server: Mapping[str, Any]) -> str:
    """A server's address with its variables as they are unless told."""
    url, variables = str(server.get("url") or ""), server.get("variables")
    for name, variable in (variables if isinstance(variables, Mapping) else {}).items():
        if isinstance(variable, Mapping):
            url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
    return url


def _first(content: Any) -> tuple[str, Mapping[str, Any]]:
    """The media type to prefer among those of a body, and what is said of it."""
    known = (
        {str(media): what for media, what in content.items() if isinstance(what, Mapping)}
        if isinstance(content, Mapping)
        else {}
    )
    media = _preferred(list(known))
    return media, known.get(media, {})


def _preferred(words: list[Any], best: str = "json") -> str:
    found = [str(word) for word in words]
    return next((word for word in found if best in word), found[0] if found else "")


def _paging(parameters: list[Field]) -> str:
    """How a list seems to be cut, by the names of the parameters."""
    names = {parameter.path.lower(): parameter.path for parameter in parameters}
    for kind, telling in _PAGING:
        found = [names[name] for name in names if name in telling]
        if found:
            return f"pages look {kind} ({listed(found)})"
    return ""


def _listed(value: Mapping[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    return found if isinstance(found, list) else []
