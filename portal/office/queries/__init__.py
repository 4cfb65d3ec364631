"""What the finance screens show and what their files hold; nothing here writes."""

from portal.office.queries.accounting import Books, books_of, lines_of_books
from portal.office.queries.credits import CreditList, credit_list
from portal.office.queries.exports import dues_sheet, ledger_sheet, refunds_sheet
from portal.office.queries.filings import filings_sheet
from portal.office.queries.overview import Choice, Overview, overview_of

__all__ = [
    "Books",
    "Choice",
    "CreditList",
    "Overview",
    "books_of",
    "credit_list",
    "dues_sheet",
    "filings_sheet",
    "ledger_sheet",
    "lines_of_books",
    "overview_of",
    "refunds_sheet",
]
