"""Child process of `reading` and `pictures`: the values of a form's boxes, or its first page as a picture.

Runs alone: it imports nothing of the portal. Boxes that hold the social-security number or facts about
health are named in the form's map as hidden: their values are not read, and the picture covers them.
"""

import ctypes
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import ImageDraw
from pypdfium2 import raw

MAP = json.loads(Path(__file__).with_name("data").joinpath("cerfa-10103-14.json").read_text())
HIDDEN = {box for boxes in MAP["hidden"].values() for box in boxes}
NUMBER = set(MAP["hidden"]["apprentice.nir"])
#: Names of such boxes on other versions of the form.
SECRET_NAME = re.compile(r"\bNIR\b|sécurité sociale|handicap|RQTH|\bBOE\b|équivalence jeunes", re.I)
#: A social-security number, with or without its key and however it is spaced: sex, year, month, place, order.
NIR = re.compile(
    r"(?<!\d)[1-478](?:S\d){2}S(?:0S[1-9]|1S[0-2]|[2-9]S\d)S\d(?:S[\dABab])(?:S\d){6}(?:(?:S\d){2})?(?!\d)".replace(
        "S", r"[ \u00a0.\-]{0,3}"
    )
)
LABEL = re.compile(r"\bNIR\b[^\r\n]*|sécurité sociale\s*:[^\r\n]*")
HEALTH = re.compile(r"(handicapé|quivalence jeunes|Extension BOE)[^\r\n]*", re.I)
VERSION = re.compile(r"10103\s*\*\s*(\d{2})")
PAGES_READ = 4
LONGEST = 200
LETTERS = 300_000
WIDTH = 900
TALLEST = 1800
#: Where form 10103*14 asks for the number and for health, in points on A4, with room for a sheet askew.
ASKED_AT = [(8, 468, 300, 506), (288, 334, 490, 410)]
MARGIN = 2
GREY = (120, 124, 130)

Box = tuple[float, float, float, float]


@dataclass
class Field:
    name: str
    value: str
    box: Box

    @property
    def secret(self) -> bool:
        return (
            self.name in HIDDEN
            or bool(SECRET_NAME.search(self.name))
            or bool(NIR.search(self.value))
        )


def fields(page: pypdfium2.PdfPage, form: pypdfium2.PdfFormEnv | None) -> Iterator[Field]:
    """The boxes of a page that somebody fills in or ticks."""
    for number in range(raw.FPDFPage_GetAnnotCount(page) if form else 0):
        annotation = raw.FPDFPage_GetAnnot(page, number)
        try:
            kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
            if kind > raw.FPDF_FORMFIELD_UNKNOWN:
                yield field(form, annotation, kind)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def field(form: pypdfium2.PdfFormEnv, annotation: object, kind: int) -> Field:
    box = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(annotation, box)
    value = text_of(raw.FPDFAnnot_GetFormFieldValue, form, annotation)
    if kind in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
        value = "x" if raw.FPDFAnnot_IsChecked(form, annotation) else ""
    name = text_of(raw.FPDFAnnot_GetFormFieldName, form, annotation)
    return Field(name, value, (box.left, box.bottom, box.right, box.top))


def text_of(ask, *about) -> str:
    """What a function of the library that fills a buffer says about something."""
    size = ask(*about, None, 0)
    if not 2 < size < 1_000_000:
        return ""
    buffer = ctypes.create_string_buffer(size)
    ask(*about, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return " ".join(buffer.raw.decode("utf-16-le", "replace").rstrip("\0").split())


def read(document: pypdfium2.PdfDocument) -> dict:
    """Version, whether there are boxes and text at all, and what stands in the boxes that are to be read."""
    form = environment(document)
    wanted = {name for about in MAP["fields"].values() for name in names(about)}
    values, found, secret, words = {}, set(), False, ""
    for number in range(min(len(document), PAGES_READ)):
        page = document[number]
        words += letters(page.get_textpage())
        for one in fields(page, form):
            found.add(one.name)
            if one.secret:
                secret = secret or (one.name in NUMBER and one.value != "")
            elif one.name in wanted and one.value:
                values[one.name] = one.value[:LONGEST]
    version = next(iter(VERSION.findall(words)), "")
    return {
        "version": version,
        "known": found.issuperset(MAP["detect"]) and version == "14",
        "boxes": len(found),
        "text": len(words.strip()) > 40,
        "nir": secret,
        "values": values,
    }


def names(about: dict) -> list[str]:
    return (
        [about["field"]]
        if "field" in about
        else list((about.get("fields") or about["options"]).values())
    )


def picture(document: pypdfium2.PdfDocument, *, is_form: bool) -> None:
    """Print the first page as PNG."""
    form = environment(document)
    page = document[0]
    width, height = page.get_size()
    scale = min((WIDTH - 0.01) / max(width, 1), TALLEST / max(height, 1))
    bitmap = page.render(scale=scale, may_draw_forms=True, rev_byteorder=True)
    position = bitmap.get_posconv(page)
    image = bitmap.to_pil().convert("RGB")
    pen = ImageDraw.Draw(image)
    for left, bottom, right, top in masks(page, form, is_form):
        corners = [position.to_bitmap(left, bottom), position.to_bitmap(right, top)]
        across, down = zip(*corners, strict=True)
        pen.rectangle(
            (min(across) - MARGIN, min(down) - MARGIN, max(across) + MARGIN, max(down) + MARGIN),
            fill=GREY,
        )
    image.quantize(128).save(sys.stdout.buffer, "PNG", optimize=False)


def masks(
    page: pypdfium2.PdfPage, form: pypdfium2.PdfFormEnv | None, is_form: bool
) -> Iterator[Box]:
    """What nobody is to see, in points."""
    yield from (one.box for one in fields(page, form) if one.secret)
    layer = page.get_textpage()
    words = letters(layer)
    for number in NIR.finditer(words):
        yield from boxes(layer, number.start(), len(number[0]))
    for label in LABEL.finditer(words):
        for left, bottom, right, top in boxes(layer, label.start(), len(label[0])):
            # The number stands behind its label on old versions and under it on the newest.
            yield left, bottom - 14, max(right, left + 270), top
    for line in HEALTH.finditer(words):
        yield from boxes(layer, line.start(), len(line[0]))
    if is_form and len(words.strip()) < 40:
        yield from (on_page(page, box) for box in ASKED_AT)


def boxes(layer: pypdfium2.PdfTextPage, start: int, count: int) -> Iterator[Box]:
    for rectangle in range(layer.count_rects(start, count)):
        yield layer.get_rect(rectangle)


def on_page(page: pypdfium2.PdfPage, box: Box) -> Box:
    """`box` of an A4 sheet where it lies on a page of another size."""
    left, bottom, right, top = page.get_mediabox()
    across, up = (right - left) / 595.3, (top - bottom) / 841.9
    return (
        left + box[0] * across,
        bottom + box[1] * up,
        left + box[2] * across,
        bottom + box[3] * up,
    )


def environment(document: pypdfium2.PdfDocument) -> pypdfium2.PdfFormEnv | None:
    document.init_forms()
    return document.formenv


def letters(layer: pypdfium2.PdfTextPage) -> str:
    """The text of a page, one sign for each of the library's, so that places in it are the library's places."""
    signs = (
        raw.FPDFText_GetUnicode(layer, place) for place in range(min(layer.count_chars(), LETTERS))
    )
    return "".join(chr(sign) if sign and sign < 0xD800 else " " for sign in signs)


if __name__ == "__main__":
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    if sys.argv[1] == "values":
        json.dump(read(document), sys.stdout)
    else:
        picture(document, is_form=sys.argv[1] == "form-picture")
