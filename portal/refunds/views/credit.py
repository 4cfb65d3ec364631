"""Giving a credit back: a proposal that a second person approves like any other."""

from uuid import uuid4

from flask import flash, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from portal import fees, programme
from portal.kernel.errors import Missing, Refusal
from portal.refunds import queries, service
from portal.refunds.forms import required_text
from portal.refunds.views.blueprint import LARGEST_ID, pages
from portal.web.errors import sentence_of, status_of
from portal.web.fields import EuroField, ParagraphsField
from portal.web.guards import permission_required
from portal.web.htmx import go, page_or_fragment

CREDIT = f"/staff/refunds/credit/<int(max={LARGEST_ID}):enrolment_id>"


class CreditForm(FlaskForm):
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])
    reason = ParagraphsField(
        _l("Why does it go back?"), validators=required_text(_l("Write the reason."))
    )


def credit_form(payers, **facts) -> CreditForm:
    """A `CreditForm` with one amount for each payer."""

    class Form(CreditForm):
        pass

    for one in payers:
        field = EuroField(_l("To %(name)s, in euros", name=one.name))
        setattr(Form, f"payer-{one.id}", field)
    return Form(**facts)


@pages.get(CREDIT)
@permission_required("finance")
def write_credit(enrolment_id: int):
    payers = fees.payers_of(enrolment_id)
    form = credit_form(payers, formdata=None, key=uuid4().hex)
    return credit_page(enrolment_id, form)


@pages.post(CREDIT)
@permission_required("finance")
def give_credit_back(enrolment_id: int):
    payers = fees.payers_of(enrolment_id)
    form = credit_form(payers)
    if not form.validate_on_submit():
        return credit_page(enrolment_id, form, status=422)
    amounts = {one.id: form[f"payer-{one.id}"].data for one in payers}
    try:
        service.give_credit_back(
            enrolment_id,
            shares={payer_id: cents for payer_id, cents in amounts.items() if cents},
            reason=form.reason.data,
            key=form.key.data,
            by=current_user.id,
        )
    except Missing:
        raise
    except Refusal as refusal:
        problem = sentence_of(refusal)
        return credit_page(enrolment_id, form, problem=problem, status=status_of(refusal))
    flash(gettext("The refund is proposed. A second person approves it."))
    return go(url_for("refunds.inbox"))


def credit_page(enrolment_id: int, form, *, problem: str = "", status: int = 200):
    return page_or_fragment(
        "refunds/credit.html",
        "credit",
        status=status,
        enrolment=programme.enrolment(enrolment_id),
        position=fees.position_of(enrolment_id),
        most=queries.returnable(enrolment_id),
        form=form,
        problem=problem,
    )
