"""`fields=`: what can be asked for, and what cannot."""

import pytest

from hub.record.grant import EVERYTHING, Grant, Group, Sight
from hub.view.fields import NotSeen, parse_fields


def test_names_are_dotted_and_code_and_status_are_always_there() -> None:
    assert parse_fields("applicant.name, fees.amount", EVERYTHING).names == {
        *("applicant.name", "fees.amount", "code", "status"),
    }


@pytest.mark.parametrize(
    "name", ["id", "due", "stale", "position", "applicant", "documents", "extra", "extra.SoBienLai"]
)
def test_what_every_item_has_groups_lists_and_facts_can_be_named(name: str) -> None:
    assert name in parse_fields(name, EVERYTHING).names


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("aplicant.name", r"`aplicant.name`. Did you mean"),
        ("applicant.nam", r"Did you mean `applicant.name`"),
        ("documents.fil_name", r"Did you mean `documents.file_name`"),
        ("", "names what there is not"),
        ("code,,status", "names what there is not"),
        ("events", "names what there is not"),
        ("extra.", "names what there is not"),
        (",".join(["code"] * 201), "names 201 fields"),
    ],
)
def test_what_there_is_not_is_told_with_what_may_have_been_meant(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_fields(text, EVERYTHING)


@pytest.mark.parametrize(
    "name", ["applicant.name", "documents", "documents.name", "supplements.fees", "extra.x", "note"]
)
def test_what_is_hidden_cannot_be_asked_for(name: str) -> None:
    with pytest.raises(NotSeen, match=f"`{name}`"):
        parse_fields(f"code,{name}", Grant())


def test_what_is_masked_can_be_asked_for() -> None:
    grant = Grant(sights={Group.NAME: Sight.MASKED})
    assert "applicant.name" in parse_fields("applicant.name", grant).names


def test_of_a_group_what_is_shown_of_it_is_meant() -> None:
    assert "applicant" in parse_fields("applicant", Grant()).names
