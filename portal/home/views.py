from flask import Blueprint, render_template

from portal.web.guards import role_required, signed_in

pages = Blueprint("home", __name__)


@pages.get("/")
@signed_in
def show():
    return render_template("layout/problem.html", title="show", message="", status=200)


@pages.get("/staff")
@role_required("staff")
def staff():
    return render_template("layout/problem.html", title="staff", message="", status=200)


@pages.get("/staff/students")
@role_required("staff")
def list_students():
    return render_template("layout/problem.html", title="list_students", message="", status=200)


@pages.get("/more")
@signed_in
def more():
    return render_template("layout/problem.html", title="more", message="", status=200)
