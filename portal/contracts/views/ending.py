"""Ending an accepted contract before its day."""

from uuid import uuid4

from flask import flash, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.contracts import queries, service
from portal.contracts.forms import EndForm
from portal.contracts.views.blueprint import pages
from portal.kernel.errors import Missing, Refusal
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required
from portal.web.htmx import go, page_or_fragment


@pages.get("/staff/contracts/<int:contract_id>/end")
@permission_required("registrar", "director")
def ask_to_end(contract_id: int):
    return end_page(contract_id, EndForm(formdata=None))


@pages.post("/staff/contracts/<int:contract_id>/end")
@permission_required("registrar", "director")
def end(contract_id: int):
    form = EndForm()
    if not form.validate_on_submit():
        return end_page(contract_id, form, status=422)
    try:
        service.end(
            contract_id,
            on=form.on.data,
            reason=form.reason.data,
            version=form.version.data,
            key=form.key.data,
            by=current_user.id,
        )
    except Missing:
        raise
    except Refusal as refusal:
        problem = sentence_of(refusal)
        return end_page(contract_id, form, problem=problem, status=status_of(refusal))
    flash(gettext("The contract has ended. Student and company get a mail."))
    return go(url_for("contracts.show", contract_id=contract_id))


def end_page(contract_id: int, form: EndForm, *, problem: str = "", status: int = 200):
    return page_or_fragment(
        "contracts/end.html",
        "end",
        status=status,
        contract=queries.review(contract_id),
        form=form,
        problem=problem,
        new_key=lambda: uuid4().hex,
    )
