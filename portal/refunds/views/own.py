"""What students see of their refunds, and their answers to questions."""

from uuid import uuid4

from flask import flash, render_template
from flask_babel import gettext
from flask_login import current_user

from portal.identity import confirm_password
from portal.kernel.errors import Missing, Refusal
from portal.refunds import queries, rules, service
from portal.refunds.forms import AnswerForm
from portal.refunds.views.blueprint import pages
from portal.web.errors import sentence_of, status_of
from portal.web.guards import role_required, signed_in
from portal.web.htmx import go, page_or_fragment


@pages.get("/refunds")
@role_required("student")
def list_own():
    return render_template(
        "refunds/own.html", refunds=queries.own(current_user.id), labels=rules.LABELS
    )


@pages.get("/refunds/<int:refund_id>")
@signed_in
def show(refund_id: int):
    return refund_page(refund_id, AnswerForm(formdata=None, key=uuid4().hex))


@pages.post("/refunds/<int:refund_id>/answer")
@role_required("student")
def answer_question(refund_id: int):
    form = AnswerForm()
    if not form.validate_on_submit():
        return refund_page(refund_id, form, status=422)
    try:
        if form.iban.data:
            confirm_password(
                by=current_user.id, password=form.current.data or "", token=current_user.token
            )
        service.answer(
            refund_id,
            text=form.text.data,
            iban=form.iban.data or "",
            holder=form.holder.data or current_user.name,
            version=form.version.data,
            key=form.key.data,
            by=current_user.id,
        )
    except Missing:
        raise
    except Refusal as refusal:
        problem = sentence_of(refusal)
        return refund_page(refund_id, form, problem=problem, status=status_of(refusal))
    flash(gettext("Your answer is sent. The school looks at the refund again."))
    return go(f"/refunds/{refund_id}")


def refund_page(refund_id: int, form: AnswerForm, *, problem: str = "", status: int = 200):
    return page_or_fragment(
        "refunds/show.html",
        "refund",
        status=status,
        file=queries.file(refund_id, current_user),
        labels=rules.LABELS,
        sentences=rules.SENTENCES,
        form=form,
        problem=problem,
    )
