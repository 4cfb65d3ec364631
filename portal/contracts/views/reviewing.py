"""The school's queue: read, accept, return."""

from datetime import date
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.contracts import Contract, queries, rules, service
from portal.contracts.forms import AcceptForm, QueueForm, ReturnForm
from portal.contracts.views.blueprint import pages
from portal.contracts.views.reasons import ready_made, tongue
from portal.kernel import clock
from portal.kernel.errors import Missing, Refusal
from portal.web.errors import sentence_of, status_of
from portal.web.fields import tidy_line
from portal.web.guards import permission_required
from portal.web.htmx import page_or_fragment, wants_fragment


@pages.get("/staff/contracts")
@permission_required("registrar", "director")
def queue():
    tab = request.args.get("state", "to-review")
    if tab not in queries.TABS:
        raise Missing("There is no such list.")
    form = QueueForm(request.args)
    form.offer(queries.TABS[tab])
    right = form.validate()
    wanted = wanted_of(tab, form) if right else queries.Wanted(tab)
    after = place_in(request.args.get("after", ""))
    return page_or_fragment(
        "contracts/queue.html",
        "list",
        status=200 if right else 422,
        tab=tab,
        filters=form,
        wanted=wanted,
        after=after,
        page=queries.queue(wanted, after=after),
        **frame(),
    )


def wanted_of(tab: str, form: QueueForm) -> queries.Wanted:
    search = tidy_line(form.q.data or "")
    return queries.Wanted(tab, kind=form.kind.data or "", state=form.only.data or "", search=search)


def place_in(address: str) -> queries.Place:
    """Where a page begins, as an earlier page wrote it; anything else is the beginning."""
    day, _, number = address.rpartition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return queries.START
    try:
        return queries.Place(date.fromisoformat(day) if day else None, int(number))
    except ValueError:
        return queries.START


def frame() -> dict:
    """What every cut of the queue needs besides its rows; one query."""
    return {
        "counts": queries.counts(),
        "today": clock.today(),
        "rules": rules,
        "opened": "",
        "form": None,
        "problem": "",
        "done": False,
        "picked": request.args.getlist("because"),
        "tongue": tongue(),
        "new_key": lambda: uuid4().hex,
    }


@pages.get("/staff/contracts/<int:contract_id>")
@permission_required("registrar", "director")
def show_row(contract_id: int):
    """A row without its form: what “Keep it” leads back to."""
    if wants_fragment():
        return row(contract_id)
    queries.review(contract_id)
    return redirect(url_for("contracts.queue"), code=303)


@pages.get("/staff/contracts/<int:contract_id>/accept")
@permission_required("registrar", "director")
def ask_to_accept(contract_id: int):
    contract = queries.review(contract_id)
    suggested = contract.funded_cents or service.expected_funding(contract.enrolment_id)
    form = AcceptForm(data={"funded": suggested})
    return row(contract_id, opened="accept", form=form)


@pages.post("/staff/contracts/<int:contract_id>/accept")
@permission_required("registrar", "director")
def accept(contract_id: int):
    form = AcceptForm()
    return decide(
        contract_id,
        "accept",
        form,
        lambda **click: service.accept(contract_id, funded=form.amount(), **click),
    )


@pages.get("/staff/contracts/<int:contract_id>/return")
@permission_required("registrar", "director")
def ask_to_return(contract_id: int):
    form = ReturnForm(formdata=None, data={"reason": ready_made(rules.DocumentKind.CERFA)})
    return row(contract_id, opened="return", form=form)


@pages.post("/staff/contracts/<int:contract_id>/return")
@permission_required("registrar", "director")
def send_back(contract_id: int):
    form = ReturnForm()
    return decide(
        contract_id,
        "return",
        form,
        lambda **click: service.send_back(contract_id, reason=form.reason.data, **click),
    )


def decide(contract_id: int, verb: str, form, act):
    if not form.validate_on_submit():
        tampered = form.version.errors or form.key.errors
        problem = gettext("Reload the page and try again.") if tampered else ""
        return row(contract_id, opened=verb, form=form, problem=problem, status=422)
    try:
        act(version=form.version.data, key=form.key.data, by=current_user.id)
    except Missing:
        raise
    except Refusal as refusal:
        return row(contract_id, problem=sentence_of(refusal), status=status_of(refusal))
    return row(contract_id, done=True)


def row(
    contract_id: int, *, opened: str = "", form=None, problem: str = "", done=False, status=200
):
    """The fresh row for HTMX; for a plain browser that row on a page of its own, or the queue when done."""
    contract = queries.review(contract_id)
    said = sentence_about(contract) if done else ""
    if done and not wants_fragment():
        flash(said)
        return redirect(url_for("contracts.queue"), code=303)
    if form is not None:
        name_fields(form, contract_id)
    template = "contracts/_decided.html" if wants_fragment() else "contracts/review.html"
    return render_template(
        template,
        contract=contract,
        said=said,
        tab="",
        **frame() | {"opened": opened, "form": form, "problem": problem, "done": done},
    ), status


def sentence_about(contract: Contract) -> str:
    """What has just been decided about a contract; the state it is in says it."""
    name = contract.enrolment.student.person.name
    if contract.state == "signed":
        return gettext("Contract of %(name)s accepted.", name=name)
    return gettext("Contract of %(name)s returned.", name=name)


def name_fields(form, place: int | str) -> None:
    """Several rows may be open at once, and an id stands once on a page."""
    for field in form:
        field.id = f"{field.name}-{place}"
