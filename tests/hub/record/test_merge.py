"""Several sources, one dossier."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.record.merge import Source, flatten, merge, merged_values, nest

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


def test_a_field_that_only_the_weaker_source_knows_is_kept() -> None:
    merged = merge([source("a", 10, status="processing"), source("b", applicant__phone="0900000000")])
    assert merged.values == {"status": "processing", "applicant": {"phone": "0900000000"}}


def test_every_claim_is_kept_with_its_source_the_believed_one_first() -> None:
    strong, weak = source("a", 10, status="processing"), source("b", status="completed")
    claims = merge([weak, strong]).claims["status"]
    assert [(claim.source.connector, claim.value) for claim in claims] == [("a", "processing"), ("b", "completed")]
