"""The school and the funding bodies: what was sent, what they said, which agreement is whose."""

from collections.abc import Callable
from uuid import uuid4

from flask import flash, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.contracts import queries, rules, service
from portal.contracts.filing_forms import (
    AcceptanceForm,
    BranchForm,
    IncompleteForm,
    RefusalForm,
    TransmitForm,
)
from portal.contracts.views.blueprint import pages
from portal.contracts.views.reviewing import name_fields
from portal.kernel import clock
from portal.kernel.errors import Missing, Refusal
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required
from portal.web.htmx import go, page_or_fragment

#: The forms of a contract's funding page: class, and how its validated fields become the verb's facts.
FORMS: dict[str, tuple[type, Callable]] = {
    "transmit": (
        TransmitForm,
        lambda form: {"on": form.on.data, "opco": form.opco.data, "number": form.number.data or ""},
    ),
    "incomplete": (IncompleteForm, lambda form: {"on": form.on.data, "reason": form.reason.data}),
    "accepted": (
        AcceptanceForm,
        lambda form: {
            "on": form.on.data,
            "number": form.number.data,
            "funded": form.amount(),
            "employer_share": form.employer_share.data,
        },
    ),
    "refused": (RefusalForm, lambda form: {"on": form.on.data, "reason": form.reason.data}),
}
VERBS: dict[str, Callable[..., None]] = {
    "transmit": service.transmit,
    "incomplete": service.ask_for_more,
    "accepted": service.note_acceptance,
    "refused": service.note_refusal,
}


@pages.get("/staff/opco")
@permission_required("registrar", "director")
def list_filings():
    group = request.args.get("group", "to-send")
    if group not in queries.GROUPS:
        raise Missing("There is no such list.")
    return render_template(
        "contracts/filings.html",
        group=group,
        contracts=queries.with_funder(group),
        most=queries.MOST_FILINGS,
        late=queries.late_count(),
        today=clock.today(),
        rules=rules,
    )


@pages.get("/staff/contracts/<int:contract_id>/opco")
@permission_required("registrar", "director")
def show_filing(contract_id: int):
    return filing_page(contract_id)


@pages.post("/staff/contracts/<int:contract_id>/opco/<step>")
@permission_required("registrar", "director")
def file_step(contract_id: int, step: str):
    if step not in FORMS:
        raise Missing("There is no such step.")
    kind, facts = FORMS[step]
    form = kind()
    if not form.validate_on_submit():
        return filing_page(contract_id, opened=step, form=form, status=422)
    try:
        VERBS[step](
            contract_id,
            version=form.version.data,
            key=form.key.data,
            by=current_user.id,
            **facts(form),
        )
    except Missing:
        raise
    except Refusal as refusal:
        problem = sentence_of(refusal)
        return filing_page(
            contract_id, opened=step, form=form, problem=problem, status=status_of(refusal)
        )
    flash(gettext("It is written down."))
    return go(url_for("contracts.show_filing", contract_id=contract_id))


def filing_page(contract_id: int, *, opened: str = "", form=None, problem="", status: int = 200):
    contract = queries.review(contract_id)
    forms = {
        step: form if step == opened and form is not None else blank(step, contract)
        for step in queries.next_steps(contract)
    }
    for step, one in forms.items():
        name_fields(one, step)
    return page_or_fragment(
        "contracts/filing.html",
        "filing",
        status=status,
        contract=contract,
        forms=forms,
        opened=opened,
        problem=problem,
        today=clock.today(),
        rules=rules,
        new_key=lambda: uuid4().hex,
    )


def blank(step: str, contract):
    """The form of a step with what is usually written there."""
    kind, _ = FORMS[step]
    suggested = queries.suggested(contract)
    facts = {
        "on": clock.today(),
        "opco": suggested.opco,
        "funded": contract.funded_cents,
        "employer_share": suggested.employer_share or None,
        "number": contract.opco_number,
    }
    return kind(formdata=None, data=facts)


@pages.get("/staff/opco/branches")
@permission_required("registrar", "director")
def list_branches():
    return branches_page(BranchForm(formdata=None))


@pages.post("/staff/opco/branches")
@permission_required("registrar", "director")
def correct_branch():
    form = BranchForm()
    if not form.validate_on_submit():
        return branches_page(form, status=422)
    service.correct_branch(form.idcc.data, form.opco.data, by=current_user.id)
    flash(gettext("The agreement is corrected."))
    return go(url_for("contracts.list_branches"))


def branches_page(form: BranchForm, *, status: int = 200):
    return page_or_fragment(
        "contracts/branches.html",
        "branches",
        status=status,
        form=form,
        corrected=queries.corrected(),
        rules=rules,
    )
