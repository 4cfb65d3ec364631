"""What staff type about a cohort's year."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField, SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from portal.programme import Cohort
from portal.rhythm.rules import PLACE_LABELS, Period, Place, check_period
from portal.web.fields import DateField, LineField, as_field_error

SMALL = [InputRequired(), NumberRange(1, 1_000_000)]


class PeriodForm(FlaskForm):
    """A period; the last day is checked against the cohort's year."""

    first_on = DateField(_l("First day"), validators=[InputRequired(_l("Enter the first day."))])
    last_on = DateField(_l("Last day"), validators=[InputRequired(_l("Enter the last day."))])
    place = RadioField(
        _l("Where are they?"),
        choices=[SelectChoice(str(place), _l(label)) for place, label in PLACE_LABELS.items()],
        validators=[InputRequired(_l("Choose school or company."))],
    )
    note = LineField(
        _l("What for? Students and companies read this."), validators=[Length(max=120)]
    )
    version = IntegerField(default=1, validators=SMALL)
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])

    def __init__(self, cohort: Cohort, **rest) -> None:
        super().__init__(**rest)
        self.cohort = cohort

    def validate_last_on(self, field: DateField) -> None:
        if self.first_on.data is None or field.data is None:
            return
        days = Period(self.first_on.data, field.data, Place.SCHOOL)
        as_field_error(
            check_period, days, starts_on=self.cohort.starts_on, ends_on=self.cohort.ends_on
        )

    def period(self) -> Period:
        """What was typed, once the form was found valid."""
        if self.first_on.data is None or self.last_on.data is None:
            raise RuntimeError("validate the form before you use it")
        place = Place(self.place.data)
        return Period(self.first_on.data, self.last_on.data, place, self.note.data or "")


class VersionForm(FlaskForm):
    """Which version of a period the person saw."""

    version = IntegerField(validators=SMALL)
