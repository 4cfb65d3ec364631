"""What may happen to an accepted contract before its day: it ends, it is amended, another one follows."""

from uuid import uuid4

from flask import flash, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.contracts import queries, rules, service
from portal.contracts.ending_forms import AmendForm, EndForm, GiveUpForm
from portal.contracts.forms import DeclarationForm
from portal.contracts.views.blueprint import pages
from portal.kernel import clock
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
            initiator=form.initiator.data,
            ground=form.ground.data,
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


@pages.get("/staff/contracts/<int:contract_id>/amend")
@permission_required("registrar", "director")
def ask_to_amend(contract_id: int):
    return amend_page(contract_id, AmendForm(formdata=None))


@pages.post("/staff/contracts/<int:contract_id>/amend")
@permission_required("registrar", "director")
def amend(contract_id: int):
    form = AmendForm()
    if not form.validate_on_submit():
        return amend_page(contract_id, form, status=422)
    try:
        facts = {"reason": form.reason.data, "version": form.version.data}
        amendment_id = service.amend(contract_id, by=current_user.id, **facts)
    except Missing:
        raise
    except Refusal as refusal:
        problem = sentence_of(refusal)
        return amend_page(contract_id, form, problem=problem, status=status_of(refusal))
    flash(gettext("The amendment is begun. Student and company are asked for the signed version."))
    return go(url_for("contracts.show", contract_id=amendment_id))


@pages.get("/staff/contracts/<int:contract_id>/successor")
@permission_required("registrar", "director")
def ask_to_succeed(contract_id: int):
    contract = queries.review(contract_id)
    form = DeclarationForm(
        formdata=None, data={"kind": contract.kind, "job_title": contract.job_title}
    )
    return successor_page(contract, form)


@pages.post("/staff/contracts/<int:contract_id>/successor")
@permission_required("registrar", "director")
def succeed(contract_id: int):
    contract = queries.review(contract_id)
    form = DeclarationForm()
    if not form.validate_on_submit():
        return successor_page(contract, form, status=422)
    try:
        new_id = service.succeed(
            contract_id, facts=form.facts(), employer=form.employer(), by=current_user.id
        )
    except Refusal as refusal:
        problem = sentence_of(refusal)
        return successor_page(contract, form, problem=problem, status=status_of(refusal))
    flash(gettext("The new contract is declared and its contact has been invited."))
    return go(url_for("contracts.show", contract_id=new_id))


@pages.get("/staff/contracts/<int:contract_id>/close")
@permission_required("registrar", "director")
def ask_to_give_up(contract_id: int):
    return give_up_page(contract_id, GiveUpForm(formdata=None))


@pages.post("/staff/contracts/<int:contract_id>/close")
@permission_required("registrar", "director")
def give_up(contract_id: int):
    form = GiveUpForm()
    if not form.validate_on_submit():
        return give_up_page(contract_id, form, status=422)
    try:
        facts = {"reason": form.reason.data, "version": form.version.data}
        service.give_up(contract_id, by=current_user.id, **facts)
    except Missing:
        raise
    except Refusal as refusal:
        problem = sentence_of(refusal)
        return give_up_page(contract_id, form, problem=problem, status=status_of(refusal))
    flash(gettext("The contract is closed. Student and company get a mail."))
    return go(url_for("contracts.show", contract_id=contract_id))


def give_up_page(contract_id: int, form: GiveUpForm, *, problem: str = "", status: int = 200):
    return page_or_fragment(
        "contracts/give_up.html",
        "form",
        status=status,
        contract=queries.review(contract_id),
        form=form,
        problem=problem,
        new_key=lambda: uuid4().hex,
    )


def end_page(contract_id: int, form: EndForm, *, problem: str = "", status: int = 200):
    contract = queries.review(contract_id)
    return page_or_fragment(
        "contracts/end.html",
        "end",
        status=status,
        contract=contract,
        trial=service.trial(contract, form.on.data or clock.today()),
        pending=queries.pending(contract),
        form=form,
        problem=problem,
        new_key=lambda: uuid4().hex,
    )


def amend_page(contract_id: int, form: AmendForm, *, problem: str = "", status: int = 200):
    return page_or_fragment(
        "contracts/amend.html",
        "amend",
        status=status,
        contract=queries.review(contract_id),
        form=form,
        problem=problem,
        new_key=lambda: uuid4().hex,
    )


def successor_page(contract, form: DeclarationForm, *, problem: str = "", status: int = 200):
    ended_on = contract.ended_on
    return page_or_fragment(
        "contracts/successor.html",
        "form",
        status=status,
        contract=contract,
        until=rules.follows_until(ended_on) if ended_on else None,
        form=form,
        problem=problem,
    )
