"""Asking for what files miss: one, many, or none for a while."""

from flask import request
from flask_babel import gettext
from flask_login import current_user

from portal.contracts import queries, service
from portal.contracts.examining_forms import PauseForm, TokenForm
from portal.contracts.views.blueprint import pages
from portal.contracts.views.examining import decided
from portal.contracts.views.reviewing import frame
from portal.kernel.errors import Missing, Refusal
from portal.web.errors import sentence_of
from portal.web.guards import permission_required
from portal.web.htmx import page_or_fragment

MOST = 50


@pages.post("/staff/contracts/<int:contract_id>/remind")
@permission_required("registrar", "director")
def remind(contract_id: int):
    def act() -> None:
        service.remind(contract_id, by=current_user.id)

    return decided(contract_id, TokenForm(), act, gettext("The reminder is on its way."))


@pages.post("/staff/contracts/<int:contract_id>/pause")
@permission_required("registrar", "director")
def pause_reminders(contract_id: int):
    form = PauseForm()

    def act() -> None:
        service.pause_reminders(contract_id, until=form.until.data, by=current_user.id)

    return decided(contract_id, form, act, gettext("It is written down."))


@pages.post("/staff/contracts/remind")
@permission_required("registrar", "director")
def remind_several():
    """Each of the ticked files for itself: what one of them refuses stops none of the others."""
    ticked = [int(one) for one in request.form.getlist("pick")[:MOST] if is_id(one)]
    outcomes = [one for contract_id in ticked if (one := outcome(contract_id))]
    problem = "" if ticked else gettext("Tick the files to remind of.")
    return page_or_fragment(
        "contracts/reminded.html",
        "list",
        status=200 if ticked else 422,
        tab="missing",
        outcomes=outcomes,
        **frame() | {"problem": problem},
    )


def outcome(contract_id: int):
    """The contract and why nobody was reminded of it, empty when they were; None when there is none."""
    try:
        service.remind(contract_id, by=current_user.id)
    except Missing:
        return None
    except Refusal as refusal:
        return queries.review(contract_id), sentence_of(refusal)
    return queries.review(contract_id), ""


def is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
