from flask import Blueprint, render_template

from portal.web.guards import public, role_required

pages = Blueprint("certificates", __name__)


@pages.get("/certificates")
@role_required("student")
def list_own():
    return render_template("layout/problem.html", title="list_own", message="", status=200)


@pages.get("/verify")
@public
def show_verify():
    return render_template("layout/problem.html", title="show_verify", message="", status=200)
