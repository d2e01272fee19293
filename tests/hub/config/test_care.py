"""How a department is spared, as a configuration says it: the docs are right, mistakes are said at their line."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connectors.registry import Registry
from hub.config.connector import Connection, read_connector
from hub.config.references import References
from hub.sync.circuit import Rule
from hub.sync.drift import OnDrift, Policy
from hub.sync.limits import Limits
from hub.sync.retry import RetryBudget
from hub.sync.threshold import StopWhen
from mappings.engine.yaml_source import Invalid, parse
from schedules.cadence import ZONE
from schedules.windows import Timetable, closed_until

ROOT = Path(__file__).parents[3]
RIGHT = """name: a
title: A
type: rest
agency: 000.00.00.H29
mapping: a/a
settings: {url: "http://127.0.0.1:1/list", records: content, key: id, pages: {type: single}}
"""


def read(more: str = "") -> Connection:
    return read_connector(parse(RIGHT + more, "a.yaml"), Registry(), References({}))


def test_left_out_everything_has_a_default() -> None:
    section = read().section
    assert section.limits.read() == Limits(None, 1, None)
    assert section.retry.read() == RetryBudget()
    assert section.circuit.read() == Rule()
    assert section.on_drift.read() == OnDrift()
    assert section.stop_when.read() == StopWhen()
    assert (section.blackout, section.warn_before) == ((), timedelta(days=30))


@pytest.mark.parametrize("page", ["docs/operators.md", "docs/operators.vi.md"])
def test_what_the_operators_page_shows_is_right_and_shows_the_defaults(page: str) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    (written,) = [block for block in blocks if "circuit:" in block]
    section, default = read("\n".join(line.strip() for line in written.splitlines())).section, read().section
    assert section.limits.read() == Limits(2, 1, "so-tu-phap")
    assert len(section.blackout) == 2
    for name in ("retry", "circuit", "on_drift", "stop_when", "warn_before"):
        assert getattr(section, name) == getattr(default, name), name


def test_a_schedule_keeps_out_of_the_windows_and_reads_back_from_the_store() -> None:
    section = read('schedule: {every: 5m}\nblackout: [{from: 11:30, to: "13:30"}]\n').section
    noon = datetime(2026, 11, 23, 11, 28, tzinfo=ZONE)
    assert Timetable.model_validate_json(section.timetable()).next_fire(noon) == noon.replace(hour=13, minute=30)
    assert closed_until(section.blackout, noon) is None
    assert read('blackout: [{from: "11:30", to: "13:30"}]').section.timetable() == ""


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("limits: {requests_per_second: 0}", "a.yaml:7:31 0 is not allowed here; it must be more than 0"),
        ("limits: {requests_per_second: .nan}", "a.yaml:7:31 nan is not allowed here"),
        ("limits: {at_once: 0}", "a.yaml:7:19 0 is not allowed here; it must be at least 1"),
        ("limits: {group: Sở Tư pháp}", 'a.yaml:7:17 "Sở Tư pháp" is not allowed here'),
        ("limits: {per_second: 2}", 'a.yaml:7:10 unknown key "per_second"; did you mean "requests_per_second"?'),
        ("retry: {budget: -1}", "a.yaml:7:17 -1 is not allowed here; it must be at least 0"),
        ("circuit: {after: 0}", "a.yaml:7:18 0 is not allowed here; it must be at least 1"),
        ("circuit: {first_wait: soon}", "a.yaml:7:23 'soon' is no duration"),
        ("on_drift: {fields: ignore}", "a.yaml:7:20"),
        ("on_drift: stop", "a.yaml:7:11"),
        ("stop_when: {share: 0.2}", "a.yaml:7:20 '0.2' is no share; write it as 50%"),
        ("stop_when: {share: 120%}", "a.yaml:7:20"),
        ("stop_when: {quarantined: -1}", "a.yaml:7:26 -1 is not allowed here; it must be at least 0"),
        ("warn_before: a month", "a.yaml:7:14 'a month' is no duration"),
        ("blackout: {from: 11:30, to: 13:30}", "a.yaml:7:11"),
        ("blackout:\n  - {from: 11:30, to: 13:30}\n  - {from: 22h, to: 02:00}", "a.yaml:9:12 '22h' is no time of day"),
        ("blackout:\n  - {from: 11:30, to: 13:30, days: mo-fr}", "a.yaml:8:36 'mo-fr' is no weekday"),
        ("blackout:\n  - {from: 11:30}", 'a.yaml:8:5 "to" is missing'),
        ("blackout:\n  - {from: 11:30, to: 11:30}", "a.yaml:8:5 a window must not end when it begins"),
        ("blackout:\n  - {from: 00:00, to: 24:00}", "a.yaml:8:3 these windows leave no time to ask the department"),
    ],
)
def test_a_mistake_is_said_at_its_line_with_what_would_be_right(more: str, says: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(more)
    (found,) = caught.value.findings
    assert str(found).startswith(says)


def test_policies_are_words() -> None:
    drift = read("on_drift: {description: stop, fields: go_on}").section.on_drift.read()
    assert drift == OnDrift(Policy.STOP, Policy.GO_ON)


def test_the_secrets_that_a_connector_uses_are_known_by_name() -> None:
    text = RIGHT.replace("key: id,", 'key: id, auth: {type: bearer, token: "${secret:stp}"},')
    found = read_connector(parse(text, "a.yaml"), Registry(), References({}, lambda name: f"value of {name}"))
    assert found.secrets == ("stp",)
