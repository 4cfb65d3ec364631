"""The way in from a mail: looking opens nothing, as programs that check mails look too; one click signs in."""

from flask import render_template, request, session, url_for
from flask_babel import force_locale
from flask_login import current_user, login_user

from portal import identity
from portal.contracts import queries, service
from portal.contracts.views.blueprint import pages
from portal.infra import jobs
from portal.kernel.errors import Missing, NotAllowed
from portal.web.guards import public
from portal.web.htmx import go
from portal.web.limits import limiter


@pages.get("/door/<token>")
@limiter.limit("60 per minute")
@public
def show_door(token: str):
    try:
        contract, person = queries.behind(token)
    except Missing:
        return closed_door(token)
    page = url_for("contracts.show", contract_id=contract.id)
    if current_user.is_authenticated and current_user.id == person.id:
        return go(page)
    if person.password_hash:
        return go(url_for("identity.show_sign_in", next=page))
    with force_locale(person.locale):  # as the mail they come from
        return render_template(
            "contracts/door.html",
            contract=contract,
            person=person,
            token=token,
            missing=[slot for slot in queries.slots(contract) if slot.missing],
        )


@pages.post("/door/<token>")
@limiter.limit("20 per minute")
@public
def open_door(token: str):
    try:
        key, contract_id = service.enter(
            token, address=request.remote_addr or "", browser=request.user_agent.string
        )
    except Missing:
        return closed_door(token)
    except NotAllowed:
        return go(url_for("identity.show_sign_in"))
    if current_user.is_authenticated:
        identity.end_session(current_user.token)
    session.clear()
    login_user(identity.recognise(key))
    return go(url_for("contracts.show", contract_id=contract_id))


@pages.post("/door/<token>/again")
@limiter.limit("10 per minute")
@public
def ask_for_door(token: str):
    # A job, and its fingerprint alone: every link is answered in the same time, and the queue keeps no secret.
    jobs.later("contracts.send-door", identity.fingerprint(token))
    return go(url_for("contracts.door_asked"))


@pages.get("/door/sent")
@public
def door_asked():
    return render_template("contracts/door_asked.html")


def closed_door(token: str):
    """The same words for a link that is too old, was taken back, or never was."""
    return render_template("contracts/door_closed.html", token=token), 404
