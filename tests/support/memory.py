"""Where tests keep their files: a database that waits for a disk at every commit takes twice as long."""

import os
from pathlib import Path
from shutil import disk_usage

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (pytest makes folders of its own there)
ENOUGH = 4 * 1024**3


def prefer() -> None:
    """From now on pytest's folders lie in memory, where there is plenty of it. A folder named by hand stays."""
    writable = SHARED_MEMORY.is_dir() and os.access(SHARED_MEMORY, os.W_OK)
    if writable and disk_usage(SHARED_MEMORY).free > ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(SHARED_MEMORY))


def root() -> str | None:
    """Where other folders of a test run belong; `None` is the system's own place."""
    return os.environ.get("PYTEST_DEBUG_TEMPROOT")
