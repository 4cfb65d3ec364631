"""The portal and beside it the floor: the least a page of this app can be on this server."""

from flask import render_template
from flask_login import current_user

from portal.app import create_app
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
