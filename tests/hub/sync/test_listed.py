"""Which keys a listing did not show, and which texts are keys: asked of many at once, as exact as one by one."""

from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Page, Record
from hub.sync.listed import Listed, digests
from hub.sync.telling import identified, is_key

KEYS = st.lists(st.text("01aẩ/", max_size=3), max_size=40)
ANY_KEY = st.text(max_size=4) | st.sampled_from(
    ["", "x" * 500, "x" * 501, "a\u0301", "a\u200b", "a\xa0", "k\0", "\ud800"]
)


@given(st.lists(KEYS, max_size=3), KEYS)
def test_missing_are_those_that_no_page_showed(pages: list[list[str]], held: list[str]) -> None:
    listed = Listed()
    for page in pages:
        listed.add(digests(page))
    shown = {key for page in pages for key in page}
    assert list(listed.missing(held)) == [key for key in held if key not in shown]
    assert listed.count() == len(shown)


@given(st.lists(ANY_KEY, max_size=5))
def test_a_page_stays_as_it_is_exactly_where_each_of_its_keys_is_one(keys: list[str]) -> None:
    page = Page(b"", "", [Record(key, {}, b"x") for key in keys], None)
    told = identified(page)
    assert (told is page) == all(map(is_key, keys))
    assert [record.key for record in told.records] == [key for key in keys if is_key(key)]
