"""What staff send to end a contract early or to have it amended."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.contracts.forms import DecisionForm
from portal.contracts.rules import GROUNDS, INITIATORS
from portal.web.fields import DateField, ParagraphsField

FIRST = SelectChoice("", _l("Choose…"))


class EndForm(DecisionForm):
    on = DateField(
        _l("Last day of the contract"), validators=[InputRequired(_l("Enter the last day."))]
    )
    initiator = SelectField(
        _l("Who ends it"),
        choices=[FIRST, *(SelectChoice(str(one), _l(said)) for one, said in INITIATORS.items())],
        validators=[DataRequired(_l("Choose who ends it."))],
    )
    ground = SelectField(
        _l("On which ground"),
        choices=[FIRST, *(SelectChoice(str(one), _l(said)) for one, said in GROUNDS.items())],
        validators=[DataRequired(_l("Choose the ground."))],
    )
    reason = ParagraphsField(
        _l("Why does it end? The student and the company read this."),
        validators=[DataRequired(_l("Write why the contract ends.")), Length(max=2000)],
    )


class GiveUpForm(DecisionForm):
    reason = ParagraphsField(
        _l("Why is it closed? The student and the company read this."),
        validators=[DataRequired(_l("Write why it is closed.")), Length(max=2000)],
    )


class AmendForm(DecisionForm):
    reason = ParagraphsField(
        _l("What is amended, and why? The student and the company read this."),
        validators=[DataRequired(_l("Write what the amendment is about.")), Length(max=2000)],
    )
