"""A contact confirms or corrects the company once; staff decide a correction that others rest on."""

from flask import flash, render_template, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.contracts import queries, rules, service
from portal.contracts.company_forms import ConfirmationForm
from portal.contracts.views.blueprint import pages
from portal.contracts.views.reading import page
from portal.kernel.errors import Missing, Refusal
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required, role_required
from portal.web.htmx import go, wants_fragment


@pages.post("/contracts/<int:contract_id>/company")
@role_required("company")
def confirm_company(contract_id: int):
    contract = queries.visible(contract_id, current_user)
    form, status = ConfirmationForm(prefix="company_"), 422
    if form.validate_on_submit():
        try:
            stands = service.confirm_company(
                contract_id, name=form.name.data, address=form.address.data, by=current_user.id
            )
            flash(
                gettext("Thank you, the company is confirmed.")
                if stands
                else gettext("Thank you. The school checks your correction.")
            )
            return go(url_for("contracts.show", contract_id=contract_id))
        except Missing:
            raise
        except Refusal as refusal:
            form.form_errors, status = [sentence_of(refusal)], status_of(refusal)
    return company(contract, form, status)


@pages.post("/staff/contracts/<int:contract_id>/corrections/<int:correction_id>/accept")
@permission_required("registrar", "director")
def accept_correction(contract_id: int, correction_id: int):
    service.accept_correction(correction_id, by=current_user.id)
    flash(gettext("The correction is taken over."))
    return go(url_for("contracts.show", contract_id=contract_id))


@pages.post("/staff/contracts/<int:contract_id>/corrections/<int:correction_id>/refuse")
@permission_required("registrar", "director")
def refuse_correction(contract_id: int, correction_id: int):
    service.refuse_correction(correction_id, by=current_user.id)
    flash(gettext("The company stays as it is."))
    return go(url_for("contracts.show", contract_id=contract_id))


def company(contract, form: ConfirmationForm, status: int):
    """The company again with what was typed and what was wrong; without HTMX the page around it."""
    if not wants_fragment():
        return page(contract, confirmation=form, status=status)
    return render_template(
        "contracts/_confirm.html",
        contract=contract,
        history=queries.history(contract),
        confirmation=form,
        rules=rules,
    ), status
