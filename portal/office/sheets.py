"""Lists as files. Both writers read the rows once and hold one row at a time; the file itself goes to disk when it grows."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
SOFT_HYPHEN = "\N{SOFT HYPHEN}"
FORMATS = {Kind.EUROS: "#,##0.00", Kind.DAY: "yyyy-mm-dd"}


def as_csv(sheet: Sheet, locale: str) -> IO[bytes]:
    """The list for French spreadsheets: UTF-8 with a mark at its beginning, semicolons, decimal commas."""
    kinds = [column.kind for column in sheet.columns]
    with _kept() as file, _text(file, "utf-8-sig") as text:
        lines = csv.writer(text, delimiter=";", lineterminator="\r\n")
        lines.writerow(written(title, Kind.TEXT) for title in _titles(sheet, locale))
        for row in sheet.rows:
            lines.writerow(map(written, row, kinds))
    return file


def as_xlsx(sheet: Sheet, locale: str) -> IO[bytes]:
    """The list as a workbook: text is text whatever it looks like, amounts are numbers, days are days."""
    book = Workbook(write_only=True)
    page = book.create_sheet(translate(sheet.title, locale).replace(SOFT_HYPHEN, "")[:31])
    page.freeze_panes = "A2"
    heads = [Column(title) for title in _titles(sheet, locale)]
    page.append(_filled(_cells(page, heads), heads, [head.title for head in heads]))
    cells = _cells(page, sheet.columns)
    for row in sheet.rows:
        page.append(_filled(cells, sheet.columns, row))
    with _kept() as file:
        book.save(file)
    return file


def as_lines(lines: Iterable[str]) -> IO[bytes]:
    """A plain text file, UTF-8, lines ended as Windows does."""
    with _kept() as file, _text(file, "utf-8") as text:
        text.writelines(f"{line}\r\n" for line in lines)
    return file


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
        _fill_text(cell, readable(str(value))[:LONGEST_CELL])


def _fill_text(cell: Any, text: str) -> None:
    cell.value = text or None
    if text:
        cell.data_type = "s"  # the library takes "=1" for a formula


@contextmanager
def _kept() -> Iterator[IO[bytes]]:
    """A new file, which stays open for whoever sends it unless writing it fails."""
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (its reader closes it)
    try:
        yield file
    except BaseException:
        file.close()
        raise


@contextmanager
def _text(file: IO[bytes], encoding: str) -> Iterator[TextIOWrapper]:
    """`file` as text; unlike a plain wrapper it leaves the file open behind it."""
    text = TextIOWrapper(file, encoding, newline="")
    try:
        yield text
    finally:
        text.detach()  # writes what is left first
