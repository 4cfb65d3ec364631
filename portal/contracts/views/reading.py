"""What is where: the student's contracts, the company's area, one contract."""

from flask import render_template
from flask_login import current_user

from portal import programme
from portal.contracts import queries, rules, service
from portal.contracts.company_forms import ColleagueForm, ConfirmationForm, MessageForm
from portal.contracts.forms import UploadForm
from portal.contracts.views.blueprint import pages
from portal.kernel.errors import Missing
from portal.web.guards import role_required, signed_in


@pages.get("/contracts")
@role_required("student")
def list_own():
    enrolment = programme.enrolment_of(current_user.id)
    contracts = queries.of_enrolment(enrolment.id)
    may_declare = all(contract.state in rules.OVER for contract in contracts)
    return render_template(
        "contracts/list.html", contracts=contracts, may_declare=may_declare, rules=rules
    )


@pages.get("/company")
@role_required("company")
def company_home():
    contracts = queries.of_contact(current_user.id)
    return render_template(
        "contracts/company.html",
        contracts=contracts,
        slots={contract.id: queries.slots(contract) for contract in contracts},
        forms={contract.id: upload_forms(contract) for contract in contracts},
        rules=rules,
    )


@pages.get("/contracts/<int:contract_id>")
@signed_in
def show(contract_id: int):
    return page(queries.visible(contract_id, current_user))


@pages.get("/contracts/<int:contract_id>/examples/<paper>")
@signed_in
def show_example(contract_id: int, paper: str):
    contract = queries.visible(contract_id, current_user)
    if paper not in list(rules.DocumentKind):
        raise Missing("There is no such paper.")
    papers = rules.checklist(rules.ContractKind(contract.kind))
    return render_template(
        "contracts/example.html",
        contract=contract,
        paper=next(one for one in papers if one.kind == paper),
        example=rules.example(rules.ContractKind(contract.kind), rules.DocumentKind(paper)),
    )


def upload_forms(contract, sent: UploadForm | None = None) -> dict:
    """A form for each kind of paper; the one that was just sent keeps what is wrong with it."""
    forms = {kind: UploadForm(contract.id, kind, formdata=None) for kind in rules.DocumentKind}
    if sent is not None and sent.kind.data in forms:
        forms[sent.wanted] = sent
    return forms


def page(contract, *, status: int = 200, **shown):
    """The whole page of a contract. `shown` replaces what it starts from: a form that was refused, and why."""
    role, permissions = current_user.role, current_user.permissions
    may_send = rules.may_send(role, permissions)
    form = shown.pop("form", None)
    slots, history = queries.slots(contract, sends=may_send), queries.history(contract)
    facts = {
        "slots": slots,
        "forms": upload_forms(contract, form),
        "wrong": form.kind.data if form else "",
        "problem": "",
        "track": queries.track(contract, slots, history.moves),
        "history": history,
        "may_write": may_send,
        "message": MessageForm(formdata=None),
        "confirmation": ConfirmationForm(formdata=None, obj=contract.company, prefix="company_"),
        "doubts": queries.doubts_about(contract),
        "free_until": service.tuition_free_until(contract),
        "colleagues": queries.colleagues(contract),
        "colleague": ColleagueForm(formdata=None, prefix="colleague_"),
    }
    return render_template(
        "contracts/show.html", contract=contract, rules=rules, **(facts | shown)
    ), status
