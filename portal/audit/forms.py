from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, StringField
from wtforms.validators import Length, Optional

from portal.audit.queries import Filter


class FilterForm(FlaskForm):
    """Sent by GET, so it carries no token."""

    class Meta:
        csrf = False

    who = StringField(_l("Who"), validators=[Length(max=100)])
    what = StringField(_l("What"), validators=[Length(max=100)])
    which = StringField(_l("On which record"), validators=[Length(max=100)])
    day = DateField(_l("Day"), validators=[Optional()])

    def filter(self) -> Filter:
        """What is asked for; a value that is none is left out."""
        self.validate()

        def text(box: StringField) -> str:
            return "" if box.errors or not box.data else box.data.strip()

        return Filter(
            who=text(self.who),
            what=text(self.what),
            which=text(self.which),
            day=None if self.day.errors else self.day.data,
        )
