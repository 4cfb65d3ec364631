from flask import Blueprint, render_template

from portal.web.guards import permission_required, public, signed_in

pages = Blueprint("identity", __name__)


@pages.get("/sign-in")
@public
def show_sign_in():
    return render_template("layout/problem.html", title="show_sign_in", message="", status=200)


@pages.get("/account")
@signed_in
def show_account():
    return render_template("layout/problem.html", title="show_account", message="", status=200)


@pages.get("/staff/people")
@permission_required("administrator", "director")
def list_people():
    return render_template("layout/problem.html", title="list_people", message="", status=200)


@pages.post("/language")
@public
def choose_language():
    return ""


@pages.post("/sign-out")
@signed_in
def sign_out():
    return ""
