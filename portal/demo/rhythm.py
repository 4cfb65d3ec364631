"""What the demo's school has declared beside its timetable: the oral exams, the long summer in the company."""

from datetime import timedelta

from portal.demo.calendar import TEACHING_MONTHS, Year
from portal.demo.story import key
from portal.identity import Person
from portal.kernel.clock import months_later
from portal.programme import Cohort
from portal.rhythm import service
from portal.rhythm.rules import Period, Place


def write(cohort: Cohort, year: Year, registrar: Person) -> None:
    """A week of oral exams in the second month after the lessons, company before and after it."""
    teaching_ends = months_later(year.starts_on, TEACHING_MONTHS)
    month = months_later(teaching_ends, 2)
    monday = month + timedelta(days=7 + -month.weekday() % 7)
    friday, day = monday + timedelta(days=4), timedelta(days=1)
    periods = [
        Period(teaching_ends, monday - day, Place.COMPANY, "Plein temps en entreprise"),
        Period(monday, friday, Place.SCHOOL, "Soutenances et jury final"),
        Period(friday + day, cohort.ends_on, Place.COMPANY, "Plein temps en entreprise"),
    ]
    for number, period in enumerate(periods):
        service.declare(cohort.id, period, key=key(f"rhythm {number}"), by=registrar.id)
