"""Sending a version in and getting it back."""

from functools import partial

from flask import current_app, flash, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.contracts import queries, service
from portal.contracts.forms import UploadForm
from portal.contracts.rules import (
    DOCUMENT_LABELS,
    DocumentKind,
    DocumentState,
    check_may_be_opened,
    check_may_send,
    check_takes_documents,
)
from portal.contracts.views.blueprint import pages
from portal.contracts.views.reading import page
from portal.kernel.errors import Missing, Refusal
from portal.uploads import NotAccepted
from portal.web.downloads import pdf_to_save, picture_to_see, zip_to_save
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required, role_required, signed_in
from portal.web.htmx import go, wants_fragment
from portal.web.limits import takes_up_to


@pages.post("/contracts/<int:contract_id>/documents")
@role_required("student", "company", "staff")
@takes_up_to(61)  # a telephone makes 5 MB of each page
def upload(contract_id: int):
    contract = queries.visible(contract_id, current_user)
    check_may_send(current_user.role, current_user.permissions)
    form = UploadForm(contract_id, request.form.get("kind", DocumentKind.CERFA))
    try:
        check_takes_documents(contract.state, form.kind.data)
        if not form.validate_on_submit():
            return not_kept(contract, form, status=422)
        facts = {"sent_as": form.sent_as, "by": current_user.id}
        document = service.receive(
            contract_id,
            document=form.paper or service.bind(form.photos, **facts),
            named=form.named or "photographs.pdf",
            storage=current_app.extensions["storage"],
            kind=form.wanted,
            **facts,
        )
    except Missing:
        raise
    except NotAccepted as refusal:
        form.document.errors = [sentence_of(refusal)]
        return not_kept(contract, form, status=422)
    except Refusal as refusal:
        return not_kept(contract, form, problem=sentence_of(refusal), status=status_of(refusal))
    words = {"name": gettext(DOCUMENT_LABELS[form.wanted]), "number": document.number}
    if document.state == DocumentState.HELD:
        flash(
            gettext(
                "Received: %(name)s, version %(number)s. It waits for its virus check; the school gets it after that.",
                **words,
            )
        )
    else:
        flash(gettext("Received: %(name)s, version %(number)s.", **words))
    return go(url_for("contracts.show", contract_id=contract_id))


@pages.get("/staff/contracts/<int:contract_id>/file.zip")
@permission_required("registrar", "director")
def download_file(contract_id: int):
    """Every version of every paper; one that waits for its virus check stays out."""
    papers = [
        paper for paper in queries.review(contract_id).papers if paper.state != DocumentState.HELD
    ]
    service.note_file_reading(contract_id, len(papers), by=current_user.id)
    storage = current_app.extensions["storage"]
    members = (
        (f"{paper.kind.replace('_', '-')}-{paper.number}.pdf", partial(storage.open, paper.name))
        for paper in papers
    )
    return zip_to_save(members, name=f"contract-{contract_id}.zip")


def not_kept(contract, form: UploadForm, *, problem: str = "", status: int):
    """The upload form again with what was wrong; the rest of the page stays as it is."""
    if wants_fragment():
        slot = next(s for s in queries.slots(contract) if s.paper.kind == form.wanted)
        return render_template(
            "contracts/_upload.html", contract=contract, slot=slot, form=form, problem=problem
        ), status
    return page(contract, form=form, problem=problem, status=status)


@pages.get("/contracts/<int:contract_id>/documents/<int:document_id>/preview.png")
@signed_in
def preview(contract_id: int, document_id: int):
    """The first page as a picture; the PDF itself is never shown inside a page."""
    document = queries.document(document_id, current_user)
    if document.contract_id != contract_id:
        raise Missing("There is no such document.")
    check_may_be_opened(document.state)
    shown = service.picture(document)
    if current_user.role == "staff":
        service.note_reading(document, by=current_user.id)
    return picture_to_see(shown)


@pages.get("/documents/<int:document_id>")
@signed_in
def download(document_id: int):
    document = queries.document(document_id, current_user)
    check_may_be_opened(document.state)
    if current_user.role == "staff":
        service.note_reading(document, by=current_user.id)
    stream = current_app.extensions["storage"].open(document.name)
    kind = "" if document.kind == DocumentKind.CERFA else f"-{document.kind.replace('_', '-')}"
    name = f"contract-{document.contract_id}{kind}-version-{document.number}.pdf"
    return pdf_to_save(stream, name=name, size=document.size, sha256=document.sha256)
