"""Conformance when all is well: what pages hold, and that nothing is lost between them."""

# ruff: noqa: S101  (asserts are what tests are made of)
import re
import socket
from contextlib import closing
from itertools import islice, zip_longest

import pytest
from pydantic import ValidationError

from connectors.conformance.network import HOST, line_to, moved, place_in
from connectors.conformance.subject import Subject, contents, items_of, keys_of, last_bookmark, some
from connectors.contract import Page, Record
from connectors.errors import BadRecord, ConnectorError

_KEY = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,500}")
_FOREIGN = "a bookmark of other settings"
_HANG_UP_SECONDS = 1


class Reading(Subject):
    """`check` and `pull` of a system that works."""

    def test_check_can_be_repeated(self, address: str) -> None:
        with self._open(address) as connector:
            first = list(connector.check())
            assert first, "`check` must yield a sentence for each step that passed"
            for sentence in first:
                assert sentence.strip() == sentence, f"`check` must yield sentences, this is {sentence!r}"
                assert "\n" not in sentence, f"`check` must yield sentences of one line, this is {sentence!r}"
            assert list(connector.check()) == first, "`check` says something else the second time"

    def test_opening_touches_no_network(self, address: str) -> None:
        self._needs_network()
        with closing(socket.create_server((HOST, 0))) as listener:
            with self._open(moved(address, listener.getsockname()[1])):
                pass
            listener.settimeout(0)
            try:
                listener.accept()[0].close()
            except BlockingIOError:
                return
        raise AssertionError(
            "`open` touches the network: leave that to `check` and `pull`, or a system that is down looks like a typo"
        )

    def test_an_unknown_setting_is_refused(self, address: str) -> None:
        try:
            self._settings({**self.settings(address), "no_such_setting": 1})
        except ValidationError:
            return
        raise AssertionError("a setting that does not exist is taken: derive from `connectors.settings.Settings`")

    def test_every_setting_is_described(self) -> None:
        fields = self.connector_type.settings.model_fields
        silent = [name for name, field in fields.items() if not (field.description or "").endswith(".")]
        assert silent == [], f"{some(silent)} needs a `description` that is a sentence: documents and editors show it"

    def test_a_pull_ends_and_brings_more_than_one_page(self, address: str) -> None:
        assert len(self._pull(address, None)) > 1, "`address` must have more records than one page holds"

    def test_a_pull_brings_everything_there_is(self, address: str) -> None:
        if not self.all_keys:
            pytest.skip("the test does not say what there is: give `all_keys`")
        came = set(keys_of(self._pull(address, None)))
        assert came == set(self.all_keys), (
            f"`pull` never brings {some(set(self.all_keys) - came) or 'too little'}, "
            f"and brings {some(came - set(self.all_keys)) or 'nothing'} that is not there"
        )

    def test_pages_are_as_the_contract_says(self, address: str) -> None:
        for number, page in enumerate(self._pull(address, None), start=1):
            _check_page(page, f"page {number}")
            for item in items_of([page]):
                _check_item(item, f"record {item.key!r}")

    def test_pages_are_no_larger_than_asked_for(self, address: str) -> None:
        asked = self.settings(address).get("page_size")
        if asked is None:
            pytest.skip("the settings name no `page_size`")
        longest = max(len(page.records) + len(page.bad) for page in self._pull(address, None))
        assert longest <= asked, f"a page brings {longest} records where `page_size` is {asked}"

    def test_keys_and_raw_bytes_are_the_same_in_every_pull(self, address: str) -> None:
        first, second = (contents(self._pull(address, None)) for _ in range(2))
        assert first.keys() == second.keys(), f"keys differ from pull to pull: {some(first.keys() ^ second.keys())}"
        unstable = [key for key, raw in first.items() if second[key] != raw]
        assert unstable == [], (
            f"the `raw` bytes of {some(unstable)} differ from pull to pull, though nothing changed: every run would "
            "store them anew. Give the record's own bytes in a form that does not vary"
        )

    def test_pulling_from_the_last_bookmark_yields_nothing_new(self, address: str) -> None:
        pages = self._pull(address, None)
        new = contents(self._pull(address, last_bookmark(pages))).items() - contents(pages).items()
        assert new == set(), f"a pull from the last bookmark brings what the first did not: {some(k for k, _ in new)}"

    def test_stopping_halfway_and_resuming_loses_nothing(self, address: str) -> None:
        everything = self._pull(address, None)
        for stop in range(1, len(everything)):
            with self._open(address) as connector:
                first = list(islice(connector.pull(None), stop))
            bookmark = last_bookmark(first)
            lost = contents(everything).items() - contents([*first, *self._pull(address, bookmark)]).items()
            assert lost == set(), (
                f"after {stop} of {len(everything)} pages and a pull from their bookmark {bookmark!r}, "
                f"{some(key for key, _ in lost)} never came: the bookmark is ahead of its page"
            )

    def test_a_bookmark_of_other_settings_is_an_error_or_no_matter(self, address: str) -> None:
        try:
            self._pull(address, _FOREIGN)
        except ConnectorError:
            return
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(
                f"`pull` let a {type(error).__name__} out over a bookmark that other settings made ({error}); "
                "raise `Changed`, or begin from the beginning"
            ) from error

    def test_two_open_lines_do_not_disturb_each_other(self, address: str) -> None:
        expected = keys_of(self._pull(address, None))
        pages: tuple[list[Page], list[Page]] = ([], [])
        with self._open(address) as one, self._open(address) as other:
            for pair in zip_longest(one.pull(None), other.pull(None)):
                for brought, page in zip(pages, pair, strict=True):
                    brought.extend([page] if page else [])
        assert [keys_of(brought) for brought in pages] == [expected, expected], (
            "two connectors of this type that are open at once bring other records than one: they share something"
        )

    def test_a_closed_line_leaves_no_connection_open(self, address: str) -> None:
        self._needs_network()
        with line_to(place_in(address)) as line:
            with self._open(moved(address, line.door.port)) as connector:
                unfinished = connector.pull(None)
                next(unfinished)
            assert line.door.wait_until_closed(_HANG_UP_SECONDS), (
                "a connection is still open after the block of `open` has ended: close it there, also half-way"
            )


def _check_page(page: Page, which: str) -> None:
    assert isinstance(page, Page), f"`pull` must yield pages, this is {page!r}"
    assert isinstance(page.payload, bytes), f"the payload of {which} must be the bytes as received"
    assert "/" in page.media_type, f"the media type of {which} must be one such as application/json"
    bookmark: object = page.bookmark
    assert bookmark is None or (isinstance(bookmark, str) and bookmark), (
        f"the bookmark of {which} must be a text or None, this is {bookmark!r}"
    )
    assert page.total is None or page.total >= 0, f"the total of {which} is {page.total}"


def _check_item(item: Record | BadRecord, which: str) -> None:
    assert isinstance(item.key, str), f"the key of {which} must be a text"
    assert _KEY.fullmatch(item.key), f"the key of {which} must have 1 to 500 characters and no control characters"
    assert isinstance(item.raw, bytes), f"the `raw` of {which} must be bytes"
    assert item.raw, f"the `raw` of {which} is empty: a change of the record would not be noticed"
    if isinstance(item, Record) and item.changed_at is not None:
        assert item.changed_at.utcoffset() is not None, (
            f"`changed_at` of {which} names no time zone ({item.changed_at}): give an aware datetime"
        )
