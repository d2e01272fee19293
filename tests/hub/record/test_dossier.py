"""What a source record does to its dossier."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.record.dossier import Dossier, Outcome, Settled, Stored
from hub.record.merge import Merged, Source, flatten, merge

NOW = "2026-06-01T00:00:00Z"


def source(key: str = "1", connector: str = "a", changed_at: str = "", **values: Any) -> Source:
    return Source(connector, key, 0, "agency", changed_at, {"code": "X", "status": "processing"} | values)


def hear(dossier: Dossier, key: str = "1", connector: str = "a", changed_at: str = "", **values: Any) -> Outcome | None:
    """One page with one record."""
    said = source(key, connector, changed_at, **values)
    dossier.hear(said, NOW)
    outcome = dossier.outcome(said.name)
    dossier.before, dossier.voices[said.name].outcome = dossier.settled, None
    return outcome


def test_the_first_record_brings_the_dossier_into_being() -> None:
    dossier = Dossier()
    assert hear(dossier) is Outcome.CREATED
    assert dossier.code == "X"


def test_the_same_record_again_changes_nothing_and_tells_nothing() -> None:
    dossier = Dossier()
    hear(dossier)
    told = list(dossier.new_events)
    assert hear(dossier) is Outcome.UNCHANGED
    assert dossier.new_events == told
    assert hear(dossier, key="2") is Outcome.UNCHANGED


def test_another_connectors_record_is_news_even_if_it_says_the_same() -> None:
    dossier = Dossier()
    hear(dossier)
    assert hear(dossier, connector="b") is Outcome.UPDATED


def test_a_change_of_status_becomes_an_event_at_its_time_in_the_source() -> None:
    dossier = Dossier()
    hear(dossier, changed_at="2026-05-20T01:00:00Z")
    hear(dossier, changed_at="2026-05-21T01:00:00Z", status="completed")
    told = [(event.at, event.status) for event in dossier.new_events]
    assert told == [("2026-05-20T01:00:00Z", "processing"), ("2026-05-21T01:00:00Z", "completed")]


def test_a_status_that_the_source_does_not_date_gets_the_time_of_the_hub() -> None:
    dossier = Dossier()
    hear(dossier)
    assert [event.at for event in dossier.new_events] == [NOW]


def test_a_status_that_an_event_of_the_source_tells_is_not_told_twice() -> None:
    dossier = Dossier()
    hear(dossier, events=[{"at": "2026-05-20T01:00:00Z", "status": "processing", "name": "Thụ lý"}])
    assert len(dossier.new_events) == 1


def test_a_further_entry_of_the_same_file_is_an_event() -> None:
    dossier = Dossier()
    hear(dossier, key="1", events=[{"at": "2026-05-20T01:00:00Z", "name": "New deck"}])
    assert hear(dossier, key="2", events=[{"at": "2026-05-20T01:00:00Z", "name": "New roof"}]) is Outcome.UPDATED


def test_joining_keeps_the_codes_sources_and_events_of_both() -> None:
    one, other = Dossier(id=1), Dossier(id=2)
    hear(one, code="X", key="1")
    hear(other, code="Y", key="2", events=[{"at": "2026-05-20T01:00:00Z", "name": "Thụ lý"}])
    one.join(other)
    assert {code.value for code in one.codes} == {"X", "Y"}
    assert set(one.sources) == {("a", "1"), ("a", "2")}
    assert "Thụ lý" in [event.name for event in one.new_events]
    assert one.joined == [other]


def test_a_source_that_leaves_takes_its_values_codes_and_events_along() -> None:
    dossier = Dossier(id=1)
    hear(dossier, key="1", changed_at="2026-01-01T00:00:00Z", note="first", status="completed")
    step = {"at": "2026-02-01T00:00:00Z", "name": "Thụ lý"}
    hear(dossier, key="2", code="Y", changed_at="2026-02-01T00:00:00Z", note="second", events=[step])
    (voice,) = dossier.release([("a", "2")])
    assert dossier.values["note"] == "first"
    assert [code.value for code in dossier.codes] == ["X"]
    assert [event.status for event in dossier.new_events] == ["completed"]
    assert ([code.value for code in voice.codes], voice.new_events[0].name) == (["Y"], "Thụ lý")


def test_sources_that_share_no_code_any_more_fall_into_parts() -> None:
    dossier = Dossier()
    hear(dossier, key="1", code="X")
    hear(dossier, key="2", code="Y")
    assert [[key for _, key in part] for part in dossier.parts()] == [["1"], ["2"]]
    hear(dossier, key="3", code="000.00.15.H29-260520-0001", national_code="H29.15-260520-0001")
    hear(dossier, key="4", code="X", national_code="000.00.15.H29-260520-0001")
    assert sorted(len(part) for part in dossier.parts()) == [1, 3]


def test_search_text_holds_codes_and_names_without_accents() -> None:
    dossier = Dossier()
    hear(dossier, applicant={"name": "Đặng Thị Mẫu"}, summary="Cấp phiếu lý lịch tư pháp")
    assert "dang thi mau" in dossier.shown.search
    assert "ly lich tu phap" in dossier.shown.search


RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.sampled_from(["1", "2"]),
        st.sampled_from(["accepted", "processing", "completed"]),
        st.sampled_from(["", "2026-05-20T01:00:00Z", "2026-05-21T01:00:00Z"]),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda record: record[:2],
)


@given(RECORDS, st.randoms())
def test_arrival_order_and_repetition_never_change_the_dossiers_values(records: list[Any], random: Any) -> None:
    one, other = Dossier(), Dossier()
    for connector, key, status, changed_at in records:
        hear(one, key, connector, changed_at, status=status)
    for connector, key, status, changed_at in random.sample(records * 2, len(records) * 2):
        hear(other, key, connector, changed_at, status=status)
    assert one.values == other.values


def test_records_of_one_page_are_merged_once_however_many_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    merged: list[int] = []

    def counted(sources: list[Source]) -> Merged:
        merged.append(len(sources))
        return merge(sources)

    monkeypatch.setattr("hub.record.dossier.merge", counted)
    dossier = Dossier()
    for number in range(200):
        dossier.hear(source(str(number), note=str(number)), NOW)
    assert {dossier.outcome(("a", str(number))) for number in range(1, 200)} == {Outcome.UPDATED}
    assert merged == [200]


def test_what_a_page_changed_counts_for_the_records_that_say_otherwise_than_before() -> None:
    dossier = Dossier()
    hear(dossier, key="1", note="old")
    hear(dossier, key="2", note="old")
    for said in (source("1", note="new"), source("2", note="old"), source("3", status="processing")):
        dossier.hear(said, NOW)
    told = [dossier.outcome(("a", key)) for key in "123"]
    assert told == [Outcome.UPDATED, Outcome.UNCHANGED, Outcome.UNCHANGED]


def test_further_rows_of_a_new_dossier_that_say_the_same_change_nothing() -> None:
    dossier = Dossier()
    for said in (
        source("1", note="a"),
        source("2", note="a"),
        source("3", note="b", changed_at="2026-05-20T00:00:00Z"),
    ):
        dossier.hear(said, NOW)
    told = [dossier.outcome(("a", key)) for key in "123"]
    assert told == [Outcome.CREATED, Outcome.UNCHANGED, Outcome.UPDATED]


def test_a_revision_names_the_records_and_codes_that_came_and_went_and_no_others() -> None:
    dossier = Dossier(id=1)
    for key in "123":
        hear(dossier, key=key)
    stored = Stored(dossier.values, dossier.codes, frozenset(dossier.voices))
    dossier.hear(source("4", national_code="H29.15-260520-0001"), NOW)
    dossier.release([("a", "1")])
    changes = stored.changes(dossier)
    assert changes["sources"] == [["a 1"], ["a 4"]]
    assert changes["codes"] == [[], ["H29.15-260520-0001"]]


_LEAVES = st.none() | st.integers(0, 2) | st.lists(st.integers(0, 1), max_size=2)
_GROUPS = st.dictionaries(st.sampled_from("ab"), _LEAVES | st.dictionaries(st.sampled_from("xy"), _LEAVES), max_size=2)


@given(_GROUPS, _GROUPS)
def test_a_revision_names_every_field_that_says_otherwise_and_no_other(
    was: dict[str, Any], now: dict[str, Any]
) -> None:
    dossier = Dossier(id=1, before=Settled(now, 0))
    before, after = dict(flatten(was)), dict(flatten(now))
    fields = {name: [before.get(name), after.get(name)] for name in {*before, *after}}
    said = Stored(was, [], frozenset()).changes(dossier)
    assert said == {name: change for name, change in fields.items() if change[0] != change[1]}
