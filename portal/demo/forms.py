"""Filled contract forms whose days fit the demo's own: the year of the demo moves, the files do not."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

from pikepdf import Pdf
from pikepdf.form import DefaultAppearanceStreamGenerator, Form, TextField

CERFA = Path(__file__).with_name("cerfa")
#: Boxes of form 10103*14 for day, month and year.
BORN, CONCLUDED = ("21_7", "21_8", "21_9"), ("21_16", "21_17", "21_18")
STARTS, IN_COMPANY, ENDS = (
    ("21_19", "21_20", "21_21"),
    ("21_22", "21_23", "21_24"),
    ("21_10", "21_11", "21_12"),
)


def dated(name: str, *, born_on: date | None, starts_on: date, ends_on: date) -> BytesIO:
    """The file `name` of the folder `cerfa` with these days in its boxes; what was left blank stays blank."""
    days = {
        BORN: born_on,
        CONCLUDED: starts_on - timedelta(days=10),
        STARTS: starts_on,
        IN_COMPANY: starts_on,
        ENDS: ends_on,
    }
    written = BytesIO()
    with Pdf.open(CERFA / name) as pdf:
        form = Form(pdf, DefaultAppearanceStreamGenerator)
        boxes = {field.fully_qualified_name: field for field in form}
        for names, day in days.items():
            for box, text in zip(names, _parts(day), strict=True):
                field = boxes.get(f"Zone de texte {box}")
                if isinstance(field, TextField) and field.value and text:
                    field.value = text
        pdf.save(written, static_id=True)
    written.seek(0)
    return written


def _parts(day: date | None) -> tuple[str, str, str]:
    return (f"{day:%d}", f"{day:%m}", f"{day:%Y}") if day else ("", "", "")
