"""A child process that stays warm between pieces of work, and may die without hurting anybody."""

import atexit
import json
import os
import select
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

HOME = Path(__file__).parents[2]
#: One answer: did it work (1 byte), and how many bytes follow (4 bytes, big-endian).
HEAD = struct.Struct(">BI")
LARGEST_ANSWER = 64 * 1024 * 1024


class WorkFailed(Exception):
    """The child refused the work, died over it or took too long. The next piece gets a new child."""


class Worker:
    """Sends pieces of work to `python -m module`, one at a time, and starts it when first needed.

    The child reads one JSON object a line and answers with `HEAD` and bytes. It ends when this
    process does, because its input closes. After `pieces` it is replaced, so that nothing piles up.
    """

    def __init__(self, module: str, *, seconds: float = 20, pieces: int = 500):
        self._module, self._seconds, self._pieces = module, seconds, pieces
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = self._done = 0
        atexit.register(self._stop)  # without the lock: a thread that holds it may never let go

    def work(self, **facts: Any) -> bytes:
        """What the child makes of `facts`; `WorkFailed` within the time limit otherwise."""
        line = json.dumps(facts).encode() + b"\n"
        with self._lock:
            child = self._ready()
            try:
                return self._ask(child, line)
            except (OSError, ValueError) as failure:
                self._stop()
                raise WorkFailed(str(failure)) from failure

    def stop(self) -> None:
        """End the child; the next work starts another."""
        with self._lock:
            self._stop()

    def _ready(self) -> "subprocess.Popen[bytes]":
        """The child of this very process: one inherited by a fork belongs to the parent."""
        if self._owner != os.getpid():
            self._child = None
        if self._child is None or self._child.poll() is not None or self._done >= self._pieces:
            self._stop()
            self._child = subprocess.Popen(  # noqa: S603
                [sys.executable, "-s", "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=HOME,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": "/nonexistent"},
                bufsize=0,
            )
            self._owner, self._done = os.getpid(), 0
        return self._child

    def _ask(self, child: "subprocess.Popen[bytes]", line: bytes) -> bytes:
        until = monotonic() + self._seconds
        if child.stdin is None or child.stdout is None:
            raise ValueError("the child has no pipes")
        child.stdin.write(line)
        worked, size = HEAD.unpack(_read(child.stdout.fileno(), HEAD.size, until))
        if size > LARGEST_ANSWER:
            raise ValueError("the answer is too large")
        answer = _read(child.stdout.fileno(), size, until)
        self._done += 1
        if not worked:
            raise WorkFailed(answer.decode(errors="replace"))
        return answer

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None or self._owner != os.getpid():
            return
        with suppress(OSError):
            child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()


def _read(pipe: int, size: int, until: float) -> bytes:
    """Exactly `size` bytes before the time is up; `ValueError` when the child fell silent."""
    parts: list[bytes] = []
    while size:
        if not select.select([pipe], [], [], max(0.0, until - monotonic()))[0]:
            raise ValueError("the child took too long")
        part = os.read(pipe, min(size, 1 << 20))
        if not part:
            raise ValueError("the child died")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
