"""What students see of their money, and what they choose."""

from decimal import Decimal

from babel.numbers import format_percent
from flask import flash, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user

from portal import programme
from portal.fees import queries, service
from portal.fees.forms import FullPaymentForm, OwnAccountForm
from portal.fees.rules import MEANS_LABELS
from portal.fees.views.blueprint import pages
from portal.identity import confirm_password
from portal.kernel.errors import Missing, Refusal
from portal.web.errors import sentence_of, status_of
from portal.web.guards import role_required
from portal.web.htmx import go, page_or_fragment


@pages.get("/fees")
@role_required("student")
def show():
    return student_page(FullPaymentForm())


@pages.post("/fees/plan")
@role_required("student")
def choose_full():
    form = FullPaymentForm()
    if not form.validate_on_submit():
        return student_page(form, status=422)
    try:
        enrolment = programme.enrolment_of(current_user.id)
        service.choose_full(enrolment.id, by=current_user.id)
    except Missing:
        raise
    except Refusal as refusal:
        return student_page(form, problem=sentence_of(refusal), status=status_of(refusal))
    flash(gettext("You now pay the rest at once, with the reduction."))
    return go(url_for("fees.show"))


def student_page(form, *, problem: str | None = None, status: int = 200):
    enrolment = programme.last_enrolment_of(current_user.id)
    account = queries.account_of(enrolment.id)
    return page_or_fragment(
        "fees/show.html",
        "account",
        status=status,
        enrolment=enrolment,
        account=account,
        transfer=account.transfer(enrolment.cohort.programme.school) if account else None,
        form=form,
        problem=problem,
        means_labels=MEANS_LABELS,
        rate=percent(account.price.discount_basis_points) if account else "",
    )


def percent(basis_points: int) -> str:
    """“5%”, « 5 % », with the space that the fonts have."""
    rate = Decimal(basis_points) / 10_000
    text = format_percent(rate, locale=get_locale() or "fr", decimal_quantization=False)
    return text.replace("\u202f", "\u00a0")


@pages.get("/fees/account")
@role_required("student")
def show_account():
    payer = service.student_payer(programme.last_enrolment_of(current_user.id).id)
    return account_page(OwnAccountForm(formdata=None, holder=payer.account_holder or payer.name))


@pages.post("/fees/account")
@role_required("student")
def change_account():
    form = OwnAccountForm()
    if not form.validate_on_submit():
        return account_page(form, status=422)
    try:
        confirm_password(by=current_user.id, password=form.current.data, token=current_user.token)
    except Refusal as refusal:
        form.current.errors = [sentence_of(refusal)]
        return account_page(form, status=status_of(refusal))
    payer = service.student_payer(programme.last_enrolment_of(current_user.id).id)
    service.set_account(payer.id, iban=form.iban.data, holder=form.holder.data, by=current_user.id)
    flash(gettext("Refunds go to this account. If that is a change, you get a mail that says so."))
    return go(url_for("fees.show_account"))


def account_page(form, *, status: int = 200):
    payer = service.student_payer(programme.last_enrolment_of(current_user.id).id)
    return page_or_fragment("fees/account.html", "account", status=status, form=form, payer=payer)
