"""Staff write down what a contract form says; what the portal read there stands in the fields already."""

from flask import flash, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.contracts import queries, service
from portal.contracts.recording_forms import RecordForm
from portal.contracts.views.blueprint import pages
from portal.kernel.errors import Missing, Refusal
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required
from portal.web.htmx import go, page_or_fragment


@pages.get("/staff/contracts/<int:contract_id>/record")
@permission_required("registrar", "director")
def show_record(contract_id: int):
    contract = queries.review(contract_id)
    return record_page(contract, RecordForm(formdata=None, data=written(contract)))


@pages.post("/staff/contracts/<int:contract_id>/record")
@permission_required("registrar", "director")
def write_record(contract_id: int):
    contract = queries.review(contract_id)
    form, status = RecordForm(), 422
    if form.validate_on_submit():
        try:
            service.record(
                contract_id,
                facts=form.particulars(),
                company=form.establishment(),
                version=form.version.data,
                by=current_user.id,
            )
            flash(gettext("The record is written down."))
            return go(url_for("contracts.examine", contract_id=contract_id))
        except Missing:
            raise
        except Refusal as refusal:
            form.form_errors, status = [sentence_of(refusal)], status_of(refusal)
    return record_page(contract, form, status=status)


def written(contract) -> dict:
    """What stands in the fields: the record, and where it lacks something what the form says."""
    names = [name for name in RecordForm().data if name not in ("hours", "minutes", "csrf_token")]
    known = queries.known_by_form(contract)
    facts = {
        name: known.get(
            name, getattr(contract, name, None) or getattr(contract.company, name, None)
        )
        for name in names
    }
    minutes = known.get("weekly_minutes", contract.weekly_minutes)
    return facts | ({"hours": minutes // 60, "minutes": minutes % 60} if minutes else {})


def record_page(contract, form: RecordForm, *, status: int = 200):
    return page_or_fragment(
        "contracts/record.html",
        "form",
        status=status,
        contract=contract,
        form=form,
        known=queries.known_by_form(contract),
        reading=queries.reading_of(contract),
        differences=queries.differences_of(contract),
    )
