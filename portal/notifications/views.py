"""The outbox of a demo, where its mails can be read. Registered in demo mode only."""

from flask import Blueprint, current_app, render_template

from portal.infra.mail import folder_of
from portal.notifications import queries
from portal.web.guards import public

pages = Blueprint("notifications", __name__)


@pages.get("/dev/outbox")
@public
def outbox():
    return render_template("notifications/outbox.html", letters=queries.letters(folder()))


@pages.get("/dev/outbox/<name>")
@public
def read_mail(name: str):
    return render_template("notifications/mail.html", letter=queries.letter(folder(), name))


def folder():
    return folder_of(current_app.extensions["settings"].mail_url)
