"""A client of Một Cửa Hub's API, version 1: one file, to be copied into a program of yours. It needs `requests` alone.

    hub = Hub("https://hub.example", key="mch_…")
    dossier = hub.get("000.00.15.H29-260518-0007")
    for dossier in hub.list(agency="000.00.15.H29", status="processing"): ...
    for page in hub.follow(after=0): ...

Whatever the hub refuses is raised as a `HubError` with its stable `code`. Whatever passes by itself (the hub restarts,
its database is away, too many requests) is tried again, as late as the hub asks for. Safe to share between threads.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from random import uniform
from threading import Event, Lock, local
from typing import Any, Literal, NotRequired, TypedDict
from urllib.parse import quote

import requests

Kind = Literal["changed", "gone", "merged", "left"]
Format = Literal["ndjson", "csv", "xlsx", "parquet"]

_PASSES = frozenset({429, 502, 503, 504})  # statuses of what passes by itself
_LONGEST_WAIT = 60.0  # seconds between two tries
_REMEMBERED = 1000  # dossiers whose ETags are kept


class Status(TypedDict):
    """Where a dossier stands, with the national portal's number and label."""

    code: str
    number: int
    label: str


class Due(TypedDict):
    """Where a dossier stands against its due date, when it was asked."""

    state: str
    due_at: str | None
    ended_at: str | None


class Named(TypedDict, total=False):
    """An agency, a procedure and the like; it has more fields: docs/reference/record.md."""

    code: str
    name: str


class Dossier(TypedDict):
    """A dossier; times are UTC text. What no source says, or the client may not see, is absent."""

    id: str
    code: str
    status: Status
    due: Due
    as_of: str | None
    source_seen_at: str | None
    stale: bool
    changed_at: str
    position: int
    gone_at: str | None
    agency: NotRequired[Named]
    procedure: NotRequired[Named]
    applicant: NotRequired[dict[str, Any]]
    summary: NotRequired[str]
    channel: NotRequired[str]
    received_at: NotRequired[str]
    due_at: NotRequired[str]
    codes: NotRequired[list[str]]
    timeline: NotRequired[list[dict[str, Any]]]
    documents: NotRequired[list[dict[str, Any]]]
    fees: NotRequired[list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What became of one code of a look-up; more than one dossier only where agencies gave the same number."""

    code: str
    outcome: Literal["found", "unknown", "ambiguous", "malformed", "repeated"]
    found: Sequence[Dossier]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one dossier: docs/following.md."""

    position: int
    kind: Kind
    id: str
    code: str
    codes: Sequence[str] = ()  # of what changed: every code that it is known under
    into: str | None = None  # of what was merged: the id of the dossier that it is part of now
    dossier: Dossier | None = None  # of what changed


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some changes, in order. Keep `next` and `view` in the same transaction as what you make of `items`."""

    after: int  # the position that was asked for
    items: Sequence[Change]
    next: int
    more: bool
    waited: float  # seconds
    view: str


@dataclass(frozen=True, slots=True)
class Export:
    """A file of many dossiers; `position` is where to follow the changes from."""

    id: str
    state: str
    position: int
    bytes: int | None
    digest: str | None  # SHA-256, in hexadecimal
    sentence: str | None


class HubError(Exception):
    """The hub refuses; asking again will not help. `code` is stable: hub/api/README.md lists them."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.problem = problem
        self.code = str(problem.get("code", "unknown"))
        super().__init__(f"{status} {self.code}: {problem.get('detail', 'the answer is none of the hub')}")


class NotFound(HubError):
    """There is no such dossier, or none that this client may see."""


class Ambiguous(HubError):
    """Several dossiers have this code; `candidates` says which, `agency=` or `connector=` chooses one."""

    @property
    def candidates(self) -> list[dict[str, Any]]:
        """Each with its `agency`, its `code` and all its `codes`."""
        found: list[dict[str, Any]] = self.problem.get("candidates", [])
        return found


class NotAllowed(HubError):
    """The key is unknown or has expired, or it does not open this."""


class Invalid(HubError):
    """A parameter is not right: `errors` says which, and what is."""

    @property
    def errors(self) -> list[dict[str, str]]:
        """Each with its `parameter` and a `message`."""
        found: list[dict[str, str]] = self.problem.get("errors", [])
        return found


class BeginAgain(Exception):
    """A follower cannot go on from where it was: it has to read everything once more, from 0."""


class HubAway(Exception):
    """The hub did not answer, or not as itself, however often it was asked."""


_BY_CODE: dict[str, type[HubError]] = {
    "dossier_not_found": NotFound,
    "ambiguous_code": Ambiguous,
    "no_key": NotAllowed,
    "unknown_key": NotAllowed,
    "not_allowed": NotAllowed,
    "not_seen": NotAllowed,
    "invalid_parameters": Invalid,
}


@dataclass
class Hub:
    """One hub, seen as one client. `tries` is how often a request is made before the hub counts as away."""

    url: str
    key: str = field(repr=False)
    timeout: float = 30.0  # seconds without a sign of life
    tries: int = 6
    stop: Event = field(default_factory=Event)  # set it, and waiting ends: `follow` returns, anything else is HubAway
    _tags: OrderedDict[str, tuple[str, Any]] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)
    _threads: local = field(default_factory=local, repr=False)

    def get(self, code: str, **parameters: str) -> Dossier:
        """A whole dossier by any of its codes; cheap where it is as it was when it was last asked for.

        `include` (timeline, documents, provenance), `fields`, and `agency` or `connector` where a code is ambiguous.
        """
        answer: Dossier = self._get(f"/dossiers/{quote(code, safe='')}", parameters)
        return answer

    def list(self, **parameters: str | int | bool) -> Iterator[Dossier]:
        """Every dossier that a filter holds, page by page; the parameters are those of `GET /dossiers`."""
        asked: dict[str, Any] = {"limit": 200, **parameters}
        while True:
            answer = self._json("GET", "/dossiers", params=_plain(asked))
            yield from answer["items"]
            if answer["next_cursor"] is None:
                return
            asked["cursor"] = answer["next_cursor"]

    def lookup(self, codes: Sequence[str], **parameters: str) -> Iterator[LookedUp]:
        """Dossiers by their codes, however many; one answer for each code, in their order."""
        for start in range(0, len(codes), 500):
            body = {"codes": [*codes[start : start + 500]], **parameters}
            for one in self._json("POST", "/dossiers/lookup", json=body)["items"]:
                yield LookedUp(one["code"], one["outcome"], one["found"])

    def changes(self, after: int, *, wait: int = 0, **parameters: str | int) -> ChangePage:
        """What became of the dossiers after a position; `wait`: so many seconds for the next change.

        Raises:
            BeginAgain: the hub never came to this position.
        """
        asked = {"after": after, "wait": wait, **parameters}
        try:
            answer = self._json("GET", "/changes", params=_plain(asked), patience=wait)
        except HubError as error:
            if error.code == "unknown_position":
                raise BeginAgain(str(error)) from error
            raise
        items = [_change(one) for one in answer["items"]]
        return ChangePage(after, items, answer["next"], answer["more"], answer["waited"], answer["view"])

    def follow(
        self, after: int, view: str | None = None, *, wait: int = 25, **parameters: str | int
    ) -> Iterator[ChangePage]:
        """Changes for ever, also over outages; each page is to be kept before the next one is asked for.

        `view` is that of the last page that was kept. Also pages without items come: their `next` is worth keeping.

        Raises:
            BeginAgain: what this client may see is not what it was, or the hub was restored.
        """
        while not self.stop.is_set():
            try:
                page = self.changes(after, wait=wait, **parameters)
            except HubAway:
                self.stop.wait(_about(_LONGEST_WAIT / 4))
                continue
            if view is not None and page.view != view:
                raise BeginAgain("what this client may see, or what it asks for, is not what it was")
            yield page
            if not page.more and not page.items:
                self.stop.wait(max(0.0, 1 - page.waited))  # where the hub had no place to wait
            after, view = page.next, page.view

    def export(self, target: Path, form: Format, **wanted: Any) -> Export:
        """Have a file of many dossiers written, and fetch it: `filter={…}`, `fields=[…]`, `compress=True`.

        A download that is cut goes on where it stopped, and what arrives is held against its digest.

        Raises:
            HubError: the hub could not write it; `problem` says why.
        """
        made = _export(self._json("POST", "/exports", json={"format": form, **wanted}))
        while made.state in ("queued", "running"):
            self._pause(2)
            made = _export(self._json("GET", f"/exports/{made.id}"))
        if made.state != "done":
            raise HubError(200, {"code": f"export_{made.state}", "detail": made.sentence})
        self._fetch(f"/exports/{made.id}/file", target, made)
        return made

    def _fetch(self, path: str, target: Path, made: Export) -> None:
        part = target.with_name(f"{target.name}.part")
        part.unlink(missing_ok=True)
        for _ in range(self.tries):
            done = part.stat().st_size if part.exists() else 0
            if done == made.bytes:
                break
            headers = {"Range": f"bytes={done}-"} if done else {}
            answer = self._ask("GET", path, headers=headers, stream=True)
            try:
                with answer, part.open("ab" if answer.status_code == 206 else "wb") as file:
                    for some in answer.iter_content(1 << 16):
                        file.write(some)
            except requests.RequestException:
                continue  # cut: it goes on from what arrived
        with part.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        if made.digest not in (None, digest):
            part.unlink()
            raise HubAway(f"{path} did not arrive whole; ask for it again")
        part.replace(target)

    def _get(self, path: str, parameters: dict[str, str]) -> Any:
        """With the ETag of what was answered last time."""
        name = f"{path}?{sorted(parameters.items())}"
        known = self._tags.get(name)
        answer = self._ask("GET", path, params=parameters, headers={"If-None-Match": known[0]} if known else {})
        if answer.status_code == 304 and known:
            return known[1]
        body = answer.json()
        if tag := answer.headers.get("ETag"):
            with self._lock:
                self._tags[name] = (tag, body)
                if len(self._tags) > _REMEMBERED:
                    self._tags.popitem(last=False)
        return body

    def _json(self, method: str, path: str, **how: Any) -> Any:
        return self._ask(method, path, **how).json()

    def _ask(self, method: str, path: str, *, patience: float = 0, **how: Any) -> requests.Response:
        """The answer to a request, when the hub is there to give it.

        Raises:
            HubError: it refuses.
            HubAway: it is not there.
        """
        why: object = "it was stopped"
        headers = {**how.pop("headers", {}), "Authorization": f"Bearer {self.key}"}
        for at in range(self.tries):
            later = _about(min(_LONGEST_WAIT, 2.0**at / 2))
            try:
                answer = self._session().request(
                    method,
                    f"{self.url.rstrip('/')}/api/v1{path}",
                    headers=headers,
                    timeout=(10, self.timeout + patience),
                    allow_redirects=False,
                    **how,
                )
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                why = error
                if method == "POST" and path == "/exports" and not isinstance(error, requests.ConnectTimeout):
                    raise HubAway(f"whether {path} was asked for is not known: {error}") from error
            else:
                if answer.status_code < 300 or answer.status_code == 304:
                    return answer
                if answer.status_code not in _PASSES:
                    raise _refused(answer)
                why = f"{answer.status_code} {answer.reason}"
                later = _seconds(answer.headers.get("Retry-After"), later)
            if at + 1 < self.tries:
                self._pause(later)
        raise HubAway(f"{self.url} did not answer {self.tries} times: {why}")

    def _pause(self, seconds: float) -> None:
        if self.stop.wait(seconds):
            raise HubAway("it was stopped")

    def _session(self) -> requests.Session:
        """One for each thread: `requests` does not promise that they can be shared."""
        if not hasattr(self._threads, "session"):
            self._threads.session = requests.Session()
        session: requests.Session = self._threads.session
        return session


def _plain(parameters: dict[str, Any]) -> dict[str, str]:
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in parameters.items()}


def _change(one: dict[str, Any]) -> Change:
    more = {name: one[name] for name in ("codes", "into", "dossier") if name in one}
    return Change(one["position"], one["change"], one["id"], one["code"], **more)


def _export(answer: dict[str, Any]) -> Export:
    names = ("id", "state", "position", "bytes", "digest", "sentence")
    return Export(**{name: answer[name] for name in names})


def _refused(answer: requests.Response) -> HubError:
    try:
        problem = answer.json()
    except requests.exceptions.JSONDecodeError:
        problem = None
    told = problem if isinstance(problem, dict) else {"detail": answer.text[:200]}
    return _BY_CODE.get(str(told.get("code")), HubError)(answer.status_code, told)


def _seconds(retry_after: str | None, otherwise: float) -> float:
    """The hub says seconds; a proxy may say a date, which is not worth reading."""
    if retry_after is None or not retry_after.isdecimal():
        return otherwise
    return min(float(retry_after), _LONGEST_WAIT) + _about(0.5)


def _about(seconds: float) -> float:
    """A little less, each time another time: not all clients are to come back at one moment."""
    return seconds * uniform(0.5, 1)  # noqa: S311  # nothing is hidden by it
