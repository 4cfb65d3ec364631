"""Staff declare what the timetable does not say: weeks at school, weeks in the company."""

from uuid import uuid4

from flask import flash, url_for
from flask_babel import gettext
from flask_login import current_user

from portal import programme
from portal.kernel.errors import Missing, NotPossible, Stale
from portal.rhythm import queries, rules, service
from portal.rhythm.forms import PeriodForm, VersionForm
from portal.rhythm.views.blueprint import pages
from portal.rhythm.views.reading import frame
from portal.web.errors import sentence_of
from portal.web.guards import permission_required
from portal.web.htmx import go, page_or_fragment


@pages.get("/staff/rhythm")
@permission_required("registrar", "director")
def show_newest():
    cohorts = programme.cohorts()
    if not cohorts:
        raise Missing("There is no cohort yet.")
    return year_page(queries.cohort(cohorts[0].id))


@pages.get("/staff/rhythm/<int:cohort_id>")
@permission_required("registrar", "director")
def show_cohort(cohort_id: int):
    return year_page(queries.cohort(cohort_id))


@pages.post("/staff/rhythm/<int:cohort_id>")
@permission_required("registrar", "director")
def declare(cohort_id: int):
    cohort = queries.cohort(cohort_id)
    form = PeriodForm(cohort)
    if not form.validate_on_submit():
        return year_page(cohort, form=form, status=422)
    try:
        service.declare(cohort.id, form.period(), key=form.key.data, by=current_user.id)
    except NotPossible as refusal:
        form.form_errors.append(sentence_of(refusal))
        return year_page(cohort, form=form, status=422)
    flash(gettext("The days are declared."))
    return go(url_for("rhythm.show_cohort", cohort_id=cohort.id))


@pages.get("/staff/rhythm/periods/<int:period_id>")
@permission_required("registrar", "director")
def edit(period_id: int):
    period = queries.period(period_id)
    return year_page(period.cohort, opened=period)


@pages.post("/staff/rhythm/periods/<int:period_id>")
@permission_required("registrar", "director")
def change(period_id: int):
    period = queries.period(period_id)
    form = PeriodForm(period.cohort)
    if not form.validate_on_submit():
        return year_page(period.cohort, form=form, opened=period, status=422)
    try:
        service.change(period_id, form.period(), version=form.version.data, by=current_user.id)
    except NotPossible as refusal:
        form.form_errors.append(sentence_of(refusal))
        return year_page(period.cohort, form=form, opened=period, status=422)
    except Stale as refusal:
        form.form_errors.append(sentence_of(refusal))
        return year_page(period.cohort, form=form, opened=period, status=409)
    flash(gettext("The days are changed."))
    return go(url_for("rhythm.show_cohort", cohort_id=period.cohort_id))


@pages.post("/staff/rhythm/periods/<int:period_id>/remove")
@permission_required("registrar", "director")
def remove(period_id: int):
    period, form = queries.period(period_id), VersionForm()
    if not form.validate_on_submit():
        return year_page(period.cohort, opened=period, status=422)
    try:
        service.remove(period_id, version=form.version.data, by=current_user.id)
    except Stale as refusal:
        return year_page(period.cohort, opened=period, problem=sentence_of(refusal), status=409)
    flash(gettext("The period is taken back. These days follow the timetable again."))
    return go(url_for("rhythm.show_cohort", cohort_id=period.cohort_id))


def year_page(cohort, *, form=None, opened=None, problem: str = "", status: int = 200):
    """The year of a cohort with its periods; `opened` is the one that is being changed."""
    return page_or_fragment(
        "rhythm/cohort.html",
        "periods",
        status=status,
        cohort=cohort,
        cohorts=programme.cohorts(),
        calendar=queries.of_cohort(cohort),
        periods=queries.periods(cohort.id),
        form=form or blank(cohort, opened),
        opened=opened,
        problem=problem,
        place_labels=rules.PLACE_LABELS,
        **frame(),
    )


def blank(cohort, opened) -> PeriodForm:
    """An empty form, or one with what stands there now."""
    facts = {"key": uuid4().hex}
    if opened is not None:
        names = ("first_on", "last_on", "place", "note", "version")
        facts |= {name: getattr(opened, name) for name in names}
    return PeriodForm(cohort, formdata=None, data=facts)
