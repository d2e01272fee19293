"""How often a process that syncs looks for garbage: a page makes and drops tens of thousands of values, all by count of
their references, so there is next to nothing to find and looking for it often cost an eighth of a run."""

import gc
from functools import cache

_MADE = 50_000  # groups and lists that are there more than before (Python: 700): some pages' worth


@cache  # once for a process
def rarely_looked_for() -> None:
    """What is loaded by now stays for good and is not looked through any more; what comes later is, but rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MADE, 20, 20)
