"""Every metric that the hub tells: its name, kind, labels and meaning. docs/observability.md is held to it.

No label is ever made of what somebody sent: routes are templates, statuses classes, and names those of connectors.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a metric does."""

    GAUGE = "gauge"  # goes up and down
    COUNTER = "counter"  # only grows; its name ends with _total
    HISTOGRAM = "histogram"  # counts values by size


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    meaning: str
    buckets: tuple[float, ...] = ()  # of a histogram, in seconds


_G, _C, _H = Kind.GAUGE, Kind.COUNTER, Kind.HISTOGRAM
_REQUESTS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_STEPS = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_RUNS = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0, 86400.0)

# What is a fact of the store: the same whoever is asked, worked out when asked, at most once in ten seconds.
FACTS = (
    Metric("hub_up", _G, (), "1 where the store answered; 0: nothing else of this list can be told now."),
    Metric("hub_facts_age_seconds", _G, (), "How long ago what is told of the store was worked out."),
    Metric(
        "hub_connectors", _G, ("state", "health"), "Connectors, by where they stand in their life and how they fare."
    ),
    Metric("hub_connector_healthy", _G, ("connector",), "1: nothing is amiss with this connector (active ones alone)."),
    Metric(
        "hub_connector_circuit_open", _G, ("connector",), "1: its runs failed, so schedules leave it alone for a while."
    ),
    Metric(
        "hub_connector_freshness_seconds",
        _G,
        ("connector",),
        "How long ago its source was last read to its end; missing where it never was.",
    ),
    Metric("hub_connector_freshness_objective_seconds", _G, ("connector",), "How old that may be (`fresh_within`)."),
    Metric("hub_connector_late_seconds", _G, ("connector",), "How long the objective has been missed; 0: it is met."),
    Metric("hub_connector_quarantined_records", _G, ("connector",), "Records that stand in quarantine."),
    Metric("hub_connector_incomplete_days", _G, ("connector",), "Counted days that lack records, as far as is known."),
    Metric("hub_runs_ended_total", _C, ("connector", "outcome"), "Runs that ended, by how."),
    Metric(
        "hub_records_total",
        _C,
        ("connector", "outcome"),
        "Records of ended runs, by what became of them.",
    ),
    Metric("hub_received_bytes_total", _C, ("connector",), "Bytes that ended runs had received."),
    Metric("hub_stage_seconds_total", _C, ("connector", "stage"), "Seconds that ended runs had spent, by stage."),
    Metric("hub_runs_queued", _G, (), "Runs that wait for a worker."),
    Metric("hub_runs_running", _G, (), "Runs that are under way."),
    Metric("hub_queue_oldest_wait_seconds", _G, (), "How long the first run has waited that may begin."),
    Metric("hub_feed_position", _G, (), "The last position of the change feed."),
    Metric("hub_webhook_waiting", _G, ("state",), "Notices to subscribers that wait to be sent."),
    Metric("hub_webhook_lag_positions", _G, (), "How far the subscriber that is furthest behind is behind the feed."),
    Metric("hub_webhooks_stopped", _G, (), "Subscriptions that were stopped because nobody answered."),
    Metric("hub_alerts_open", _G, ("severity",), "Alerts that are open or acknowledged."),
    Metric("hub_reads_waiting_bytes", _G, (), "Notes of reads on this machine that are not in the sealed log yet."),
)

# What belongs to a process: counted where it happens.
COUNTED = (
    Metric(
        "hub_http_request_seconds",
        _H,
        ("route", "method", "status"),
        "Requests by the template of their address, method and class of status, and how long the answer took.",
        _REQUESTS,
    ),
    Metric("hub_run_seconds", _H, ("kind", "outcome"), "Runs that this process ended, and how long they took.", _RUNS),
    Metric("hub_stage_step_seconds", _H, ("stage",), "Single steps of runs: one wait, exchange, page.", _STEPS),
    Metric("hub_retries_total", _C, ("connector",), "Exchanges with a department that failed and were tried again."),
    Metric("hub_database_connections", _G, (), "Connections to the database that are in use."),
    Metric("hub_log_events_total", _C, ("level",), "Events that were logged as a warning or worse."),
)

ALL = {each.name: each for each in (*FACTS, *COUNTED)}
