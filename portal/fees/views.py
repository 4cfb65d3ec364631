from decimal import Decimal
from uuid import uuid4

from babel.numbers import format_percent
from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user

from portal import programme
from portal.fees import queries, service
from portal.fees.forms import FullPaymentForm, PaymentForm, ReversalForm
from portal.fees.rules import MEANS_LABELS, PAYER_KIND_LABELS, PayerKind
from portal.kernel import clock
from portal.kernel.errors import Missing, Refusal
from portal.kernel.money import Cents, format_eur
from portal.web.errors import sentence_of, status_of
from portal.web.fields import tidy_line
from portal.web.guards import permission_required, role_required
from portal.web.htmx import go, page_or_fragment, wants_fragment
from portal.web.pages import page_number

pages = Blueprint("fees", __name__)

#: Larger numbers are no record's; SQLite could not even look for them.
LARGEST_ID = 2**31 - 1


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


@pages.get("/staff/payments")
@permission_required("finance", "director")
def list_payments():
    return payment_list()


@pages.get("/staff/payments/new")
@permission_required("finance")
def show_till():
    chosen = request.args.get("enrolment", type=int)
    if chosen is None:
        search = searched()
        found = queries.students_matching(search)
        return page_or_fragment("fees/find.html", "students", search=search, found=found)
    till = till_of(chosen)
    form = PaymentForm(enrolment=chosen, key=uuid4().hex, received_on=clock.today(), formdata=None)
    return till_page(till, form)


@pages.post("/staff/payments")
@permission_required("finance")
def record():
    form = PaymentForm()
    till = till_of(form.enrolment.data)
    offer_payers(form, till)
    if not form.validate_on_submit():
        return till_page(till, form, status=422)
    try:
        recorded = record_as_written(form)
    except Missing:
        raise
    except Refusal as refusal:
        problem = sentence_of(refusal)
        return till_page(till, form, problem=problem, status=status_of(refusal))
    flash(said_of(till, recorded, form.payer.data))
    return go(url_for("fees.list_payments"))


@pages.post(f"/staff/payments/<int(max={LARGEST_ID}):payment_id>/reverse")
@permission_required("finance")
def reverse(payment_id: int):
    form = ReversalForm()
    if not form.validate_on_submit():
        return payment_row(payment_id, problem=" ".join(map(str, form.reason.errors)), status=422)
    try:
        service.reverse_payment(payment_id, reason=form.reason.data, by=current_user.id)
    except Missing:
        raise
    except Refusal as refusal:
        return payment_row(payment_id, problem=sentence_of(refusal), status=status_of(refusal))
    return payment_row(payment_id)


def student_page(form, *, problem: str | None = None, status: int = 200):
    enrolment = programme.enrolment_of(current_user.id)
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


def payment_list(*, problem_id: int | None = None, problem: str = "", status: int = 200):
    """`problem` stands in the row of payment `problem_id`, for browsers without our script."""
    search = searched()
    page = queries.payments(search, page_number())
    return page_or_fragment(
        "fees/payments.html",
        "payments",
        status=status,
        page=page,
        search=search,
        problem_id=problem_id,
        problem=problem,
        **row_words(),
    )


def payment_row(payment_id: int, *, problem: str = "", status: int = 200):
    """The fresh row for HTMX; for a plain browser the list again, by redirect when all went well."""
    if wants_fragment():
        payment = queries.payment(payment_id)
        facts = {"payment": payment, "problem": problem, **row_words()}
        return render_template("fees/_payment.html", **facts), status
    if not problem:
        return go(url_for("fees.list_payments"))
    queries.payment(payment_id)
    return payment_list(problem_id=payment_id, problem=problem, status=status)


def searched() -> str:
    return tidy_line(request.args.get("q", ""))[:100]


def row_words() -> dict:
    return {
        "means_labels": MEANS_LABELS,
        "payer_labels": PAYER_KIND_LABELS,
        "may_reverse": "finance" in current_user.permissions,
    }


def till_of(number: int | None) -> queries.Till:
    """`Missing` for a number that cannot be an enrolment's."""
    return queries.till_of(number if number and 0 < number <= LARGEST_ID else 0)


def till_page(till: queries.Till, form: PaymentForm, *, problem: str = "", status: int = 200):
    offer_payers(form, till)
    return page_or_fragment(
        "fees/record.html", "till", status=status, till=till, form=form, problem=problem
    )


def offer_payers(form: PaymentForm, till: queries.Till) -> None:
    form.offer_payers(
        [
            (str(payer.id), f"{payer.name} ({gettext(PAYER_KIND_LABELS[PayerKind(payer.kind)])})")
            for payer in till.payers
        ]
    )


def record_as_written(form: PaymentForm) -> Cents:
    """The amount that was recorded."""
    facts = {
        "enrolment_id": form.enrolment.data,
        "amount": form.amount.data,
        "received_on": form.received_on.data,
        "means": form.means.data,
        "note": form.note.data or "",
        "key": form.key.data,
        "by": current_user.id,
    }
    if form.by_somebody_new:
        name, email = form.payer_name.data, form.payer_email.data or ""
        payment = service.record_payment_of_new_payer(name=name, email=email, **facts)
    else:
        payment = service.record_payment(payer_id=int(form.payer.data), **facts)
    return payment.amount_cents


def said_of(till: queries.Till, cents: Cents, payer_id: str) -> str:
    """What was recorded, and what of it nobody had asked for."""
    student, locale = till.enrolment.student.listed_as, get_locale() or "fr"
    amount = format_eur(cents, locale)
    credit = till.credit_after(cents, payer_id)
    if not credit:
        return gettext("%(amount)s recorded for %(student)s.", amount=amount, student=student)
    return gettext(
        "%(amount)s recorded for %(student)s. That is %(credit)s more than what is owed: it is kept as a credit.",
        amount=amount,
        student=student,
        credit=format_eur(credit, locale),
    )


def percent(basis_points: int) -> str:
    """“5%”, « 5 % », with the space that the fonts have."""
    rate = Decimal(basis_points) / 10_000
    text = format_percent(rate, locale=get_locale() or "fr", decimal_quantization=False)
    return text.replace("\u202f", "\u00a0")
