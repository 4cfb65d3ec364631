"""Paying out: orders for the bank, prepared by one person and released by another."""

from uuid import uuid4

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user

from portal import audit
from portal.kernel import clock
from portal.kernel.errors import Missing, Refusal
from portal.kernel.iso20022 import reason_in_words
from portal.payouts import queries, rules, service
from portal.payouts.forms import (
    AnswerFileForm,
    ExecutedForm,
    NeverTakenForm,
    OrderForm,
    PrepareForm,
)
from portal.web.downloads import bytes_to_save
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required
from portal.web.htmx import go, page_or_fragment
from portal.web.pages import page_number

pages = Blueprint("payouts", __name__)
LARGEST_ID = 2**31 - 1
ORDER = f"/staff/payouts/<int(max={LARGEST_ID}):order_id>"


@pages.get("/staff/payouts")
@permission_required("finance", "director")
def list_orders():
    return orders_page(empty_form())


@pages.post("/staff/payouts")
@permission_required("finance")
def prepare():
    form = PrepareForm()
    picked = picked_ids()
    if not form.validate_on_submit():
        return orders_page(form, picked=picked, status=422)
    if not picked:
        problem = gettext("Tick the refunds that the bank is to pay.")
        return orders_page(form, picked=picked, problem=problem, status=422)
    try:
        order = service.prepare(
            sorted(picked),
            execution_on=form.execution_on.data,
            key=form.key.data,
            by=current_user.id,
        )
    except Refusal as refusal:
        problem, status = sentence_of(refusal), status_of(refusal)
        return orders_page(form, picked=picked, problem=problem, status=status)
    return go(url_for("payouts.show_order", order_id=order.id))


@pages.get(ORDER)
@permission_required("finance", "director")
def show_order(order_id: int):
    return order_page(order_id)


@pages.post(f"{ORDER}/release")
@permission_required("finance", "director")
def release(order_id: int):
    said = gettext("The order is released. Download the file and give it to the bank.")
    return decide(order_id, service.release, said)


@pages.post(f"{ORDER}/withdraw")
@permission_required("finance", "director")
def withdraw(order_id: int):
    return decide(order_id, service.withdraw, gettext("The order is withdrawn."))


@pages.post(f"{ORDER}/never-taken")
@permission_required("finance", "director")
def never_taken(order_id: int):
    said = gettext("The payments are back: their refunds can be proposed again.")
    form = NeverTakenForm()
    return close(order_id, form, service.never_taken, said, reason=form.reason.data)


@pages.post(f"{ORDER}/executed")
@permission_required("finance", "director")
def executed(order_id: int):
    form = ExecutedForm()
    facts = {"on": form.on.data, "reason": form.reason.data}
    return close(order_id, form, service.executed_by_word, gettext("The order is paid."), **facts)


@pages.get(f"{ORDER}/file.xml")
@permission_required("finance", "director")
def download(order_id: int):
    name, document = queries.document_of(order_id)
    audit.record("order:read", subject=f"order:{order_id}", actor_id=current_user.id)
    return bytes_to_save(document, name, "application/xml")


@pages.post("/staff/payouts/answer")
@permission_required("finance")
def take_answer():
    form = AnswerFileForm()
    if not form.validate_on_submit():
        return orders_page(empty_form(), answer_form=form, status=422)
    try:
        told = service.read_answer(form.file.data.read(), by=current_user.id)
    except Refusal as refusal:
        form.file.errors = [sentence_of(refusal)]
        return orders_page(empty_form(), answer_form=form, status=status_of(refusal))
    flash(
        gettext(
            "Order %(number)s: %(paid)s paid, %(rejected)s rejected, %(noted)s on the way.",
            number=told.order_number,
            paid=told.paid,
            rejected=told.rejected,
            noted=told.noted,
        )
    )
    return go(url_for("payouts.show_order", order_id=told.order_id))


def decide(order_id: int, verb, said: str):
    form = OrderForm()
    if not form.validate_on_submit():
        return order_page(order_id, gettext("Reload the page and try again."), 422)
    try:
        verb(order_id, version=form.version.data, key=form.key.data, by=current_user.id)
    except Missing:
        raise
    except Refusal as refusal:
        return order_page(order_id, sentence_of(refusal), status_of(refusal))
    flash(said)
    return go(url_for("payouts.show_order", order_id=order_id))


def close(order_id: int, form, verb, said: str, **facts):
    if not form.validate_on_submit():
        return order_page(order_id, form=form, status=422)
    version, key = form.version.data, form.key.data
    try:
        verb(order_id, version=version, key=key, by=current_user.id, **facts)
    except Missing:
        raise
    except Refusal as refusal:
        return order_page(order_id, sentence_of(refusal), status_of(refusal), form)
    flash(said)
    return go(url_for("payouts.show_order", order_id=order_id))


def empty_form() -> PrepareForm:
    return PrepareForm(formdata=None, execution_on=clock.today())


def picked_ids() -> set[int]:
    texts = request.form.getlist("pick")[:5001]
    return {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10}


def orders_page(form, *, picked=None, answer_form=None, problem: str = "", status: int = 200):
    page = page_number()
    orders, more = queries.orders(page)
    due, more_due = queries.due_rows()
    return page_or_fragment(
        "payouts/orders.html",
        "orders",
        status=status,
        due=due,
        more_due=more_due,
        orders=orders,
        more=more,
        page=page,
        form=form,
        picked=picked,
        answer_form=answer_form or AnswerFileForm(formdata=None),
        problem=problem,
        labels=rules.ORDER_LABELS,
        new_key=lambda: uuid4().hex,
        may_prepare="finance" in current_user.permissions,
    )


def order_page(order_id: int, problem: str = "", status: int = 200, form=None):
    page = page_number()
    taken = form if isinstance(form, NeverTakenForm) else NeverTakenForm(formdata=None)
    done = form if isinstance(form, ExecutedForm) else ExecutedForm(formdata=None)
    return page_or_fragment(
        "payouts/order.html",
        "order",
        status=status,
        file=queries.order_file(order_id, page),
        page=page,
        problem=problem,
        order_labels=rules.ORDER_LABELS,
        labels=rules.TRANSFER_LABELS,
        reason_in_words=reason_in_words,
        closed_labels=rules.CLOSED_LABELS,
        closings=((taken, "payouts.never_taken"), (done, "payouts.executed")),
        opened=form,
        today=clock.today(),
        new_key=lambda: uuid4().hex,
    )
