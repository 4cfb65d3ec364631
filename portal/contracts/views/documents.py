"""Sending a version in and getting it back."""

from flask import current_app, flash, render_template, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.contracts import queries, service
from portal.contracts.forms import UploadForm
from portal.contracts.rules import check_takes_documents
from portal.contracts.views.blueprint import pages
from portal.contracts.views.reading import page
from portal.kernel.errors import Missing, Refusal
from portal.web.downloads import pdf_to_save
from portal.web.errors import sentence_of, status_of
from portal.web.fields import tidy_line
from portal.web.guards import role_required, signed_in
from portal.web.htmx import go, wants_fragment


@pages.post("/contracts/<int:contract_id>/documents")
@role_required("student", "company")
def upload(contract_id: int):
    contract = queries.visible(contract_id, current_user)
    form = UploadForm(contract_id)
    try:
        check_takes_documents(contract.state)
        if not form.validate_on_submit():
            return not_kept(contract, form, status=422)
        number = service.receive(
            contract_id,
            document=form.document.data.stream,
            sent_as=tidy_line(form.document.data.filename)[:200],
            storage=current_app.extensions["storage"],
            by=current_user.id,
        )
    except Missing:
        raise
    except Refusal as refusal:
        return not_kept(contract, form, problem=sentence_of(refusal), status=status_of(refusal))
    flash(gettext("Version %(number)s is sent. The school will read it.", number=number))
    return go(url_for("contracts.show", contract_id=contract_id))


def not_kept(contract, form: UploadForm, *, problem: str = "", status: int):
    """The upload form again with what was wrong; the rest of the page stays as it is."""
    if wants_fragment():
        return render_template(
            "contracts/_upload.html", contract=contract, form=form, problem=problem
        ), status
    return page(contract, form=form, problem=problem, status=status)


@pages.get("/documents/<int:document_id>")
@signed_in
def download(document_id: int):
    document = queries.document(document_id, current_user)
    if current_user.role == "staff":
        service.note_reading(document, by=current_user.id)
    stream = current_app.extensions["storage"].open(document.name)
    name = f"contract-{document.contract_id}-version-{document.number}.pdf"
    return pdf_to_save(stream, name=name, size=document.size)
