"""The virus scanner beside the portal, asked by ClamAV's own protocol (clamd, command INSTREAM)."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import BinaryIO
from urllib.parse import SplitResult, urlsplit

CHUNK = 64 * 1024
#: Seconds until a scanner that says nothing counts as dead.
PATIENCE = 20.0
LONGEST_ANSWER = 4096
DEFAULT_PORT = 3310

_address: SplitResult | None = None


class Verdict(StrEnum):
    """`UNASKED`: this installation has no scanner. `SILENT`: it has one, and it did not answer."""

    UNASKED = "unasked"
    CLEAN = "clean"
    INFECTED = "infected"
    SILENT = "silent"


def connect(url: str) -> None:
    """Ask the scanner at `tcp://host:3310` or `unix:///run/clamd.sock`; none at all when `url` is empty."""
    global _address
    _address = urlsplit(url) if url else None


def scan(document: BinaryIO) -> Verdict:
    """What the scanner says of all of `document`, which is read from its beginning.

    A refusal to read it, as for a file above the scanner's own limit, counts as silence: nobody has
    called the file clean.
    """
    if _address is None:
        return Verdict.UNASKED
    document.seek(0)
    try:
        with _line(_address) as line:
            answer = _ask(line, document)
    except OSError:
        return Verdict.SILENT
    if answer.endswith(" FOUND"):
        return Verdict.INFECTED
    return Verdict.CLEAN if answer.endswith(" OK") else Verdict.SILENT


@contextmanager
def _line(address: SplitResult) -> Iterator[socket.socket]:
    if address.scheme == "unix":
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(PATIENCE)
            line.connect(address.path)
            yield line
    else:
        where = (address.hostname or "", address.port or DEFAULT_PORT)
        with socket.create_connection(where, timeout=PATIENCE) as line:
            yield line


def _ask(line: socket.socket, document: BinaryIO) -> str:
    line.sendall(b"zINSTREAM\0")
    while chunk := document.read(CHUNK):
        line.sendall(len(chunk).to_bytes(4, "big") + chunk)
    line.sendall(bytes(4))
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        heard = line.recv(LONGEST_ANSWER)
        if not heard:
            break
        answer += heard
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
