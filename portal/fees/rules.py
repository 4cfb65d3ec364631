from enum import StrEnum


class PlanKind(StrEnum):
    INSTALMENTS = "instalments"
    FULL = "full"


class PayerKind(StrEnum):
    STUDENT = "student"
    PARENT = "parent"
    COMPANY = "company"
