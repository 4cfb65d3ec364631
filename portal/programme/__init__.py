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
from portal.programme.queries import (
    cohort_choices,
    cohorts,
    enrolment,
    enrolment_of,
    groups_among,
    last_enrolment_of,
)
from portal.programme.rules import ALL_COHORTS, SCHEME_LABELS, CohortGroup, Scheme, group_of
from portal.programme.service import change_scheme, withdraw

__all__ = [
    "ALL_COHORTS",
    "SCHEME_LABELS",
    "Cohort",
    "CohortGroup",
    "Course",
    "Enrolment",
    "GroupMembership",
    "LanguageGroup",
    "Programme",
    "Scheme",
    "School",
    "Student",
    "change_scheme",
    "cohort_choices",
    "cohorts",
    "enrolment",
    "enrolment_of",
    "group_of",
    "groups_among",
    "last_enrolment_of",
    "withdraw",
]
