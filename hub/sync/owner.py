"""Which process holds a lease, and whether it is certainly dead."""

import os
import socket
from functools import cache
from hashlib import blake2b
from pathlib import Path


def this_process() -> str:
    """This process as leases name it: machine, process id, and a mark that no other process ever had."""
    return f"{socket.gethostname()}:{os.getpid()}:{_place()}-{_began(os.getpid()) or ''}"


def certainly_dead(owner: str | None) -> bool:
    """Whether the owner was a process that is gone: nobody need wait for its lease to run out."""
    return _lives(owner) is False


def certainly_alive(owner: str | None) -> bool:
    """Whether the owner is a process that is there still, though it may have been cut off for a while."""
    return _lives(owner) is True


def _lives(owner: str | None) -> bool | None:
    """None: nobody can know from here. Another machine, or another container on this one, may have the same name, and
    process ids of its own."""
    machine, _, mark = (owner or "").rpartition(":")
    host, _, process = machine.rpartition(":")
    place, _, began = mark.partition("-")
    if host != socket.gethostname() or place != _place() or not (place and began and process.isdecimal()):
        return None
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's process: there
    there = _began(int(process))
    return None if there is None else there == began  # another process may have got its id


@cache
def _place() -> str:
    """Where process ids mean what they mean here: this start of this machine, this container; empty if unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        namespace = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return ""  # not Linux: every lease is waited for
    return blake2b(f"{boot} {namespace}".encode(), digest_size=6).hexdigest()


def _began(process: int) -> str | None:
    """When a process began, in the kernel's ticks since it was started."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return stat.rpartition(")")[2].split()[19]  # proc(5): field 22, counted after the name in brackets
