"""The helper of the tests that kill: it kills the worker it was asked to, and nobody else."""

from tests.support import nursery
from tests.support.nursery import Deaths, raise_and_kill

WORK = """
from time import sleep

def work():
    say("ready")
    while True:
        say(f"did {os.getpid()}")
        sleep(0.01)
"""


def test_workers_that_are_ready_at_once_die_alone_even_when_their_parent_is_slow(monkeypatch):
    forked = "child = os.fork()\n"
    assert forked in nursery.TAIL
    slow = nursery.TAIL.replace(forked, forked + "    import time; child and time.sleep(0.1)\n")
    monkeypatch.setattr(nursery, "TAIL", slow)
    said = raise_and_kill(WORK, deaths=Deaths(6, (0.02, 0.04)))
    assert len(said["did"]) >= 3, "every other worker is killed after it has done something"
