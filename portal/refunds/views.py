from flask import Blueprint, render_template

from portal.web.guards import permission_required, role_required

pages = Blueprint("refunds", __name__)


@pages.get("/refunds")
@role_required("student")
def list_own():
    return render_template("layout/problem.html", title="list_own", message="", status=200)


@pages.get("/staff/refunds")
@permission_required("finance", "director")
def inbox():
    return render_template("layout/problem.html", title="inbox", message="", status=200)
