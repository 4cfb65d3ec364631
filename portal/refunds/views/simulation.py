"""“If I sign this contract”: what would come back and what would be left to pay."""

from flask import request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import DateField, Form, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal import programme
from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents
from portal.refunds import queries, rules
from portal.refunds.views.blueprint import pages
from portal.web.errors import sentence_of
from portal.web.fields import EuroField
from portal.web.guards import role_required
from portal.web.htmx import page_or_fragment

LARGEST_FUNDING = 100_000_00


class SimulationForm(Form):
    kind = SelectField(
        _l("Kind of contract"),
        choices=[
            SelectChoice("apprenticeship", _l("Apprenticeship contract")),
            SelectChoice("professionalisation", _l("Professionalisation contract")),
        ],
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
    asked = bool(request.args)
    simulation, problem, status = None, "", 200
    if asked and form.validate():
        enrolment = programme.enrolment_of(current_user.id)
        try:
            simulation = queries.simulate(
                enrolment.id, starts_on=form.starts_on.data, funded=form.funded.data or Cents(0)
            )
        except NotPossible as refusal:
            problem = sentence_of(refusal)
    elif asked:
        status = 422
    return page_or_fragment(
        "refunds/simulation.html",
        "simulation",
        status=status,
        form=form,
        simulation=simulation,
        problem=problem,
        sentences=rules.SENTENCES,
    )
