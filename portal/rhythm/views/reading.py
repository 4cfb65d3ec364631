"""The year as people read it: on screen and as a paper."""

from flask import render_template
from flask_babel import get_locale
from flask_login import current_user

from portal import programme
from portal.kernel import clock
from portal.rhythm import pdf, queries, rules
from portal.rhythm.views.blueprint import pages
from portal.web.downloads import bytes_to_save
from portal.web.guards import permission_required, role_required, signed_in
from portal.web.htmx import page_or_fragment
from portal.web.limits import limiter

#: A paper takes a second of the printer's time.
PACE = "20 per minute"


@pages.get("/rhythm")
@role_required("student")
def show_own():
    enrolment = programme.enrolment_of(current_user.id)
    return render_template(
        "rhythm/own.html",
        cohort=enrolment.cohort,
        calendar=queries.of_student(enrolment),
        contracts=queries.live_of_student(current_user.id),
        **frame(),
    )


@pages.get("/rhythm.pdf")
@limiter.limit(PACE)
@role_required("student")
def save_own():
    enrolment = programme.enrolment_of(current_user.id)
    return paper(pdf.of_cohort(enrolment.cohort, queries.of_student(enrolment), spoken()))


@pages.get("/contracts/<int:contract_id>/rhythm")
@signed_in
def show_contract(contract_id: int):
    return contract_page(queries.readable(contract_id, current_user))


@pages.get("/contracts/<int:contract_id>/rhythm.pdf")
@limiter.limit(PACE)
@signed_in
def save_contract(contract_id: int):
    contract = queries.readable(contract_id, current_user)
    return paper(pdf.of_contract(contract, queries.of_contract(contract), spoken()))


@pages.get("/staff/rhythm/<int:cohort_id>.pdf")
@limiter.limit(PACE)
@permission_required("registrar", "director")
def save_cohort(cohort_id: int):
    cohort = queries.cohort(cohort_id)
    return paper(pdf.of_cohort(cohort, queries.of_cohort(cohort), spoken()))


def contract_page(contract, *, address: str = "", problem: str = "", status: int = 200):
    """The year of a contract; `address` is the private link that was made just now."""
    return page_or_fragment(
        "rhythm/contract.html",
        "link",
        status=status,
        contract=contract,
        calendar=queries.of_contract(contract),
        link=queries.link_of(contract),
        may_share=queries.is_live(contract)
        and rules.may_share(current_user.role, current_user.permissions),
        address=address,
        problem=problem,
        **frame(),
    )


def frame() -> dict:
    """What every year is drawn with."""
    return {
        "today": clock.today(),
        "day_labels": rules.DAY_LABELS,
        "holidays": lambda day: rules.holiday_name(day, spoken()),
    }


def spoken() -> str:
    locale = get_locale()
    return locale.language if locale else "fr"


def paper(made: pdf.Paper):
    return bytes_to_save(made.content, made.file_name, "application/pdf")
