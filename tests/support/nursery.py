"""Workers that are killed in the middle of what they do, and what each of them had said to be on disk."""

import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).parents[2]
#: What every script of workers begins with; it then loads what it needs and defines `work`, which says "ready".
HEAD = """
import os, sys, traceback

def say(text):
    os.write(1, (text + chr(10)).encode())
"""
#: Forks a worker for every line it reads: what the parent has loaded, no worker loads again. The worker says its
#: own number first: from its parent it might come after "ready", and number 0 would kill the whole test run.
TAIL = """
for _ in sys.stdin:
    child = os.fork()
    if not child:
        say(f"child {os.getpid()}")
        try:
            work()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    say("dead")
"""


@dataclass(frozen=True)
class Deaths:
    """How many, and within how many seconds: half come `soon` after a worker is ready, half in the middle of
    the next thing after it has done one, for which a slow machine gets `patience`."""

    count: int
    soon: tuple[float, float]
    in_between: tuple[float, float] = (0.0, 0.05)
    patience: float = 10


def raise_and_kill(script: str, *facts: object, deaths: Deaths) -> dict[str, set[str]]:
    """What the workers of `script` said, such as "paid 7", by its first word."""
    chance = random.Random(11)
    said: dict[str, set[str]] = defaultdict(set)
    with subprocess.Popen(
        [sys.executable, "-c", HEAD + script + TAIL, *map(str, facts)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as nursery:
        for n in range(deaths.count):
            nursery.stdin.write("go\n")
            nursery.stdin.flush()
            _one_life(nursery.stdout, said, deaths, chance, patient=n % 2 == 0)
        nursery.stdin.close()
    return said


def _one_life(
    lines: Iterable[str],
    said: dict[str, set[str]],
    deaths: Deaths,
    chance: random.Random,
    *,
    patient: bool,
) -> None:
    child, timer = 0, None
    for line in lines:
        word, *rest = line.split()
        if word == "child":
            child = int(rest[0])
        elif word == "dead":
            break
        elif word == "ready":
            assert child, "a worker is ready that has no number yet"
            timer = _kill_in(deaths.patience if patient else chance.uniform(*deaths.soon), child)
        else:
            said[word].add(rest[0])
            if patient and timer:
                timer.cancel()
                patient, timer = False, _kill_in(chance.uniform(*deaths.in_between), child)
    if timer:
        timer.cancel()


def _kill_in(seconds: float, child: int) -> Timer:
    def kill():
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)

    timer = Timer(seconds, kill)
    timer.start()
    return timer
