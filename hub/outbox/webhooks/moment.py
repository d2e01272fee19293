"""The clock that a process judges its leases by: it runs on while the machine sleeps, as the database's clock does."""

import time

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # Linux has it; others come nearest to it with this one


def moment() -> float:
    """Seconds since any time; never back."""
    return time.clock_gettime(_CLOCK)
