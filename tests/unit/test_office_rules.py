"""Cells no spreadsheet can misread, books that balance, and the arithmetic of the overview."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.fees.rules import Account, LineKind
from portal.kernel.errors import NotPossible
from portal.office import rules, sheets
from portal.office.rules import Column, Kind, Posting, Sheet, Side, accounting, words

TEXT = st.text(max_size=40)
CENTS = st.integers(-(10**11), 10**11)
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
SIGNS = "=+-@＝＋－＠﹢﹣﹦﹫\u2212"
UNSEEN = " \t\r\n\u00a0\u2003\u200b\ufeff\u202e\x00\x1b"
COLUMNS = [
    Column("Text"),
    Column("Euros", Kind.EUROS),
    Column("Day", Kind.DAY),
    Column("Number", Kind.NUMBER),
]
ROWS = st.lists(st.tuples(TEXT, CENTS, DAYS, st.integers(0, 10**6)), max_size=5)


def read_csv(file):
    text = content(file).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=";"))


def read_xlsx(file):
    return list(load_workbook(BytesIO(content(file))).active.iter_rows())


def content(file):
    with file:
        file.seek(0)
        return file.read()


@given(st.text(UNSEEN, max_size=5), st.sampled_from(SIGNS), TEXT)
def test_what_would_calculate_gets_an_apostrophe(before, sign, after):
    assert rules.safe_text(before + sign + after) == "'" + before + sign + after


@given(TEXT)
@example("Moreau")
@example("1-2")
def test_no_text_is_changed_otherwise_and_none_starts_a_formula(text):
    safe = rules.safe_text(text)
    assert safe.removeprefix("'") == text.removeprefix("'")
    assert safe[:1] not in tuple("=+-@\t\r\n＝＋－＠")
    assert safe.lstrip()[:1] not in tuple("=+-@＝＋－＠")


@given(CENTS)
def test_an_amount_keeps_every_cent(cents):
    assert Decimal(rules.plain_amount(cents).replace(",", ".")) * 100 == cents
    assert rules.euros(cents) * 100 == cents
    assert rules.euros(cents).as_tuple().exponent == -2


def test_amounts_are_whole_cents():
    for wrong in (1.5, "1", True, Decimal(1)):
        with pytest.raises(TypeError):
            rules.written(wrong, Kind.EUROS)


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_a_csv_file_reads_back_as_it_was(rows):
    head, *lines = read_csv(sheets.as_csv(Sheet("List", COLUMNS, rows), "en"))
    assert head == ["Text", "Euros", "Day", "Number"]
    assert lines == [
        [
            rules.safe_text(rules.readable(text)),
            rules.plain_amount(cents),
            day.isoformat(),
            str(number),
        ]
        for text, cents, day, number in rows
    ]


@given(ROWS)
@example(
    [("_x000D_ =1", 1, date(2026, 1, 1), 0), ("\ud800\x00\ufffe\r\nx", -1, date(2026, 1, 1), 0)]
)
@settings(max_examples=60, deadline=None)
def test_a_workbook_reads_back_as_it_was(rows):
    _head, *lines = read_xlsx(sheets.as_xlsx(Sheet("List", COLUMNS, rows), "en"))
    assert len(lines) == len(rows)
    for line, (text, cents, day, number) in zip(lines, rows, strict=True):
        assert (line[0].value or "") == rules.readable(text)
        assert not line[0].value or line[0].data_type == "s"
        assert Decimal(str(line[1].value)) * 100 == cents
        assert line[2].value.date() == day
        assert line[3].value == number


def test_empty_cells_stay_empty():
    row = [(None, None, None, None)]
    assert read_csv(sheets.as_csv(Sheet("List", COLUMNS, row), "en"))[1] == [""] * 4
    assert [c.value for c in read_xlsx(sheets.as_xlsx(Sheet("List", COLUMNS, row), "en"))[1]] == [
        None
    ] * 4


def test_a_cell_longer_than_a_workbook_takes_is_cut():
    row = [("x" * 40_000, 0, date(2026, 1, 1), 0)]
    assert len(read_xlsx(sheets.as_xlsx(Sheet("List", COLUMNS, row), "en"))[1][0].value) == 32_767


@st.composite
def postings(draw):
    """A balanced transaction, as the ledger writes them."""
    amounts = draw(st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=4))
    amounts = [*amounts, -sum(amounts)] if sum(amounts) else amounts
    sides = [
        Side(draw(st.sampled_from(Account)), cents, draw(TEXT), draw(TEXT)) for cents in amounts
    ]
    day = draw(DAYS)
    return Posting(draw(TEXT), day, draw(TEXT), day, draw(TEXT), draw(TEXT), sides)


@given(st.lists(postings(), max_size=6), st.integers(1, 10**6))
def test_the_books_balance_whatever_names_they_carry(some, first):
    lines = [line.split("\t") for line in rules.entry_lines(some, first_number=first)]
    assert all(len(line) == len(rules.FIELDS) == 18 for line in lines)
    assert all("\n" not in field and "\r" not in field for line in lines for field in line)
    numbers = list(dict.fromkeys(line[2] for line in lines))
    assert numbers == [f"{first + n:06}" for n in range(len(some))]
    for number in numbers:
        debit, credit = (
            sum(int(line[n].replace(",", "")) for line in lines if line[2] == number)
            for n in (11, 12)
        )
        assert debit == credit


def test_every_account_of_the_ledger_has_a_number_and_a_name():
    assert set(rules.ACCOUNTS) == set(rules.ACCOUNT_LABELS) == set(Account)
    assert all(account.number.isdigit() for account in rules.ACCOUNTS.values())
    assert {kind.value for kind in LineKind} == set(rules.LINE_LABELS)


@pytest.mark.parametrize(
    ("accounts", "journal"),
    [
        (("receivable", "tuition"), "VE"),
        (("bank", "receivable"), "BQ"),
        (("refundable", "bank"), "BQ"),
        (("funding", "company_share", "receivable"), "OD"),
        (("receivable", "refundable"), "OD"),
    ],
)
def test_each_entry_stands_in_one_journal(accounts, journal):
    assert rules.journal_of(Side(account, 1) for account in accounts).code == journal


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("plan:1", "Year’s fees"),
        ("plan:1:reduction", "Reduction for paying at once"),
        ("plan:1:left", "Student has left"),
        ("plan:5:3:anew", "New tuition after the broken contract"),
        ("payment:2:reversed", "Payment reversed"),
        ("contract:7.3", "Contract taken into account"),
        ("refund:3:paid", "Refund paid"),
        ("refund:3:returned", "Refund sent back by the bank"),
        ("something", "Other entry"),
    ],
)
def test_a_source_reads_as_what_happened(source, cause):
    assert rules.cause_of(source) == cause


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("plan:5", "Frais de scolarité"),
        ("plan:5:3:anew", "Nouveaux frais de scolarité après rupture"),
        ("refund:3:E2E7:returned", "Remboursement revenu"),
    ],
)
def test_the_books_say_what_each_entry_was_about(source, said):
    day = date(2026, 9, 1)
    sides = [Side("receivable", 1), Side("tuition", -1)]
    posting = Posting(source, day, "F1", day, "Byron, Ada", "S1", sides)
    first, _ = rules.entry_lines([posting], first_number=1)
    assert first.split("\t")[10] == f"{said} - Byron, Ada"


def test_the_ledger_and_the_books_have_words_for_the_same_causes():
    assert set(accounting.CAUSES) == set(words.CAUSES)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-02-31",
        "2026-2-3",
        "２０２６-01-01",
        "NaN",
        "01/02/2026",
        "2026-01-01T00:00",
        "1989-12-31",
        "2101-01-01",
        "",
        "2026-13-01",
        "20260101",
    ],
)
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(ValueError):  # noqa: PT011
        rules.parse_day(typed)


@given(DAYS)
def test_a_day_is_read_as_it_is_written(day):
    assert rules.parse_day(day.isoformat()) == day


@given(DAYS, st.integers(1, 12))
def test_every_day_lies_in_one_fiscal_year_of_twelve_months(day, month):
    year = rules.fiscal_year_of(day, month)
    assert year.begins <= day <= year.ends
    assert (year.begins.month, year.begins.day) == (month, 1)
    after = year.ends + timedelta(days=1)
    assert (after.month, after.day, after.year) == (month, 1, year.begins.year + 1)


def test_the_period_offered_first_is_the_fiscal_year_until_yesterday():
    assert rules.default_period(date(2026, 12, 1), 9) == (date(2026, 9, 1), date(2026, 11, 30))
    assert rules.default_period(date(2026, 9, 1), 9) == (date(2025, 9, 1), date(2026, 8, 31))


def test_only_days_that_are_over_and_of_one_year_are_handed_over():
    today = date(2026, 12, 1)
    rules.check_closed(date(2026, 9, 1), date(2026, 11, 30), today, 9)
    for begins, ends in [(date(2026, 11, 1), today), (date(2026, 8, 31), date(2026, 9, 1))]:
        with pytest.raises(NotPossible):
            rules.check_closed(begins, ends, today, 9)


@given(st.dictionaries(DAYS, st.integers(0, 10**8)), st.dictionaries(DAYS, st.integers(0, 10**8)))
def test_months_lose_no_cent(expected, received):
    months = rules.months(expected, received)
    assert sum(month.expected for month in months) == sum(expected.values())
    assert sum(month.received for month in months) == sum(received.values())
    assert [m.begins for m in months] == sorted(
        {day.replace(day=1) for day in expected.keys() | received.keys()}
    )


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(-5, 10**9)))
def test_parts_of_a_whole_add_up(shares):
    parts = rules.parts(shares)
    assert [part.key for part in parts] == [key for key, cents in shares.items() if cents > 0]
    if parts:
        assert sum(part.per_cent for part in parts) == 100
        assert parts[-1].x + parts[-1].width == 1000
        assert all(before.x + before.width + 4 == after.x for before, after in pairwise(parts))


def test_the_year_that_runs_is_shown_first():
    def cohort(year, starts_on, ends_on):
        return SimpleNamespace(year=year, starts_on=starts_on, ends_on=ends_on)

    old = cohort("2025", date(2025, 10, 1), date(2026, 9, 30))
    new = cohort("2026", date(2026, 10, 1), date(2027, 9, 30))
    assert rules.year_now([], date(2026, 1, 1)) == ""
    assert rules.year_now([new, old], date(2026, 9, 30)) == "2025"
    assert rules.year_now([new, old], date(2026, 10, 1)) == "2026"
    assert rules.year_now([new, old], date(2030, 1, 1)) == "2026"
