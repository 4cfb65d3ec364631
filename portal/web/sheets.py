"""Tables to take away: CSV as French spreadsheets open it, and workbooks. No cell ever becomes a formula."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from portal.kernel import clock
from portal.web.downloads import CAGED, file_to_save

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What spreadsheets begin a formula with (OWASP, CSV injection); wide forms are folded first.
FORMULA = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n")


class Money(int):
    """Cents of a cell that is an amount."""


def safe(text: str) -> str:
    """`text` that no spreadsheet takes for a formula: an apostrophe stands before what looks like one."""
    bare = unicodedata.normalize("NFKC", text).lstrip(" \u00a0\u200b\ufeff")
    return f"'{text}" if bare.startswith(FORMULA) else text


def csv_to_save(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """The table as `name`.csv: UTF-8 with its mark, semicolons, decimal commas; sent as it is made."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(_lines(heads, rows), headers=CAGED | disposition, mimetype="text/csv")


def xlsx_to_save(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """The table as `name`.xlsx: texts as texts, amounts as numbers with two decimals, days as dates."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.append([_text_cell(sheet, head) for head in heads])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = BytesIO()
    book.save(file)
    return file_to_save(file.getvalue(), f"{name}.xlsx", XLSX)


def _lines(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    buffer = StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    yield "\ufeff"
    writer.writerow(heads)
    for row in rows:
        writer.writerow([_written(value) for value in row])
        if buffer.tell() > 32_768:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Money):
        return typed(value)
    if isinstance(value, datetime):
        return clock.school_time(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    return safe(str(value))


def typed(cents: int) -> str:
    """“-1375,00”: what French accounting software reads as an amount."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02}"


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    if isinstance(value, Money):
        cell = WriteOnlyCell(sheet, Decimal(value) / 100)
        cell.number_format = "#,##0.00"
        return cell
    if isinstance(value, datetime):
        return WriteOnlyCell(sheet, clock.school_time(value).replace(tzinfo=None))
    if value is None or isinstance(value, date | int):
        return WriteOnlyCell(sheet, value)
    return _text_cell(sheet, str(value))


def _text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", safe(text)))
    cell.data_type = "s"
    return cell
