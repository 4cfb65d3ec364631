"""Expected and received, who pays, what waits."""

from datetime import timedelta

from flask import request

from portal import bank, programme, refunds
from portal.fees import reports
from portal.kernel import clock
from portal.office.forms import CohortForm
from portal.office.views.blueprint import chosen_cohort, free_credits, offer_cohorts, pages
from portal.web.guards import permission_required
from portal.web.htmx import page_or_fragment


@pages.get("/staff/finance")
@permission_required("finance", "director")
def overview():
    form = CohortForm(request.args)
    offer_cohorts(form)
    right = form.validate()
    cohort_id = chosen_cohort(form) if right else None
    months = reports.months(cohort_id, *school_year(cohort_id))
    late = reports.dues(reports.DuesWanted("late", cohort_id))
    return page_or_fragment(
        "office/overview.html",
        "overview",
        status=200 if right else 422,
        form=form,
        months=months,
        most=max((max(one.expected, one.received) for one in months), default=0),
        this_month=clock.today().replace(day=1),
        split=reports.split(cohort_id),
        late_cents=sum(one.rest for one in late),
        late_students=len({one.enrolment_id for one in late}),
        credits=free_credits(reports.credits(stop=8)),
        heaps=refunds.heaps(),
        to_sort=bank.open_count(),
    )


def school_year(cohort_id: int | None):
    """First and last day of the year to show: the cohort's, else the one that runs today."""
    cohorts = programme.cohorts()
    today = clock.today()
    chosen = [one for one in cohorts if one.id == cohort_id] or [
        one for one in cohorts if one.starts_on - timedelta(days=60) <= today <= one.ends_on
    ]
    if not chosen:
        return today.replace(day=1), today
    first = min(one.starts_on for one in chosen)
    return clock.months_later(first.replace(day=1), -2), max(one.ends_on for one in chosen)
