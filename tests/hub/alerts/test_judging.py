"""From what rules find to alerts: one row from the first moment to the last, told in time and not too often."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.alerts import judging
from hub.alerts.facts import Facts
from hub.alerts.finding import Finding
from hub.alerts.kinds import Rule, Severity, calm
from hub.alerts.thresholds import Thresholds
from hub.record.signature import Signature
from hub.store import alerts, silences
from hub.store.database import Database
from tests.hub.alerts.world import MINUTE, NOW, Story, channel, facts, failing, late, of_hub, policy

LONG = timedelta(hours=1)


def answered(story: Story, number: int) -> None:
    story.database.write_again(lambda transaction: alerts.answer(transaction, number, "an", "", story.now))


def silenced(story: Story, rule: str | None, connector: str | None, lasts: timedelta) -> None:
    with story.database.write() as transaction:
        silences.make(transaction, rule, connector, story.now, story.now + lasts, "an", "bảo trì")


def test_what_is_found_again_and_again_is_one_alert_that_is_told_once(story: Story) -> None:
    for _ in range(5):
        (row,) = story.found(late())
    assert (row.opened_at, row.seen_at, row.times) == (NOW + MINUTE, NOW + 5 * MINUTE, 1)
    assert story.told() == [("truc", "opened", 1)]


def test_it_is_over_only_after_it_was_well_for_long_enough_and_that_is_told_once(story: Story) -> None:
    story.found(late())
    story.found(late())
    assert len(story.found()) == 1
    assert len(story.found(after=calm(Rule.FRESHNESS, 1) - timedelta(seconds=1))) == 1
    assert story.found(after=timedelta(seconds=1)) == []
    story.found()
    assert story.told() == [("truc", "opened", 1), ("truc", "over", 1)]
    (row,) = alerts.history(story.database)
    assert row.over_at == story.now - MINUTE


def test_what_comes_and_goes_stays_one_alert_counts_its_times_and_is_told_once(story: Story) -> None:
    for _ in range(4):
        story.found(late())
        (row,) = story.found()
    assert row.times == 4
    assert story.told() == [("truc", "opened", 1)]
    assert len(story.found(after=calm(Rule.FRESHNESS, 3))) == 1  # the more often, the longer it has to be well


def test_what_is_back_soon_after_it_was_over_is_the_same_alert_told_anew(story: Story) -> None:
    (first,) = story.found(late())
    story.found(late())
    story.found()
    assert story.found(after=10 * MINUTE) == []
    (again,) = story.found(late())
    story.found(late())
    assert (again.id, again.times, again.state) == (first.id, 2, alerts.OPEN)
    assert [about for _, about, _ in story.told()] == ["opened", "over", "opened"]


def test_what_is_back_long_after_is_another_alert(story: Story) -> None:
    (first,) = story.found(late())
    story.found()
    story.found(after=LONG)
    (again,) = story.found(late(), after=LONG)
    assert (again.id > first.id, again.times) == (True, 1)


def test_what_was_over_before_anybody_was_told_tells_nobody(story: Story) -> None:
    story.policy = replace(story.policy, group_wait=LONG)
    story.found(late())
    story.found()
    story.found(after=10 * MINUTE)
    assert story.told() == []


def test_what_opens_together_in_one_department_is_one_notice(story: Story) -> None:
    story.policy = replace(story.policy, group_wait=2 * MINUTE)
    story.found(late("so-a"))
    story.found(late("so-a"), late("so-a-2"), failing("so-a"), late("so-b"))
    assert story.told() == []
    everything = late("so-a"), late("so-a-2"), failing("so-a"), late("so-b")
    story.found(*everything)
    assert story.told() == [("truc", "opened", 3)]
    story.found(*everything)
    assert story.told()[1:] == [("truc", "opened", 1)]


def test_a_cause_is_told_in_place_of_what_it_explains(story: Story) -> None:
    everything = late("so-a"), late("so-b"), of_hub(Rule.NO_WORKER)
    story.found(*everything)
    rows = {row.rule: row for row in story.found(*everything)}
    assert rows[Rule.FRESHNESS].cause == rows[Rule.NO_WORKER].id
    assert story.told() == [("truc", "opened", 1)]
    story.found(late("so-a"))
    (left,) = story.found(late("so-a"), after=10 * MINUTE)  # the others are over, and this one has no cause any more
    assert left.cause is None
    assert [about for _, about, _ in story.told()] == ["opened", "opened", "over"]


def test_a_disk_that_is_only_nearly_full_explains_nothing(story: Story) -> None:
    rows = story.found(late("so-a"), of_hub(Rule.DISK, Severity.WARNING))
    assert [row.cause for row in rows] == [None, None]


def test_nobody_is_told_of_what_is_silenced_until_the_silence_ends(story: Story) -> None:
    silenced(story, Rule.FRESHNESS, "so-a", 5 * MINUTE)
    for _ in range(3):
        story.found(late("so-a"), late("so-b"))
    assert story.told() == [("truc", "opened", 1)]
    story.found(late("so-a"), late("so-b"), after=5 * MINUTE)
    assert story.told() == [("truc", "opened", 1)] * 2


def test_what_was_told_and_ends_within_a_silence_is_not_told_to_be_over(story: Story) -> None:
    story.found(late())
    story.found(late())
    silenced(story, None, None, 24 * LONG)
    story.found()
    assert story.found(after=LONG) == []
    assert story.told() == [("truc", "opened", 1)]


def test_without_an_answer_the_next_level_is_told_and_then_the_one_after(story: Story) -> None:
    story.policy = policy(channel("truc"), channel("truong", level=1), channel("giam-doc", level=2))
    for _ in range(2):
        story.found(late())
    story.found(late(), after=30 * MINUTE)
    story.found(late(), after=30 * MINUTE)
    story.found(late(), after=30 * MINUTE)
    told = [("truc", "opened"), ("truong", "escalated"), ("giam-doc", "escalated")]
    assert [(name, about) for name, about, _ in story.told()] == told
    story.found()
    story.found(after=LONG)
    assert {name for name, about, _ in story.told() if about == "over"} == {"truc", "truong", "giam-doc"}


def test_an_answer_ends_escalation_and_repeating(story: Story) -> None:
    story.policy = policy(channel("truc"), channel("truong", level=1))
    story.found(late(severity=Severity.CRITICAL))
    (row,) = story.found(late(severity=Severity.CRITICAL))
    answered(story, row.id)
    for _ in range(3):
        story.found(late(severity=Severity.CRITICAL), after=24 * LONG)
    assert story.told() == [("truc", "opened", 1)]


def test_what_is_critical_is_told_again_and_what_is_not_is_not(story: Story) -> None:
    story.found(late("so-a", Severity.CRITICAL), late("so-b"))
    for _ in range(3):
        story.found(late("so-a", Severity.CRITICAL), late("so-b"), after=4 * LONG)
    assert sorted(about for _, about, _ in story.told()) == ["opened", "opened", "repeated", "repeated"]


def test_what_becomes_critical_is_told_anew_also_where_somebody_had_answered(story: Story) -> None:
    story.found(late())
    (row,) = story.found(late())
    answered(story, row.id)
    story.found(late(severity=Severity.CRITICAL))
    (row,) = alerts.going_on(story.database)
    assert (row.state, row.severity) == (alerts.OPEN, Severity.CRITICAL)
    assert story.told() == [("truc", "opened", 1)] * 2
    story.found(late())  # and the way back is told to nobody
    assert len(story.told()) == 2


@pytest.mark.parametrize(
    ("said", "hears"),
    [
        ({"severity": Severity.CRITICAL}, ["repeat"]),
        ({"agencies": ("000.00.02.H29",)}, ["so-b"]),
        ({"connectors": ("so-a-2",)}, ["so-a-2"]),
        ({"agencies": ("000.00.02.H29",), "connectors": ("so-a-2",)}, ["so-a-2", "so-b"]),
    ],
)
def test_a_channel_hears_what_it_is_to_hear(story: Story, said: dict[str, Any], hears: list[str]) -> None:
    story.policy = policy(channel(**said))
    findings = [late("so-a"), late("so-a-2"), late("so-b"), of_hub(Rule.SEALS)]
    story.found(*findings)
    story.found(*findings)
    told = {number for one in story.notices() for number in one.alerts}
    names = sorted(row.connector or "repeat" for row in alerts.going_on(story.database) if row.id in told)
    assert names == hears


def test_a_rule_that_fails_is_itself_an_alert_and_ends_nothing_that_it_had_found(story: Story) -> None:
    def breaks(_facts: Facts, _limits: Thresholds) -> Iterator[Finding]:
        raise RuntimeError("broken")

    story.found(failing())
    judged = judging.judge(facts(), Thresholds(), {Rule.FAILING: breaks, Rule.SEALS: lambda *_: iter(())})
    for _ in range(2):
        story.now += LONG
        story.database.write_again(lambda transaction: judging.keep(transaction, judged, story.policy, story.now))
    assert {row.rule for row in alerts.going_on(story.database)} == {Rule.FAILING, Rule.RULE_FAILED}


def test_a_rule_that_is_turned_off_ends_what_it_had_found(story: Story) -> None:
    judged = judging.judge(facts(locked="no key"), Thresholds(off=frozenset({Rule.SEALS})))
    assert judged.found == {}
    assert Rule.SEALS in judged.rules


def test_when_all_rules_were_looked_through_is_kept(story: Story) -> None:
    assert alerts.judged_at(story.database) is None
    story.found()
    assert alerts.judged_at(story.database) == story.now


def test_two_who_judge_at_once_find_one_alert(story: Story) -> None:
    import threading

    threads = [threading.Thread(target=lambda: Story(story.database, story.policy).found(late())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(alerts.going_on(story.database)) == 1


def test_an_answer_is_taken_once(story: Story) -> None:
    from hub.alerts import silencing

    (row,) = story.found(late())
    assert silencing.answer(story.database, row, Signature("an", "đang xem", story.now))
    assert not silencing.answer(story.database, row, Signature("bình", "", story.now))


_MOMENT = st.tuples(
    st.sets(st.sampled_from(["so-a", "so-a-2", "so-b"])),  # that are late
    st.integers(min_value=1, max_value=60),  # minutes later
    st.booleans(),  # the rule was looked through
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_MOMENT, max_size=12))
def test_no_trouble_is_lost_and_none_is_there_twice(database: Database, moments: list[Any]) -> None:
    story = Story(database, policy())
    with database.write() as transaction:
        for row in alerts.not_over(transaction):
            alerts.end(transaction, row, NOW - timedelta(days=2))
    begun = len(story.notices())
    before: set[str] = set()
    for names, minutes, looked in moments:
        findings = [late(name) for name in sorted(names)] if looked else []
        rules = tuple(Rule) if looked else tuple(set(Rule) - {Rule.FRESHNESS})
        rows = story.found(*findings, after=minutes * MINUTE, rules=rules)
        keys = [row.connector for row in rows]
        assert len(keys) == len(set(keys))
        assert (names if looked else before) <= set(keys)
        if not looked:
            assert set(keys) == before
        before = set(keys)
    opened = [number for one in story.notices()[begun:] if one.about == "opened" for number in one.alerts]
    over = [number for one in story.notices()[begun:] if one.about == "over" for number in one.alerts]
    for number in set(opened):
        assert 0 <= opened.count(number) - over.count(number) <= 1
    assert set(over) <= set(opened)
