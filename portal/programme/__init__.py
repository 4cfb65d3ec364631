"""What is taught and to whom: the school, its programmes, their cohorts, who is enrolled."""

from portal.programme.models import (
    Cohort,
    Course,
    Enrolment,
    GroupMembership,
    LanguageGroup,
    Programme,
    School,
    Student,
)
from portal.programme.queries import cohorts, enrolment, enrolment_of, last_enrolment_of, programmes
from portal.programme.rules import SCHEME_LABELS, Scheme
from portal.programme.service import change_scheme, withdraw

__all__ = [
    "SCHEME_LABELS",
    "Cohort",
    "Course",
    "Enrolment",
    "GroupMembership",
    "LanguageGroup",
    "Programme",
    "Scheme",
    "School",
    "Student",
    "change_scheme",
    "cohorts",
    "enrolment",
    "enrolment_of",
    "last_enrolment_of",
    "programmes",
    "withdraw",
]
