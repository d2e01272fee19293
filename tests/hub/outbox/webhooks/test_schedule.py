"""When something is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.outbox.webhooks import schedule
from hub.outbox.webhooks.schedule import NOES_IN_A_ROW, NOTICE_WAITS, SILENT_WAITS, Answered, Standing, after

NOW = datetime(2026, 5, 20, tzinfo=UTC)
WELL = Standing(0, None)


def middle() -> float:
    return 0.5


def test_what_was_taken_clears_every_failure() -> None:
    follows = after(Answered(204, None), Standing(7, NOW), 3, NOW, middle)
    assert (follows.failures, follows.failing_since, follows.left_alone, follows.stopped) == (0, None, None, None)


def test_a_no_makes_its_notice_wait_longer_each_time_and_fail_at_last() -> None:
    waits = [after(Answered(500, "no"), WELL, tries, NOW, middle) for tries in range(len(NOTICE_WAITS) + 1)]
    assert [one.notice_wait for one in waits] == [*NOTICE_WAITS, None]
    assert [one.notice_failed for one in waits] == [*[False] * len(NOTICE_WAITS), True]
    assert all(one.left_alone is None for one in waits)


def test_silence_leaves_the_subscriber_alone_and_uses_no_notice_up() -> None:
    for failures in range(40):
        follows = after(Answered(None, "nothing listens"), Standing(failures, NOW), 8, NOW, middle)
        assert follows.left_alone == SILENT_WAITS[min(failures, len(SILENT_WAITS) - 1)]
        assert (follows.notice_wait, follows.notice_failed) == (None, False)


@pytest.mark.parametrize(("asked", "waits"), [(120.0, 120.0), (0.0, SILENT_WAITS[0]), (1e9, schedule.LONGEST_ASKED)])
def test_retry_after_is_obeyed_within_bounds(asked: float, waits: float) -> None:
    for status in (429, 503):
        assert after(Answered(status, "busy", asked), WELL, 0, NOW, middle).left_alone == waits


def test_noes_in_a_row_leave_the_subscriber_alone_too() -> None:
    alone = [after(Answered(500, "no"), Standing(n, NOW), 0, NOW, middle).left_alone for n in range(NOES_IN_A_ROW + 1)]
    assert alone == [*[None] * (NOES_IN_A_ROW - 1), SILENT_WAITS[0], SILENT_WAITS[1]]


def test_410_stops_it_at_once_and_so_do_days_of_failing() -> None:
    assert "410" in (after(Answered(410, "gone"), WELL, 0, NOW, middle).stopped or "")
    since = Standing(50, NOW - timedelta(days=3))
    assert "3 days" in (after(Answered(None, "nothing listens"), since, 0, NOW, middle).stopped or "")
    sooner = Standing(50, NOW - timedelta(days=2, hours=23))
    assert after(Answered(None, "nothing listens"), sooner, 0, NOW, middle).stopped is None


def test_waits_are_spread_so_that_what_failed_together_does_not_come_back_together() -> None:
    assert [schedule.spread(100, chance) for chance in (0.0, 0.5, 1.0)] == [80, 100, 120]
