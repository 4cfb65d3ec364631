"""What may be declared, and who may share a calendar."""

from collections.abc import Collection, Iterable
from datetime import date
from hashlib import sha256

from portal.kernel.errors import NotPossible
from portal.rhythm.rules.days import Period


def check_period(period: Period, *, starts_on: date, ends_on: date) -> None:
    """A period has its days in order, within the cohort's year."""
    if period.first_on > period.last_on:
        raise NotPossible("The last day is before the first day.")
    if period.first_on < starts_on or period.last_on > ends_on:
        raise NotPossible("These days are outside the cohort’s year.")


def check_free(period: Period, others: Iterable[Period]) -> None:
    """`NotPossible` when one of the days is declared already."""
    if any(
        other.first_on <= period.last_on and period.first_on <= other.last_on for other in others
    ):
        raise NotPossible("Another period holds some of these days already. Change that one first.")


def may_share(role: str, permissions: Collection[str]) -> bool:
    """Who renews and revokes the company's private link: student, company, and staff who check contracts."""
    return role != "staff" or bool({"registrar", "director"} & set(permissions))


def fingerprint(secret: str) -> str:
    """What is kept of a private link: enough to recognise it, not to open it."""
    return sha256(secret.encode()).hexdigest()
