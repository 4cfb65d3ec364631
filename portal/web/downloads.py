"""Giving a document back: always as a file to save, under a name made here, and never run."""

from collections.abc import Iterator
from typing import IO, BinaryIO

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


def bytes_to_save(data: bytes, name: str, mimetype: str) -> Response:
    """`data` as the file `name` (plain ASCII), caged like every document."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, headers=CAGED | disposition, mimetype=mimetype)
