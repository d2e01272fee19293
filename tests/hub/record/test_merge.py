"""Several sources, one dossier."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.record.confidentiality import rank
from hub.record.merge import Source, flatten, merge, merged_values, nest

DAYS_OF_CHANGES = st.sampled_from(["", "2026-05-20T00:00:00Z", "2026-05-21T00:00:00Z"])
NAMES = st.sampled_from(["code", "status", "applicant.name", "applicant.phone", "procedure.code", "documents"])
VALUES = st.dictionaries(NAMES, st.sampled_from(["a", "b", "c"]), min_size=1).map(lambda fields: nest(fields.items()))
SOURCES = st.lists(
    st.builds(
        Source,
        connector=st.sampled_from(["x", "y", "z"]),
        key=st.sampled_from(["1", "2", "3"]),
        precedence=st.integers(0, 2),
        scope=st.just("agency"),
        changed_at=st.sampled_from(["", "2026-05-20T01:15:00Z", "2026-05-21T01:15:00Z"]),
        values=VALUES,
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda source: (source.connector, source.key),
)


def source(connector: str, precedence: int = 0, changed_at: str = "", **fields: Any) -> Source:
    values = nest((name.replace("__", "."), value) for name, value in fields.items())
    return Source(connector, "1", precedence, "agency", changed_at, values)


@given(SOURCES, st.randoms())
def test_the_order_of_the_sources_changes_nothing(sources: list[Source], random: Any) -> None:
    shuffled = random.sample(sources, len(sources))
    assert merge(shuffled).values == merge(sources).values
    assert merged_values(shuffled) == merge(sources).values


@given(VALUES)
def test_flattened_fields_nest_to_the_same_values(values: dict[str, Any]) -> None:
    assert nest(flatten(values)) == values


def test_the_higher_precedence_is_believed_even_when_it_is_older() -> None:
    old = source("city", 10, "2026-01-01T00:00:00Z", applicant__name="Lê Thị Mẫu")
    new = source("district", 0, "2026-05-01T00:00:00Z", applicant__name="LE THI MAU")
    assert merge([new, old]).values == {"applicant": {"name": "Lê Thị Mẫu"}}


def test_of_equals_the_later_change_is_believed() -> None:
    older = source("a", changed_at="2026-01-01T00:00:00Z", status="processing")
    newer = source("b", changed_at="2026-05-01T00:00:00Z", status="completed")
    assert merge([newer, older]).values == {"status": "completed"}


def test_where_the_dossier_stands_is_what_the_later_change_says_whatever_the_precedence() -> None:
    trusted = source("city", 10, "2026-05-20T00:00:00Z", status="processing", summary="city")
    ahead = source("district", 0, "2026-05-21T00:00:00Z", status="completed", summary="district")
    assert merge([trusted, ahead]).values == {"status": "completed", "summary": "city"}


def test_what_goes_with_the_status_comes_from_sources_that_agree_on_it() -> None:
    behind = source("a", 10, "2026-05-20T00:00:00Z", status="completed", completed_at="2026-05-19T00:00:00Z")
    ahead = source("b", 0, "2026-05-21T00:00:00Z", status="supplement_requested")
    agrees = source("c", 0, "2026-05-18T00:00:00Z", status="supplement_requested", status_text="Bổ sung")
    assert merge([behind, ahead, agrees]).values == {"status": "supplement_requested", "status_text": "Bổ sung"}


def test_a_source_that_does_not_say_when_it_changed_is_as_late_as_the_times_that_it_tells() -> None:
    first = source("a", note="first", received_at="2025-07-01T00:00:00Z")
    later = source("b", note="later", received_at="2025-11-01T00:00:00Z")
    assert merge([first, later]).values["note"] == "later"


@pytest.mark.parametrize("strict", ["limited", "sensitive"])
def test_the_most_confidential_counts_whatever_the_precedence(strict: str) -> None:
    trusted = replace(
        source("city", 10, "2026-05-21T00:00:00Z", confidentiality="normal", summary="city"),
        precedence_for={"confidentiality": 100},
    )
    weak = source("district", 0, "2026-05-20T00:00:00Z", confidentiality=strict, summary="district")
    merged = merge([trusted, weak])
    assert merged.values == {"confidentiality": strict, "summary": "city"}
    assert [claim.source for claim in merged.claims["confidentiality"]] == [weak, trusted]  # and provenance says so
    assert merged.conflicts == 2


LEVELS = st.sampled_from(["normal", "limited", "sensitive", None])


@given(st.lists(st.tuples(st.integers(0, 2), DAYS_OF_CHANGES, LEVELS), min_size=1, max_size=6), st.randoms())
def test_no_order_precedence_or_time_makes_a_dossier_less_confidential(said: list[Any], random: Any) -> None:
    sources = [
        source(f"{at}", precedence, changed, status="a", **({} if level is None else {"confidentiality": level}))
        for at, (precedence, changed, level) in enumerate(said)
    ]
    merged = merge(random.sample(sources, len(sources)))
    assert rank(merged.values.get("confidentiality")) == max(rank(level) for *_, level in said)
    assert merged == merge(sources)


def test_a_field_that_only_the_weaker_source_knows_is_kept() -> None:
    merged = merge([source("a", 10, status="processing"), source("b", applicant__phone="0900000000")])
    assert merged.values == {"status": "processing", "applicant": {"phone": "0900000000"}}


def test_every_claim_is_kept_with_its_source_the_believed_one_first() -> None:
    strong, weak = source("a", 10, status="processing"), source("b", status="completed")
    claims = merge([weak, strong]).claims["status"]
    assert [(claim.source.connector, claim.value) for claim in claims] == [("a", "processing"), ("b", "completed")]


def test_a_precedence_for_a_field_beats_that_of_its_group_which_beats_that_of_the_source() -> None:
    values = {"applicant": {"name": "b", "phone": "2"}, "note": "b"}
    particular = {"applicant": 20, "applicant.phone": 1}
    weak = Source("b", "1", 0, "agency", "", values, particular)
    strong = source("a", 10, applicant__name="a", applicant__phone="1", note="a")
    assert merge([weak, strong]).values == {"applicant": {"name": "b", "phone": "1"}, "note": "a"}


def test_a_precedence_for_where_a_dossier_stands_goes_before_the_later_change() -> None:
    late = source("a", 10, "2026-05-21T00:00:00Z", due_at="2026-06-01T00:00:00Z")
    named = Source("b", "1", 0, "agency", "2026-05-20T00:00:00Z", {"due_at": "2026-06-05T00:00:00Z"}, {"due_at": 5})
    assert merge([late, named]).values == {"due_at": "2026-06-05T00:00:00Z"}


def test_what_is_returned_keeps_the_end_of_the_source_that_still_says_completed() -> None:
    behind = source("a", 0, "2026-05-20T00:00:00Z", status="completed", completed_at="2026-05-19T00:00:00Z")
    ahead = source("b", 0, "2026-05-21T00:00:00Z", status="returned", returned_at="2026-05-21T00:00:00Z")
    merged = merge([behind, ahead]).values
    assert (merged["completed_at"], merged["returned_at"]) == ("2026-05-19T00:00:00Z", "2026-05-21T00:00:00Z")


def test_a_step_of_the_progress_tells_the_status_and_nothing_else_of_a_dossier() -> None:
    whole = source("a", 0, "2026-05-20T00:00:00Z", code="X", status="processing")
    said = {"code": "Y", "status": "completed"}
    step = Source("b", "1", 99, "agency", "2026-05-21T00:00:00Z", said, {"code": 99}, "event")
    merged = merge([step, whole])
    assert (merged.values, merged.conflicts) == ({"code": "X", "status": "completed"}, 1)
    assert merge([step]).values == said


def test_of_two_completions_the_one_before_the_reopening_is_not_believed_of_a_stronger_source() -> None:
    stale = source("b", 10, "2026-05-01T00:00:00Z", status="completed", completed_at="2026-05-01T00:00:00Z")
    again = {"completed_at": "2026-05-19T00:00:00Z", "returned_at": "2026-05-20T00:00:00Z"}
    now = source("a", 0, "2026-05-20T00:00:00Z", status="returned", **again)
    merged = merge([stale, now])
    assert merged.values == {"status": "returned", **again}
    particular = Source("b", "1", 0, "agency", stale.changed_at, stale.values, {"completed_at": 5})
    assert merge([particular, now]).values["completed_at"] == "2026-05-01T00:00:00Z"


def step(status: str, at: str, precedence: int = 0) -> Source:
    """Of `at`, and written down long after."""
    said = {"code": "X", "status": status, "events": [{"at": at, "status": status}]}
    return Source("c", f"{status} {at}", precedence, "agency", "2026-06-30T00:00:00.000000Z", said, {}, "event")


@pytest.mark.parametrize(
    ("undated", "steps", "status"),
    [
        # Only when it was received is known of it: that it was returned may be later than the step.
        ({"status": "returned"}, [step("processing", "2026-05-02T00:00:00Z")], "returned"),
        ({"status": "returned"}, [step("processing", "2026-05-02T00:00:00Z", 1)], "processing"),  # a stronger source's
        # A step that usually comes after what it says is news to it.
        ({"status": "processing"}, [step("completed", "2026-05-02T00:00:00Z")], "completed"),
        ({"status": "processing"}, [step("completed", "2026-04-30T00:00:00Z")], "processing"),
        # It tells when it was returned, or a step does: then what came later is a reopening.
        (
            {"status": "returned", "returned_at": "2026-05-03T00:00:00Z"},
            [step("processing", "2026-05-04T00:00:00Z")],
            "processing",
        ),
        (
            {"status": "returned"},
            [step("returned", "2026-05-03T00:00:00Z"), step("processing", "2026-05-04T00:00:00Z")],
            "processing",
        ),
    ],
)
def test_an_undated_record_keeps_its_status_unless_a_later_step_usually_comes_after_it(
    undated: dict[str, str], steps: list[Source], status: str
) -> None:
    whole = source("a", 0, "", received_at="2026-05-01T00:00:00Z", **undated)
    assert merge([*steps, whole]).values["status"] == status


def test_a_step_is_weighed_by_what_it_tells_and_not_by_when_it_was_written_down() -> None:
    whole = source("a", 0, "2026-05-20T00:00:00.500000Z", status="processing")
    assert merge([whole, step("completed", "2026-05-20T00:00:00Z")]).values["status"] == "processing"
    assert merge([whole, step("completed", "2026-05-20T00:00:01Z")]).values["status"] == "completed"


STATUSES = st.sampled_from(["accepted", "processing", "completed", "returned"])
DAYS = st.sampled_from([f"2026-05-0{day}T00:00:00Z" for day in range(1, 5)])
WHOLES = st.builds(
    lambda name, precedence, changed_at, status, received: source(
        name, precedence, changed_at, status=status, received_at=received
    ),
    st.sampled_from("ab"),
    st.integers(0, 1),
    st.just("") | DAYS,
    STATUSES,
    DAYS,
)


@given(
    st.lists(WHOLES, min_size=1, max_size=2, unique_by=lambda one: one.name),
    st.lists(st.builds(step, STATUSES, DAYS, st.integers(0, 1)), max_size=4, unique_by=lambda one: one.name),
    st.randoms(),
)
def test_the_order_of_records_and_steps_changes_nothing(wholes: list[Source], steps: list[Source], random: Any) -> None:
    sources = [*wholes, *steps]
    assert merge(random.sample(sources, len(sources))) == merge(sources)
