"""Nobody waits for a department for minutes, or asks it twice at a time; a fence holds wherever a request goes."""

import threading

import pytest

from connectors.errors import Refused
from connectors.fence import fenced
from connectors.http import Client
from connectors.settings import HttpSettings
from hub.inspection.bounded import Bounded, TooMany, TooSlow
from hub.inspection.reach import NotReachable, fence, refuse
from tests.departments.server import serve


def test_a_question_that_hangs_is_given_up_and_asked_once_at_a_time() -> None:
    looks, go_on = Bounded(2), threading.Event()
    with pytest.raises(TooSlow):
        looks.ask("an", go_on.wait, seconds=0.05)
    with pytest.raises(TooMany):
        looks.ask("an", lambda: 1)
    assert looks.ask("binh", lambda: 2) == 2
    go_on.set()


def test_no_more_questions_than_places() -> None:
    looks, go_on = Bounded(1), threading.Event()
    with pytest.raises(TooSlow):
        looks.ask("an", go_on.wait, seconds=0.05)
    with pytest.raises(TooMany):
        looks.ask("binh", lambda: 1)
    go_on.set()


def test_an_answer_or_an_error_comes_through_and_frees_the_place() -> None:
    looks = Bounded(1)

    def fails() -> None:
        raise TimeoutError("của chính câu hỏi")

    with pytest.raises(TimeoutError, match="của chính câu hỏi"):
        looks.ask("an", fails)
    assert looks.ask("an", lambda: 3) == 3


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1", "169.254.169.254", "0.0.0.0", "127.1"]
)
def test_the_hubs_own_machine_is_refused_by_any_name(host: str) -> None:
    with pytest.raises(NotReachable):
        refuse([host], ())
    refuse([host], (host,))


def test_a_systems_network_may_be_private() -> None:
    refuse(["10.1.2.3", "192.168.7.8", "no-such-host.invalid"], ())


def test_a_fence_holds_the_request_itself_also_where_a_description_leads_to_it() -> None:
    def app(_environ: object, start: object) -> list[bytes]:
        raise AssertionError("nobody may ask it")

    with (
        serve(app) as address,
        fenced(fence(())),
        Client(HttpSettings()) as line,
        pytest.raises(Refused, match="own machine"),
    ):
        line.ask("GET", address)
