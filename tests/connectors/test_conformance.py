"""The conformance suite passes a connector that keeps the contract, and says of each that does not what is wrong."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel

from connectors.conformance import ConnectorConformance
from connectors.conformance.network import free_port, moved
from connectors.contract import Connector, ConnectorType, Record, Retry
from connectors.errors import Unavailable
from connectors.new_type import test_ledger as sound
from connectors.new_type.ledger import Ledger, LedgerSettings
from tests.connectors import able_ledgers as able
from tests.connectors import wrong_ledgers as wrong

TESTS = [name for name in dir(ConnectorConformance) if name.startswith("test_")]
Opening = Callable[[Any, Retry], AbstractContextManager[Connector]]


def suite(
    open_: Opening, model: type[BaseModel] = LedgerSettings, patience: float = 20.0, secret: str = sound.ADMITS
) -> ConnectorConformance:
    """The conformance tests of a type as a third party would write them."""

    class Suite(sound.TestLedger):
        connector_type = ConnectorType(settings=model, open=open_)
        patience_seconds = patience

        def settings(self, address: str) -> dict[str, Any]:
            given = {**super().settings(address), "password": secret}
            return {name: value for name, value in given.items() if name in model.model_fields}

    return Suite()


def of(kind: type[Ledger], **given: Any) -> ConnectorConformance:
    return suite(lambda settings, retry: nullcontext(kind(settings, retry)), **given)


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """What the tests of a suite ask for, by the name of the fixture."""
    with ExitStack() as stack:
        address = stack.enter_context(sound.ledger())
        yield {
            "address": address,
            "refusing_address": stack.enter_context(sound.ledger(sound.OtherDesk)),
            "dead_address": moved(address, free_port()),
        }


@pytest.fixture
def run(addresses: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[[ConnectorConformance, str], None]:
    """Run one test of a suite."""

    def run_one(tests: ConnectorConformance, name: str) -> None:
        given: dict[str, Any] = {**addresses, "monkeypatch": monkeypatch}
        test = getattr(tests, name)
        test(**{each: given[each] for each in inspect.signature(test).parameters})

    return run_one


Run = Callable[[ConnectorConformance, str], None]
Rereading = Callable[[Any, bytes, str], Sequence[Record]]


@pytest.mark.parametrize("name", TESTS)
def test_a_connector_that_keeps_the_contract_passes(run: Run, name: str) -> None:
    run(of(able.Able), name)


KEPT = "test_what_was_kept_can_be_read_again"


def rereads(reread: Rereading) -> ConnectorConformance:
    tests = of(Ledger)
    type(tests).connector_type = replace(type(tests).connector_type, reread=reread)
    return tests


def test_a_payload_that_is_read_again_as_it_came_passes(run: Run) -> None:
    run(rereads(lambda _, payload, __: able.entries(payload)), KEPT)


@pytest.mark.parametrize(
    "wrong_again",
    [
        lambda _, payload, __: able.entries(payload)[1:],
        lambda _, payload, __: [one._replace(raw=b"x") for one in able.entries(payload)],
        lambda _, payload, __: [one._replace(changed_at=None) for one in able.entries(payload)],
        lambda _, payload, __: [one._replace(key=f"{one.key}-1") for one in able.entries(payload)],
    ],
)
def test_a_payload_that_is_read_again_otherwise_is_found(run: Run, wrong_again: Rereading) -> None:
    with pytest.raises(AssertionError, match="`reread` does not find"):
        run(rereads(wrong_again), KEPT)


STOPPING = "test_stopping_halfway_and_resuming_loses_nothing"
SAME = "test_keys_and_raw_bytes_are_the_same_in_every_pull"
FORM = "test_pages_are_as_the_contract_says"
ENDS = "test_a_pull_ends_and_brings_more_than_one_page"
CHECK = "test_check_can_be_repeated"
DEAD = "test_a_dead_host_is_unavailable_and_keeps_secrets"
REFUSED = "test_401_is_refused_and_keeps_secrets"
SILENT = "test_a_silent_system_is_unavailable_in_time"
TRICKLE = "test_an_answer_that_trickles_for_ever_is_unavailable_in_time"
FLOOD = "test_an_answer_without_end_is_not_swallowed"
OTHER = "test_an_answer_of_another_protocol_is_an_error_of_ours"
CUT = "test_an_answer_that_is_cut_off_is_unavailable_and_loses_nothing"
ONCE = "test_a_line_that_breaks_once_is_asked_again_through_retry"
WAITING = "test_waiting_and_asking_again_are_left_to_retry"
SHOWN = "test_settings_do_not_show_secrets"
DISCOVER = "test_discover_describes_the_same_each_time"
READ = "test_what_a_line_has_read_of_the_description_is_what_discover_finds"
WARNS = "test_warnings_ask_nothing_and_say_until_when"
FETCH = "test_fetch_brings_the_one_record"
PERIOD = "test_a_period_lists_what_a_pull_brings"
SPAN = "test_a_pulled_period_has_all_that_changed_in_it_and_no_bookmark"


@pytest.mark.parametrize(
    ("kind", "test", "sentence"),
    [
        (wrong.BookmarkAhead, STOPPING, "the bookmark is ahead of its page"),
        (wrong.ResumesTooLate, STOPPING, r"'26-002' never came"),
        (wrong.NewKeys, SAME, "keys differ from pull to pull"),
        (wrong.AlwaysNew, "test_pulling_from_the_last_bookmark_yields_nothing_new", "brings what the first did not"),
        (wrong.RawWithTimeOfReading, SAME, "the `raw` bytes of .* differ from pull to pull"),
        (wrong.RawIsEmpty, FORM, "the `raw` of record '26-000' is empty"),
        (wrong.NumberAsKey, FORM, "the key of record 7 must be a text"),
        (wrong.KeyOfTwoLines, FORM, "no control characters"),
        (wrong.NaiveTimes, FORM, "names no time zone"),
        (wrong.TextAsPayload, FORM, "payload of page 1 must be the bytes as received"),
        (wrong.NumberAsBookmark, FORM, "bookmark of page 1 must be a text or None, this is 2"),
        (wrong.LeavesOutPages, "test_a_pull_brings_everything_there_is", "never brings '26-002', '26-003'"),
        (wrong.OnePageForAll, ENDS, "more records than one page holds"),
        (wrong.TwicePageSize, "test_pages_are_no_larger_than_asked_for", "4 records where `page_size` is 2"),
        (wrong.Endless, ENDS, "`pull` does not end: more than 1,000 pages"),
        (wrong.OneForAllLines, "test_two_open_lines_do_not_disturb_each_other", "they share something"),
        (
            wrong.TripsOverBookmarks,
            "test_a_bookmark_of_other_settings_is_an_error_or_no_matter",
            "let a ValueError out",
        ),
        (wrong.SaysNothing, CHECK, "must yield a sentence for each step"),
        (wrong.SaysOtherThings, CHECK, "says something else the second time"),
        (wrong.SaysTwoLines, CHECK, "sentences of one line"),
        (wrong.KeepsTheLineOpen, "test_a_closed_line_leaves_no_connection_open", "a connection is still open"),
        (wrong.ShowsItself, SHOWN, "a secret of the settings is shown in the connector's `repr`"),
        (wrong.CheckTells, SHOWN, "a secret of the settings is shown in what `check` says"),
        (wrong.ErrorTells, REFUSED, "a secret of the settings is shown in the error of `pull`"),
        (wrong.CauseTells, REFUSED, "a secret of the settings is shown in the error of `pull`"),
        (wrong.Raw, DEAD, "`check` let a ConnectionRefusedError out"),
        (wrong.Raw, SILENT, "`check` let a TimeoutError out"),
        (wrong.Raw, CUT, "must be `Unavailable`, for asking again mends it"),
        (wrong.ReadsPlainJson, OTHER, "let a UnicodeDecodeError out"),
        (wrong.HalfIsWhole, CUT, "`pull` ended as if that were all"),
        (wrong.HalfARecord, CUT, "half a record was taken for a whole one: '26-000'"),
        (wrong.CutIsChanged, CUT, "is Changed .* it must be `Unavailable`"),
        (wrong.CutIsChanged, DEAD, "raised Changed .* where Unavailable is right"),
        (wrong.RefusedIsUnavailable, REFUSED, "raised Unavailable .* where Refused is right"),
        (wrong.WithoutHint, DEAD, "gave no hint"),
        (wrong.WithoutSentence, DEAD, "without a sentence"),
        (wrong.KeepsQuiet, DEAD, "`check` raised nothing, though nobody is there"),
        (wrong.WithoutRetry, ONCE, "run every exchange of `pull` through it"),
        (wrong.WithoutRetry, WAITING, "asks without `retry`"),
        (wrong.TriesByItself, WAITING, "it tries again by itself"),
        (wrong.WaitsByItself, WAITING, "the connector waits by itself"),
        (able.NewFingerprint, DISCOVER, "the fingerprint differs though nothing changed"),
        (able.WithoutFingerprint, DISCOVER, "gives no fingerprint"),
        (able.FindsNothing, DISCOVER, "finds no operation"),
        (able.FindsTwice, DISCOVER, "same operation at the same place twice"),
        (able.DescribesSecrets, DISCOVER, "a secret of the settings is shown in what `discover` says"),
        (able.DescribedOtherwise, READ, "not the fingerprint of `discover`"),
        (able.WarnsWithoutZone, WARNS, "`until` of the warning `password_ends` names no time zone"),
        (able.WarnsOfSecrets, WARNS, "a secret of the settings is shown in a warning"),
        (able.FetchesAnother, FETCH, "`fetch\\('26-000'\\)` brought '26-004'"),
        (able.FetchMovesTheBookmark, FETCH, "must leave the bookmark as it is"),
        (able.MissesWithAnError, "test_fetching_what_is_not_there_brings_no_record", "a page without records"),
        (able.ListsTwice, PERIOD, "more than once"),
        (able.ListsTooFew, PERIOD, "`keys` and `pull` do not agree on '26-000'"),
        (able.CountsTooMany, PERIOD, "`count` says 6 where `keys` names 5"),
        (
            able.PeriodsWithTheirEnd,
            "test_a_period_begins_with_its_start_and_ends_before_its_end",
            "in two periods that only meet",
        ),
        (able.SpansMoveTheBookmark, SPAN, "`pull_period` moves the bookmark"),
        (able.SpansEverything, SPAN, "`pull_period` and `pull` do not agree on"),
        (able.WholeWithoutZone, "test_a_whole_listing_says_since_when_with_a_zone", "a time without a zone"),
    ],
)
def test_a_broken_rule_is_named(run: Run, kind: type[Ledger], test: str, sentence: str) -> None:
    with pytest.raises(AssertionError, match=sentence):
        run(of(kind), test)
    for line in wrong.KeepsTheLineOpen.lines:
        line.close()


def test_warnings_that_ask_the_system_are_found(run: Run) -> None:
    with pytest.raises(Unavailable, match="no answer from"):
        run(of(able.WarningsAsk), WARNS)


@pytest.mark.parametrize(
    ("kind", "test", "sentence"),
    [
        (wrong.GoesRoundInSilence, ENDS, "`pull` has not ended after 0.6 s"),
        (wrong.WithoutTimeOut, SILENT, "`check` has not ended after 0.6 s: .* `timeout_seconds`"),
        (wrong.TimeOutForEachByte, TRICKLE, "`check` has not ended after 0.6 s"),
    ],
)
def test_a_connector_that_hangs_is_a_failed_test_and_not_a_hung_one(
    run: Run, kind: type[Ledger], test: str, sentence: str
) -> None:
    with pytest.raises(AssertionError, match=sentence):
        run(of(kind, patience=0.6), test)


def test_a_connector_that_takes_whatever_comes_is_named(run: Run) -> None:
    with pytest.raises(AssertionError, match="bytes of an answer without end were taken"):
        run(of(wrong.TimeOutForEachByte), FLOOD)


@pytest.mark.parametrize(
    ("tests", "test", "sentence"),
    [
        (suite(wrong.connecting), "test_opening_touches_no_network", "`open` touches the network"),
        (of(Ledger, model=wrong.Lax), "test_an_unknown_setting_is_refused", "does not exist is taken"),
        (of(Ledger, model=wrong.Undescribed), "test_every_setting_is_described", "'desk'"),
        (of(Ledger, model=wrong.PlainSecret), "test_what_is_secret_is_declared_secret", "password would be shown"),
        (of(Ledger, secret=""), "test_the_tests_have_a_secret_to_look_for", "`settings` gives none"),
    ],
)
def test_wrong_settings_and_a_hasty_open_are_named(
    run: Run, tests: ConnectorConformance, test: str, sentence: str
) -> None:
    with pytest.raises(AssertionError, match=sentence):
        run(tests, test)
