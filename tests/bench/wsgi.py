"""The portal and beside it two floors: the least a page, and the least an upload, can be on this server."""

from hashlib import sha256

from flask import redirect, render_template, request
from flask_login import current_user

from portal.app import create_app
from portal.contracts.inspection import examine
from portal.programme import Student
from portal.web.guards import signed_in

app = create_app()
two_lines = app.jinja_env.from_string(
    "<h1>{{ student.listed_as }}</h1>\n<p>{{ student.number }}</p>"
)


@app.get("/bench/floor")
@signed_in
def floor():
    """Session and user loaded, one query by an index, two lines drawn."""
    return render_template(two_lines, student=Student.get(Student.person == current_user.id))


@app.post("/bench/upload")
@signed_in
def take():
    """Received, hashed and inspected; nothing is kept."""
    document = request.files["document"].stream
    digest = sha256()
    while piece := document.read(64 * 1024):
        digest.update(piece)
    examine(document, name="scan.pdf")
    return redirect("/", 303)
