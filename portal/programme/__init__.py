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
from portal.programme.queries import enrolment, enrolment_of
from portal.programme.rules import SCHEME_LABELS, Scheme

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
    "enrolment",
    "enrolment_of",
]
