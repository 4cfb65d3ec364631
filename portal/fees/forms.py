import re
from collections.abc import Iterable, Iterator
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
)
from wtforms.widgets import HiddenInput

from portal.fees.rules import (
    MEANS_LABELS,
    Means,
    check_amount,
    check_iban,
    check_received_on,
    check_silent_until,
)
from portal.kernel import clock
from portal.kernel.money import Cents
from portal.web.fields import DateField, EuroField, LineField, Part, as_field_error

SOMEBODY_NEW = "new"


class FullPaymentForm(FlaskForm):
    """The student's word that the rest is to be paid at once."""

    confirm = BooleanField(
        _l("Yes, I will pay the rest in one payment"),
        validators=[DataRequired(_l("Tick the box to confirm your choice."))],
    )


class PaymentForm(FlaskForm):
    """Money that arrived. `key` tells one click from the next; `payer` is a payer's id or `new`."""

    enrolment = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, 2**31 - 1)]
    )
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])
    payer = SelectField(_l("Who paid"), validators=[InputRequired(_l("Choose who paid."))])
    payer_name = LineField(_l("Name of the new payer"), validators=[Length(max=200)])
    payer_email = StringField(
        _l("E-mail of the new payer"),
        validators=[Optional(), Length(max=200), Email(_l("This is not an e-mail address."))],
    )
    amount = EuroField(_l("Amount in euros"), validators=[InputRequired(_l("Enter the amount."))])
    received_on = DateField(
        _l("Received on"), validators=[InputRequired(_l("Enter the day the money arrived."))]
    )
    means = SelectField(
        _l("Means"),
        choices=[SelectChoice(means.value, _l(MEANS_LABELS[means])) for means in Means],
        validators=[InputRequired()],
    )
    note = LineField(_l("Note"), validators=[Length(max=500)])

    @property
    def by_somebody_new(self) -> bool:
        return self.payer.data == SOMEBODY_NEW

    def offer_payers(self, payers: list[tuple[str, str]]) -> None:
        """Let `payers` (id and name) be chosen, or somebody who is not among them yet."""
        new = SelectChoice(SOMEBODY_NEW, _l("Somebody new, a parent or a guarantor"))
        self.payer.choices = [*(SelectChoice(*payer) for payer in payers), new]

    def validate_payer_name(self, field: LineField) -> None:
        if self.by_somebody_new and not field.data:
            raise ValidationError(_l("Enter the name of the new payer."))

    def validate_amount(self, field: EuroField) -> None:
        if field.data is not None:
            as_field_error(check_amount, field.data)

    def validate_received_on(self, field: DateField) -> None:
        if field.data is not None:
            as_field_error(check_received_on, field.data, clock.today())


class ReversalForm(FlaskForm):
    """Why a payment does not count."""

    reason = LineField(
        _l("Reason"),
        validators=[DataRequired(_l("Say why this payment is reversed.")), Length(max=500)],
    )


class ReasonForm(FlaskForm):
    """A change that the student reads the reason of."""

    reason = LineField(
        _l("Reason. The student reads it."),
        validators=[
            DataRequired(_l("Write the reason: the student reads it.")),
            Length(max=500),
        ],
    )


class ChangeForm(ReasonForm):
    """What the change rests on (`version`), and which click this was (`key`)."""

    version = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(), NumberRange(1, 2**31 - 2)]
    )
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=64)])


class LineForm(Part):
    """One line of a plan made by hand; an empty one is left out."""

    due_on = DateField(_l("Day"), validators=[Optional()])
    amount = EuroField(_l("Amount in euros"))

    def validate_amount(self, field: EuroField) -> None:
        if field.errors:
            return
        if field.data is not None:
            as_field_error(check_amount, field.data)
        if (field.data is None) != (self.due_on.data is None) and not self.due_on.errors:
            raise ValidationError(_l("Every line needs a day and an amount."))


class LineList(FieldList):
    """Its fields are counted in plain figures; wtforms falls over a name like `lines-²-amount`."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        counted = re.compile(rf"{prefix}-[0-9]{{1,3}}-")
        return super()._extract_indices(prefix, filter(counted.match, formdata))


class PlanForm(ChangeForm):
    lines = LineList(FormField(LineForm), min_entries=3, max_entries=24)

    def propose(self, lines: list[tuple[date, Cents]]) -> None:
        """Begin with the lines as they are."""
        while self.lines.entries:
            self.lines.pop_entry()
        for due_on, amount in lines[:22]:
            self.lines.append_entry({"due_on": due_on, "amount": amount})
        self.add_lines()

    def add_lines(self) -> None:
        for _ in range(min(2, 24 - len(self.lines.entries))):
            self.lines.append_entry()

    @property
    def written(self) -> list[tuple[date, Cents]]:
        rows = [(line.due_on.data, line.amount.data) for line in self.lines]
        return [(day, cents) for day, cents in rows if day is not None and cents is not None]


class PostponeForm(ChangeForm):
    to = DateField(_l("New day"), validators=[InputRequired(_l("Enter the new day."))])


class LeaveForm(ChangeForm):
    """A student leaves outside work-study: how much of the year is kept."""

    kept = EuroField(
        _l("What the school keeps of the year’s price, in euros"),
        validators=[InputRequired(_l("Enter the amount."))],
    )


class PauseForm(FlaskForm):
    until = DateField(_l("No reminder until (empty: send them again)"), validators=[Optional()])
    reason = LineField(
        _l("Reason, for the office"),
        validators=[DataRequired(_l("Write the reason.")), Length(max=500)],
    )

    def validate_until(self, field: DateField) -> None:
        if field.data:
            as_field_error(check_silent_until, field.data, clock.today())


class CompanyForm(FlaskForm):
    """How a company that pays is reached; its name is its contract's."""

    email = LineField(
        _l("E-mail"),
        validators=[Optional(), Length(max=200), Email(_l("This is not an e-mail address."))],
    )
    locale = SelectField(
        _l("Language of the mails"),
        choices=[SelectChoice("fr", "Français"), SelectChoice("en", "English")],
        validators=[InputRequired()],
    )


class PayerForm(CompanyForm):
    """A parent or guarantor, who pays and has no account here."""

    name = LineField(_l("Name"), validators=[DataRequired(_l("Enter the name.")), Length(max=200)])


class AccountForm(FlaskForm):
    """The account that refunds go to."""

    iban = LineField(_l("IBAN"), validators=[DataRequired(_l("Enter the IBAN.")), Length(max=60)])
    holder = LineField(
        _l("Holder of the account, as the bank writes it"),
        validators=[DataRequired(_l("Enter the holder of the account.")), Length(max=70)],
    )

    def validate_iban(self, field: LineField) -> None:
        as_field_error(check_iban, field.data)


class OwnAccountForm(AccountForm):
    """… of whoever fills it in: a browser left open must not be enough."""

    current = PasswordField(
        _l("Current password"),
        validators=[DataRequired(_l("Enter your password.")), Length(max=1_000)],
    )
