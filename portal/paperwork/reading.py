"""Read a filled form without trusting it: the file is opened in a child process that may die."""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from portal.infra import sandbox
from portal.kernel.errors import TooMany
from portal.paperwork.rules import Reading, remarks_on

FORM_PDF = Path(__file__).with_name("form_pdf.py")


def read_form(document: bytes | Path | BinaryIO) -> Reading:
    """What the boxes of a Cerfa 10103*14 say; a `Reading` with a `problem` when there is nothing to read.

    `TooMany` when the machine already reads as many documents as it may.
    """
    try:
        with opened(document) as stream:
            said = sandbox.run(FORM_PDF, stream, "values")
    except sandbox.Busy:
        raise TooMany("The portal is reading many files. Try again in a minute.") from None
    except sandbox.Overrun:
        return Reading(problem="unreadable")
    if problem := _problem(said):
        return Reading(problem=problem)
    reading = Reading(values=_named(said["values"]))
    remarks = remarks_on(reading) + (("nir_present",) if said["nir"] else ())
    return Reading(values=reading.values, remarks=remarks)


def opened(document: bytes | Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    """The document as a stream; closed afterwards when it was opened here."""
    if isinstance(document, Path):
        return document.open("rb")
    return BytesIO(document) if isinstance(document, bytes) else nullcontext(document)


def _problem(said: Mapping[str, Any]) -> str:
    if said["known"]:
        return ""
    if not said["boxes"] and not said["text"]:
        return "scan"
    if not said["boxes"] and said["version"] == "14":
        return "flattened"
    return "form_version_not_supported"


def _named(boxes: Mapping[str, str]) -> dict[str, str]:
    """The values by our names, for those that were filled in."""
    values = {name: _value(about, boxes) for name, about in _fields().items()}
    return {name: value for name, value in values.items() if value}


def _value(about: Mapping[str, Any], boxes: Mapping[str, str]) -> str:
    match about["type"]:
        case "date":
            day, month, year = (boxes.get(about["fields"][p], "") for p in ("day", "month", "year"))
            return f"{year}-{month:0>2}-{day:0>2}" if day or month or year else ""
        case "money":
            euros, cents = (boxes.get(about["fields"][part], "") for part in ("euros", "cents"))
            return f"{euros or 0}.{cents or '00'}" if euros or cents else ""
        case "choice":
            return "+".join(name for name, box in about["options"].items() if boxes.get(box))
        case _:
            return boxes.get(about["field"], "")


@cache
def _fields() -> dict[str, Any]:
    known = json.loads(FORM_PDF.with_name("data").joinpath("cerfa-10103-14.json").read_text())
    return known["fields"]
