"""Which process holds a lease, and whether it is certainly dead."""

import os
import socket


def this_process() -> str:
    """This process as leases name it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def certainly_dead(owner: str | None) -> bool:
    """Whether the owner was a process of this machine that is gone: nobody need wait for its lease to run out.

    A wrong yes (machines that share a name) costs that owner its lease, never a wrong store: commits are fenced.
    """
    host, _, process = (owner or "").rpartition(":")
    if host != socket.gethostname() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False  # somebody else's process: alive
    return False
