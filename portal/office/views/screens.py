"""The finance screens. A filter that makes no sense is answered with 422, its sentence, and what was typed."""

from collections.abc import Iterable

from flask import current_app, request
from flask_babel import gettext as _

from portal import fees, programme
from portal.fees import BookFilter, DueFilter
from portal.kernel import clock
from portal.office import queries
from portal.office.forms import (
    AccountingForm,
    CreditsForm,
    DuesForm,
    LedgerForm,
    OverviewForm,
)
from portal.office.queries import Choice
from portal.office.rules import (
    ACCOUNT_LABELS,
    LINE_LABELS,
    DueState,
    cause_of,
    default_period,
    due_between,
    fiscal_year_of,
    year_now,
)
from portal.office.views.blueprint import pages
from portal.programme import ALL_COHORTS, Cohort, group_of, groups_among
from portal.web.fields import GroupField
from portal.web.guards import permission_required
from portal.web.htmx import page_or_fragment
from portal.web.i18n import local, spoken_language
from portal.web.pages import page_number


@pages.get("/staff/finance")
@permission_required("finance", "director")
def show_finance():
    cohorts = programme.cohorts()
    form = overview_form(cohorts)
    valid = form.validate()
    choice = Choice(form.year.data, form.programme.number, form.cohort.number) if valid else None
    chosen = choice.among(cohorts) if choice else []
    if choice:
        form.cohort.offer(named(choice.offered(cohorts)), _(ALL_COHORTS))
    return page_or_fragment(
        "office/finance.html",
        "finance",
        status=200 if valid else 422,
        form=form,
        group=group_of(chosen, groups_among(cohorts, spoken_language())),
        overview=queries.overview_of(chosen) if chosen else None,
        today=clock.today(),
    )


@pages.get("/staff/finance/dues")
@permission_required("finance", "director")
def list_dues():
    return dues_page(dues_form())


@pages.get("/staff/finance/credits")
@permission_required("finance", "director")
def list_credits():
    form = CreditsForm()
    offer_groups(form.cohort)
    valid, number = form.validate(), page_number()
    return page_or_fragment(
        "office/credits.html",
        "credits",
        status=200 if valid else 422,
        form=form,
        found=queries.credit_list(form.q.data, form.cohort.ids, number) if valid else None,
        number=number,
    )


@pages.get("/staff/finance/ledger")
@permission_required("finance", "director")
def list_ledger():
    return ledger_page(LedgerForm())


@pages.get("/staff/finance/accounting")
@permission_required("finance", "director")
def show_accounting():
    return accounting_page(accounting_form())


def dues_page(form: DuesForm):
    valid, number = form.validate(), page_number()
    return page_or_fragment(
        "office/dues.html",
        "dues",
        status=200 if valid else 422,
        form=form,
        page=fees.due_page(wanted_dues(form), number) if valid else None,
        number=number,
        lines=LINE_LABELS,
    )


def ledger_page(form: LedgerForm):
    valid, number = form.validate(), page_number()
    moves, more = fees.book_page(wanted_books(form), number) if valid else ([], False)
    return page_or_fragment(
        "office/ledger.html",
        "ledger",
        status=200 if valid else 422,
        form=form,
        moves=moves,
        more=more,
        number=number,
        accounts=ACCOUNT_LABELS,
        cause_of=cause_of,
    )


def accounting_page(form: AccountingForm):
    valid = form.validate()
    books = queries.books_of(*form.period, form.first_month) if valid else None
    return page_or_fragment(
        "office/accounting.html",
        "accounting",
        status=200 if valid else 422,
        form=form,
        books=books,
        year=fiscal_year_of(form.period[0], form.first_month) if valid else None,
    )


def overview_form(cohorts) -> OverviewForm:
    """Everything can be chosen that there is; without an answer, the year that runs."""
    form = OverviewForm(data={"year": year_now(cohorts, clock.today())})
    years = sorted({cohort.year for cohort in cohorts}, reverse=True)
    form.year.choices = [(year, year) for year in years] or [("", "–")]
    titles = {str(one.programme.id): local(one.programme, "title") for one in cohorts}
    form.programme.offer(titles.items(), _("All programmes"))
    form.cohort.offer(named(cohorts), _(ALL_COHORTS))
    return form


def dues_form() -> DuesForm:
    form = DuesForm()
    offer_groups(form.cohort)
    return form


def accounting_form() -> AccountingForm:
    """The period of the address; without one, this fiscal year until yesterday."""
    first_month = current_app.extensions["settings"].fiscal_year_month
    begins, ends = default_period(clock.today(), first_month)
    asked = "from" in request.args or "to" in request.args
    form = AccountingForm() if asked else AccountingForm.of(begins, ends)
    form.today, form.first_month = clock.today(), first_month
    return form


def wanted_dues(form: DuesForm) -> DueFilter:
    first, last = due_between(DueState(form.state.data), clock.today())
    return DueFilter(form.q.data, form.cohort.ids, first, last)


def wanted_books(form: LedgerForm) -> BookFilter:
    return BookFilter(form.q.data, form.account.data, form.begins.data, form.ends.data)


def offer_groups(field: GroupField) -> None:
    groups = programme.cohort_choices(field.data, spoken_language())
    field.offer_groups(groups, _(ALL_COHORTS))


def named(cohorts: Iterable[Cohort]) -> list[tuple[str, str]]:
    return [(str(cohort.id), cohort.name) for cohort in cohorts]
