"""What is checked before a contract is signed: what the law forbids blocks, what is unusual warns."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from stdnum.fr import siret as siret_numbers

from portal.contracts.rules.deadlines import starts_late
from portal.contracts.rules.documents import DocumentKind, missing
from portal.contracts.rules.life import ContractKind
from portal.contracts.rules.pay import minimum_pay
from portal.contracts.rules.working_days import is_holiday
from portal.kernel.clock import months_later
from portal.kernel.i18n import mark
from portal.kernel.money import Cents

FULL_WEEK = 35 * 60
LONGEST_WEEK = 48 * 60


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A contract as the checks see it. Empty facts are not checked, except those the law asks for."""

    kind: ContractKind
    siret: str
    starts_on: date
    ends_on: date
    concluded_on: date | None = None
    practical_start_on: date | None = None
    weekly_minutes: int | None = None
    monthly_pay: Cents | None = None
    tutor_name: str = ""
    tutor_experience_years: int | None = None
    born_on: date | None = None
    year: int = 1
    cycle_starts_on: date | None = None
    papers: frozenset[str] = frozenset()
    others: tuple[tuple[date, date], ...] = ()
    amends: bool = False


@dataclass(frozen=True)
class Finding:
    """One thing found: a sentence with its facts and the text it rests on."""

    code: str
    blocks: bool
    sentence: str
    source: str
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What was found, with its facts: when they change, it is another finding."""
        return " ".join([self.code, *(f"{name}={value}" for name, value in self.facts.items())])


def findings(contract: Checked) -> list[Finding]:
    """Everything found, what blocks first."""
    found = [*_blocking(contract), *_warnings(contract)]
    return sorted(found, key=lambda finding: not finding.blocks)


def _blocking(seen: Checked) -> Iterator[Finding]:
    if not siret_numbers.is_valid(seen.siret):
        yield _block("siret", mark("The SIRET does not exist."), mark("Code de commerce R123-221"))
    if seen.ends_on <= seen.starts_on:
        yield _block(
            "dates", mark("The last day must come after the first day."), mark("Code civil 1210")
        )
    if seen.concluded_on and seen.concluded_on > seen.starts_on and not seen.amends:
        yield _block(
            "concluded-late",
            mark("The contract was signed after its first day."),
            mark("Code du travail L6222-4 and R6222-2: signed before it is carried out"),
        )
    if seen.practical_start_on and not seen.starts_on <= seen.practical_start_on <= seen.ends_on:
        yield _block(
            "practical-start",
            mark("The first day in the company lies outside the contract."),
            mark("Code du travail L6222-12"),
        )
    if not _long_enough(seen):
        yield _block(
            "duration",
            mark("The contract must last between 6 and 36 months."),
            mark("Code du travail L6222-7-1 and L6325-11"),
        )
    for paper in missing(seen.kind, seen.papers):
        yield _block(
            f"missing-{paper}", MISSING[paper], mark("Code du travail D6224-1 and D6325-1")
        )
    for starts_on, ends_on in seen.others:
        if starts_on <= seen.ends_on and seen.starts_on <= ends_on:
            yield _block(
                "overlap",
                mark("Another contract of this student covers some of the same days."),
                mark("Code du travail L6222-7-1: one contract at a time"),
            )


MISSING = {
    DocumentKind.CERFA: mark("The signed contract is missing."),
    DocumentKind.TRAINING_AGREEMENT: mark("The training agreement is missing."),
    DocumentKind.CALENDAR: mark("The work-study calendar is missing."),
    DocumentKind.OPCO_DECISION: mark("The decision of the OPCO is missing."),
}


def _warnings(seen: Checked) -> Iterator[Finding]:
    if not seen.tutor_name:
        yield _warn(
            "tutor",
            mark("The law asks for a tutor in the company. Add the name."),
            mark("Code du travail L6223-5 and D6325-6"),
        )
    elif seen.tutor_experience_years is not None and seen.tutor_experience_years < 2:
        yield _warn("tutor-experience", *EXPERIENCE[seen.kind])
    if seen.cycle_starts_on and starts_late(seen.starts_on, seen.cycle_starts_on):
        yield _warn(
            "late-start",
            mark("The contract begins more than three months after the training."),
            mark("Code du travail L6222-12 and L6222-12-1"),
        )
    if is_holiday(seen.starts_on):
        yield _warn(
            "holiday",
            mark("The first day is a public holiday."),
            mark("Code du travail L3133-1"),
        )
    if seen.weekly_minutes and seen.weekly_minutes > LONGEST_WEEK:
        yield _warn(
            "hours",
            mark("More than 48 hours a week are not allowed."),
            mark("Code du travail L3121-20"),
        )
    yield from _about_age(seen)
    yield from _about_pay(seen)


#: What a tutor must have done before, and the text that says so.
EXPERIENCE = {
    ContractKind.APPRENTICESHIP: (
        mark("The tutor needs a diploma and a year of experience, or two years of experience."),
        mark("Code du travail R6223-22"),
    ),
    ContractKind.PROFESSIONALISATION: (
        mark("The tutor needs two years of experience in such work."),
        mark("Code du travail D6325-6"),
    ),
}


def _about_age(seen: Checked) -> Iterator[Finding]:
    if not seen.born_on:
        return
    age = age_on(seen.born_on, seen.starts_on)
    if seen.kind == ContractKind.APPRENTICESHIP and not 16 <= age < 30:
        yield _warn(
            "age",
            mark("Apprentices are usually 16 to 29 years old on the first day."),
            mark("Code du travail L6222-1"),
        )
    if seen.kind == ContractKind.PROFESSIONALISATION and age >= 26:
        yield _warn(
            "age",
            mark("From 26 years on, this kind of contract is for people looking for work."),
            mark("Code du travail L6325-1"),
        )


def _about_pay(seen: Checked) -> Iterator[Finding]:
    if seen.monthly_pay is None or seen.born_on is None:
        return
    least = minimum_pay(
        seen.kind,
        age=age_on(seen.born_on, seen.starts_on),
        year=seen.year,
        on=seen.starts_on,
        weekly_minutes=min(seen.weekly_minutes or FULL_WEEK, FULL_WEEK),
    )
    if seen.monthly_pay < least:
        yield Finding(
            "pay",
            False,
            mark("The monthly pay is below the legal minimum of %(least)s."),
            mark("Code du travail D6222-26 and D6325-15"),
            {"least": least},
        )


def age_on(born_on: date, day: date) -> int:
    """Whole years lived on `day`."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _long_enough(seen: Checked) -> bool:
    """Six to 36 months, both days included; the limits as months are counted, so 30 September ends September."""
    shortest = months_later(seen.starts_on, 6).toordinal() - 1
    longest = months_later(seen.starts_on, 36).toordinal() - 1
    return shortest <= seen.ends_on.toordinal() <= longest


def _block(code: str, sentence: str, source: str) -> Finding:
    return Finding(code, True, sentence, source)


def _warn(code: str, sentence: str, source: str) -> Finding:
    return Finding(code, False, sentence, source)
