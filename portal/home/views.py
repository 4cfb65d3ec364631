from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from portal.contracts import READERS, STATES
from portal.home import queries
from portal.home.rules import greeting
from portal.kernel import clock
from portal.kernel.errors import Missing
from portal.programme import SCHEME_LABELS, cohorts
from portal.refunds import LABELS
from portal.web.fields import tidy_line
from portal.web.guards import permission_required, public, role_required, signed_in
from portal.web.htmx import page_or_fragment, wants_fragment

pages = Blueprint("home", __name__)
LONGEST_SEARCH = 100


@pages.get("/")
@signed_in
def show():
    if current_user.role == "staff":
        return redirect(url_for("home.staff"))
    if current_user.role == "company":
        return redirect(url_for("contracts.company_home"))
    try:
        today = queries.today_of(current_user.id)
    except Missing:
        return render_template("home/not_enrolled.html", now=clock.school_time(clock.now()))
    return render_template(
        "home/student.html",
        today=today,
        greeting=greeting(today.now.hour),
        contract_states=STATES,
        refund_states=LABELS,
    )


@pages.get("/staff")
@role_required("staff")
def staff():
    now = clock.school_time(clock.now())
    desk = queries.desk_of(current_user.permissions)
    return render_template(
        "home/staff.html",
        desk=desk,
        now=now,
        greeting=greeting(now.hour),
        may_count=may_count(),
        late=None,
    )


@pages.get("/staff/late")
@permission_required("finance", "director")
def count_late():
    """The line of the overview that takes longer: fetched after the page; the list for a plain browser."""
    if not wants_fragment():
        return redirect(url_for("office.list_dues"))
    return render_template("home/_late.html", late=queries.late_count())


@pages.get("/staff/students")
@role_required("staff")
def list_students():
    filters = filters_from(request.args)
    reads, counts = may_read(), may_count()
    return page_or_fragment(
        "home/students.html",
        "list",
        filters=filters,
        page=queries.students(filters, with_contracts=reads, with_money=counts),
        cohorts=cohorts(),
        schemes=SCHEME_LABELS,
        contract_states=STATES,
        may_read=reads,
        may_count=counts,
    )


@pages.get("/staff/students/<int:student_id>")
@role_required("staff")
def show_student(student_id: int):
    chosen = request.args.get("enrolment", type=int)
    file = queries.file_of(student_id, current_user.permissions, enrolment_id=chosen)
    return render_template(
        "home/student_file.html",
        file=file,
        schemes=SCHEME_LABELS,
        contract_states=STATES,
        refund_states=LABELS,
        may_read=may_read(),
    )


@pages.get("/more")
@signed_in
def more():
    return render_template("home/more.html")


@pages.get("/health")
@public
def health():
    """For a load balancer: whether to send people here. Says nothing else about us."""
    return health_answer(queries.database_answers())


def health_answer(database_answers: bool):
    if database_answers:
        return {"status": "ok", "database": "ok"}
    return {"status": "unavailable", "database": "away"}, 503


def filters_from(arguments) -> queries.Filters:
    """What the address asks for; what it does not say well, it does not say."""
    scheme = arguments.get("scheme", "")
    return queries.Filters(
        search=tidy_line(arguments.get("q", ""))[:LONGEST_SEARCH],
        cohort=identifier(arguments.get("cohort", "")),
        scheme=scheme if scheme in set(SCHEME_LABELS) else "",
        late=may_count() and arguments.get("late") == "1",
        after=identifier(arguments.get("after", "")),
        before=identifier(arguments.get("before", "")),
    )


def identifier(text: str) -> int | None:
    """A number that a database takes, or nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def may_read() -> bool:
    return bool(current_user.permissions & READERS)


def may_count() -> bool:
    return bool(current_user.permissions & queries.CASHIERS)
