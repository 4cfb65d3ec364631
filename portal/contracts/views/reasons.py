"""Ready-made reasons, written into the field in the language that was picked."""

from flask import request
from flask_babel import force_locale, get_locale, gettext

from portal.contracts import rules


def ready_made(kind: str) -> str:
    """The picked reasons in the language that was asked for, one a paragraph."""
    with force_locale(tongue()):
        return "\n\n".join(
            gettext(reason.text) for reason in rules.chosen(kind, request.args.getlist("because"))
        )


def tongue() -> str:
    """The language of the reasons: as picked, else the one of the page."""
    wanted = request.args.get("in", "")
    return wanted if wanted in ("fr", "en") else str(get_locale())
