from flask import Blueprint, abort, render_template
from flask_login import current_user

from portal.kernel import clock
from portal.timetable import queries
from portal.timetable.rules import KIND_LABELS, Week
from portal.web.guards import role_required
from portal.web.htmx import page_or_fragment

pages = Blueprint("timetable", __name__)


@pages.get("/timetable")
@pages.get("/timetable/<week>")
@role_required("student")
def show_week(week: str | None = None):
    this_week = Week.containing(clock.today())
    try:
        shown = Week.parse(week) if week else this_week
    except ValueError:
        abort(404)
    return page_or_fragment(
        "timetable/week.html",
        "week",
        week=shown,
        timetable=queries.week_of(current_user.id, shown),
        this_week=this_week,
        today=clock.today(),
        kinds=KIND_LABELS,
    )


@pages.get("/seminars")
@role_required("student")
def list_seminars():
    now, slots = clock.now(), queries.seminars(current_user.id)
    return render_template(
        "timetable/seminars.html",
        coming=[slot for slot in slots if slot.ends > now],
        past=[slot for slot in slots if slot.ends <= now][::-1],
        kinds=KIND_LABELS,
    )
