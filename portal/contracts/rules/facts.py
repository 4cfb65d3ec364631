"""What a student declares, what is wrong with it, and what is only unusual."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.exceptions import ValidationError as WrongNumber
from stdnum.fr import siret as siret_numbers

from portal.contracts.rules.life import ContractKind
from portal.kernel.clock import months_later
from portal.kernel.errors import NotPossible
from portal.kernel.i18n import mark
from portal.kernel.money import Cents


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a student says of the work itself. `funded` is what funder and company bring, when known."""

    kind: ContractKind
    job_title: str
    tutor_name: str
    starts_on: date
    ends_on: date
    funded: Cents | None


@dataclass(frozen=True, kw_only=True)
class Employer:
    """Which establishment employs, and who reads and sends papers for it, in which language."""

    name: str
    siret: str
    contact_name: str
    contact_email: str
    contact_locale: str


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What the school writes down of a contract from its form; what nobody knows is None or empty."""

    job_title: str
    tutor_name: str
    tutor_job: str
    tutor_experience_years: int | None
    starts_on: date
    ends_on: date
    concluded_on: date | None
    practical_start_on: date | None
    weekly_minutes: int | None
    monthly_pay_cents: Cents | None
    rncp: str


@dataclass(frozen=True, kw_only=True)
class Establishment:
    """What the school writes down of a company from a form. `naf` such as 7022Z, `idcc` four digits."""

    naf: str
    headcount: int | None
    idcc: str


def check_naf(typed: str) -> str:
    """The five signs of an activity code (NAF), however they were spaced; nothing stays nothing."""
    code = re.sub(r"[\s.]", "", typed).upper()
    if code and not re.fullmatch(r"[0-9]{4}[A-Z]", code):
        raise NotPossible("An activity code (NAF) has four digits and a letter, such as 7022Z.")
    return code


def check_rncp(typed: str) -> str:
    """A qualification's code such as RNCP39867, however it was written; nothing stays nothing."""
    code = re.sub(r"\s", "", typed).upper()
    if code and not re.fullmatch(r"(RNCP)?[0-9]{1,6}", code):
        raise NotPossible("The code of a qualification is RNCP and up to six digits.")
    return f"RNCP{code.removeprefix('RNCP')}" if code else ""


def is_siret(text: str) -> bool:
    """Whether the check digits of an establishment's number are right."""
    return bool(siret_numbers.is_valid(text))


def check_siret(typed: str) -> str:
    """The fourteen digits of an establishment's number, however they were spaced; La Poste's own rule holds."""
    digits = "".join(typed.split()).replace(".", "").replace("-", "")
    if not digits.isascii() or not digits.isdigit():
        raise NotPossible("A SIRET has digits only: 14 of them.")
    if len(digits) != 14:
        raise NotPossible("A SIRET has 14 digits. You typed %(count)s.", count=len(digits))
    try:
        if int(digits[:9]) == 0:
            raise WrongNumber
        return siret_numbers.validate(digits)
    except WrongNumber:
        raise NotPossible(
            "This SIRET does not exist: its last digit does not fit the others. Look at an invoice."
        ) from None


def check_dates(starts_on: date, ends_on: date) -> None:
    if not all(2000 <= day.year <= 2100 for day in (starts_on, ends_on)):
        raise NotPossible("Check the year.")
    if ends_on <= starts_on:
        raise NotPossible("The last day must come after the first day.")


def doubts(contract: Facts, born_on: date | None) -> list[str]:
    """What the law usually wants otherwise. Sentences to show; nothing is blocked (Code du travail L6222-1,
    L6222-7-1, L6325-1, L6325-11)."""
    after = contract.ends_on + timedelta(days=1)
    said = []
    if not months_later(contract.starts_on, 6) <= after <= months_later(contract.starts_on, 36):
        said.append(mark("Such a contract usually lasts between 6 and 36 months."))
    if not contract.tutor_name:
        said.append(mark("The law asks for a tutor in the company. Add the name."))
    if born_on and contract.kind == ContractKind.APPRENTICESHIP:
        if not years_later(born_on, 16) <= contract.starts_on < years_later(born_on, 30):
            said.append(mark("Apprentices are usually 16 to 29 years old on the first day."))
    elif born_on and contract.starts_on >= years_later(born_on, 26):
        said.append(mark("From 26 years on, this kind of contract is for people looking for work."))
    return said


def years_later(day: date, years: int) -> date:
    return months_later(day, 12 * years)
