"""What is personal, and that the log of reads repeats nothing that may name somebody."""

from hypothesis import given
from hypothesis import strategies as st

from hub.record.grant import EVERYTHING, Grant, Group, Sight
from hub.record.personal import PERSONAL, personal, shown_groups, traces, without_values

KEY = b"k" * 32


def test_only_what_is_shown_in_full_is_personal() -> None:
    assert personal(EVERYTHING) == PERSONAL
    assert personal(Grant()) == ()
    some = Grant(sights={Group.NAME: Sight.MASKED, Group.CONTACT: Sight.FULL, Group.FEES: Sight.FULL})
    assert personal(some) == (Group.CONTACT,)


def test_chosen_fields_are_personal_by_their_groups() -> None:
    assert shown_groups(EVERYTHING, ["code", "status", "fees", "officer"]) == ()
    assert shown_groups(EVERYTHING, ["code", "applicant.name"]) == (Group.NAME,)
    assert shown_groups(EVERYTHING, ["applicant"]) == (Group.NAME, Group.IDENTITY, Group.CONTACT)
    assert shown_groups(EVERYTHING, ["timeline"]) == (Group.CONTENT,)
    assert shown_groups(EVERYTHING, ["history", "extra.SoBienLai"]) == (Group.CONTENT, Group.PROVENANCE)
    assert shown_groups(Grant(), ["applicant"]) == ()


def test_one_number_has_one_trace_however_it_is_written() -> None:
    written = ("0900000001", "+84 900 000 001", "090.000.0001", "84900000001")
    assert len({tuple(traces(KEY, each)) for each in written}) == 1
    assert traces(KEY, "Nguyễn  Đức")[0] == traces(KEY, "nguyen duc")[0]
    assert set(traces(KEY, "0900000001")) <= set(traces(KEY, "Đức 0900000001"))
    assert traces(b"another", "0900000001") != traces(KEY, "0900000001")
    assert traces(KEY, " - ") == []


@given(st.text(), st.text(min_size=5, alphabet="0123456789"))
def test_no_filter_that_is_not_known_to_be_plain_is_kept(text: str, number: str) -> None:
    asked = {"q": text, "identity": number, "phone": number, "a new one": number, "name": [number, text]}
    kept = without_values(asked, KEY)
    assert all(set(value) == {"traces"} for value in kept.values())
    found = [trace for value in kept.values() for trace in value["traces"]]
    assert all(len(trace) == 24 and int(trace, 16) >= 0 for trace in found)


def test_plain_filters_are_kept_as_they_are() -> None:
    asked = {"status": ["processing", "accepted"], "agency": "000.00.15.H29", "gone": True, "due_to": None}
    assert without_values(asked, KEY) == asked
    assert len(without_values({"agency": "x" * 1000}, KEY)["agency"]) == 200
