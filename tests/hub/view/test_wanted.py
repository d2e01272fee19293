"""A filter as a document: the names, checks and refusals of the parameters of a list."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.record.grant import EVERYTHING, PROFILES, Grant, Group, Sight
from hub.record.standing import Moment, Standing
from hub.store.filters import Due, Filter
from hub.view.fields import NotSeen
from hub.view.wanted import read_filter

NOW = datetime(2026, 5, 22, 3, tzinfo=UTC)
NEAR = timedelta(days=3)


def read(document: dict[str, Any], grant: Grant = EVERYTHING) -> Filter:
    return read_filter(document, grant, NOW, NEAR)


def test_an_empty_document_is_the_empty_filter() -> None:
    assert read({}) == Filter()


def test_days_are_vietnams_and_the_last_one_is_included() -> None:
    wanted = read({"received_from": "2026-05-02", "received_to": "2026-05-02"})
    assert (wanted.received_from, wanted.received_to) == ("2026-05-01T17:00:00Z", "2026-05-02T17:00:00Z")


def test_names_are_those_of_the_parameters() -> None:
    said = {"q": "an", "name": "Đỗ An", "online_level": "full", "status": "processing,accepted", "due": "overdue"}
    assert read(said) == Filter(
        words="an",
        name_is="Đỗ An",
        level="full",
        status=("processing", "accepted"),
        due=Due(Standing.OVERDUE, Moment.at(NOW, NEAR)),
    )


def test_statuses_may_be_a_list_too() -> None:
    assert read({"status": ["processing"]}).status == ("processing",)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"agency": "H29,H30"}, "`agency` takes one code, not several with commas"),
        ({"statu": "processing"}, "`statu` is not known here. Did you mean `status`"),
        ({"status": "procesing"}, "Did you mean `processing`"),
        ({"status": ""}, "`status` cannot be"),
        ({"received_from": "2026-05-02", "received_to": "2026-05-01"}, "`received_from` is later than `received_to`"),
        ({"due_to": "soon"}, "neither a day"),
        ({"agency": "A\0"}, "NUL"),
        ({"agency": ["A"]}, "`agency`"),
        ({"gone": "perhaps"}, "`gone`"),
    ],
)
def test_what_is_wrong_is_told_in_sentences(document: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read(document)


NEEDS = {
    "identity": [Group.IDENTITY],
    "phone": [Group.CONTACT],
    "name": [Group.NAME],
    "q": [Group.NAME, Group.CONTENT],
    "connector": [Group.PROVENANCE],
}


@pytest.mark.parametrize("name", [*NEEDS, "conflicts"])
@pytest.mark.parametrize("sight", [Sight.HIDDEN, Sight.MASKED])
def test_nobody_filters_by_what_is_not_shown_in_full(name: str, sight: Sight) -> None:
    for group in NEEDS.get(name, [Group.PROVENANCE]):
        grant = Grant(sights=dict.fromkeys(Group, Sight.FULL) | {group: sight})
        with pytest.raises(NotSeen, match=f"`{name}` asks for data of the group `{group}`"):
            read({name: "true"}, grant)
    assert read({name: "true"}) != Filter()


def test_every_profile_filters_by_what_is_open() -> None:
    for profile in PROFILES.values():
        assert read({"agency": "H29", "status": "processing", "due": "overdue"}, profile).agency == "H29"
