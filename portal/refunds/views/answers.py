"""The answer to what staff do with a refund: its fresh row, and what else changed."""

from uuid import uuid4

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.kernel import clock
from portal.refunds import queries, rules
from portal.web.htmx import wants_fragment


def answer(
    refund_id: int, *, opened="", form=None, problem="", done=False, again=False, status=200
):
    """The fresh row for HTMX; for a plain browser that row on a page of its own, or the inbox when done."""
    row = queries.row(refund_id)
    said = sentence_about(row, again=again) if done else ""
    if done and not wants_fragment():
        flash(said)
        in_inbox = current_user.permissions & {"finance", "director"}
        home = url_for("refunds.inbox") if in_inbox else f"/refunds/{refund_id}"
        return redirect(home, code=303)
    extra = {}
    if opened == "calculation":
        extra = {
            "calculation": queries.calculation_of(refund_id),
            "shares": queries.shares_of(refund_id),
        }
    if row.company_payer_id and form is not None and "reason" in form:
        form.reason.label.text = gettext("Why? The reason stays with the refund.")
    for field in form or ():
        field.id = f"{field.name}-{refund_id}"  # several rows may be open at once
    template = "refunds/_decided.html" if wants_fragment() else "refunds/one.html"
    facts = frame("") | extra | {"opened": opened, "form": form, "problem": problem, "done": done}
    return render_template(template, row=row, said=said, **facts), status


def sentence_about(row: queries.Row, *, again: bool) -> str:
    """What has just been done with a refund; the state it is in says it."""
    name = row.listed_as
    match row.state:
        case "approved":
            return gettext("Refund of %(name)s approved.", name=name)
        case "paid":
            return gettext("Refund of %(name)s paid.", name=name)
        case "refused":
            return gettext("Refund of %(name)s refused.", name=name)
        case "cancelled":
            return gettext("Refund of %(name)s cancelled.", name=name)
        case "info_needed":
            return gettext("The question about the refund of %(name)s is sent.", name=name)
    if again:
        return gettext("Refund of %(name)s proposed again.", name=name)
    if row.first_approved_by:
        return gettext("Your approval is noted. A second person must approve too.")
    return gettext("Refund of %(name)s corrected.", name=name)


def frame(tab: str) -> dict:
    """What every cut of the inbox needs besides its rows; one query."""
    return {
        "tab": tab,
        "heaps": queries.heaps(),
        "labels": rules.LABELS,
        "sentences": rules.SENTENCES,
        "words": words(),
        "new_key": lambda: uuid4().hex,
        # Fifty rows link hundreds of times: the fixed parts of their addresses are made once.
        "base": url_for("refunds.inbox"),
        "papers": url_for("refunds.list_own"),
        "sprite": url_for("static", filename="icons.svg"),
        "me": current_user.id,
        "now": clock.now(),
        "may_pay": "finance" in current_user.permissions,
        "opened": "",
        "form": None,
        "problem": "",
        "done": False,
    }


def words() -> dict:
    """What every row says, translated once a page: fifty rows would ask six hundred times."""
    return {
        "select": gettext("Select"),
        "company": gettext("Company"),
        "credit": gettext("Credit"),
        "waiting": gettext("Waiting since"),
        "funded": gettext("Funded"),
        "refund": gettext("To refund"),
        "calculation": gettext("the calculation"),
        "state": gettext("State"),
        "two": gettext("needs 2 approvals"),
        "approve": gettext("Approve"),
        "refuse": gettext("Refuse…"),
        "ask": gettext("Ask…"),
        "states": {state: gettext(label) for state, (label, _, _) in rules.LABELS.items()},
    }
