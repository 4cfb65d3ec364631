"""Giving a document back: always as a file to save, under a name made here, and never run."""

from collections.abc import Callable, Iterable, Iterator
from io import RawIOBase
from typing import IO, Any, BinaryIO
from zipfile import ZIP_STORED, ZipFile

from flask import Response

CHUNK = 64 * 1024
#: Even a reader that ignores the attachment header may run nothing of a stranger's file.
CAGED = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def pdf_to_save(stream: BinaryIO, *, name: str, size: int) -> Response:
    """`stream` as the PDF `name` (plain ASCII) of `size` bytes; it is closed when it was sent."""
    return file_to_save(stream, name=name, size=size, mimetype="application/pdf")


def file_to_save(stream: IO[bytes], *, name: str, size: int, mimetype: str) -> Response:
    """`stream` as the file `name` (plain ASCII) of `size` bytes; it is closed when it was sent."""
    answer = Response(
        _in_pieces(stream),
        headers=CAGED
        | {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)},
        mimetype=mimetype,
    )
    answer.call_on_close(stream.close)
    return answer


def picture_to_see(png: bytes) -> Response:
    """A picture that a page shows; caged like every document."""
    return Response(png, headers=CAGED | {"Content-Disposition": "inline"}, mimetype="image/png")


def _in_pieces(stream: IO[bytes]) -> Iterator[bytes]:
    with stream:
        while piece := stream.read(CHUNK):
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
