from flask import Blueprint, render_template

from portal.web.guards import permission_required, role_required

pages = Blueprint("fees", __name__)


@pages.get("/fees")
@role_required("student")
def show():
    return render_template("layout/problem.html", title="show", message="", status=200)


@pages.get("/staff/payments")
@permission_required("finance", "director")
def list_payments():
    return render_template("layout/problem.html", title="list_payments", message="", status=200)
