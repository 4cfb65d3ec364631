"""Recording a payment by hand."""

from uuid import uuid4

from flask import flash, request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user

from portal.fees import queries, service
from portal.fees.forms import PaymentForm
from portal.fees.rules import PAYER_KIND_LABELS, PayerKind
from portal.fees.views.blueprint import LARGEST_ID, pages, searched
from portal.kernel import clock
from portal.kernel.errors import Missing, Refusal
from portal.kernel.money import Cents, format_eur
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required
from portal.web.htmx import go, page_or_fragment


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
