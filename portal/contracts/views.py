from flask import Blueprint, render_template

from portal.web.guards import permission_required, role_required

pages = Blueprint("contracts", __name__)


@pages.get("/contracts")
@role_required("student")
def list_own():
    return render_template("layout/problem.html", title="list_own", message="", status=200)


@pages.get("/company")
@role_required("company")
def company_home():
    return render_template("layout/problem.html", title="company_home", message="", status=200)


@pages.get("/staff/contracts")
@permission_required("registrar", "director")
def queue():
    return render_template("layout/problem.html", title="queue", message="", status=200)
