"""The list of payments."""

from flask import render_template, url_for
from flask_login import current_user

from portal.fees import queries, service
from portal.fees.forms import ReversalForm
from portal.fees.rules import MEANS_LABELS, PAYER_KIND_LABELS
from portal.fees.views.blueprint import LARGEST_ID, pages, searched
from portal.kernel.errors import Missing, Refusal
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required
from portal.web.htmx import go, page_or_fragment, wants_fragment
from portal.web.pages import page_number


@pages.get("/staff/payments")
@permission_required("finance", "director")
def list_payments():
    return payment_list()


@pages.post(f"/staff/payments/<int(max={LARGEST_ID}):payment_id>/reverse")
@permission_required("finance")
def reverse(payment_id: int):
    form = ReversalForm()
    typed = form.reason.data or ""
    if not form.validate_on_submit():
        problem = " ".join(map(str, form.reason.errors))
        return payment_row(payment_id, problem=problem, typed=typed, status=422)
    try:
        service.reverse_payment(payment_id, reason=typed, by=current_user.id)
    except Missing:
        raise
    except Refusal as refusal:
        problem, status = sentence_of(refusal), status_of(refusal)
        return payment_row(payment_id, problem=problem, typed=typed, status=status)
    return payment_row(payment_id)


def payment_list(
    *, problem_id: int | None = None, problem: str = "", typed: str = "", status: int = 200
):
    """`problem` and what was `typed` stand in the row of payment `problem_id`, for browsers without our script."""
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
        typed=typed,
        **row_words(),
    )


def payment_row(payment_id: int, *, problem: str = "", typed: str = "", status: int = 200):
    """The fresh row for HTMX; for a plain browser the list again, by redirect when all went well."""
    if wants_fragment():
        payment = queries.payment(payment_id)
        facts = {"payment": payment, "problem": problem, "typed": typed, **row_words()}
        return render_template("fees/_payment.html", **facts), status
    if not problem:
        return go(url_for("fees.list_payments"))
    queries.payment(payment_id)
    return payment_list(problem_id=payment_id, problem=problem, typed=typed, status=status)


def row_words() -> dict:
    return {
        "means_labels": MEANS_LABELS,
        "payer_labels": PAYER_KIND_LABELS,
        "may_reverse": "finance" in current_user.permissions,
    }
