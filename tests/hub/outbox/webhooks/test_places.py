"""Whose turn it is: those that answer are not held up by those that do not."""

from hub.outbox.webhooks.places import PATIENCE_SECONDS, Places
from hub.store.subscriptions import Due


def due(number: int, doubtful: bool = False) -> Due:
    return Due(number, doubtful, True, None)


def test_no_more_prompt_exchanges_than_there_are_places() -> None:
    places = Places(2)
    for number in (1, 2):
        assert places.has_room(False, 0.0)
        places.enter(due(number), 0.0)
    assert not places.has_room(False, PATIENCE_SECONDS / 2)
    places.leave(1)
    assert places.has_room(False, PATIENCE_SECONDS / 2)


def test_an_exchange_that_lasts_gives_its_place_back() -> None:
    places = Places(1)
    places.enter(due(1), 0.0)
    assert places.has_room(False, PATIENCE_SECONDS)
    places.begins(1, PATIENCE_SECONDS)
    assert not places.has_room(False, PATIENCE_SECONDS), "a turn of many quick exchanges keeps its place"


def test_who_failed_last_time_takes_no_prompt_place_and_has_a_bound_of_its_own() -> None:
    places = Places(2)
    number = 0
    while places.has_room(True, 0.0):
        number += 1
        places.enter(due(number, doubtful=True), 0.0)
    assert number == 8
    assert places.has_room(False, 0.0)


def test_threads_are_bounded_whatever_hangs() -> None:
    places, at, number = Places(3), 0.0, 0
    while places.has_room(False, at):
        number += 1
        places.enter(due(number), at)
        at += PATIENCE_SECONDS
    assert number == 39


def test_who_waited_longest_is_first_and_who_failed_is_last() -> None:
    places = Places(4)
    for number in (3, 1, 2):
        places.enter(due(number), 0.0)
        places.leave(number)
    everybody = [due(1), due(2), due(3), due(4), due(5, doubtful=True)]
    assert [one.id for one in places.in_order(everybody)] == [4, 3, 1, 2, 5]
    places.enter(due(4), 0.0)
    assert 4 not in [one.id for one in places.in_order(everybody)]
