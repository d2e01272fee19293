"""Whose lease is taken before it runs out: only that of a process that certainly is no more."""

import os
import socket
import subprocess
import sys

from hub.sync.owner import certainly_alive, certainly_dead, this_process


def test_this_process_lives_and_one_that_has_ended_is_dead() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    me = this_process()
    assert certainly_alive(me)
    assert not certainly_dead(me)
    ended = me.replace(f":{os.getpid()}:", f":{gone.pid}:")
    assert certainly_dead(ended)
    assert not certainly_alive(ended)


def test_a_process_that_got_the_id_of_a_dead_one_is_not_taken_for_it() -> None:
    before, _, began = this_process().rpartition("-")
    assert certainly_dead(f"{before}-{int(began) - 1}")


def test_of_another_machine_or_container_with_the_same_name_nothing_is_known() -> None:
    host, no_such_process = socket.gethostname(), 4_194_301
    for owner in (f"{host}:{no_such_process}:0a0b0c0d0e0f-1", f"{host}:{no_such_process}", f"{host}:tests", "", None):
        assert not certainly_dead(owner)
        assert not certainly_alive(owner)
