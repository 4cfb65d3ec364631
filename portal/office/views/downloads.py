"""The lists as files, filtered as the screens are. What a screen would refuse, its file answers with that screen."""

from os import SEEK_END
from typing import IO

from flask import request
from flask_babel import get_locale
from flask_login import current_user

from portal.kernel import clock
from portal.office import queries, service, sheets
from portal.office.forms import LedgerForm
from portal.office.rules import Sheet
from portal.office.views.blueprint import pages
from portal.office.views.screens import (
    accounting_form,
    accounting_page,
    dues_form,
    dues_page,
    ledger_page,
    wanted_books,
    wanted_dues,
)
from portal.refunds.views.inbox import filtered, inbox_page
from portal.web.downloads import file_to_save
from portal.web.guards import permission_required
from portal.web.limits import limiter

PACE = "30 per minute"
WRITERS = {"csv": sheets.as_csv, "xlsx": sheets.as_xlsx}
TYPES = {
    "csv": "text/csv",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@pages.get("/staff/finance/dues.csv", defaults={"kind": "csv"})
@pages.get("/staff/finance/dues.xlsx", defaults={"kind": "xlsx"})
@limiter.limit(PACE)
@permission_required("finance", "director")
def save_dues(kind: str):
    form = dues_form()
    if not form.validate():
        return dues_page(form)
    return save_list("dues", kind, queries.dues_sheet(wanted_dues(form), locale()))


@pages.get("/staff/finance/ledger.csv", defaults={"kind": "csv"})
@pages.get("/staff/finance/ledger.xlsx", defaults={"kind": "xlsx"})
@limiter.limit(PACE)
@permission_required("finance", "director")
def save_ledger(kind: str):
    form = LedgerForm()
    if not form.validate():
        return ledger_page(form)
    return save_list("ledger", kind, queries.ledger_sheet(wanted_books(form), locale()))


@pages.get("/staff/finance/refunds.csv", defaults={"kind": "csv"})
@pages.get("/staff/finance/refunds.xlsx", defaults={"kind": "xlsx"})
@limiter.limit(PACE)
@permission_required("finance", "director")
def save_refunds(kind: str):
    form, wanted, right = filtered()
    if not right:
        return inbox_page(form, wanted, right)
    return save_list("refunds", kind, queries.refunds_sheet(wanted, locale()))


@pages.get("/staff/opco.csv", defaults={"kind": "csv"})
@pages.get("/staff/opco.xlsx", defaults={"kind": "xlsx"})
@limiter.limit(PACE)
@permission_required("registrar", "director")
def save_filings(kind: str):
    group = request.args.get("group", "to-send")
    return save_list("opco", kind, queries.filings_sheet(group, locale()))


@pages.get("/staff/finance/accounting.txt")
@limiter.limit(PACE)
@permission_required("finance", "director")
def save_accounting():
    form = accounting_form()
    if not form.validate():
        return accounting_page(form)
    begins, ends = form.period
    file = sheets.as_lines(queries.lines_of_books(begins, ends, form.first_month))
    return save(file, f"accounting-{begins}-{ends}", "txt")


def save_list(name: str, kind: str, sheet: Sheet):
    return save(WRITERS[kind](sheet, locale()), f"{name}-{clock.today()}", kind)


def save(file: IO[bytes], stem: str, kind: str):
    """The finished file: a failure on the way was answered as one, and no half file looks whole."""
    name = f"{stem}.{kind}"
    service.note_export(
        name, asked=request.query_string.decode("ascii", "replace")[:500], by=current_user.id
    )
    size = file.seek(0, SEEK_END)
    file.seek(0)
    return file_to_save(file, name=name, size=size, mimetype=TYPES[kind])


def locale() -> str:
    return str(get_locale() or "fr")
