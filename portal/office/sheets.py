"""Lists as files. Both writers read the rows once and hold one row at a time; the file itself goes to disk when it grows."""

import csv
from collections.abc import Iterable
from datetime import date
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from portal.kernel.i18n import translate
from portal.office.rules import Column, Kind, Sheet, euros, readable, written

IN_MEMORY = 1024 * 1024
#: The most that a cell of a workbook holds (ECMA-376).
LONGEST_CELL = 32_767
FORMATS = {Kind.EUROS: "#,##0.00", Kind.DAY: "yyyy-mm-dd"}


def as_csv(sheet: Sheet, locale: str) -> IO[bytes]:
    """The list for French spreadsheets: UTF-8 with a mark at its beginning, semicolons, decimal commas."""
    kinds = [column.kind for column in sheet.columns]
    text = _text("utf-8-sig")
    lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
    lines.writerow(written(title, Kind.TEXT) for title in _titles(sheet, locale))
    for row in sheet.rows:
        lines.writerow(map(written, row, kinds))
    return _file_of(text)


def as_xlsx(sheet: Sheet, locale: str) -> IO[bytes]:
    """The list as a workbook: text is text whatever it looks like, amounts are numbers, days are days."""
    book = Workbook(write_only=True)
    page = book.create_sheet(translate(sheet.title, locale)[:31])
    page.freeze_panes = "A2"
    heads = [Column(title) for title in _titles(sheet, locale)]
    page.append(_filled(_cells(page, heads), heads, [head.title for head in heads]))
    cells = _cells(page, sheet.columns)
    for row in sheet.rows:
        page.append(_filled(cells, sheet.columns, row))
    file = _file()
    book.save(file)
    return file


def as_lines(lines: Iterable[str]) -> IO[bytes]:
    """A plain text file, UTF-8, lines ended as Windows does."""
    text = _text("utf-8")
    text.writelines(f"{line}\r\n" for line in lines)
    return _file_of(text)


def _titles(sheet: Sheet, locale: str) -> list[str]:
    return [translate(column.title, locale) for column in sheet.columns]


def _cells(page: Any, columns: Iterable[Column]) -> list[Any]:
    """One cell for each column, filled anew for every row: making and styling cells costs more than writing them."""
    cells = []
    for column in columns:
        cell = WriteOnlyCell(page)
        if column.kind in FORMATS:
            cell.number_format = FORMATS[column.kind]
        cells.append(cell)
    return cells


def _filled(cells: list[Any], columns: Iterable[Column], row: Iterable[object]) -> list[Any]:
    for cell, column, value in zip(cells, columns, row, strict=True):
        _fill(cell, column.kind, value)
    return cells


def _fill(cell: Any, kind: Kind, value: Any) -> None:
    if value is None:
        cell.value = None
    elif kind is Kind.EUROS:
        cell.value = euros(value)
    elif kind is Kind.NUMBER or (kind is Kind.DAY and isinstance(value, date)):
        cell.value = value
    else:
        cell.value = readable(str(value))[:LONGEST_CELL]
        cell.data_type = "s"  # the library takes "=1" for a formula


def _file() -> IO[bytes]:
    return SpooledTemporaryFile(max_size=IN_MEMORY)


def _text(encoding: str) -> TextIOWrapper:
    return TextIOWrapper(_file(), encoding, newline="")


def _file_of(text: TextIOWrapper) -> IO[bytes]:
    text.flush()
    return text.detach()  # type: ignore[return-value]
