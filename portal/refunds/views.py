from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.kernel.errors import Missing, Refusal
from portal.refunds import queries, rules, service
from portal.refunds.forms import DecisionForm, PaymentForm, RefusalForm
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required, role_required, signed_in
from portal.web.htmx import page_or_fragment, wants_fragment
from portal.web.pages import page_number

pages = Blueprint("refunds", __name__)
FORMS = {"refuse": RefusalForm, "pay": PaymentForm}


@pages.get("/refunds")
@role_required("student")
def list_own():
    return render_template(
        "refunds/own.html", refunds=queries.own(current_user.id), labels=rules.LABELS
    )


@pages.get("/refunds/<int:refund_id>")
@signed_in
def show(refund_id: int):
    return render_template(
        "refunds/show.html",
        file=queries.file(refund_id, current_user),
        labels=rules.LABELS,
        sentences=rules.SENTENCES,
    )


@pages.get("/staff/refunds")
@permission_required("finance", "director")
def inbox():
    tab, search = request.args.get("state", "to-approve"), request.args.get("q", "").strip()[:100]
    if tab not in rules.TABS:
        raise Missing("There is no such list.")
    page = page_number()
    rows, more = queries.rows(tab, search=search, page=page)
    return page_or_fragment(
        "refunds/inbox.html", "list", rows=rows, more=more, page=page, search=search, **frame(tab)
    )


@pages.get("/staff/refunds/<int:refund_id>")
@permission_required("finance", "director")
def show_row(refund_id: int):
    return answer(refund_id)


@pages.get("/staff/refunds/<int:refund_id>/calculation")
@permission_required("finance", "director")
def show_calculation(refund_id: int):
    return answer(refund_id, opened="calculation")


@pages.get("/staff/refunds/<int:refund_id>/refuse")
@permission_required("finance", "director")
def ask_to_refuse(refund_id: int):
    return answer(refund_id, opened="refuse", form=RefusalForm())


@pages.get("/staff/refunds/<int:refund_id>/pay")
@permission_required("finance")
def ask_to_pay(refund_id: int):
    return answer(refund_id, opened="pay", form=PaymentForm())


@pages.post("/staff/refunds/<int:refund_id>/approve")
@permission_required("finance", "director")
def approve(refund_id: int):
    return decide(refund_id, "", DecisionForm(), service.approve)


@pages.post("/staff/refunds/<int:refund_id>/refuse")
@permission_required("finance", "director")
def refuse(refund_id: int):
    form = RefusalForm()
    return decide(refund_id, "refuse", form, service.refuse, reason=form.reason.data)


@pages.post("/staff/refunds/<int:refund_id>/pay")
@permission_required("finance")
def pay(refund_id: int):
    form = PaymentForm()
    return decide(refund_id, "pay", form, service.pay, note=form.note.data)


def decide(refund_id: int, opened: str, form: DecisionForm, verb, **facts):
    if not form.validate_on_submit():
        tampered = form.version.errors or form.key.errors
        problem = gettext("Reload the page and try again.") if tampered else ""
        return answer(refund_id, opened=opened, form=form, problem=problem, status=422)
    try:
        verb(refund_id, version=form.version.data, key=form.key.data, by=current_user.id, **facts)
    except Missing:
        raise
    except Refusal as refusal:
        return answer(refund_id, problem=sentence_of(refusal), status=status_of(refusal))
    return answer(refund_id, done=True)


def answer(refund_id: int, *, opened="", form=None, problem="", done=False, status=200):
    """The fresh row for HTMX; for a plain browser that row on a page of its own, or the inbox when done."""
    if done and not wants_fragment():
        return redirect(url_for("refunds.inbox"), code=303)
    row = queries.row(refund_id)
    extra = {}
    if opened == "calculation":
        extra = {
            "calculation": queries.calculation_of(refund_id),
            "shares": queries.shares_of(refund_id),
        }
    for field in form or ():
        field.id = f"{field.name}-{refund_id}"  # several rows may be open at once
    template = "refunds/_decided.html" if wants_fragment() else "refunds/one.html"
    facts = frame("") | extra | {"opened": opened, "form": form, "problem": problem, "done": done}
    return render_template(template, row=row, **facts), status


def frame(tab: str) -> dict:
    """What every cut of the inbox needs besides its rows; one query."""
    return {
        "tab": tab,
        "heaps": queries.heaps(),
        "labels": rules.LABELS,
        "sentences": rules.SENTENCES,
        "new_key": lambda: uuid4().hex,
        # Fifty rows link hundreds of times: the fixed parts of their addresses are made once.
        "base": url_for("refunds.inbox"),
        "papers": url_for("refunds.list_own"),
        "sprite": url_for("static", filename="icons.svg"),
        "may_pay": "finance" in current_user.permissions,
        "opened": "",
        "form": None,
        "problem": "",
        "done": False,
    }
