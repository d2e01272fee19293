"""The page of the console that mends what an alert is about; a test asks the console for each of them."""

from collections.abc import Mapping
from urllib.parse import quote

from hub.alerts.kinds import Rule

INBOX = "/alerts"  # where nothing of the console mends it: what is to be done stands beside the alert
_PAGES: Mapping[str, str] = {
    Rule.FRESHNESS: "/connectors/{connector}",
    Rule.FAILING: "/runs?connector={connector}&state=failed",
    Rule.QUARANTINE: "/quarantine?connector={connector}",
    Rule.VOLUME: "/connectors/{connector}/completeness",
    Rule.DRIFT: "/connectors/{connector}",
    Rule.REMOVAL: "/removals",
    Rule.EXPIRING: "/secrets/expiring",
    Rule.DISK: "/settings",
    Rule.SLOW_STORE: "/settings",
    Rule.SEALS: "/settings",
    Rule.BACKLOG: "/schedules",
    Rule.NO_WORKER: "/runs?state=queued",
    Rule.WIDESPREAD: "/connectors",
    Rule.SUBSCRIBER: "/webhooks/{subject}",
}


def mends(rule: str, connector: str | None, subject: str) -> str:
    """Its path and query."""
    return _PAGES.get(rule, INBOX).format(connector=quote(connector or "", safe=""), subject=quote(subject, safe=""))
