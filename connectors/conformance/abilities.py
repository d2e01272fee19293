"""Conformance of what a connector may be able to do besides: discover, warn, fetch one record, list a period."""

# ruff: noqa: S101  (asserts are what tests are made of)
from datetime import datetime

import pytest

from connectors.conformance.subject import WHOLE_PERIOD, Subject, contents, items_of, keys_of, some
from connectors.contract import Describes, Discovers, Fetches, Lists, Record, Spans, Warns, Whole
from connectors.errors import BadRecord, ConnectorError

_UNABLE = "the connector has not this ability"
_NO_SUCH_KEY = "no-such-key"


class Abilities(Subject):
    """The optional protocols of `connectors.contract`."""

    def test_discover_describes_the_same_each_time(self, address: str) -> None:
        with self._open(address) as connector:
            if not isinstance(connector, Discovers):
                pytest.skip(_UNABLE)
            found, again = connector.discover(), connector.discover()
        assert found.operations or found.problems, "`discover` finds no operation and says of none what is wrong"
        places = [(operation.name, operation.place) for operation in found.operations]
        assert len(places) == len(set(places)), "`discover` names the same operation at the same place twice"
        assert found.fingerprint, "`discover` gives no fingerprint, so nobody would notice that the interface changed"
        assert found.fingerprint == again.fingerprint, "the fingerprint differs though nothing changed"
        self._shows_no_secret(address, repr(found), "what `discover` says")

    def test_what_a_line_has_read_of_the_description_is_what_discover_finds(self, address: str) -> None:
        with self._open(address) as connector:
            if not isinstance(connector, Describes):
                pytest.skip(_UNABLE)
            list(connector.check())
            read = connector.described_as()
            found = connector.discover().fingerprint if isinstance(connector, Discovers) else read
        assert read in (None, found), "`described_as` is not the fingerprint of `discover`, though nothing changed"

    def test_warnings_ask_nothing_and_say_until_when(self, address: str, dead_address: str) -> None:
        with self._open(dead_address) as connector:
            if not isinstance(connector, Warns):
                pytest.skip(_UNABLE)
            warnings = list(connector.warnings())
        with self._open(address) as connector:
            assert isinstance(connector, Warns)
            list(connector.check())
            warnings += connector.warnings()
        for warning in warnings:
            assert warning.code, f"the warning “{warning.sentence}” has no code"
            assert warning.sentence.strip(), f"the warning `{warning.code}` has no sentence"
            assert warning.until is None or warning.until.utcoffset() is not None, (
                f"`until` of the warning `{warning.code}` names no time zone ({warning.until}): give an aware datetime"
            )
            self._shows_no_secret(address, warning.sentence, "a warning")

    def test_fetch_brings_the_one_record(self, address: str) -> None:
        with self._open(address) as connector:
            if not isinstance(connector, Fetches):
                pytest.skip(_UNABLE)
            key = keys_of(self._pull(address, None))[0]
            page = connector.fetch(key)
        assert keys_of([page]) == [key], f"`fetch({key!r})` brought {some(keys_of([page])) or 'nothing'}"
        assert page.bookmark is None, "`fetch` must leave the bookmark as it is: its page's bookmark is None"

    def test_fetching_what_is_not_there_brings_no_record(self, address: str) -> None:
        with self._open(address) as connector:
            if not isinstance(connector, Fetches):
                pytest.skip(_UNABLE)
            try:
                page = connector.fetch(_NO_SUCH_KEY)
            except ConnectorError as error:
                raise AssertionError(
                    f"`fetch` of a key that the system does not know raised {type(error).__name__} (“{error}”); "
                    "it must be a page without records"
                ) from error
        assert keys_of([page]) == [], f"`fetch` of a key that is not there brought {some(keys_of([page]))}"

    def test_what_was_kept_can_be_read_again(self, address: str) -> None:
        reread, settings = self.connector_type.reread, self._settings(self.settings(address))
        if reread is None:
            pytest.skip(_UNABLE)
        pages = self._pull(address, None)
        with self._open(address) as connector:
            if isinstance(connector, Fetches):
                pages.append(connector.fetch(keys_of(pages)[0]))
        for number, page in enumerate(pages, start=1):
            again = {_seen(item) for item in reread(settings, page.payload, page.media_type)}
            lost = {_seen(item) for item in items_of([page])} - again
            assert lost == set(), (
                f"`reread` does not find {some(key for key, *_ in lost)} in the payload of page {number} as `pull` or "
                "`fetch` did: the same key, `raw` bytes and `changed_at`. A payload must be enough by itself"
            )

    def test_a_period_lists_what_a_pull_brings(self, address: str) -> None:
        with self._open(address) as connector:
            if not isinstance(connector, Lists):
                pytest.skip(_UNABLE)
            pulled = contents(self._pull(address, None)).keys()
            listed = list(connector.keys(*WHOLE_PERIOD))
            count = connector.count(*WHOLE_PERIOD)
        twice = {key for key in listed if listed.count(key) > 1}
        assert twice == set(), f"`keys` names {some(twice)} more than once"
        assert set(listed) == pulled, f"`keys` and `pull` do not agree on {some(set(listed) ^ pulled)}"
        assert count in (None, len(listed)), f"`count` says {count} where `keys` names {len(listed)}"

    def test_a_period_begins_with_its_start_and_ends_before_its_end(self, address: str) -> None:
        with self._open(address) as connector:
            if not isinstance(connector, Lists):
                pytest.skip(_UNABLE)
            records = [record for page in self._pull(address, None) for record in page.records]
            times = sorted(record.changed_at for record in records if record.changed_at is not None)
            if not times:
                pytest.skip("no record says when it changed")
            start, end, middle = *WHOLE_PERIOD, times[len(times) // 2]
            before, after = set(connector.keys(start, middle)), set(connector.keys(middle, end))
            whole = set(connector.keys(start, end))
        assert before.isdisjoint(after), f"{some(before & after)} is in two periods that only meet"
        assert before | after == whole, "two periods that meet do not list what one does"

    def test_a_pulled_period_has_all_that_changed_in_it_and_no_bookmark(self, address: str) -> None:
        records = [record for page in self._pull(address, None) for record in page.records]
        dated = sorted((record.changed_at, record.key) for record in records if record.changed_at is not None)
        with self._open(address) as connector:
            if not isinstance(connector, Spans):
                pytest.skip(_UNABLE)
            if not dated:
                pytest.skip("no record says when it changed")
            middle = dated[len(dated) // 2][0]
            spans = ((WHOLE_PERIOD[0], middle), (middle, WHOLE_PERIOD[1]))
            found = [list(connector.pull_period(*span)) for span in spans]
            assert connector.spans_cheaply() in (True, False)
        assert {page.bookmark for pages in found for page in pages} <= {None}, "`pull_period` moves the bookmark"
        for (start, end), pages in zip(spans, found, strict=True):
            expected = {key for at, key in dated if start <= at < end}
            pulled = {record.key for page in pages for record in page.records if record.changed_at is not None}
            assert pulled == expected, f"`pull_period` and `pull` do not agree on {some(pulled ^ expected)}"

    def test_a_whole_listing_says_since_when_with_a_zone(self, address: str) -> None:
        with self._open(address) as connector:
            if not isinstance(connector, Whole):
                pytest.skip(_UNABLE)
            since = connector.whole_since()
            assert connector.lists_steadily() in (True, False)
        assert since is None or since.utcoffset() is not None, "`whole_since` gives a time without a zone"


def _seen(item: Record | BadRecord) -> tuple[str, bytes, datetime | None]:
    return item.key, item.raw, item.changed_at if isinstance(item, Record) else None
