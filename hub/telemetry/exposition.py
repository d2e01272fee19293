"""What `/metrics` answers: facts of the store, and what processes have counted."""

import os

from hub.telemetry.counted import Counted
from hub.telemetry.facts import Facts


def text(counted: Counted | None, facts: Facts | None) -> tuple[bytes, str]:
    """The metrics and their media type; where processes share what they count, of all of them."""
    from prometheus_client import CollectorRegistry, generate_latest, multiprocess  # noqa: PLC0415
    from prometheus_client.exposition import CONTENT_TYPE_LATEST  # noqa: PLC0415

    processes = CollectorRegistry() if counted is None else counted.registry
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        processes = CollectorRegistry()
        multiprocess.MultiProcessCollector(processes)  # type: ignore[no-untyped-call]
    parts = [generate_latest(processes)]
    if facts is not None:
        of_store = CollectorRegistry(auto_describe=False)
        of_store.register(facts)
        parts.insert(0, generate_latest(of_store))
    return b"".join(parts), CONTENT_TYPE_LATEST
