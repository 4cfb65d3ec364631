"""What staff write down from a contract form, or read on a scan."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal.contracts.rules import (
    Establishment,
    Particulars,
    check_dates,
    check_naf,
    check_rncp,
    normal_idcc,
)
from portal.web.fields import DateField, EuroField, LineField, as_field_error


def _between(least: int, most: int) -> list:
    wrong = _l("Write a whole number from %(min)s to %(max)s.")
    return [Optional(), NumberRange(least, most, message=wrong)]


class RecordForm(FlaskForm):
    """Contract and establishment as the form says them; empty is “not known yet”."""

    job_title = LineField(
        _l("Job title"), validators=[DataRequired(_l("Enter the job title.")), Length(max=120)]
    )
    concluded_on = DateField(_l("Day of signature"), validators=[Optional()])
    starts_on = DateField(
        _l("First day"), validators=[InputRequired(_l("Enter the first day of the contract."))]
    )
    practical_start_on = DateField(_l("First day in the company"), validators=[Optional()])
    ends_on = DateField(
        _l("Last day"), validators=[InputRequired(_l("Enter the last day of the contract."))]
    )
    hours = IntegerField(_l("Hours a week"), validators=_between(1, 60))
    minutes = IntegerField(_l("Minutes, besides the hours"), validators=_between(0, 59))
    monthly_pay_cents = EuroField(_l("Gross pay a month"), validators=[Optional()])
    rncp = LineField(_l("Qualification (RNCP)"), validators=[Optional()])
    tutor_name = LineField(_l("Tutor in the company"), validators=[Length(max=120)])
    tutor_job = LineField(_l("Job of the tutor"), validators=[Length(max=120)])
    tutor_experience_years = IntegerField(
        _l("Years the tutor has worked in this field"), validators=_between(0, 60)
    )
    naf = LineField(_l("Activity code (NAF)"), validators=[Optional()])
    headcount = IntegerField(_l("People employed"), validators=_between(0, 1_000_000))
    idcc = LineField(_l("Collective agreement (IDCC)"), validators=[Optional()])
    version = IntegerField(validators=[InputRequired(), NumberRange(0, 2**31 - 2)])

    def validate_ends_on(self, field: DateField) -> None:
        if self.starts_on.data and field.data:
            as_field_error(check_dates, self.starts_on.data, field.data)

    def validate_concluded_on(self, field: DateField) -> None:
        _check_year(field)

    def validate_practical_start_on(self, field: DateField) -> None:
        _check_year(field)

    def validate_minutes(self, field: IntegerField) -> None:
        if field.data and not self.hours.data:
            raise ValidationError(_l("Write the hours too."))

    def validate_rncp(self, field: LineField) -> None:
        field.data = as_field_error(check_rncp, field.data or "")

    def validate_naf(self, field: LineField) -> None:
        field.data = as_field_error(check_naf, field.data or "")

    def validate_idcc(self, field: LineField) -> None:
        if field.data:
            field.data = as_field_error(normal_idcc, field.data)

    def particulars(self) -> Particulars:
        return Particulars(
            job_title=self.job_title.data or "",
            tutor_name=self.tutor_name.data or "",
            tutor_job=self.tutor_job.data or "",
            tutor_experience_years=self.tutor_experience_years.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            concluded_on=self.concluded_on.data,
            practical_start_on=self.practical_start_on.data,
            weekly_minutes=(self.hours.data * 60 + (self.minutes.data or 0))
            if self.hours.data
            else None,
            monthly_pay_cents=self.monthly_pay_cents.data,
            rncp=self.rncp.data or "",
        )

    def establishment(self) -> Establishment:
        return Establishment(
            naf=self.naf.data or "", headcount=self.headcount.data, idcc=self.idcc.data or ""
        )


def _check_year(field: DateField) -> None:
    if field.data and not 2000 <= field.data.year <= 2100:
        raise ValidationError(_l("Check the year."))
