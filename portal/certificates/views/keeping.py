"""The school's list of papers: find, revoke, replace."""

from uuid import uuid4

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.certificates import queries, rules, service
from portal.certificates.forms import ReplaceForm, RevokeForm
from portal.certificates.views.blueprint import pages
from portal.kernel.errors import Missing, Refusal
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required
from portal.web.htmx import page_or_fragment, wants_fragment
from portal.web.pages import page_number


@pages.get("/staff/certificates")
@permission_required("registrar", "director")
def list_issued():
    search, page = request.args.get("q", "").strip()[:100], page_number()
    found = queries.issued(search=search, page=page)
    return page_or_fragment(
        "certificates/issued.html",
        "list",
        certificates=found.certificates,
        more=found.more,
        page=page,
        search=search,
        **frame(),
    )


@pages.get("/staff/certificates/<int:certificate_id>")
@permission_required("registrar", "director")
def show_row(certificate_id: int):
    return answer(certificate_id)


@pages.get("/staff/certificates/<int:certificate_id>/revoke")
@permission_required("registrar", "director")
def ask_to_revoke(certificate_id: int):
    return answer(certificate_id, form=RevokeForm())


@pages.post("/staff/certificates/<int:certificate_id>/revoke")
@permission_required("registrar", "director")
def revoke(certificate_id: int):
    form = RevokeForm()
    if not form.validate_on_submit():
        return answer(certificate_id, form=form, status=422)
    return decided(
        certificate_id,
        lambda: service.revoke(certificate_id, reason=form.reason.data, by=current_user.id),
    )


@pages.post("/staff/certificates/<int:certificate_id>/replace")
@permission_required("registrar", "director")
def replace(certificate_id: int):
    form = ReplaceForm()
    if not form.validate_on_submit():
        return answer(certificate_id, problem=gettext("Reload the page and try again."), status=422)
    return decided(
        certificate_id,
        lambda: service.replace(
            certificate_id,
            key=form.key.data,
            by=current_user.id,
            storage=current_app.extensions["storage"],
        ),
    )


def decided(certificate_id: int, verb):
    try:
        verb()
    except Missing:
        raise
    except Refusal as refusal:
        return answer(certificate_id, problem=sentence_of(refusal), status=status_of(refusal))
    if wants_fragment():
        return answer(certificate_id)
    flash(gettext("Done."))
    return redirect(url_for("certificates.list_issued"), code=303)


def answer(certificate_id: int, *, form=None, problem: str = "", status: int = 200):
    """The fresh row for HTMX; for a plain browser that row on a page of its own."""
    if form is not None:
        form.reason.id = f"reason-{certificate_id}"
    template = "certificates/_issued_row.html" if wants_fragment() else "certificates/one.html"
    facts = frame() | {"form": form, "problem": problem}
    return render_template(template, certificate=queries.one(certificate_id), **facts), status


def frame() -> dict:
    """What every row of the list needs besides its certificate."""
    return {"rules": rules, "form": None, "problem": "", "new_key": lambda: uuid4().hex}
