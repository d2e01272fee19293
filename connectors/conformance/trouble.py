"""Conformance in trouble: every failure is one of ours, in time, and nothing is lost over it."""

# ruff: noqa: S101  (asserts are what tests are made of)
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, current_thread

import pytest

from connectors.conformance.network import (
    FLOOD,
    Behaviour,
    babbling,
    flooding,
    hanging_up,
    line_to,
    moved,
    place_in,
    silent,
    trickling,
    troubled,
)
from connectors.conformance.refusing import refusing
from connectors.conformance.subject import ASKING, WHOLE_PERIOD, Subject, contents, last_bookmark, some
from connectors.contract import Connector, Discovers, Fetches, Lists, Page, T
from connectors.errors import ConnectorError, Refused, Unavailable

_CUTS = 7  # places at which a pull's answers are cut off
_TRIES = 3


class Trouble(Subject):
    """`check` and `pull` of a system that does not work, and of one behind a line that breaks."""

    @pytest.fixture
    def refusing_address(self) -> Iterator[str]:
        """The address of a system that lets nobody in; override it where the protocol is not HTTP."""
        if not self.answer_begins.startswith(b"HTTP/"):
            pytest.skip("the test gives no `refusing_address`: right only where the protocol knows no credentials")
        with refusing() as url:
            yield url

    def test_a_dead_host_is_unavailable_and_keeps_secrets(self, dead_address: str) -> None:
        self._all_raise(Unavailable, dead_address, "though nobody is there")

    def test_401_is_refused_and_keeps_secrets(self, refusing_address: str) -> None:
        self._all_raise(Refused, refusing_address, "though the credentials are refused")

    def test_a_silent_system_is_unavailable_in_time(self, address: str) -> None:
        self._in_trouble(silent, Unavailable, address, "though the system says nothing")

    def test_an_answer_that_trickles_for_ever_is_unavailable_in_time(self, address: str) -> None:
        behaviour = trickling(self.answer_begins)
        self._in_trouble(behaviour, Unavailable, address, "though the answer never ended")

    def test_an_answer_without_end_is_not_swallowed(self, address: str) -> None:
        swallowed = Event()
        self._in_trouble(flooding(self.answer_begins, swallowed), ConnectorError, address, "though no answer came")
        assert not swallowed.is_set(), (
            f"all {FLOOD:,} bytes of an answer without end were taken: give the type a limit, the setting "
            "`max_answer_bytes`"
        )

    def test_an_answer_of_another_protocol_is_an_error_of_ours(self, address: str) -> None:
        self._in_trouble(babbling, ConnectorError, address, "though the answer was rubbish")

    def test_an_answer_that_is_cut_off_is_unavailable_and_loses_nothing(self, address: str) -> None:
        self._needs_network()
        truth, size = self._through_a_line(address)
        for number, cut in enumerate([*(size * n // _CUTS for n in range(1, _CUTS)), size - 1]):
            pages: list[Page] = []
            with line_to(place_in(address)) as line:
                line.breaks_after, line.reset = cut, number % 2 == 1
                complete = self._cut_off(pages, moved(address, line.door.port), f"after {cut:,} of {size:,} bytes")
            came = contents(pages)
            half = [key for key, raw in came.items() if truth.get(key) != raw]
            assert half == [], f"answers were cut off, and half a record was taken for a whole one: {some(half)}"
            lost = truth.keys() - came.keys()
            assert not (complete and lost), (
                f"answers were cut off after {cut:,} of {size:,} bytes, and `pull` ended as if that were all, without "
                f"{some(lost)}: half an answer must be `Unavailable`"
            )
            lost -= contents(self._pull(address, last_bookmark(pages))).keys()
            assert lost == set(), f"after answers were cut off, a pull from the last bookmark never brings {some(lost)}"

    def test_a_line_that_breaks_once_is_asked_again_through_retry(self, address: str) -> None:
        self._needs_network()
        truth, size = self._through_a_line(address)
        for cut in (size // 3, size - size // 5):
            with line_to(place_in(address)) as line:
                line.breaks_after, line.breaks = cut, "once"
                try:
                    brought = contents(self._pull(moved(address, line.door.port), None, _patiently))
                except Unavailable as error:
                    raise AssertionError(
                        f"a line that broke once ended the pull (“{error}”), though `retry` asks again: "
                        "run every exchange of `pull` through it"
                    ) from error
            assert brought == truth, f"after a retry the pull is without {some(truth.keys() - brought.keys())}"

    def test_waiting_and_asking_again_are_left_to_retry(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self._needs_network()
        retry = _Counted()
        with troubled(hanging_up) as door, _slept(monkeypatch) as slept:
            there = moved(address, door.port)
            with pytest.raises(ConnectorError):
                self._ends(lambda: self._pull_into([], there, None, retry), "`pull`")
            assert retry.calls, "`pull` asks without `retry`: run every exchange through it"
            assert door.calls <= retry.calls, (
                f"`pull` called {door.calls} times in {retry.calls} exchange(s): it tries again by itself. A connector "
                "asks once, and `retry` decides about the rest"
            )
        assert not slept, f"the connector waits by itself ({slept[0]:g} s): raise `Unavailable`, and `retry` waits"

    def _all_raise(self, kind: type[ConnectorError], address: str, because: str, *, impatient: bool = False) -> None:
        for way, error in self._errors(address, because, impatient=impatient):
            assert isinstance(error, kind), (
                f"`{way}` raised {type(error).__name__} (“{error}”) where {kind.__name__} is right"
            )

    def _errors(self, address: str, because: str, *, impatient: bool) -> Iterator[tuple[str, ConnectorError]]:
        """The error of each way to ask, which must be one of ours; `because` says why there must be one."""
        with self._open(address) as connector:
            ways = list(_ways(connector))
        for way in ways:
            error = self._error(partial(self._ask, way, address, impatient), f"`{way}`", because)
            assert str(error).strip(), f"`{way}` raised {type(error).__name__} without a sentence"
            assert error.hint.strip(), f"`{way}` gave no hint with “{error}”: say what a person can do"
            self._shows_no_secret(address, _shown(error), f"the error of `{way}`")
            yield way, error

    def _ask(self, way: str, address: str, impatient: bool) -> object:  # noqa: FBT001
        with self._open(address, impatient=impatient) as connector:
            return _ways(connector)[way]()

    def _error(self, call: Callable[[], object], what: str, because: str) -> ConnectorError:
        try:
            self._ends(call, what)
        except ConnectorError as error:
            return error
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(
                f"{what} let a {type(error).__name__} out ({error}), {because}. The hub knows the errors of "
                "connectors.errors only: catch yours where they arise, and say which of those four it is"
            ) from error
        raise AssertionError(f"{what} raised nothing, {because}")

    def _in_trouble(self, behaviour: Behaviour, kind: type[ConnectorError], address: str, because: str) -> None:
        self._needs_network()
        with troubled(behaviour) as door:
            self._all_raise(kind, moved(address, door.port), because, impatient=True)

    def _through_a_line(self, address: str) -> tuple[dict[str, bytes], int]:
        """What an undisturbed pull brings, and how many bytes of answers it takes."""
        with line_to(place_in(address)) as line:
            truth = contents(self._pull(moved(address, line.door.port), None))
            assert line.brought, "`pull` does not go to the host and port of `address`"
            return truth, line.brought

    def _cut_off(self, pages: list[Page], address: str, where: str) -> bool:
        """Whether a pull over a line that breaks ended without an error."""
        try:
            self._ends(lambda: self._pull_into(pages, address, None), "`pull`")
        except Unavailable:
            return False
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(
                f"an answer that was cut off {where} is {type(error).__name__} (“{error}”); it must be `Unavailable`, "
                "for asking again mends it"
            ) from error
        return True


def _ways(connector: Connector) -> dict[str, Callable[[], object]]:
    """Everything that this connector can be asked for, by its name."""
    ways: dict[str, Callable[[], object]] = {
        "check": lambda: list(connector.check()),
        "pull": lambda: list(connector.pull(None)),
    }
    if isinstance(connector, Discovers):
        ways["discover"] = connector.discover
    if isinstance(connector, Fetches):
        ways["fetch"] = lambda: connector.fetch("1")
    if isinstance(connector, Lists):
        ways["keys"] = lambda: list(connector.keys(*WHOLE_PERIOD))
    return ways


def _shown(error: ConnectorError) -> str:
    """All that anybody may get to see of an error."""
    return "".join(traceback.format_exception(error)) + repr(error) + error.hint


def _patiently(exchange: Callable[[], T]) -> T:
    """A `retry` that tries again at once."""
    for _ in range(_TRIES - 1):
        try:
            return exchange()
        except Unavailable:
            continue
    return exchange()


class _Counted:
    """A `retry` that never tries again and counts what goes through it."""

    calls = 0

    def __call__(self, exchange: Callable[[], T]) -> T:
        self.calls += 1
        return exchange()


@contextmanager
def _slept(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """How long the connector slept, while the block lasts."""
    slept, sleep = list[float](), time.sleep

    def noting(seconds: float) -> None:
        if current_thread().name == ASKING:
            slept.append(seconds)
        else:
            sleep(seconds)

    with monkeypatch.context() as patch:
        patch.setattr(time, "sleep", noting)
        yield slept
