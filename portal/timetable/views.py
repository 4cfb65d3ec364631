from flask import Blueprint, render_template

from portal.web.guards import role_required

pages = Blueprint("timetable", __name__)


@pages.get("/timetable")
@role_required("student")
def show_week():
    return render_template("layout/problem.html", title="show_week", message="", status=200)


@pages.get("/seminars")
@role_required("student")
def list_seminars():
    return render_template("layout/problem.html", title="list_seminars", message="", status=200)
