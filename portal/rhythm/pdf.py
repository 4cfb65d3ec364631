"""The year as a paper: plain values in, bytes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from portal.certificates import long_day, print_page
from portal.contracts import KIND_LABELS, Contract
from portal.kernel import clock
from portal.kernel.i18n import translate
from portal.programme import Cohort
from portal.rhythm.rules import Calendar, Day, DayKind, Month, holiday_name

TEMPLATES = Path(__file__).parents[2] / "templates"
LONGEST_MONTH = 31
_pages = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


@dataclass(frozen=True)
class Paper:
    file_name: str
    content: bytes


def of_cohort(cohort: Cohort, calendar: Calendar, language: str) -> Paper:
    """The year of a cohort, on one page. `WorkFailed` when the printer could not."""
    html = _page(cohort, calendar, language, contract=None)
    return Paper(
        f"calendar-{cohort.starts_on.year}-{cohort.ends_on.year}.pdf",
        print_page(html, identifier=f"rhythm-cohort-{cohort.id}"),
    )


def of_contract(contract: Contract, calendar: Calendar, language: str) -> Paper:
    """The days of a contract, to go with it. `WorkFailed` when the printer could not."""
    html = _page(contract.enrolment.cohort, calendar, language, contract=contract)
    return Paper(
        f"calendar-contract-{contract.id}.pdf",
        print_page(html, identifier=f"rhythm-contract-{contract.id}"),
    )


def in_words(days: Sequence[Day]) -> str:
    """The numbers of the school days: “1, 2, 8, 12–16”, three and more in a row joined."""
    numbers = [day.date.day for day in days if day.kind == DayKind.SCHOOL]
    rows = [
        [number for _, number in row]
        for _, row in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(_joined(row) for row in rows)


def _joined(row: Sequence[int]) -> str:
    return f"{row[0]}–{row[-1]}" if len(row) > 2 else ", ".join(map(str, row))


def _page(cohort: Cohort, calendar: Calendar, language: str, *, contract: Contract | None) -> str:
    programme = cohort.programme
    return _pages.get_template("rhythm/paper.html").render(
        language=language,
        school=programme.school,
        programme=programme.title_fr if language == "fr" else programme.title_en,
        cohort=cohort,
        contract=contract,
        kinds=KIND_LABELS,
        calendar=calendar,
        rows=[_row(month, language) for month in calendar.months],
        holidays=_holidays(calendar, language),
        today=clock.today(),
        _=lambda sentence, **holes: Markup.escape(translate(sentence, language)) % holes,
        day=lambda value: long_day(value, language),
        letter=lambda value: format_date(value, "EEEEE", locale=language),
        longest=range(1, LONGEST_MONTH + 1),
    )


def _row(month: Month, language: str) -> dict[str, object]:
    by_number = {day.date.day: day for day in month.days}
    return {
        "name": format_date(month.first, "LLLL y", locale=language),
        "days": [by_number.get(number) for number in range(1, LONGEST_MONTH + 1)],
        "totals": month.totals,
        "in_words": in_words(month.days),
    }


def _holidays(calendar: Calendar, language: str) -> list[tuple[date, str]]:
    """The public holidays that fall on a working day of the week."""
    return [
        (day.date, holiday_name(day.date, language))
        for day in calendar.days
        if day.kind == DayKind.HOLIDAY and day.place_in_week < 6
    ]
