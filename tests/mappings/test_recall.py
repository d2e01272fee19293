"""A time that is put together from what was read before is the time that the text says."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.engine.dates import HOME, time_reader
from mappings.engine.draft import Unreadable
from mappings.engine.patterns import pattern

# Few parts, so that they come again, and hours that could be minutes.
DAYS = st.sampled_from([(1950, 5, 20), (1976, 12, 31), (1977, 1, 1), (2026, 5, 20), (2026, 3, 1), (2199, 12, 31)])
NUMBERS = st.sampled_from([0, 8, 15, 23])
ENDS = st.sampled_from(["", "", "Z", "+07:00", "+05:30", ".123+07:00", "-1100", "+14", "x", ":60"])
CLOCKS = st.sampled_from(["T%H:%M", " %H:%M", " %H:%M", "T%H:%M:%S", "  %H:%M", "", "+%H:%M", "T24:%M", "T%H:61"])
MOMENTS = st.builds(lambda day, hour, minute: datetime(*day, hour, minute, minute), DAYS, NUMBERS, NUMBERS)
ISO_TEXTS = st.builds(lambda moment, clock, end: moment.strftime("%Y-%m-%d" + clock) + end, MOMENTS, CLOCKS, ENDS)
DAY_TEXTS = st.builds(lambda moment, clock: moment.strftime("%d/%m/%Y" + clock), MOMENTS, CLOCKS)


def _said(form: str, zone: str, text: str, *, afresh: bool) -> str | None:
    # Of two patterns nothing is recalled, and the second reads nothing that the first does not.
    forms = [pattern(form), pattern(form)] if afresh else [pattern(form)]
    try:
        return time_reader(forms, zone, end_of_day=False)(text)
    except Unreadable as unreadable:
        return unreadable.hint


@pytest.mark.parametrize("zone", [HOME, "UTC", "America/St_Johns"])
@pytest.mark.parametrize(
    ("form", "texts"),
    [
        ("iso", ISO_TEXTS),
        ("dd/MM/yyyy HH:mm", DAY_TEXTS),
        ("dd/MM/yyyy mm:HH", DAY_TEXTS),
        ("yyyy-MM-dd HH:mm:ss", ISO_TEXTS),
    ],
)
@given(data=st.data())
def test_a_recalled_time_is_the_one_that_is_read(
    form: str, zone: str, texts: st.SearchStrategy[str], data: st.DataObject
) -> None:
    for text in data.draw(st.lists(texts, min_size=2, max_size=12)):
        for _ in range(2):  # the second time it is known
            assert _said(form, zone, text, afresh=False) == _said(form, zone, text, afresh=True)
