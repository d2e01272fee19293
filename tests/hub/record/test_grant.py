"""What a client may see: every part of a dossier is in a group or meant for everybody, and the default is shut."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.record.confidentiality import Level, rank
from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS
from hub.record.grant import EVERYTHING, NOTHING, PROFILES, Grant, Group, Sight, group_of, parts_of

DOCS = Path(__file__).parents[3] / "docs" / "access.md"
CODES = st.none() | st.lists(st.text(min_size=1, max_size=5), min_size=1).map(tuple)
GRANTS = st.builds(
    Grant,
    agencies=CODES,
    procedures=CODES,
    fields=CODES,
    level=st.sampled_from(Level),
    sights=st.dictionaries(st.sampled_from(Group), st.sampled_from(Sight)),
)
# What says nothing of a person or an officer, nor in free words. What is added to the record is noticed here.
OPEN = """
code national_code receipt_number procedure.code procedure.name procedure.field_code procedure.field_name
procedure.level agency.code agency.name status status_text channel submission_place confidentiality applicant.kind
applicant.vneid_verified submitted_at received_at due_at completed_at refused_at returned_at return_method digitised
online_payment timeline.at timeline.status timeline.started_at timeline.due_at
"""


def test_what_everybody_sees_is_this_and_nothing_else() -> None:
    assert parts_of(None) == OPEN.split()


def test_every_field_and_every_column_of_a_list_is_in_one_place() -> None:
    told = [part for group in (*Group, None) for part in parts_of(group)]
    assert len(told) == len(set(told))
    assert set(DOSSIER_FIELDS) <= set(told)
    for name, columns in LIST_FIELDS.items():
        first = "timeline" if name == "events" else name
        for column in columns:
            assert any(f"{first}.{column}".startswith(part) for part in told), (name, column)


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("applicant.name", Group.NAME),
        ("applicant.id_number", Group.IDENTITY),
        ("applicant.something_new", Group.IDENTITY),
        ("applicant.phone", Group.CONTACT),
        ("extra.ghi_chu", Group.CONTENT),
        ("documents.url", Group.PAPERS),
        ("supplements.fees", Group.FEES),
        ("supplements.requested_by", Group.OFFICERS),
        ("timeline.actor", Group.OFFICERS),
        ("events.actor", Group.OFFICERS),
        ("timeline.unit", Group.OFFICERS),
        ("provenance.status", Group.PROVENANCE),
        ("status", None),
        ("applicant.kind", None),
    ],
)
def test_a_part_belongs_to_the_group_of_the_longest_name(name: str, group: Group | None) -> None:
    assert group_of(name) is group


@given(GRANTS)
def test_a_grant_is_read_as_it_was_kept(grant: Grant) -> None:
    read = Grant.read(grant.document())
    assert (read.agencies, read.procedures, read.fields, read.level) == (
        grant.agencies,
        grant.procedures,
        grant.fields,
        grant.level,
    )
    assert all(read.of(group) is grant.of(group) for group in Group)


def test_a_grant_that_was_never_given_shows_nothing_personal() -> None:
    grant = Grant.read(None)
    assert all(grant.of(group) is Sight.HIDDEN for group in Group)
    assert rank(grant.level) == 0
    assert NOTHING.agencies == ()
    assert not NOTHING.sees_all


def test_only_operators_and_the_profile_full_see_what_is_confidential() -> None:
    assert EVERYTHING.sees_all
    assert [name for name, grant in PROFILES.items() if grant.sees_all] == ["full"]
    assert all(grant.of(Group.PROVENANCE) is not Sight.MASKED for grant in PROFILES.values())


def test_no_profile_but_portal_and_full_shows_numbers_or_papers() -> None:
    for name in ("public", "partner"):
        for group in (Group.IDENTITY, Group.CONTACT, Group.PAPERS):
            assert PROFILES[name].of(group) is not Sight.FULL


def test_the_docs_tell_every_group_and_what_is_in_it() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    for group in Group:
        assert rows[group].split(", ") == [f"`{part}`" for part in parts_of(group)], group
    always = re.search(r"^Always shown: (.+)\.$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert always is not None
    assert always[1].split(", ") == [f"`{part}`" for part in parts_of(None)]


def test_the_docs_tell_what_each_profile_shows() -> None:
    text = DOCS.read_text(encoding="utf-8")
    header = re.search(r"^\| profile \| (.+) \|$", text, re.MULTILINE)
    assert header is not None
    assert header[1].split(" | ") == [*Group, "level"]
    for name, grant in PROFILES.items():
        row = re.search(rf"^\| `{name}` \| (.+) \|$", text, re.MULTILINE)
        assert row is not None, name
        assert row[1].split(" | ") == [*(grant.of(group) for group in Group), grant.level], name
