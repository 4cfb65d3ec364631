"""One file side by side: its papers, the record, what was found, what accepting does; then the next file."""

from uuid import uuid4

from flask import flash, request, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.contracts import queries, rules, service
from portal.contracts.examining_forms import AmountForm, PaperForm, PauseForm, SeenForm
from portal.contracts.forms import AcceptForm, DecisionForm, ReturnForm
from portal.contracts.views.blueprint import pages
from portal.contracts.views.reasons import ready_made, tongue
from portal.kernel import clock
from portal.kernel.errors import Missing, NotPossible, Refusal
from portal.kernel.money import Cents
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required
from portal.web.htmx import go, page_or_fragment, wants_fragment


@pages.get("/staff/contracts/<int:contract_id>/review")
@permission_required("registrar", "director")
def examine(contract_id: int):
    return examination(contract_id)


@pages.post("/staff/contracts/<int:contract_id>/review/accept")
@permission_required("registrar", "director")
def accept_and_next(contract_id: int):
    form = AcceptForm()

    def act() -> None:
        service.accept(
            contract_id,
            funded=form.amount(),
            version=form.version.data,
            key=form.key.data,
            by=current_user.id,
        )

    return decided(contract_id, form, act, gettext("The contract is accepted."), goes_on=True)


@pages.post("/staff/contracts/<int:contract_id>/review/check")
@permission_required("registrar", "director")
def find_in_order(contract_id: int):
    form = DecisionForm()

    def act() -> None:
        facts = {"version": form.version.data, "key": form.key.data, "by": current_user.id}
        service.check(contract_id, **facts)

    return decided(contract_id, form, act, gettext("The file is in order and may be signed."))


@pages.post("/staff/contracts/<int:contract_id>/review/warnings")
@permission_required("registrar", "director")
def note_seen(contract_id: int):
    form = SeenForm()

    def act() -> None:
        service.note_seen(contract_id, form.seen.data or (), by=current_user.id)

    return decided(contract_id, form, act, gettext("It is written down that you saw it."))


@pages.post("/staff/contracts/<int:contract_id>/papers/<int:document_id>/accept")
@permission_required("registrar", "director")
def accept_paper(contract_id: int, document_id: int):
    paper = queries.paper_of(contract_id, document_id)
    form = PaperForm()

    def act() -> None:
        service.accept_paper(paper.id, by=current_user.id, expires_on=form.expires_on.data)

    return decided(contract_id, form, act, gettext("The paper is accepted."))


@pages.get("/staff/contracts/<int:contract_id>/papers/<int:document_id>/return")
@permission_required("registrar", "director")
def ask_to_return_paper(contract_id: int, document_id: int):
    paper = queries.paper_of(contract_id, document_id)
    form = ReturnForm(formdata=None, data={"reason": ready_made(paper.kind)})
    return examination(contract_id, opened=paper.id, form=form)


@pages.post("/staff/contracts/<int:contract_id>/papers/<int:document_id>/return")
@permission_required("registrar", "director")
def return_paper(contract_id: int, document_id: int):
    paper = queries.paper_of(contract_id, document_id)
    form = ReturnForm()

    def act() -> None:
        facts = {"reason": form.reason.data, "by": current_user.id}
        if paper.kind == rules.DocumentKind.CERFA:
            service.send_back(contract_id, version=form.version.data, key=form.key.data, **facts)
        else:
            service.return_paper(paper.id, **facts)

    said = gettext("The paper is returned. Student and company get a mail.")
    return decided(contract_id, form, act, said, opened=paper.id, goes_on="next" in request.form)


def decided(contract_id: int, form, act, said: str, *, opened: int = 0, goes_on: bool = False):
    """Do it, then show the next file or this one afresh; what forbids it is said on the fresh page."""
    queries.review(contract_id)
    if not form.validate_on_submit():
        problem = "" if opened else first_error(form)
        return examination(contract_id, opened=opened, form=form, problem=problem, status=422)
    following = queries.next_to_review(contract_id) if goes_on else None
    try:
        act()
    except Missing:
        raise
    except Refusal as refusal:
        return examination(contract_id, problem=sentence_of(refusal), status=status_of(refusal))
    if goes_on:
        flash(said)
        return go(
            url_for("contracts.examine", contract_id=following)
            if following
            else url_for("contracts.queue")
        )
    if wants_fragment():
        return examination(contract_id, said=said)
    flash(said)
    return go(url_for("contracts.examine", contract_id=contract_id))


def first_error(form) -> str:
    return next((str(one[0]) for one in form.errors.values() if one), "") or gettext(
        "Reload the page and try again."
    )


def examination(
    contract_id: int, *, opened: int = 0, form=None, said: str = "", problem: str = "", status=200
):
    contract = queries.review(contract_id)
    amount = amount_form(contract)
    effect, refusal = foreseen(contract, amount)
    return page_or_fragment(
        "contracts/examine.html",
        "file",
        status=422 if amount.errors else status,
        contract=contract,
        slots=queries.slots(contract, sends=False),
        findings=queries.findings(contract),
        reading=queries.reading_of(contract),
        differences=queries.differences_of(contract),
        known=queries.known_by_form(contract),
        seen=queries.seen_warnings(contract_id),
        amount=amount,
        effect=effect,
        refusal=refusal,
        awaited=queries.missing_names(contract),
        reminder=queries.last_reminder(contract_id),
        pause=pause_form(contract, form),
        opened=opened,
        picked=request.args.getlist("because"),
        tongue=tongue(),
        form=form,
        said=said,
        problem=problem,
        today=clock.today(),
        rules=rules,
        new_key=lambda: uuid4().hex,
    )


def amount_form(contract) -> AmountForm:
    """What was asked for in the address, or what is usually paid."""
    if request.method == "GET" and "funded" in request.args:
        form = AmountForm(request.args)
        form.validate()
        return form
    usual = contract.funded_cents or service.expected_funding(contract.enrolment_id)
    return AmountForm(data={"funded": usual})


def pause_form(contract, sent) -> PauseForm:
    """The form of the pause, as it was just sent or as the contract has it."""
    if isinstance(sent, PauseForm):
        return sent
    return PauseForm(formdata=None, data={"until": contract.reminders_paused_until})


def foreseen(contract, amount: AmountForm):
    """The effect of accepting on the money, and what would forbid it."""
    if contract.state not in ("submitted", "checked") or not amount.funded.data or amount.errors:
        return None, ""
    try:
        return service.money_effect(contract, Cents(amount.funded.data)), ""
    except NotPossible as refusal:
        return None, sentence_of(refusal)
