"""Toolkit for papers that strangers send: reading a form, comparing it, showing it, making one of photographs.

Everything that opens a file does so in a child process with limits. Nothing here knows a database.
"""

from portal.paperwork.pictures import (
    MOST_PHOTOS,
    Unshowable,
    is_photo,
    photos_to_pdf,
    preview,
)
from portal.paperwork.reading import read_form
from portal.paperwork.rules import (
    PROBLEMS,
    REMARKS,
    Difference,
    Reading,
    Record,
    cross_check,
    prefill,
    prefill_employer,
)

__all__ = [
    "MOST_PHOTOS",
    "PROBLEMS",
    "REMARKS",
    "Difference",
    "Reading",
    "Record",
    "Unshowable",
    "cross_check",
    "is_photo",
    "photos_to_pdf",
    "prefill",
    "prefill_employer",
    "preview",
    "read_form",
]
