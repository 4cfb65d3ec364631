"""Child process of `pictures`: bind photographs into one PDF.

Runs alone: it imports nothing of the portal. The photographs lie one behind the other on the standard input;
the words it is called with are their sizes in bytes. Each becomes new pixels, so nothing else of the file
survives: no place, no telephone, no thumbnail. It prints the PDF, or `wrong` and a photograph's number.
"""

import sys
from io import BytesIO

import pikepdf
import pillow_heif
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, ImageOps

#: A4 at 200 dots per inch; the shorter side first.
SHORT, LONG = 1654, 2339
A4 = (595.28, 841.89)
#: The largest picture a telephone of today makes is 200 megapixels; what is sent is at most 64.
MOST_PIXELS = 64_000_000
QUALITY = 70
KINDS = ("JPEG", "PNG", "HEIF")


def upright(photo: bytes) -> Image.Image:
    """The picture as it was seen, no larger than the paper."""
    with Image.open(BytesIO(photo), formats=KINDS) as picture:
        if picture.width * picture.height > MOST_PIXELS or not min(picture.size):
            raise ValueError("too many pixels")
        picture.draft("RGB", (LONG, LONG))
        seen = ImageOps.exif_transpose(picture)
        seen.thumbnail(
            (SHORT, LONG) if seen.height >= seen.width else (LONG, SHORT), reducing_gap=2
        )
        return on_white(seen)


def on_white(picture: Image.Image) -> Image.Image:
    """Without transparency, in plain colours."""
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    paper = Image.new("RGB", picture.size, "white")
    seen = picture.convert("RGBA")
    paper.paste(seen, mask=seen.getchannel("A"))
    return paper


def add_page(document: pikepdf.Pdf, picture: Image.Image) -> None:
    """An A4 page, upright or lying like the picture, which fills it as far as its shape allows."""
    picture.save(packed := BytesIO(), "JPEG", quality=QUALITY, optimize=True)
    image = Stream(document, packed.getvalue())
    image.stream_dict = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=Name.DeviceGray if picture.mode == "L" else Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
    )
    width, height = A4 if picture.height >= picture.width else A4[::-1]
    scale = min(width / picture.width, height / picture.height)
    across, up = picture.width * scale, picture.height * scale
    place = f"{across:.2f} 0 0 {up:.2f} {(width - across) / 2:.2f} {(height - up) / 2:.2f}"
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, round(width, 2), round(height, 2)]),
        Resources=Dictionary(XObject=Dictionary(Photo=image)),
        Contents=Stream(document, f"q {place} cm /Photo Do Q".encode()),
    )
    document.pages.append(pikepdf.Page(document.make_indirect(page)))


def bind(sizes: list[int]) -> bytes:
    document = pikepdf.new()
    for number, size in enumerate(sizes, start=1):
        try:
            add_page(document, upright(sys.stdin.buffer.read(size)))
        except Exception:  # whatever a stranger's picture does to the reader of pictures
            return b"wrong %d" % number
    document.save(made := BytesIO(), deterministic_id=True)
    return made.getvalue()


if __name__ == "__main__":
    pillow_heif.register_heif_opener(thumbnails=False)
    sys.stdout.buffer.write(bind([int(size) for size in sys.argv[1:]]))
