"""Who pays for one student: who they are, the account refunds go to, and their private link."""

from flask import flash, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.fees import queries, service
from portal.fees.forms import AccountForm, CompanyForm, PayerForm
from portal.fees.rules import PayerKind
from portal.fees.views.blueprint import LARGEST_ID, pages
from portal.fees.views.file import FILE, decide, file_page
from portal.kernel.errors import Missing, Refusal
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required
from portal.web.htmx import go


@pages.get(f"{FILE}/payers/new")
@permission_required("finance")
def write_payer(enrolment_id: int):
    return file_page(enrolment_id, opened="payer", form=PayerForm(formdata=None))


@pages.post(f"{FILE}/payers")
@permission_required("finance")
def enter_payer(enrolment_id: int):
    form = PayerForm()
    return decide(
        enrolment_id,
        "payer",
        form,
        lambda: service.enter_payer(
            enrolment_id,
            name=form.name.data,
            email=form.email.data or "",
            locale=form.locale.data,
            by=current_user.id,
        ),
        gettext("The payer is entered, with a reference of their own."),
    )


@pages.get(f"{FILE}/payers/<int(max={LARGEST_ID}):payer_id>/edit")
@permission_required("finance")
def edit_payer(enrolment_id: int, payer_id: int):
    payer = queries.payer_of(enrolment_id, payer_id)
    form = form_for(payer.kind)(formdata=None, obj=payer)
    return file_page(enrolment_id, opened="edit", line_id=payer_id, form=form)


@pages.post(f"{FILE}/payers/<int(max={LARGEST_ID}):payer_id>/edit")
@permission_required("finance")
def change_payer(enrolment_id: int, payer_id: int):
    payer = queries.payer_of(enrolment_id, payer_id)
    form = form_for(payer.kind)()
    return decide(
        enrolment_id,
        "edit",
        form,
        lambda: service.change_payer(
            payer.id,
            name=form.name.data if isinstance(form, PayerForm) else payer.name,
            email=form.email.data or "",
            locale=form.locale.data,
            by=current_user.id,
        ),
        gettext("Saved."),
        line_id=payer_id,
    )


@pages.get(f"{FILE}/payers/<int(max={LARGEST_ID}):payer_id>/account")
@permission_required("finance")
def write_account(enrolment_id: int, payer_id: int):
    form = AccountForm(formdata=None, holder=queries.payer_of(enrolment_id, payer_id).name)
    return file_page(enrolment_id, opened="account", line_id=payer_id, form=form)


@pages.post(f"{FILE}/payers/<int(max={LARGEST_ID}):payer_id>/account")
@permission_required("finance")
def set_account(enrolment_id: int, payer_id: int):
    payer = queries.payer_of(enrolment_id, payer_id)
    form = AccountForm()
    return decide(
        enrolment_id,
        "account",
        form,
        lambda: service.set_account(
            payer.id, iban=form.iban.data, holder=form.holder.data, by=current_user.id
        ),
        gettext("The account is saved. A payer with an address hears of a change by mail."),
        line_id=payer_id,
    )


@pages.post(f"{FILE}/payers/<int(max={LARGEST_ID}):payer_id>/link")
@permission_required("finance")
def send_link(enrolment_id: int, payer_id: int):
    payer = queries.payer_of(enrolment_id, payer_id)
    return act(
        enrolment_id,
        lambda: service.send_link(payer.id, by=current_user.id),
        gettext("The private link is on its way by mail. Older ones no longer work."),
    )


@pages.post(f"{FILE}/payers/<int(max={LARGEST_ID}):payer_id>/link/revoke")
@permission_required("finance")
def revoke_link(enrolment_id: int, payer_id: int):
    payer = queries.payer_of(enrolment_id, payer_id)
    return act(
        enrolment_id,
        lambda: service.revoke_link(payer.id, by=current_user.id),
        gettext("The private link is switched off."),
    )


def act(enrolment_id: int, verb, said: str):
    try:
        verb()
    except Missing:
        raise
    except Refusal as refusal:
        return file_page(enrolment_id, problem=sentence_of(refusal), status=status_of(refusal))
    flash(said)
    return go(url_for("fees.show_file", enrolment_id=enrolment_id))


def form_for(kind: str) -> type[CompanyForm]:
    return CompanyForm if kind == PayerKind.COMPANY else PayerForm
