from flask import Blueprint

from portal import programme, refunds
from portal.fees import reports
from portal.kernel.money import Cents
from portal.office.forms import CohortForm

pages = Blueprint("office", __name__)
PER_PAGE = 50


def offer_cohorts(form: CohortForm) -> None:
    form.offer([(str(one.id), one.name) for one in programme.cohorts()])


def chosen_cohort(form: CohortForm) -> int | None:
    return int(form.cohort.data) if form.cohort.data else None


def free_credits(credits: list[reports.Credit]) -> list[reports.Credit]:
    """Credits without what a refund that waits for its approval already speaks for."""
    promised = refunds.promised_by_enrolment([one.enrolment_id for one in credits])
    left = [
        one._replace(cents=Cents(one.cents - promised.get(one.enrolment_id, 0))) for one in credits
    ]
    return [one for one in left if one.cents > 0]
