"""What staff decide about a refund, in its row."""

from flask import render_template, request
from flask_babel import gettext
from flask_login import current_user

from portal.kernel.errors import Missing, NotAllowed, NotPossible, Refusal
from portal.kernel.money import Cents
from portal.refunds import queries, rules, service
from portal.refunds.forms import (
    CancelForm,
    DecisionForm,
    PaymentForm,
    QuestionForm,
    RefusalForm,
    edit_form,
)
from portal.refunds.views.answers import answer, frame
from portal.refunds.views.blueprint import LARGEST_ID, pages
from portal.refunds.views.inbox import filtered, inbox_page
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required
from portal.web.htmx import wants_fragment


@pages.get("/staff/refunds/<int:refund_id>/calculation")
@permission_required("finance", "director", "registrar")
def show_calculation(refund_id: int):
    return answer(refund_id, opened="calculation")


@pages.get("/staff/refunds/<int:refund_id>/refuse")
@permission_required("finance", "director")
def ask_to_refuse(refund_id: int):
    return answer(refund_id, opened="refuse", form=RefusalForm())


@pages.get("/staff/refunds/<int:refund_id>/ask")
@permission_required("finance", "director")
def write_question(refund_id: int):
    return answer(refund_id, opened="ask", form=QuestionForm())


@pages.get("/staff/refunds/<int:refund_id>/cancel")
@permission_required("finance", "director", "registrar")
def ask_to_cancel(refund_id: int):
    return answer(refund_id, opened="cancel", form=CancelForm())


@pages.get("/staff/refunds/<int:refund_id>/edit")
@permission_required("finance", "director", "registrar")
def write_correction(refund_id: int):
    return answer(refund_id, opened="edit", form=edit_form(queries.shares_of(refund_id)))


@pages.get("/staff/refunds/<int:refund_id>/pay")
@permission_required("finance")
def ask_to_pay(refund_id: int):
    return answer(refund_id, opened="pay", form=PaymentForm())


@pages.post("/staff/refunds/<int:refund_id>/approve")
@permission_required("finance", "director")
def approve(refund_id: int):
    return decide(refund_id, "", DecisionForm(), service.approve)


@pages.post("/staff/refunds/<int:refund_id>/propose-again")
@permission_required("finance", "director")
def propose_again(refund_id: int):
    return decide(refund_id, "", DecisionForm(), service.propose_again)


@pages.post("/staff/refunds/<int:refund_id>/refuse")
@permission_required("finance", "director")
def refuse(refund_id: int):
    form = RefusalForm()
    return decide(refund_id, "refuse", form, service.refuse, reason=form.reason.data)


@pages.post("/staff/refunds/<int:refund_id>/ask")
@permission_required("finance", "director")
def ask(refund_id: int):
    form = QuestionForm()
    return decide(refund_id, "ask", form, service.ask, question=form.question.data)


@pages.post("/staff/refunds/<int:refund_id>/cancel")
@permission_required("finance", "director", "registrar")
def cancel(refund_id: int):
    form = CancelForm()
    return decide(refund_id, "cancel", form, service.cancel, reason=form.reason.data)


@pages.post("/staff/refunds/<int:refund_id>/edit")
@permission_required("finance", "director", "registrar")
def edit(refund_id: int):
    shares = queries.shares_of(refund_id)
    form = edit_form(shares)
    wanted = {one.payer_id: form[f"payer-{one.payer_id}"].data or Cents(0) for one in shares}
    reason = form.reason.data
    return decide(refund_id, "edit", form, service.edit, shares=wanted, reason=reason)


@pages.post("/staff/refunds/<int:refund_id>/pay")
@permission_required("finance")
def pay(refund_id: int):
    form = PaymentForm()
    return decide(refund_id, "pay", form, service.pay, note=form.note.data or "")


@pages.post("/staff/refunds/approve")
@permission_required("finance", "director")
def approve_several():
    """Each of the chosen refunds for itself: what one of them refuses stops none of the others."""
    key = request.form.get("key", "")
    chosen = [one for one in map(picked, request.form.getlist("pick")[:50]) if one]
    if not chosen or not 16 <= len(key) <= 64:
        return answer_several([], gettext("Tick the refunds that you approve."), 422)
    outcomes = [(refund_id, approve_one(refund_id, version, key)) for refund_id, version in chosen]
    return answer_several(outcomes, "", 200)


def approve_one(refund_id: int, version: int, key: str) -> str:
    """Empty when it was approved, else the sentence that says why not."""
    try:
        service.approve(refund_id, version=version, key=f"{key}:{refund_id}", by=current_user.id)
    except Refusal as refusal:
        return sentence_of(refusal)
    return ""


def answer_several(outcomes: list[tuple[int, str]], problem: str, status: int):
    """Every row fresh, with its own result; without our script on a page of their own."""
    rows = [(row, said) for refund_id, said in outcomes if (row := row_or_none(refund_id))]
    facts = {"outcomes": rows, "bulk_problem": problem} | frame("")
    if wants_fragment():
        return render_template("refunds/_several.html", **facts), status
    if problem:
        return inbox_page(*filtered(), bulk_problem=problem)
    return render_template("refunds/several.html", **facts), status


def row_or_none(refund_id: int) -> queries.Row | None:
    try:
        return queries.row(refund_id)
    except Missing:
        return None


def picked(text: str) -> tuple[int, int] | None:
    """Refund and version of a ticked box, written as "7.3"; None for what our page never wrote."""
    refund, _, version = text.partition(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in (refund, version)):
        return None
    return (int(refund), int(version)) if int(refund) <= LARGEST_ID else None


def decide(refund_id: int, opened: str, form: DecisionForm, verb, **facts):
    if not form.validate_on_submit():
        tampered = form.version.errors or form.key.errors
        problem = gettext("Reload the page and try again.") if tampered else ""
        return answer(refund_id, opened=opened, form=form, problem=problem, status=422)
    try:
        verb(refund_id, version=form.version.data, key=form.key.data, by=current_user.id, **facts)
    except Missing:
        raise
    except Refusal as refusal:
        return answer_refused(refund_id, opened, form, refusal)
    return answer(refund_id, done=True, again=verb is service.propose_again)


def answer_refused(refund_id: int, opened: str, form: DecisionForm, refusal: Refusal):
    """What was typed stays as long as it can be sent again, then about the row as it is now."""
    row = queries.row(refund_id)
    facts = {"problem": sentence_of(refusal), "status": status_of(refusal)}
    if not may_send_again(opened, row, refusal):
        return answer(refund_id, **facts)
    form.version.raw_data, form.version.data = None, row.version
    if opened == "edit" and isinstance(refusal, NotPossible):
        facts["status"] = 422
    return answer(refund_id, opened=opened, form=form, **facts)


def may_send_again(opened: str, row: queries.Row, refusal: Refusal) -> bool:
    """Not by whom the form is not for, and no correction once somebody has approved."""
    if isinstance(refusal, NotAllowed) or (
        opened == "edit" and (row.first_approved_by or row.posted_at)
    ):
        return False
    return rules.may_still(opened, row.state)
