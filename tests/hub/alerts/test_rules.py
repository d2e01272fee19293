"""Rules: what each finds in the facts, and what it must not take for trouble."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from hub.alerts import judging, words
from hub.alerts.facts import Disk, Facts
from hub.alerts.finding import Finding
from hub.alerts.kinds import Rule, Severity
from hub.alerts.thresholds import Thresholds
from hub.alerts.volume import hours_to_compare, unusual
from hub.record.moments import as_text
from hub.store.alert_facts import TroubledSubscription, WaitingRun
from hub.store.removals import RemovalRow
from hub.store.run_hours import Ended
from tests.hub.alerts.world import MINUTE, NOW, connector, facts

HOUR = timedelta(hours=1)
HOURS = hours_to_compare(NOW, 8)
USUAL = dict.fromkeys(HOURS[1:], 450) | {HOURS[2]: 400, HOURS[3]: 520}


def found(known: Facts) -> list[Finding]:
    return list(judging.judge(known, Thresholds()).found.values())


def said(known: Facts) -> list[tuple[Rule, Severity]]:
    return [(one.rule, one.severity) for one in found(known)]


@pytest.mark.parametrize(
    ("missed", "because", "expected"),
    [
        (4 * MINUTE, "failed", []),
        (5 * MINUTE, "failed", [(Rule.FRESHNESS, Severity.WARNING)]),
        (4 * HOUR, "failed", [(Rule.FRESHNESS, Severity.CRITICAL)]),
        (4 * HOUR, "blackout", []),
        (4 * HOUR, "not_active", []),
    ],
)
def test_a_late_source_is_an_alert_unless_that_is_wished_for(
    missed: timedelta, because: str, expected: list[Any]
) -> None:
    row = connector(stale_since=NOW - missed, stale_because={"code": because}, seen_at=NOW - missed - HOUR)
    assert said(facts(row)) == expected


def test_a_paused_connector_raises_nothing() -> None:
    row = connector(state="paused", stale_since=NOW - 9 * HOUR, stale_because={"code": "failed"}, failures=9)
    assert said(facts(row)) == []


@pytest.mark.parametrize(
    ("ended", "in_a_row", "expected"),
    [
        (Ended(runs=4, failed=2), 2, []),
        (Ended(runs=4, failed=3), 1, [Severity.WARNING]),
        (Ended(runs=100, failed=3), 0, []),
        (Ended(runs=5, failed=5), 5, [Severity.CRITICAL]),
        (Ended(), 3, [Severity.WARNING]),  # it runs once a day: so many in a row tell it, too
    ],
)
def test_runs_that_fail_are_an_alert_by_their_share_or_in_a_row(
    ended: Ended, in_a_row: int, expected: list[Severity]
) -> None:
    assert [one.severity for one in found(facts(connector(failures=in_a_row), recent={1: ended}))] == expected


@pytest.mark.parametrize(
    ("ended", "aside", "is_alert"),
    [
        (Ended(fetched=100, quarantined=20), 20, True),
        (Ended(fetched=100, quarantined=19), 19, False),
        (Ended(fetched=1000, quarantined=20), 20, False),
        (Ended(fetched=100, quarantined=90), 3, False),  # the same ones came again and again
    ],
)
def test_what_was_newly_set_aside_is_an_alert_and_what_stood_there_is_not(
    ended: Ended, aside: int, *, is_alert: bool
) -> None:
    known = facts(connector(), day={1: ended}, set_aside=lambda _connector, _most: aside)
    assert [one.rule for one in found(known)] == [Rule.QUARANTINE] * is_alert


@pytest.mark.parametrize(
    ("count", "is_alert"), [(12, True), (300, False), (450, False), (700, False), (3000, True), (None, False)]
)
def test_far_more_or_fewer_records_than_usual_are_an_alert(count: int | None, *, is_alert: bool) -> None:
    counts = USUAL if count is None else USUAL | {HOURS[0]: count}
    assert [one.rule for one in found(facts(connector(), hours={1: counts}))] == [Rule.VOLUME] * is_alert


def test_the_sentence_says_what_is_usual() -> None:
    (one,) = found(facts(connector(), hours={1: USUAL | {HOURS[0]: 12}}))
    sentence = words.sentence(one.rule, one.data, "vi")
    assert sentence == "SO-A: thứ Hai 8–9 giờ thường 400–520 bản ghi, lần này 12."


def test_too_little_history_and_holidays_say_nothing() -> None:
    few = dict.fromkeys(HOURS[1:4], 450) | {HOURS[0]: 0}
    assert unusual(few, HOURS, lambda _: False, 4, 20) is None
    counts = USUAL | {HOURS[0]: 0}
    assert unusual(counts, HOURS, lambda _: False, 4, 20) is not None
    assert unusual(counts, HOURS, lambda day: day == HOURS[0].date(), 4, 20) is None
    assert unusual(counts, HOURS, lambda day: day != HOURS[0].date(), 4, 20) is None


def test_drift_and_what_ends_soon_come_from_what_runs_warned_of() -> None:
    warned = [
        {"code": "drift", "sentence": "x", "until": None},
        {"code": "token_ends", "sentence": "x", "until": (NOW + 20 * 24 * HOUR).isoformat()},
        {"code": "secret_ends", "sentence": "x", "until": (NOW + 50 * HOUR).isoformat()},
        {"code": "secret_ends", "sentence": "y", "until": (NOW + 90 * HOUR).isoformat()},
        {"code": "duplicate_service", "sentence": "x", "until": None},
    ]
    expected = [(Rule.DRIFT, "", "warning"), (Rule.EXPIRING, "token_ends", "warning")]
    expected.append((Rule.EXPIRING, "secret_ends", "critical"))
    assert [(one.rule, one.subject, one.severity) for one in found(facts(connector(warnings=warned)))] == expected


@pytest.mark.parametrize(
    ("total", "free", "expected"),
    [
        (100 * 2**30, 11 * 2**30, []),
        (100 * 2**30, 9 * 2**30, [Severity.WARNING]),
        (100 * 2**30, 2 * 2**30, [Severity.CRITICAL]),
        (2**42, 100 * 2**30, []),  # less than a tenth, and yet room for long
    ],
)
def test_a_disk_that_is_nearly_full_is_an_alert(total: int, free: int, expected: list[Severity]) -> None:
    assert [one.severity for one in found(facts(disks=[Disk("var", total, free)]))] == expected


def test_runs_that_wait_say_whether_nobody_works_or_too_much_is_to_do() -> None:
    waiting = [WaitingRun("so-a", NOW - 20 * MINUTE), WaitingRun("so-b", NOW - MINUTE)]
    assert said(facts(waiting=waiting)) == [(Rule.NO_WORKER, Severity.CRITICAL)]
    at_work = connector(lease_until=NOW + MINUTE)
    assert said(facts(at_work, waiting=waiting)) == [(Rule.BACKLOG, Severity.WARNING)]
    assert said(facts(waiting=waiting[1:])) == []


def test_most_connectors_failing_at_once_is_one_alert_of_the_hub() -> None:
    rows = [connector(f"so-{number}", id=number, failures=number < 5) for number in range(9)]
    assert said(facts(*rows)) == [(Rule.WIDESPREAD, Severity.CRITICAL)]
    assert said(facts(*rows[:4])) == []


@pytest.mark.parametrize(
    ("state", "hours", "is_alert"),
    [("active", 7, True), ("active", 5, False), ("stopped", 0, True), ("paused", 9, False)],
)
def test_a_subscriber_who_cannot_be_told_for_long_is_an_alert(state: str, hours: int, *, is_alert: bool) -> None:
    one = TroubledSubscription(7, "cong-dvc", "x", state, NOW - hours * HOUR, NOW - hours * HOUR)
    assert [each.rule for each in found(facts(subscriptions=[one]))] == [Rule.SUBSCRIBER] * is_alert


def test_records_that_wait_for_a_person_are_an_alert_of_their_connector_until_somebody_decides() -> None:
    waits = RemovalRow(7, "so-a", 1, 3, "waiting", 15, 40, None, None, NOW, None, NOW)
    (one,) = found(facts(connector(), connector("so-b"), removals={"so-a": waits}))
    assert (one.rule, one.connector) == (Rule.REMOVAL, "so-a")
    assert "15 of the 40 records" in words.sentence(one.rule, one.data, "en")
    assert found(facts(connector())) == []


def test_trouble_of_the_hub_itself_is_an_alert() -> None:
    known = facts(locked="no key", store_seconds=7.2, stuck={"truc": (3, NOW - HOUR, "refused")})
    assert {one.rule for one in found(known)} == {Rule.SEALS, Rule.SLOW_STORE, Rule.CHANNEL}


def test_every_sentence_can_be_said_in_both_languages_with_all_its_values() -> None:
    every: list[Finding] = []
    row = connector(stale_since=NOW - HOUR, stale_because={"code": "failed"}, failures=9)
    row_2 = connector(warnings=[{"code": "drift", "until": None}, {"code": "token_ends", "until": as_text(NOW)}])
    waiting = [WaitingRun("so-a", NOW - 20 * MINUTE)]
    gone = TroubledSubscription(7, "cong-dvc", "x", "stopped", None, NOW)
    day = {1: Ended(fetched=100, quarantined=90)}
    known = facts(
        row, waiting=waiting, subscriptions=[gone], day=day, locked="x", store_seconds=9, disks=[Disk("var", 100, 1)]
    )
    every += found(known)
    every += found(facts(row_2, hours={1: USUAL | {HOURS[0]: 1}}, stuck={"truc": (1, NOW, "x")}))
    waits = RemovalRow(7, "so-a", 1, 3, "waiting", 15, 40, None, None, NOW, None, NOW)
    every += found(facts(connector(lease_until=NOW + HOUR), waiting=waiting, removals={"so-a": waits}))
    every += found(facts(*(connector(f"so-{number}", id=number, failures=1) for number in range(5))))
    every.append(judging.look_failed("x"))
    assert {one.rule for one in every} == set(Rule)
    for one in every:
        for language in ("vi", "en"):
            sentence = words.sentence(one.rule, one.data, language)
            assert sentence != words.name(one.rule, language), one.rule
            assert words.step(one.rule, language)


def test_what_another_version_wrote_is_named_and_breaks_nothing() -> None:
    assert words.sentence("of_tomorrow", {}, "vi") == "of_tomorrow"
    assert words.sentence(Rule.DISK, {"unknown": 1}, "vi") == "Ổ đĩa sắp đầy"


def test_a_title_with_lines_in_it_makes_one_line() -> None:
    data = {"title": "Sở\r\nBcc: all", "changes": 1}
    assert words.sentence(Rule.DRIFT, data, "en").splitlines() == [words.sentence(Rule.DRIFT, data, "en")]


def test_a_whole_hour_is_compared_with_those_of_the_weeks_before() -> None:
    at = datetime.fromisoformat("2026-11-23T02:59:59+00:00")
    first, second, *_ = hours_to_compare(at, 8)
    assert (first.isoformat(), second.isoformat()) == ("2026-11-23T01:00:00+00:00", "2026-11-16T01:00:00+00:00")
