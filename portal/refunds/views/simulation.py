"""“If I sign this contract”: what would come back and what would be left to pay."""

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal import contracts, fees, programme
from portal.contracts import KIND_LABELS, ContractKind
from portal.kernel.errors import Missing
from portal.kernel.money import Cents
from portal.refunds import queries, rules
from portal.refunds.views.blueprint import pages
from portal.web.errors import sentence_of
from portal.web.fields import DateField, EuroField, Part
from portal.web.guards import role_required
from portal.web.htmx import page_or_fragment

LARGEST_FUNDING = 100_000_00


class SimulationForm(Part):
    kind = SelectField(
        _l("Kind of contract"),
        choices=[SelectChoice(kind.value, _l(KIND_LABELS[kind])) for kind in ContractKind],
        validators=[InputRequired()],
    )
    starts_on = DateField(
        _l("First day of the contract"),
        validators=[InputRequired(_l("Enter the first day of the contract."))],
    )
    funded = EuroField(
        _l("What the funder pays, in euros"),
        validators=[InputRequired(_l("Enter what the funder pays."))],
    )

    def validate_starts_on(self, field: DateField) -> None:
        if field.data and not 2000 <= field.data.year <= 2100:
            raise ValidationError(_l("Check the year."))

    def validate_funded(self, field: EuroField) -> None:
        if field.data is not None and not 0 <= field.data <= LARGEST_FUNDING:
            raise ValidationError(_l("The amount must lie between 0 and 100,000 euros."))


@pages.get("/refunds/simulation")
@role_required("student")
def simulate():
    form = SimulationForm(request.args)
    if not request.args:
        return simulation_page(form)
    if not form.validate():
        return simulation_page(form, status=422)
    try:
        enrolment = programme.enrolment_of(current_user.id)
    except Missing as refusal:
        return simulation_page(form, problem=sentence_of(refusal))
    if not fees.position_of(enrolment.id).plan_kind:
        return simulation_page(form, problem=gettext("There is no payment plan yet."))
    starts_on, funded = form.starts_on.data, form.funded.data or Cents(0)
    return simulation_page(
        form,
        simulation=queries.imagine(enrolment.id, starts_on=starts_on, funded=funded),
        answer_by=contracts.latest_answer(ContractKind(form.kind.data), starts_on),
    )


def simulation_page(
    form: SimulationForm, *, simulation=None, answer_by=None, problem: str = "", status: int = 200
):
    return page_or_fragment(
        "refunds/simulation.html",
        "simulation",
        status=status,
        form=form,
        simulation=simulation,
        answer_by=answer_by,
        problem=problem,
        sentences=rules.SENTENCES,
    )
