"""What a grant leaves of a dossier's values."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.record.fields import DOSSIER_FIELDS
from hub.record.grant import EVERYTHING, Grant, Group, Sight
from hub.record.merge import Values, flatten
from hub.view import forms
from hub.view.masking import HIDDEN, SINGLY, seen, trimmer, value_seen
from tests.hub.view.saying_everything import SECRETS, filled, hides, secret

NOBODY = Grant()
MASKED = Grant(sights=dict.fromkeys(Group, Sight.MASKED))
SIGHTS = st.dictionaries(st.sampled_from(Group), st.sampled_from(Sight))


def told(shown: Values) -> set[str]:
    """The secrets that can be read."""
    text = orjson.dumps(shown).decode()
    return {name for name in SECRETS if str(secret(name)) in text}


FILLED = {name: value for name, value in filled().items() if name != "events"}


@given(SIGHTS)
def test_no_grant_shows_in_full_what_it_hides_or_masks(sights: dict[Group, Sight]) -> None:
    grant = Grant(sights=sights)
    shown = told(seen(FILLED, grant))
    assert {name for name in shown if hides(grant, name)} == set()
    assert {name for name in SECRETS if not hides(grant, name)} == shown


@given(SIGHTS, st.sets(st.sampled_from(SECRETS)))
def test_a_selection_never_shows_more(sights: dict[Group, Sight], names: set[str]) -> None:
    grant = Grant(sights=sights)
    assert told(trimmer(grant, frozenset(names))(FILLED)) == told(seen(FILLED, grant)) & names


@given(SIGHTS)
def test_one_value_is_shown_as_it_is_within_its_dossier(sights: dict[Group, Sight]) -> None:
    grant = Grant(sights=sights)
    within = dict(flatten(seen(FILLED, grant)))
    alone = {name: value_seen(name, value, grant) for name, value in flatten(FILLED)}
    assert {name: value for name, value in alone.items() if value is not HIDDEN} == within


def test_what_is_no_field_of_ours_is_not_shown() -> None:
    assert seen({"code": "A", "status": "processing", "applicant": {"kind": "citizen"}, "new": "x"}, NOBODY) == {
        "code": "A",
        "status": "processing",
        "applicant": {"kind": "citizen"},
    }
    assert value_seen("new", "x", EVERYTHING) is HIDDEN
    assert value_seen("applicant.new", "x", NOBODY) is HIDDEN


def test_everything_is_shown_as_it_is() -> None:
    assert seen(FILLED, EVERYTHING) == FILLED


def test_a_list_leaves_out_what_is_read_one_by_one() -> None:
    shown = trimmer(EVERYTHING, frozenset(DOSSIER_FIELDS))(FILLED)
    assert FILLED.keys() - shown.keys() == SINGLY


def test_of_a_masked_list_what_was_handed_in_and_paid_for_is_left() -> None:
    shown = seen(FILLED, MASKED)
    assert shown["fees"] == [{name: FILLED["fees"][0][name] for name in ("name", "code", "kind", "collected", "paid")}]
    assert "url" not in shown["documents"][0]
    assert "content" not in shown["supplements"][0]


def test_officers_in_a_list_of_papers_are_officers() -> None:
    grant = Grant(sights={Group.PAPERS: Sight.FULL})
    assert "requested_by" not in seen(FILLED, grant)["supplements"][0]
    assert "fees" not in seen(FILLED, grant)["supplements"][0]
    assert "content" in seen(FILLED, grant)["supplements"][0]


@pytest.mark.parametrize(
    ("form", "value", "masked"),
    [
        (forms.initials, "Nguyễn Văn An", "N***** V** A*"),
        (forms.initials, "An", "A*"),
        (forms.initials, "A", "*"),
        (forms.last_three, "000190000001", "*********001"),
        (forms.last_three, "0900 000 001", "*******001"),
        (forms.last_three, "12345", "*****"),
        (forms.last_three, "--", "***"),
        (forms.year, "1990-04-30", "1990"),
        (forms.year, "không rõ", "***"),
        (forms.mailbox, "duong@example.vn", "d***@example.vn"),
        (forms.mailbox, "d@example.vn", "***@example.vn"),
        (forms.mailbox, "không có", "***"),
        (forms.last_part, "12 Đường Số 3, Phường Bến Nghé", "***, Phường Bến Nghé"),
        (forms.last_part, "Phường Bến Nghé", "***"),
        (forms.last_part, " , Phường Bến Nghé", "***"),
    ],
)
def test_a_masked_value_has_this_form(form: Any, value: str, masked: str) -> None:
    assert form(value) == masked


@given(st.text(st.sampled_from("aBđ07 ,@.-"), min_size=1).filter(str.strip))
@pytest.mark.parametrize("form", [forms.initials, forms.last_three, forms.year, forms.mailbox, forms.last_part])
def test_no_form_holds_the_value(form: Any, value: str) -> None:
    assert value not in form(value)
