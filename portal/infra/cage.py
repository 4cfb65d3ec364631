"""First script of a sandboxed child: bind the own hands, then run the parser. Standard library only.

Limits are set here and not by `preexec_fn`, which may deadlock when the parent has threads.
"""

import resource
import runpy
import sys

MEGABYTE = 1024 * 1024


def close(seconds: int, megabytes: int) -> None:
    """Bound processor time and memory of this process; forbid it to write files and to dump its memory."""
    for limit, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, megabytes * MEGABYTE),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


if __name__ == "__main__":
    script, seconds, megabytes, *words = sys.argv[1:]
    close(int(seconds), int(megabytes))
    sys.argv = [script, *words]
    runpy.run_path(script, run_name="__main__")
