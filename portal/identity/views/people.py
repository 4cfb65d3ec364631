from flask import flash, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.identity import queries, service
from portal.identity.forms import InviteForm
from portal.identity.rules import PERMISSION_LABELS, ROLE_LABELS, Role
from portal.identity.views import pages
from portal.kernel.errors import Refusal
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required
from portal.web.htmx import go, page_or_fragment
from portal.web.pages import page_number


@pages.get("/staff/people")
@permission_required("administrator", "director")
def list_people():
    search, page = request.args.get("q", "").strip()[:100], page_number()
    people, more = queries.accounts(search=search, page=page)
    return page_or_fragment(
        "identity/people.html",
        "list",
        people=people,
        more=more,
        page=page,
        search=search,
        roles=ROLE_LABELS,
        permissions=PERMISSION_LABELS,
        may_change="administrator" in current_user.permissions,
    )


@pages.get("/staff/people/new")
@permission_required("administrator")
def show_invite():
    return page_or_fragment("identity/invite.html", "form", form=InviteForm())


@pages.post("/staff/people/new")
@permission_required("administrator")
def invite():
    form = InviteForm()
    if not form.validate_on_submit():
        return page_or_fragment("identity/invite.html", "form", status=422, form=form)
    try:
        service.add_person(
            email=form.email.data,
            name=form.name.data,
            role=Role(form.role.data),
            permissions=form.permissions.data,
            locale=form.locale.data,
            by=current_user.id,
        )
    except Refusal as refusal:
        form.email.errors = [sentence_of(refusal)]
        return page_or_fragment(
            "identity/invite.html", "form", status=status_of(refusal), form=form
        )
    flash(gettext("The invitation is on its way."))
    return go(url_for("identity.list_people"))


@pages.get("/staff/people/<int:person_id>/disable")
@permission_required("administrator")
def confirm_disable(person_id: int):
    return render_template("identity/disable.html", person=queries.account(person_id))


@pages.post("/staff/people/<int:person_id>/disable")
@permission_required("administrator")
def disable(person_id: int):
    service.disable(person_id, by=current_user.id)
    flash(gettext("The account is disabled and its browsers are signed out."))
    return go(url_for("identity.list_people"))


@pages.post("/staff/people/<int:person_id>/enable")
@permission_required("administrator")
def enable(person_id: int):
    service.enable(person_id, by=current_user.id)
    flash(gettext("The account is open again."))
    return go(url_for("identity.list_people"))


@pages.post("/staff/people/<int:person_id>/invite-again")
@permission_required("administrator")
def invite_again(person_id: int):
    service.invite_again(person_id, by=current_user.id)
    flash(gettext("The invitation is on its way."))
    return go(url_for("identity.list_people"))
