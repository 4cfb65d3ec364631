"""The student asks for a paper; owner and school fetch it."""

from uuid import uuid4

from flask import current_app, flash, url_for
from flask_babel import gettext
from flask_login import current_user

from portal import programme
from portal.certificates import queries, rules, service
from portal.certificates.forms import IssueForm
from portal.certificates.views.blueprint import pages
from portal.kernel.errors import Missing, Refusal
from portal.web.downloads import pdf_to_save
from portal.web.errors import sentence_of, status_of
from portal.web.guards import role_required, signed_in
from portal.web.htmx import go, page_or_fragment
from portal.web.limits import limiter


@pages.get("/certificates")
@role_required("student")
def list_own():
    return page()


@pages.post("/certificates")
@limiter.limit("20 per minute")
@role_required("student")
def issue():
    form = IssueForm()
    if not form.validate_on_submit():
        return page(form, status=422)
    try:
        made = service.issue(
            programme.enrolment_of(current_user.id).id,
            language=form.language.data,
            key=form.key.data,
            by=current_user.id,
            storage=current_app.extensions["storage"],
        )
    except Refusal as refusal:
        form.form_errors.append(sentence_of(refusal))
        return page(form, status=status_of(refusal))
    flash(gettext("Certificate %(number)s is ready.", number=made.number))
    return go(url_for("certificates.list_own"))


@pages.get("/certificates/<number>.pdf")
@signed_in
def download(number: str):
    storage = current_app.extensions["storage"]
    paper = service.printed(queries.readable(number, current_user), storage=storage)
    stream = storage.open(paper.document)
    name = f"{paper.number}.pdf"
    return pdf_to_save(stream, name=name, size=paper.size or 0, sha256=paper.sha256 or "")


def page(form: IssueForm | None = None, *, status: int = 200):
    try:
        enrolled = programme.enrolment_of(current_user.id)
    except Missing:
        enrolled = None
    form = form or IssueForm(data={"language": current_user.locale, "key": uuid4().hex})
    return page_or_fragment(
        "certificates/own.html",
        "papers",
        status=status,
        form=form,
        enrolled=enrolled,
        certificates=queries.own(current_user.id),
        rules=rules,
    )
