"""What befalls a hub: each takes the field, chance, and a way to end itself later, and says what it did."""

import signal
from collections.abc import Callable
from random import Random
from typing import TypeAlias

from tests.chaos.department import SYSTEMS
from tests.chaos.field import Field, Process
from tests.chaos.proxy import Proxy
from tests.chaos.stores import PostgreSQL, SQLite

Later: TypeAlias = Callable[[float, Callable[[], None]], None]  # seconds from now, what to do then
Disturbance: TypeAlias = Callable[[Field, Random, Later], str]  # empty: there was nothing to disturb

LEASE_SECONDS = 10.0
_FAULTS = (
    *("reset", "hang_up", "half_a_head", "reset_after_headers", "reset_mid_body", "truncated", "chunked_cut_off"),
    *("corrupt_gzip", "half_a_gzip", "not_gzip", "html_login", "500", "502", "503", "504", "429", "401", "empty"),
    *("invalid_json", "invalid_xml", "trickle", "trickling_headers", "latency", "redirect_elsewhere"),
)


def kill(field: Field, chance: Random, later: Later) -> str:
    """kill -9 of one process."""
    process = _one(field, chance)
    if process is None:
        return ""
    process.signal(signal.SIGKILL)
    return f"kill -9 {process.name}"


def end(field: Field, chance: Random, later: Later) -> str:
    """Ctrl-C, or what a service manager sends."""
    process, number = _one(field, chance), chance.choice((signal.SIGINT, signal.SIGTERM))
    if process is None:
        return ""
    process.signal(number)
    return f"{number.name} {process.name}"


def pause(field: Field, chance: Random, later: Later) -> str:
    """A process stands still for less than its lease."""
    return _freeze(field, chance, later, chance.uniform(0.2, 3))


def freeze(field: Field, chance: Random, later: Later) -> str:
    """A process stands still until its lease has run out and another has gone on, and then wakes up."""
    return _freeze(field, chance, later, LEASE_SECONDS + chance.uniform(0.5, 4))


def rival(field: Field, chance: Random, later: Later) -> str:
    """Somebody else starts the same."""
    process = _one(field, chance)
    if process is None:
        return ""
    return f"rival {field.hub(process.connector, 'sync', process.connector, '--json').name}"


def fault(field: Field, chance: Random, later: Later) -> str:
    """A department answers wrongly, once or a few times."""
    system, kind, times = chance.choice([*SYSTEMS]), chance.choice(_FAULTS), chance.choice((1, 1, 2, 5))
    field.departments.turn("arm", system=system, kind=kind, times=times, after=chance.randrange(6))
    if kind in ("trickle", "trickling_headers", "latency"):
        later(chance.uniform(1, 6), lambda: field.departments.turn("disarm"))
    return f"{system} answers {times} x {kind}"


def line_refused(field: Field, chance: Random, later: Later) -> str:
    """No department can be reached."""
    return "departments refuse" if _refused(field.departments.line, chance, later) else ""


def line_held(field: Field, chance: Random, later: Later) -> str:
    """What departments say is swallowed for a while."""
    field.departments.line.hold()
    later(chance.uniform(1, 4), field.departments.line.flow)
    return "departments hang"


def line_cut(field: Field, chance: Random, later: Later) -> str:
    """Every connection to a department is reset, half-way in whatever it carries."""
    field.departments.line.cut()
    return "departments cut"


def database_cut(field: Field, chance: Random, later: Later) -> str:
    """Every connection to the database is reset."""
    if not isinstance(field.store, PostgreSQL):
        return ""
    field.store.line.cut()
    return "database cut"


def database_cut_at_commit(field: Field, chance: Random, later: Later) -> str:
    """The connection breaks between a commit and its answer: nobody knows whether it was done."""
    if not isinstance(field.store, PostgreSQL):
        return ""
    field.store.line.cut_after(b"COMMIT")
    return "database cut at its next commit"


def kill_at_commit(field: Field, chance: Random, later: Later) -> str:
    """The power fails just when something is committed: every process is killed, and the commit arrives."""
    if not isinstance(field.store, PostgreSQL):
        return ""
    field.store.line.cut_after(b"COMMIT", lambda: _all_killed(field))
    return "kill -9 of all at the next commit"


def database_held(field: Field, chance: Random, later: Later) -> str:
    """A black hole between the hub and its database, longer than sessions may stand idle in a transaction."""
    if not isinstance(field.store, PostgreSQL):
        return ""
    seconds = chance.choice((chance.uniform(0.5, 3), chance.uniform(5, LEASE_SECONDS + 4)))
    field.store.line.hold()
    later(seconds, field.store.line.flow)
    return f"database held {seconds:.1f} s"


def database_refused(field: Field, chance: Random, later: Later) -> str:
    """The database cannot be reached."""
    if not isinstance(field.store, PostgreSQL):
        return ""
    return "database refuses" if _refused(field.store.line, chance, later) else ""


def database_restarted(field: Field, chance: Random, later: Later) -> str:
    """The server goes away, in one of three ways, and comes back a moment later."""
    if not isinstance(field.store, PostgreSQL):
        return ""
    store, how = field.store, chance.choice((signal.SIGINT, signal.SIGQUIT, signal.SIGKILL))
    if not store.answers:
        return ""
    store.server.stop(how)
    later(chance.uniform(0, 4), lambda: _cleared(field))  # it does not start on a disk that is full
    return f"database stopped by {how.name}"


def database_frozen(field: Field, chance: Random, later: Later) -> str:
    """The server's processes stand still."""
    if not isinstance(field.store, PostgreSQL):
        return ""
    seconds = chance.uniform(0.5, 6)
    if not field.store.answers:
        return ""
    field.store.freeze()
    later(seconds, field.store.thaw)
    return f"database frozen {seconds:.1f} s"


def backend_killed(field: Field, chance: Random, later: Later) -> str:
    """kill -9 of a session's process: the server recovers as after a crash."""
    if not isinstance(field.store, PostgreSQL) or not field.store.answers:
        return ""
    field.store.kill_backend(chance.random())
    return "backend killed"


def sessions_ended(field: Field, chance: Random, later: Later) -> str:
    """An administrator ends every session."""
    if not isinstance(field.store, PostgreSQL) or not field.store.answers:
        return ""
    field.store.end_sessions()
    return "sessions ended"


def file_locked(field: Field, chance: Random, later: Later) -> str:
    """Somebody else holds the write lock of the file."""
    if not isinstance(field.store, SQLite):
        return ""
    field.store.lock(field.name)
    later(chance.uniform(0.5, 5), field.store.calm)
    return "file locked"


def disk_full(field: Field, chance: Random, later: Later) -> str:
    """No space left, for a while."""
    if field.disk is None:
        return ""
    field.disk.fill()
    later(chance.uniform(1, 4), lambda: _cleared(field))
    return "disk full"


# How often each is chosen, against the others.
OFTEN: dict[Disturbance, int] = {
    kill: 6,
    end: 1,
    pause: 2,
    freeze: 2,
    rival: 2,
    fault: 5,
    line_refused: 1,
    line_held: 2,
    line_cut: 2,
    database_cut: 3,
    database_cut_at_commit: 4,
    kill_at_commit: 3,
    database_held: 2,
    database_refused: 1,
    database_restarted: 3,
    database_frozen: 1,
    backend_killed: 2,
    sessions_ended: 1,
    file_locked: 3,
    disk_full: 4,
}


def chosen(chance: Random) -> Disturbance:
    """One of them."""
    return chance.choices([*OFTEN], weights=[*OFTEN.values()])[0]


def _one(field: Field, chance: Random) -> Process | None:
    there = [process for process in field.living() if not process.frozen]
    return chance.choice(there) if there else None


def _all_killed(field: Field) -> None:
    for process in field.living():
        process.signal(signal.SIGKILL)


def _freeze(field: Field, chance: Random, later: Later, seconds: float) -> str:
    process = _one(field, chance)
    if process is None:
        return ""
    process.signal(signal.SIGSTOP)
    process.frozen = True

    def wake() -> None:
        process.signal(signal.SIGCONT)
        process.frozen = False

    later(seconds, wake)
    return f"freeze {process.name} for {seconds:.1f} s"


def _refused(line: Proxy, chance: Random, later: Later) -> bool:
    if not line.taking:
        return False
    line.refuse()
    later(chance.uniform(0.5, 3), line.calm)
    return True


def _cleared(field: Field) -> None:
    if field.disk is not None:
        field.disk.clear()
    if isinstance(field.store, PostgreSQL) and not field.store.server.processes():
        field.store.server.start()  # without space for its log it ends
