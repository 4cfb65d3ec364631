"""The first page of a paper as a picture, and photographs of pages as one PDF."""

from collections.abc import Sequence
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, BinaryIO, cast

from portal.infra import sandbox
from portal.kernel.errors import NotPossible, TooMany
from portal.paperwork.reading import FORM_PDF, opened

PHOTO_PDF = Path(__file__).with_name("photo_pdf.py")
MEGABYTE = 1024 * 1024
MOST_PHOTOS = 20
MOST_BYTES = 10 * MEGABYTE
MOST_SECONDS = 20
PNG_MARK = b"\x89PNG\r\n\x1a\n"
#: HEIC is a box file: its first box says `ftyp` and one of these brands (ISO/IEC 23008-12).
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


class Unshowable(Exception):
    """The page cannot be made into a picture within the limits."""


def preview(document: bytes | Path | BinaryIO, *, is_form: bool = True) -> bytes:
    """The first page as PNG, at most 900 pixels wide; the social-security number and facts of health are covered.

    They are found by the form's boxes, by their labels and by what such a number looks like. On a page
    without any text, the place where the form asks for them is covered when `is_form`. `Unshowable`;
    `TooMany` when the machine already reads as many documents as it may.
    """
    try:
        with opened(document) as stream:
            shown = sandbox.ask(
                FORM_PDF, stream, "form-picture" if is_form else "picture", most=4 * MEGABYTE
            )
    except sandbox.Busy:
        raise TooMany("The portal is reading many files. Try again in a minute.") from None
    except sandbox.Overrun:
        raise Unshowable from None
    if not shown.startswith(PNG_MARK):
        raise Unshowable
    return shown


def is_photo(head: bytes) -> bool:
    """Whether a file that begins with these 12 bytes says it is a JPEG, PNG or HEIC picture."""
    heic = head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS
    return heic or head.startswith((b"\xff\xd8\xff", PNG_MARK))


def photos_to_pdf(photos: Sequence[bytes | BinaryIO]) -> bytes:
    """One PDF of A4 pages, one for each photograph, in their order; upright, without what a telephone wrote into them.

    `NotPossible` with what to do when there are none or more than 20, one is no JPEG, PNG or HEIC
    picture or cannot be read, or the PDF would exceed 10 MB; `TooMany` when the machine is busy.
    """
    if not 0 < len(photos) <= MOST_PHOTOS:
        raise NotPossible("Choose 1 to %(most)s photographs.", most=MOST_PHOTOS)
    with TemporaryFile() as together:
        sizes = [_add(together, photo, number) for number, photo in enumerate(photos, start=1)]
        return _pdf(_bound(together, sizes))


def _add(together: IO[bytes], photo: bytes | BinaryIO, number: int) -> int:
    """Put the photograph behind the others; its size."""
    with opened(photo) as stream:
        stream.seek(0)
        if not is_photo(stream.read(12)):
            raise NotPossible(
                "File %(number)s is no JPEG, PNG or HEIC photograph. Leave it out or save it as one.",
                number=number,
            )
        stream.seek(0)
        copyfileobj(stream, together)
        return stream.tell()


def _bound(together: IO[bytes], sizes: list[int]) -> bytes:
    try:
        return sandbox.ask(
            PHOTO_PDF,
            cast(BinaryIO, together),
            *map(str, sizes),
            seconds=min(5 + 2 * len(sizes), MOST_SECONDS),
            megabytes=768,
            most=MOST_BYTES,
        )
    except sandbox.Busy:
        raise TooMany("The portal is reading many files. Try again in a minute.") from None
    except sandbox.Overrun:
        raise NotPossible(
            "These photographs are too large together. Send fewer, or take them smaller."
        ) from None


def _pdf(made: bytes) -> bytes:
    """What the child made, unless it says which photograph it could not read."""
    if made.startswith(b"wrong "):
        number = int(made.removeprefix(b"wrong "))
        raise NotPossible(
            "Photograph %(number)s is damaged or far too large. Take it again.", number=number
        )
    if not made.startswith(b"%PDF-"):
        raise NotPossible("These photographs cannot be made into a PDF. Take them again.")
    return made
