"""A contact of a company invites a colleague to a contract, or takes one out again."""

from flask import flash, render_template, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.contracts import queries, service
from portal.contracts.company_forms import ColleagueForm
from portal.contracts.views.blueprint import pages
from portal.contracts.views.reading import page
from portal.kernel.errors import Missing, Refusal
from portal.web.errors import sentence_of, status_of
from portal.web.guards import role_required
from portal.web.htmx import go, wants_fragment
from portal.web.limits import limiter


@pages.post("/contracts/<int:contract_id>/contacts")
@limiter.limit("10 per minute")
@role_required("company")
def invite_colleague(contract_id: int):
    contract = queries.visible(contract_id, current_user)
    form = ColleagueForm(prefix="colleague_")
    if not form.validate_on_submit():
        return contacts(contract, form, 422)
    try:
        service.invite_colleague(
            contract_id,
            name=form.name.data,
            email=form.email.data,
            locale=form.locale.data,
            by=current_user.id,
        )
    except Missing:
        raise
    except Refusal as refusal:
        form.form_errors = [sentence_of(refusal)]
        return contacts(contract, form, status_of(refusal))
    flash(gettext("%(name)s is invited by mail.", name=form.name.data))
    return go(url_for("contracts.show", contract_id=contract_id))


@pages.post("/contracts/<int:contract_id>/contacts/<int:person_id>/remove")
@role_required("company")
def remove_colleague(contract_id: int, person_id: int):
    contract = queries.visible(contract_id, current_user)
    try:
        service.remove_colleague(contract_id, person_id, by=current_user.id)
    except Missing:
        raise
    except Refusal as refusal:
        form = ColleagueForm(formdata=None, prefix="colleague_")
        form.form_errors = [sentence_of(refusal)]
        return contacts(contract, form, status_of(refusal))
    if person_id == current_user.id:
        flash(gettext("You are no contact of this contract any more."))
        return go(url_for("contracts.company_home"))
    flash(gettext("The contact is removed and their links open nothing any more."))
    return go(url_for("contracts.show", contract_id=contract_id))


def contacts(contract, form: ColleagueForm, status: int):
    """The contacts again with what was typed and what was wrong; the rest of the page stays as it is."""
    if not wants_fragment():
        return page(contract, colleague=form, status=status)
    return render_template(
        "contracts/_contacts.html",
        contract=contract,
        colleagues=queries.colleagues(contract),
        colleague=form,
    ), status
