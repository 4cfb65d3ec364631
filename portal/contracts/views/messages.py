"""The thread of a contract: student, company and school write to each other."""

from flask import flash, render_template, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.contracts import queries, service
from portal.contracts.company_forms import MessageForm
from portal.contracts.rules import check_may_write
from portal.contracts.views.blueprint import pages
from portal.contracts.views.reading import page
from portal.kernel.errors import Missing, Refusal, TooMany
from portal.web.errors import sentence_of, status_of
from portal.web.guards import role_required
from portal.web.htmx import go, wants_fragment


@pages.post("/contracts/<int:contract_id>/messages")
@role_required("student", "company", "staff")
def write(contract_id: int):
    contract = queries.visible(contract_id, current_user)
    check_may_write(current_user.role, current_user.permissions)
    form = MessageForm()
    if not form.validate_on_submit():
        return thread(contract, form, 422)
    try:
        service.write(contract_id, text=form.text.data, key=form.key.data, by=current_user.id)
    except (Missing, TooMany):
        raise
    except Refusal as refusal:
        form.form_errors = [sentence_of(refusal)]
        return thread(contract, form, status_of(refusal))
    if wants_fragment():
        return thread(contract, MessageForm(formdata=None), 200)
    flash(gettext("Your message is sent."))
    return go(url_for("contracts.show", contract_id=contract_id, _anchor="messages"))


def thread(contract, form: MessageForm, status: int):
    """The thread with what was typed and what was wrong; without HTMX the page around it."""
    if not wants_fragment():
        return page(contract, message=form, status=status)
    return render_template(
        "contracts/_thread.html",
        contract=contract,
        history=queries.history(contract),
        message=form,
        may_write=True,
    ), status
