"""The filters of the finance screens, read from the address."""

from datetime import date

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import DateInput, SearchInput

from portal.office.rules import (
    ACCOUNT_LABELS,
    DUE_LABELS,
    DueState,
    check_closed,
    check_order,
    parse_day,
)
from portal.web.fields import ChoiceField, GroupField, LineField, Part, as_field_error

LONGEST_SEARCH = 100
ALL = _l("All")


class DayField(Field):
    """A day as browsers send it, 2026-09-30; `data` is a date, or None when left empty."""

    widget = DateInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = parse_day(valuelist[0].strip())
        except ValueError as problem:
            raise ValueError(_l("This day does not exist. Write it like 2026-09-30.")) from problem


class SearchField(LineField):
    widget = SearchInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.data = (self.data or "")[:LONGEST_SEARCH]


class FilterForm(Part):
    """Filters stand in the address, so there is nothing to forge."""

    def __init__(self, formdata: MultiDict | None = None, **rest) -> None:
        super().__init__(request.args if formdata is None else formdata, **rest)


class OverviewForm(FilterForm):
    year = ChoiceField(_l("School year"))
    programme = ChoiceField(_l("Programme"), default="")
    cohort = ChoiceField(_l("Cohort"), default="")


class DuesForm(FilterForm):
    state = ChoiceField(
        _l("Which lines"),
        choices=[SelectChoice(state.value, _l(label)) for state, label in DUE_LABELS.items()],
        default=DueState.LATE.value,
    )
    cohort = GroupField(_l("Cohorts"), default="")
    q = SearchField(_l("Student, payer, number or reference"))


class CreditsForm(FilterForm):
    cohort = GroupField(_l("Cohorts"), default="")
    q = SearchField(_l("Student, number or company"))


class PeriodForm(FilterForm):
    """`from` is no name that Python allows; in the address and on the page it is called that."""

    begins = DayField(_l("First day"), name="from")
    ends = DayField(_l("Last day"), name="to")

    def validate_ends(self, field: DayField) -> None:
        as_field_error(check_order, self.begins.data, field.data)


class LedgerForm(PeriodForm):
    account = ChoiceField(
        _l("Account"),
        choices=[
            SelectChoice("", ALL),
            *(SelectChoice(account, _l(label)) for account, label in ACCOUNT_LABELS.items()),
        ],
        default="",
    )
    q = SearchField(_l("Student, number or source"))


class AccountingForm(PeriodForm):
    """A period that is over and lies within one fiscal year."""

    begins = DayField(_l("First day"), [InputRequired(_l("Enter the first day."))], name="from")
    ends = DayField(_l("Last day"), [InputRequired(_l("Enter the last day."))], name="to")
    today: date
    first_month: int

    @classmethod
    def of(cls, begins: date, ends: date) -> "AccountingForm":
        """The form as if this period had been typed."""
        return cls(MultiDict({"from": begins.isoformat(), "to": ends.isoformat()}))

    @property
    def period(self) -> tuple[date, date]:
        """The first and the last day, once the form was found valid."""
        if self.begins.data is None or self.ends.data is None:
            raise RuntimeError("validate the form before you use it")
        return self.begins.data, self.ends.data

    def validate_ends(self, field: DayField) -> None:
        super().validate_ends(field)
        if self.begins.data and field.data:
            facts = (self.begins.data, field.data, self.today, self.first_month)
            as_field_error(check_closed, *facts)
