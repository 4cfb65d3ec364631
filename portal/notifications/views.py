from flask import Blueprint, render_template

from portal.web.guards import public

pages = Blueprint("notifications", __name__)


@pages.get("/dev/outbox")
@public
def outbox():
    return render_template("layout/problem.html", title="outbox", message="", status=200)
