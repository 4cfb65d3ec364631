"""Form fields the rooms share: an amount of money, a line of text, a few paragraphs."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ParamSpec, Protocol, TypeVar

import wtforms
from babel.numbers import format_decimal
from flask_babel import get_locale, lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    Field,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from portal.kernel.errors import Refusal
from portal.kernel.money import Cents, parse_eur
from portal.web.errors import sentence_of

#: Outside these years a day is a typing mistake; near year 1 or 9999 the day before or its midnight does not exist.
FIRST_YEAR, LAST_YEAR = 1900, 2199
NO_DAY = lazy_gettext("This day does not exist. Write it like 2026-09-30.")
#: Longer than any amount with all its separators.
LONGEST_AMOUNT = 30
#: Unicode categories of what has no shape of its own: controls, formats, surrogates.
UNSEEN = ("Cc", "Cf", "Cs")
JOINERS = "\u200c\u200d"

Given = ParamSpec("Given")
Found = TypeVar("Found")


class EuroField(Field):
    """An amount in euros, written the French or the English way; `data` is `Cents` or None when left empty."""

    widget = TextInput()
    raw_data: Any

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.flags.maxlength = LONGEST_AMOUNT

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else typed_eur(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            self.raw_data = []  # blanks are nothing at all, also for “required”
            return
        try:
            self.data = parse_eur(valuelist[0])
        except ValueError as problem:
            raise ValueError(
                lazy_gettext("Write the amount in euros with two figures for cents: 6,000.00.")
            ) from problem


class DateField(wtforms.DateField):
    """A day of our time; `data` is a date, or None when left empty."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        plain = not valuelist or valuelist[0].isascii()  # Python alone also reads "２０２６"
        try:
            super().process_formdata(valuelist if plain else ["?"])
        except ValueError as problem:
            raise ValueError(NO_DAY) from problem
        if self.data and valuelist and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            self.data = None
            raise ValueError(NO_DAY)


class WholeField(IntegerField):
    """A whole number in plain figures: Python alone also reads "１０" and "1_0"."""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            self.data = None
            raise ValueError(lazy_gettext("Write a whole number."))
        super().process_formdata(valuelist)

    def pre_validate(self, form: BaseForm) -> None:
        """What could not be read has no limits to respect: one sentence is enough."""
        if self.errors and (self.raw_data or [""])[0].strip():
            raise StopValidation


class ChoiceField(SelectField):
    """A choice from a list; what is not in the list is said in our own words."""

    def pre_validate(self, form: BaseForm) -> None:
        if not any(self.data == value for value, *_ in self.iter_choices()):
            raise ValidationError(lazy_gettext("Choose one of the list."))

    def offer(self, choices: Iterable[tuple[str, str]], everything: Any = None) -> None:
        """Let one of `choices` (value and word) be chosen, or all, which is called `everything`."""
        self.choices = [
            SelectChoice("", everything or lazy_gettext("All")),
            *(SelectChoice(*choice) for choice in choices),
        ]

    @property
    def number(self) -> int | None:
        """The id that was chosen."""
        return int(self.data) if self.data else None


class Group(Protocol):
    """What a list can be narrowed to: the value in the address, the word on screen, the ids it stands for."""

    @property
    def value(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def ids(self) -> frozenset[int]: ...


class GroupField(ChoiceField):
    """A choice among groups of things that lists are narrowed to."""

    _ids: dict[str, frozenset[int]]

    def offer_groups(self, groups: Sequence[Group], everything: Any) -> None:
        self._ids = {one.value: one.ids for one in groups}
        self.offer([(one.value, one.label) for one in groups], everything)

    @property
    def ids(self) -> frozenset[int] | None:
        """The ids of the chosen group; None is all."""
        return self._ids[self.data] if self.data else None


class LineField(StringField):
    """One line of text. Control characters go, runs of spaces become one; PostgreSQL could not store U+0000."""

    raw_data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = tidy_line(valuelist[0])
            if not self.data:
                self.raw_data = []


class ParagraphsField(TextAreaField):
    """Text of several lines, without other control characters and without empty ends."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            lines = valuelist[0].replace("\r\n", "\n").replace("\r", "\n").split("\n")
            self.data = "\n".join(without_controls(line).rstrip() for line in lines).strip()


class Part(FlaskForm):
    """What stands in an address or within another form: in the reader's language, without a token of its own."""

    class Meta:
        csrf = False

    def __init__(self, formdata: MultiDict | None = None, **rest: Any) -> None:
        """It reads what it is given, and never what was sent to another form."""
        super().__init__(formdata, **rest)


def as_field_error(
    rule: Callable[Given, Found], *values: Given.args, **facts: Given.kwargs
) -> Found:
    """What `rule` gives for these values; its refusal becomes the error of the field that is being checked."""
    try:
        return rule(*values, **facts)
    except Refusal as refusal:
        raise ValidationError(sentence_of(refusal)) from refusal


def typed_eur(amount: Cents) -> str:
    """`amount` as a person would type it into a field: “6 000,00”, “6,000.00”."""
    euros, cents = divmod(amount, 100)
    locale = get_locale() or "fr"
    whole = format_decimal(euros, format="#,##0", locale=locale).replace("\u202f", "\u00a0")
    point = format_decimal(0, format="0.00", locale=locale)[1]
    return f"{whole}{point}{cents:02}"


def tidy_line(text: str) -> str:
    line = " ".join(without_controls(text.replace("\t", " ").replace("\n", " ")).split())
    return line if line.strip(JOINERS + " ") else ""


def without_controls(text: str) -> str:
    """`text` without what cannot be seen, which could hide a name or turn it round, and without halves of
    surrogate pairs, which a database refuses. The joiners stay, as Persian and Indic names are written with them."""
    return "".join(c for c in text if c in JOINERS or unicodedata.category(c) not in UNSEEN)
