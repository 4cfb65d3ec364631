"""Photographs of signed pages become one PDF, whatever telephone took them."""

import zlib
from io import BytesIO
from struct import pack
from time import monotonic

import pikepdf
import pillow_heif
import pypdfium2
import pytest
from PIL import Image

from portal.kernel.errors import NotPossible
from portal.paperwork import MOST_PHOTOS, is_photo, photos_to_pdf

pytestmark = pytest.mark.slow

pillow_heif.register_heif_opener()
CANARY = "TELEPHONE-CANARY-4711"


def photo(kind="JPEG", size=(600, 800), turned=None, colour="red"):
    """A picture whose upper half is `colour`; `turned` is the EXIF note of how the telephone was held."""
    picture = Image.new("RGB", size, "white")
    picture.paste(colour, (0, 0, size[0], size[1] // 2))
    notes = Image.Exif()
    notes[0x010F] = CANARY
    if turned:
        notes[0x0112] = turned
    picture.save(data := BytesIO(), kind, exif=notes)
    return data.getvalue()


def pages(data):
    """What a reader sees: each page as a small picture."""
    with pypdfium2.PdfDocument(data) as document:
        return [page.render(scale=0.2).to_pil().convert("RGB") for page in document]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
def test_a_photograph_becomes_an_a4_page_without_what_the_telephone_noted(kind):
    data = photo(kind)
    made = photos_to_pdf([data])
    assert is_photo(data[:12])
    with pikepdf.open(BytesIO(made)) as document:
        assert [float(x) for x in document.pages[0].mediabox] == [0, 0, 595.28, 841.89]
        assert "/Author" not in document.docinfo
    assert CANARY.encode() not in made
    [page] = pages(made)
    assert page.getpixel((page.width // 2, 40))[1] < 40
    assert page.getpixel((page.width // 2, page.height - 40))[1] > 200


def test_each_photograph_is_a_page_in_the_order_it_was_chosen():
    made = photos_to_pdf(
        [photo(colour="red"), photo("PNG", colour="lime"), photo("HEIF", colour="blue")]
    )
    strongest = [max(range(3), key=page.getpixel((60, 40)).__getitem__) for page in pages(made)]
    assert strongest == [0, 1, 2]


def test_a_photograph_stands_as_it_was_seen():
    [page] = pages(photos_to_pdf([photo(size=(800, 600), turned=6)]))
    assert page.height > page.width
    assert page.getpixel((page.width - 15, page.height // 2))[1] < 40
    assert page.getpixel((15, page.height // 2))[1] > 200


def test_a_lying_photograph_makes_a_lying_page():
    [page] = pages(photos_to_pdf([photo(size=(800, 600))]))
    assert page.width > page.height


def test_transparent_pictures_stand_on_white():
    picture = Image.new("RGBA", (300, 400), (0, 0, 0, 0))
    picture.save(data := BytesIO(), "PNG")
    [page] = pages(photos_to_pdf([data.getvalue()]))
    assert page.getpixel((60, 80)) == (255, 255, 255)


def test_a_large_photograph_is_made_small():
    noise = Image.effect_noise((4000, 3000), 60).convert("RGB")
    noise.save(data := BytesIO(), "JPEG", quality=95)
    made = photos_to_pdf([data.getvalue()])
    with pikepdf.open(BytesIO(made)) as document:
        image = document.pages[0].Resources.XObject.Photo
        assert max(int(image.Width), int(image.Height)) <= 2339
    assert len(made) < len(data.getvalue()) / 3


def bomb(side):
    """A PNG of a few kilobytes that claims `side` × `side` pixels."""

    def chunk(name, content):
        return pack(">I", len(content)) + name + content + pack(">I", zlib.crc32(name + content))

    head = pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(10_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        bomb(100_000),
        bomb(2_000_000_000),
        photo()[:300],
        photo("PNG")[:60],
        photo("HEIF")[:200],
        b"\xff\xd8\xff" + bytes(5000),
        b"\x00\x00\x00\x18ftypheic" + bytes(5000),
    ],
    ids=["bomb", "larger bomb", "cut jpeg", "cut png", "cut heic", "no jpeg", "no heic"],
)
def test_a_damaged_or_bomb_photograph_is_named_and_hurts_nobody(data):
    started = monotonic()
    with pytest.raises(NotPossible, match="Photograph 2 is damaged or far too large"):
        photos_to_pdf([photo(), data])
    assert monotonic() - started < 30


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"%PDF-1.7", b"<svg/>", b"II*\x00tiff"])
def test_other_files_are_not_taken_for_photographs(data):
    with pytest.raises(NotPossible, match="File 1 is no JPEG, PNG or HEIC photograph"):
        photos_to_pdf([data])


def test_twenty_photographs_are_the_limit():
    small = photo(size=(60, 80))
    assert len(pages(photos_to_pdf([small] * MOST_PHOTOS))) == 20
    for count in (0, 21):
        with pytest.raises(NotPossible, match="1 to 20 photographs"):
            photos_to_pdf([small] * count)
