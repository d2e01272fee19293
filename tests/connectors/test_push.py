"""A connector that is pushed to is checked like any other, and says that there is nothing to ask."""

import pytest

from connectors.errors import Changed
from connectors.push import PUSH
from tests.connectors.desk import check, pull

SETTINGS = {"format": "xml", "records": "HoSo", "key": "MaHoSo"}


def test_check_says_what_it_waits_for_and_asks_nobody() -> None:
    assert check(PUSH, SETTINGS) == [
        "waits for pushes; nothing is asked of the department",
        "reads xml, at most 16,777,216 bytes at a time",
        "speaks SOAP too: the operation `Push` of urn:mot-cua-hub:push",
    ]


def test_a_pull_says_that_there_is_nothing_to_ask() -> None:
    with pytest.raises(Changed, match="pushes by itself") as caught:
        pull(PUSH, SETTINGS)
    assert caught.value.code == "push_only"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"soap": {"operation": "A"}}, "name `data` or `records`"),
        ({"soap": {"data": "a b"}}, "must be the name of an element"),
        ({"format": "json", "soap": {"records": "a"}}, "brings elements"),
        ({"public_address": "hub.example"}, "whole address"),
    ],
)
def test_wrong_settings_are_said(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        PUSH.settings.model_validate(SETTINGS | wrong)
