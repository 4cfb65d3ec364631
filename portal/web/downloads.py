"""Giving a document back: always as a file to save, under a name made here, and never run."""

from collections.abc import Callable, Iterable, Iterator
from io import RawIOBase
from typing import IO, Any, BinaryIO
from zipfile import ZIP_STORED, ZipFile

from flask import Response, request

CHUNK = 64 * 1024
#: Even a reader that ignores the attachment header may run nothing of a stranger's file.
CAGED = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def pdf_to_save(stream: BinaryIO, *, name: str, size: int, sha256: str = "") -> Response:
    """`stream` as the PDF `name` (plain ASCII) of `size` bytes; it is closed when it was sent."""
    return file_to_save(stream, name=name, size=size, mimetype="application/pdf", sha256=sha256)


def file_to_save(
    stream: IO[bytes], *, name: str, size: int, mimetype: str, sha256: str = ""
) -> Response:
    """`stream` as the file `name` (plain ASCII) of `size` bytes; it is closed when it was sent.

    With the `sha256` of a file that never changes, a browser may ask for a part of it, or for the rest of
    what it has begun to save.
    """
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    part = _part(size, sha256) if sha256 else None
    start, stop = part or (0, size)
    if part and start >= stop:
        stream.close()
        return Response("", 416, CAGED | {"Content-Range": f"bytes */{size}"}, "text/plain")
    answer = Response(_in_pieces(stream, start, stop), headers=CAGED | disposition)
    answer.mimetype, answer.content_length = mimetype, stop - start
    if sha256:
        answer.accept_ranges = "bytes"
        answer.set_etag(sha256)
    if part:
        answer.status_code = 206
        answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    answer.call_on_close(stream.close)
    return answer


def picture_to_see(png: bytes) -> Response:
    """A picture that a page shows; caged like every document."""
    return Response(png, headers=CAGED | {"Content-Disposition": "inline"}, mimetype="image/png")


def _part(size: int, sha256: str) -> tuple[int, int] | None:
    """From where to where the request wants the file; nothing unless it asks well, for one part of these bytes."""
    wanted = request.range
    if request.method != "GET" or wanted is None or wanted.units != "bytes":
        return None
    if len(wanted.ranges) > 1 or (
        "If-Range" in request.headers and request.if_range.etag != sha256
    ):
        return None
    start, stop = wanted.ranges[0]
    start = max(0, size + start) if start < 0 else start
    return start, min(size, stop if stop is not None else size)


def _in_pieces(stream: IO[bytes], start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    with stream:
        if start:
            stream.seek(start)
        left = CHUNK if stop is None else stop - start
        while piece := stream.read(min(CHUNK, left)):
            left -= len(piece) if stop is not None else 0
            yield piece


def zip_to_save(members: Iterable[tuple[str, Callable[[], IO[bytes]]]], *, name: str) -> Response:
    """An archive `name` of `members`, each a plain ASCII name and how to open it; sent while it is made.

    Nothing is kept in memory or on disk beyond a piece of the file that is being read.
    """
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_zipped(members), headers=CAGED | disposition, mimetype="application/zip")


def _zipped(members: Iterable[tuple[str, Callable[[], IO[bytes]]]]) -> Iterator[bytes]:
    written = _Written()
    with ZipFile(written, "w", ZIP_STORED) as archive:  # PDFs are compressed already
        for name, opened in members:
            with opened() as source, archive.open(name, "w", force_zip64=True) as target:
                for piece in _in_pieces(source):
                    target.write(piece)
                    yield written.taken()
    yield written.taken()


class _Written(RawIOBase):
    """What an archive wrote since it was last asked; it cannot go back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        self._pieces.append(bytes(piece))
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def bytes_to_save(data: bytes, name: str, mimetype: str) -> Response:
    """`data` as the file `name` (plain ASCII), caged like every document."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, headers=CAGED | disposition, mimetype=mimetype)
