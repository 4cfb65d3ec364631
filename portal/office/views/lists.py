"""Dues, credits, the ledger, and their exports with the same filters."""

from collections.abc import Iterator

from flask import Response, request, stream_with_context
from flask_babel import gettext

from portal import refunds
from portal.fees import reports
from portal.kernel import clock
from portal.kernel.errors import Missing
from portal.office.forms import DuesForm, LedgerForm, PeriodForm
from portal.office.rules import ACCOUNT_LABELS, COLUMNS, Side, fec
from portal.office.views.blueprint import (
    PER_PAGE,
    chosen_cohort,
    free_credits,
    offer_cohorts,
    pages,
)
from portal.web.downloads import CAGED
from portal.web.fields import tidy_line
from portal.web.guards import permission_required
from portal.web.htmx import page_or_fragment
from portal.web.pages import page_number
from portal.web.sheets import Money, csv_to_save, xlsx_to_save

KINDS = {"csv": csv_to_save, "xlsx": xlsx_to_save}


@pages.get("/staff/finance/dues")
@permission_required("finance", "director")
def list_dues():
    form, wanted = dues_wanted()
    page = page_number()
    start = (page - 1) * PER_PAGE
    found = reports.dues(wanted, start=start, stop=start + PER_PAGE + 1) if wanted else []
    return page_or_fragment(
        "office/dues.html",
        "dues",
        status=200 if wanted else 422,
        form=form,
        dues=found[:PER_PAGE],
        more=len(found) > PER_PAGE,
        page=page,
    )


@pages.get("/staff/finance/dues.<any(csv, xlsx):kind>")
@permission_required("finance", "director")
def export_dues(kind: str):
    _, wanted = dues_wanted()
    heads = [
        gettext("Student number"),
        gettext("Family name"),
        gettext("Given names"),
        gettext("Cohort"),
        gettext("Due on"),
        gettext("Amount"),
        gettext("Left to pay"),
        gettext("Days late"),
    ]
    rows = (
        (
            one.student_number,
            one.family_name,
            one.given_names,
            one.cohort,
            one.due_on,
            Money(one.cents),
            Money(one.rest),
            max(0, one.days),
        )
        for one in (reports.dues(wanted) if wanted else [])
    )
    return KINDS[kind](f"dues-{clock.today()}", heads, rows)


@pages.get("/staff/finance/credits")
@permission_required("finance", "director")
def list_credits():
    page = page_number()
    start = (page - 1) * PER_PAGE
    found = reports.credits(start=start, stop=start + PER_PAGE + 1)
    return page_or_fragment(
        "office/credits.html",
        "credits",
        credits=free_credits(found[:PER_PAGE]),
        more=len(found) > PER_PAGE,
        page=page,
    )


@pages.get("/staff/finance/ledger")
@permission_required("finance", "director")
def list_ledger():
    form, wanted = ledger_wanted()
    page = page_number()
    start = (page - 1) * PER_PAGE
    lines = reports.ledger_lines(wanted, start=start, stop=start + PER_PAGE + 1) if wanted else ()
    found = list(lines)
    return page_or_fragment(
        "office/ledger.html",
        "ledger",
        status=200 if wanted else 422,
        form=form,
        lines=found[:PER_PAGE],
        more=len(found) > PER_PAGE,
        page=page,
        account_labels=ACCOUNT_LABELS,
    )


@pages.get("/staff/finance/ledger.<any(csv, xlsx):kind>")
@permission_required("finance", "director")
def export_ledger(kind: str):
    _, wanted = ledger_wanted()
    heads = [
        gettext("Booked"),
        gettext("Cause"),
        gettext("Account"),
        gettext("Amount"),
        gettext("Payer"),
        gettext("Reference"),
        gettext("Student number"),
        gettext("Family name"),
        gettext("Given names"),
    ]
    rows = (
        (
            one.posted_at,
            one.source,
            gettext(ACCOUNT_LABELS[one.account]),
            Money(one.cents),
            one.payer or "",
            one.reference or "",
            one.student_number,
            one.family_name,
            one.given_names,
        )
        for one in (reports.ledger_lines(wanted) if wanted else ())
    )
    return sent(kind, f"ledger-{clock.today()}", heads, rows)


@pages.get("/staff/finance/refunds.<any(csv, xlsx):kind>")
@permission_required("finance", "director")
def export_refunds(kind: str):
    tab = request.args.get("state", "all")
    if tab not in refunds.TABS:
        raise Missing("There is no such list.")
    wanted = refunds.Wanted(tab, search=tidy_line(request.args.get("q", ""))[:100])
    heads = [
        gettext("Refund"),
        gettext("State"),
        gettext("Amount"),
        gettext("Student number"),
        gettext("Family name"),
        gettext("Given names"),
        gettext("Company"),
        gettext("Waiting since"),
        gettext("Decided"),
        gettext("Paid"),
    ]
    rows = (
        (
            one.number,
            gettext(refunds.LABELS[refunds.RefundState(one.state)][0]),
            Money(one.amount_cents),
            one.student_number,
            one.family_name,
            one.given_names,
            one.company or "",
            one.proposed_at,
            one.decided_at,
            one.paid_at,
        )
        for one in refunds.export_rows(wanted)
    )
    return sent(kind, f"refunds-{clock.today()}", heads, rows)


@pages.get("/staff/finance/accounting")
@permission_required("finance", "director")
def show_accounting():
    form = PeriodForm(request.args)
    right = form.validate()
    count = debit = credit = 0
    if right and request.args:
        for side in sides(form):
            count += 1
            debit += max(0, side.cents)
            credit += max(0, -side.cents)
    return page_or_fragment(
        "office/accounting.html",
        "accounting",
        status=200 if right else 422,
        form=form,
        asked=right and bool(request.args),
        count=count,
        debit=debit,
        credit=credit,
    )


@pages.get("/staff/finance/accounting.txt")
@permission_required("finance", "director")
def export_accounting():
    form = PeriodForm(request.args)
    rows = fec(sides(form)) if form.validate() else iter(())
    name = f"accounting-{form.since.data or 'begin'}-{form.until.data or clock.today()}.txt"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    lines = ("\t".join(row) + "\r\n" for row in (COLUMNS, *rows))
    return Response(stream_with_context(lines), headers=CAGED | disposition, mimetype="text/plain")


def sides(form: PeriodForm) -> Iterator[Side]:
    """The entries of the period in the order in which they were booked."""
    wanted = reports.LedgerWanted(form.since.data, form.until.data)
    for one in reports.ledger_lines(wanted, newest_first=False):
        student = f"{one.family_name} {one.given_names}".strip()
        yield Side(
            one.transaction_id,
            one.posted_at,
            one.source,
            one.account,
            one.cents,
            one.payer or student,
            one.reference or one.student_number,
            student,
        )


def dues_wanted():
    """The form, and what it asks for or None when it makes no sense."""
    form = DuesForm(request.args)
    offer_cohorts(form)
    if not form.validate():
        return form, None
    search = tidy_line(form.q.data or "")[:100]
    return form, reports.DuesWanted(form.state.data or "late", chosen_cohort(form), search)


def ledger_wanted():
    form = LedgerForm(request.args)
    if not form.validate():
        return form, None
    search = tidy_line(form.q.data or "")[:100]
    period = (form.since.data, form.until.data)
    return form, reports.LedgerWanted(*period, form.account.data or "", search)


def sent(kind: str, name: str, heads: list[str], rows):
    """Rows are read while they are sent, so the database stays open until the last of them."""
    return KINDS[kind](name, heads, stream_with_context(rows) if kind == "csv" else rows)
