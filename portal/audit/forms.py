from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectChoice, SelectField, StringField
from wtforms.validators import Length, Optional

from portal.audit.queries import Filter
from portal.audit.rules import LABELS
from portal.web.fields import DateField, Part

#: One choice a label, in the order in which things happen to a student.
DEEDS = [SelectChoice(tag, _l(label)) for tag, label in LABELS.items()]


class FilterForm(Part):
    """Sent by GET, so it carries no token."""

    who = StringField(_l("Who"), validators=[Length(max=100)])
    what = SelectField(
        _l("What"),
        choices=[SelectChoice("", _l("Everything")), *DEEDS],
        default="",
        validate_choice=False,  # the beginning of a tag, such as “refund:”, is a filter too
        validators=[Length(max=100)],
    )
    which = StringField(_l("On which record"), validators=[Length(max=100)])
    day = DateField(_l("Day"), validators=[Optional()])

    def filter(self) -> Filter:
        """What is asked for; a value that is none is left out."""
        self.validate()

        def text(box: Field) -> str:
            return "" if box.errors or not box.data else box.data.strip()

        return Filter(
            who=text(self.who),
            what=text(self.what),
            which=text(self.which),
            day=None if self.day.errors else self.day.data,
        )
