from flask import Blueprint, render_template

from portal.web.guards import permission_required

pages = Blueprint("audit", __name__)


@pages.get("/staff/audit")
@permission_required("director")
def trail():
    return render_template("layout/problem.html", title="trail", message="", status=200)
