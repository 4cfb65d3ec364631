"""A stranger's file, looked at before it is parsed and counted while it is."""

import re
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from portal.bank.reading.refusals import (
    BROKEN,
    DOCTYPE,
    EMPTY,
    NOT_XML,
    PROLOG,
    TOO_BIG,
    TOO_LONG,
    ZIPPED,
    Unreadable,
)

MOST_BYTES = 512 * 1024 * 1024
#: What the parser may take in between two lines that are done with; bounds what it holds in memory.
MOST_BYTES_OF_ONE = 16 * 1024 * 1024
#: Everything before the first element: declaration, comments.
MOST_PROLOG = 64 * 1024
MEGABYTE = 1024 * 1024
COMPRESSED = (b"PK", b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"\xfd7zXZ", b"Rar!", b"\x28\xb5\x2f\xfd")
#: Nothing is fetched, defined or expanded; the parser's own limits on depth and length stay on.
LOCKED: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
}


class Source:
    """The file as the parser reads it: never more bytes than allowed, in all and of one piece.

    The parser sees UTF-8, UTF-16 and the 8-bit encodings that the file declares.
    """

    def __init__(self, stream: BinaryIO):
        self._stream = stream
        self._head = stream.read(MOST_PROLOG)
        self._taken = self._mark = 0
        self.line = 1
        self._sieve()

    def read(self, size: int = -1) -> bytes:
        """The next bytes; `Unreadable` beyond a limit."""
        wanted = size if 0 <= size <= MOST_PROLOG else MOST_PROLOG
        chunk, self._head = self._head[:wanted], self._head[wanted:]
        chunk = chunk or self._stream.read(wanted)
        self._taken += len(chunk)
        if self._taken > MOST_BYTES:
            raise Unreadable(TOO_BIG, megabytes=MOST_BYTES // MEGABYTE)
        if self._taken - self._mark > MOST_BYTES_OF_ONE:
            raise Unreadable(TOO_LONG, line=self.line)
        self.line += chunk.count(b"\n")
        return chunk

    def freed(self) -> None:
        """What was read until now is no longer held."""
        self._mark = self._taken

    def _sieve(self) -> None:
        head = self._head
        if not head.strip():
            raise Unreadable(EMPTY)
        if head.startswith(COMPRESSED):
            raise Unreadable(ZIPPED)
        if not looks_like_xml(head):
            raise Unreadable(NOT_XML)
        check_prolog(head)


def looks_like_xml(head: bytes) -> bool:
    """The first character is `<`, in the encodings XML knows."""
    bare = re.sub(rb"^(?:\xef\xbb\xbf|\xfe\xff|\xff\xfe)", b"", head[:64])
    return bare.lstrip(b"\x00\t\r\n ").startswith(b"<")


def check_prolog(head: bytes) -> None:
    """`Unreadable` for a document type, before anything it declares is looked at.

    The parser that reads the file looks here too, so no encoding hides from one what the other sees.
    """
    prolog = _Prolog()
    parser = etree.XMLParser(target=prolog, **LOCKED)
    try:
        parser.feed(head)
    except _DoctypeSeen:
        raise Unreadable(DOCTYPE, line=_line_of_doctype(head)) from None
    except etree.XMLSyntaxError as problem:
        if not prolog.over:
            raise Unreadable(BROKEN, line=max(problem.lineno or 1, 1)) from None
    if not prolog.over:
        raise Unreadable(PROLOG)


def _line_of_doctype(head: bytes) -> int:
    return head.replace(b"\x00", b"").partition(b"<!DOCTYPE")[0].count(b"\n") + 1


class _DoctypeSeen(Exception):
    pass


class _Prolog:
    """Listens to the parser until the first element begins."""

    over = False

    def doctype(self, *_facts: object) -> None:
        raise _DoctypeSeen

    def start(self, _tag: str, _attributes: object) -> None:
        self.over = True

    def end(self, _tag: str) -> None:
        pass

    def close(self) -> None:
        pass


def opened(path_or_stream: str | Path | BinaryIO) -> BinaryIO:
    """The bytes from their beginning."""
    if isinstance(path_or_stream, str | Path):
        return Path(path_or_stream).open("rb")
    if path_or_stream.seekable():
        path_or_stream.seek(0)
    return path_or_stream
