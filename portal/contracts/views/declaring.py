"""A student declares a contract, corrects it, gives it up."""

from flask import flash, render_template, url_for
from flask_babel import gettext
from flask_login import current_user

from portal import programme
from portal.contracts import queries, service
from portal.contracts.forms import CancelForm, DeclarationForm, FactsForm
from portal.contracts.views.blueprint import pages
from portal.contracts.views.reading import page
from portal.kernel.errors import Missing, Refusal
from portal.web.errors import sentence_of, status_of
from portal.web.guards import role_required
from portal.web.htmx import go, page_or_fragment


@pages.get("/contracts/new")
@role_required("student")
def declare():
    enrolment = programme.enrolment_of(current_user.id)
    if known := queries.live(enrolment.id):
        return go(url_for("contracts.show", contract_id=known.id))
    before = queries.last_cancelled(enrolment.id)
    form = DeclarationForm(data=typed_before(before) if before else None)
    return page_or_fragment("contracts/new.html", "form", form=form)


@pages.post("/contracts/new")
@role_required("student")
def submit_declaration():
    enrolment = programme.enrolment_of(current_user.id)
    form = DeclarationForm()
    if not form.validate_on_submit():
        return page_or_fragment("contracts/new.html", "form", status=422, form=form)
    try:
        contract_id = service.declare(
            enrolment_id=enrolment.id,
            facts=form.facts(),
            employer=form.employer(),
            by=current_user.id,
        )
    except Refusal as refusal:
        form.form_errors = [sentence_of(refusal)]
        return page_or_fragment("contracts/new.html", "form", status=422, form=form)
    flash(gettext("Your contract is declared and the contact has been invited."))
    return go(url_for("contracts.show", contract_id=contract_id))


@pages.get("/contracts/<int:contract_id>/edit")
@role_required("student")
def edit(contract_id: int):
    contract = queries.own(contract_id, current_user.id)
    form = FactsForm(obj=contract, data={"funded": contract.funded_cents})
    return page_or_fragment("contracts/edit.html", "form", form=form, contract=contract)


@pages.post("/contracts/<int:contract_id>/edit")
@role_required("student")
def submit_change(contract_id: int):
    contract = queries.own(contract_id, current_user.id)
    form, status = FactsForm(), 422
    if form.validate_on_submit():
        try:
            service.change(
                contract_id,
                facts=form.facts(),
                version=form.version.data,
                by=current_user.id,
            )
            return go(url_for("contracts.show", contract_id=contract_id))
        except Refusal as refusal:
            form.form_errors, status = [sentence_of(refusal)], status_of(refusal)
    return page_or_fragment(
        "contracts/edit.html", "form", status=status, form=form, contract=contract
    )


@pages.get("/contracts/<int:contract_id>/cancel")
@role_required("student")
def ask_to_cancel(contract_id: int):
    contract = queries.own(contract_id, current_user.id)
    return render_template("contracts/cancel.html", contract=contract)


@pages.post("/contracts/<int:contract_id>/cancel")
@role_required("student")
def cancel(contract_id: int):
    contract = queries.own(contract_id, current_user.id)
    form = CancelForm()
    if not form.validate_on_submit():
        return page(contract, problem=gettext("Reload the page and try again."), status=422)
    try:
        service.cancel(contract_id, version=form.version.data, by=current_user.id)
    except Missing:
        raise
    except Refusal as refusal:
        return page(contract, problem=sentence_of(refusal), status=status_of(refusal))
    flash(gettext("The contract is cancelled."))
    return go(url_for("contracts.list_own"))


def typed_before(contract) -> dict:
    """What the form held for the contract that was cancelled."""
    facts = ("kind", "job_title", "tutor_name", "starts_on", "ends_on")
    return {name: getattr(contract, name) for name in facts} | {
        "funded": contract.funded_cents,
        "company_name": contract.company.name,
        "siret": contract.company.siret,
        "contact_name": contract.contact.name,
        "contact_email": contract.contact.email,
        "contact_locale": contract.contact.locale,
    }
