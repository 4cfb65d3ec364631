from flask import Blueprint

from portal import programme
from portal.office.forms import CohortForm

pages = Blueprint("office", __name__)
PER_PAGE = 50


def offer_cohorts(form: CohortForm) -> None:
    form.offer([(str(one.id), one.name) for one in programme.cohorts()])


def chosen_cohort(form: CohortForm) -> int | None:
    return int(form.cohort.data) if form.cohort.data else None
