"""Sending a file of the bank in, and watching it being read."""

from decimal import Decimal
from uuid import uuid4

from flask import current_app, flash, url_for
from flask_babel import gettext
from flask_login import current_user

from portal import payouts
from portal.bank import queries, rules, service
from portal.bank.forms import FileForm
from portal.bank.views.blueprint import LARGEST_ID, pages
from portal.kernel.errors import Refusal
from portal.kernel.money import Cents, format_eur
from portal.web.errors import sentence_of, status_of
from portal.web.fields import tidy_line
from portal.web.guards import permission_required
from portal.web.htmx import go, page_or_fragment
from portal.web.i18n import spoken_language
from portal.web.pages import page_number

LOOK = 4096


@pages.get("/staff/bank/files")
@permission_required("finance", "director")
def list_files():
    return files_page(FileForm(formdata=None, key=uuid4().hex))


@pages.post("/staff/bank/files")
@permission_required("finance")
def send_file():
    form = FileForm()
    if not form.validate_on_submit():
        return files_page(form, status=422)
    sent = form.file.data
    head = sent.stream.read(LOOK)
    sent.stream.seek(0)
    if payouts.is_answer(head):
        return take_answer(form, sent.stream.read())
    file = service.receive(
        sent.stream,
        sent_as=tidy_line(sent.filename or "")[:200],
        key=form.key.data,
        by=current_user.id,
        storage=current_app.extensions["storage"],
    )
    return go(url_for("bank.show_file", file_id=file.id))


@pages.get(f"/staff/bank/files/<int(max={LARGEST_ID}):file_id>")
@permission_required("finance", "director")
def show_file(file_id: int):
    file = queries.one_file(file_id)
    return page_or_fragment(
        "bank/file.html",
        "file",
        file=file,
        facts={name: as_read(name, fact) for name, fact in file.problem_facts.items()},
        labels=rules.FILE_LABELS,
    )


def as_read(name: str, fact: object) -> object:
    """The sums of a refused statement as the reader's language writes them; everything else as it stands in the file."""
    if name not in ("counted", "stated"):
        return fact
    return format_eur(Cents(int(Decimal(str(fact)) * 100)), spoken_language())


def take_answer(form: FileForm, data: bytes):
    """The other kind of file a bank gives: its answer to a payment order."""
    try:
        told = payouts.read_answer(data, by=current_user.id)
    except Refusal as refusal:
        form.file.errors = [sentence_of(refusal)]
        return files_page(form, status=status_of(refusal))
    flash(
        gettext(
            "Order %(number)s: %(paid)s paid, %(rejected)s rejected, %(noted)s on the way.",
            number=told.order_number,
            paid=told.paid,
            rejected=told.rejected,
            noted=told.noted,
        )
    )
    return go(url_for("payouts.show_order", order_id=told.order_id))


def files_page(form: FileForm, *, status: int = 200):
    page = page_number()
    found, more = queries.files(page)
    return page_or_fragment(
        "bank/files.html",
        "files",
        status=status,
        files=found,
        more=more,
        page=page,
        form=form,
        labels=rules.FILE_LABELS,
        may_send="finance" in current_user.permissions,
    )
