"""The form beside the record: what differs, and what a form can fill in."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from portal.kernel.i18n import mark
from portal.kernel.money import Cents
from portal.kernel.text import fold
from portal.paperwork.rules.reading import Reading

Value = str | date | Cents | int | None
#: Words that say what kind of company it is, not which.
LEGAL_FORMS = {
    "sa", "sas", "sasu", "sarl", "eurl", "snc", "scop", "sca", "scs", "sci", "selarl", "societe", "et", "ste",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the portal knows about a contract. What it does not know stays empty and is not compared."""

    student_family_name: str = ""
    student_given_names: str = ""
    born_on: date | None = None
    company_name: str = ""
    company_siret: str = ""
    idcc: str = ""
    school_siret: str = ""
    rncp: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    practical_start_on: date | None = None
    concluded_on: date | None = None
    weekly_minutes: int | None = None
    monthly_pay_cents: Cents | None = None
    tutor_name: str = ""
    tutor_job: str = ""


@dataclass(frozen=True)
class Difference:
    """A fact that stands otherwise in the form than in the portal.

    `kind` says what both values are: text, siret, day, money (cents) or minutes. None or "" in `form`:
    the form leaves it blank. A day that no calendar has stays text.
    """

    field: str
    label: str
    kind: str
    form: Value
    record: Value


@dataclass(frozen=True)
class Line:
    field: str
    label: str
    kind: str
    form: Callable[[Reading], Value]
    same: Callable[[Reading, Value], bool]


def cross_check(reading: Reading, record: Record) -> list[Difference]:
    """What the form says otherwise than the portal, in the order of the form; nothing when it was not read.

    Accents, case, spaces and signs do not matter in names, nor their order for tutors; a student may sign
    with either name and with the first of several given names.
    """
    return list(_differences(reading, record)) if not reading.problem else []


def _differences(reading: Reading, record: Record) -> Iterator[Difference]:
    for line in LINES:
        known = getattr(record, line.field)
        if known not in ("", None) and not line.same(reading, known):
            yield Difference(line.field, line.label, line.kind, line.form(reading), known)


def prefill(reading: Reading) -> dict[str, Value]:
    """The contract's declared facts the form knows, by the names of its columns; blanks and nonsense are left out."""
    found: dict[str, Value] = {
        "starts_on": reading.day("contract.start_date"),
        "ends_on": reading.day("contract.end_date"),
        "practical_start_on": reading.day("contract.practical_start_date"),
        "concluded_on": reading.day("contract.conclusion_date"),
        "weekly_minutes": reading.weekly_minutes,
        "monthly_pay_cents": reading.cents("pay.monthly_gross"),
        "rncp": _rncp(reading.text("training.rncp_code")),
        "tutor_name": reading.full_name("tutor1"),
        "tutor_job": reading.text("tutor1.job"),
    }
    return {name: value for name, value in found.items() if value not in ("", None)}


def prefill_employer(reading: Reading) -> dict[str, Value]:
    """What the form knows of the establishment, by the names of its columns; blanks and nonsense are left out."""
    idcc, naf = (_packed(reading.text(f"employer.{name}")) for name in ("idcc", "naf_code"))
    found: dict[str, Value] = {
        "idcc": idcc.zfill(4) if re.fullmatch(r"[0-9]{1,4}", idcc) and int(idcc) else "",
        "naf": naf if re.fullmatch(r"[0-9]{4}[A-Z]", naf) else "",
        "headcount": reading.number("employer.headcount"),
    }
    return {name: value for name, value in found.items() if value not in ("", None)}


def _packed(typed: str) -> str:
    return re.sub(r"[\s.]", "", typed).upper()


def _rncp(typed: str) -> str:
    digits = re.sub(r"\D", "", typed)
    return f"RNCP{digits}" if digits else ""


def _words(name: Value) -> list[str]:
    return re.sub(r"[^\w]+", " ", fold(str(name or ""))).split()


def _same_family(reading: Reading, known: Value) -> bool:
    names = (reading.text("apprentice.family_name"), reading.text("apprentice.usual_name"))
    return any(_words(name) == _words(known) for name in names)


def _same_given(reading: Reading, known: Value) -> bool:
    typed, known_words = _words(reading.text("apprentice.given_name")), _words(known)
    shorter = min(len(typed), len(known_words))
    return shorter > 0 and typed[:shorter] == known_words[:shorter]


def _same_company(reading: Reading, known: Value) -> bool:
    typed, other = _words(reading.text("employer.name")), _words(known)
    return typed == other or _bare(typed) == _bare(other) != []


def _bare(words: list[str]) -> list[str]:
    return [word for word in words if word not in LEGAL_FORMS]


def _same_tutor(reading: Reading, known: Value) -> bool:
    names = (sorted(_words(reading.full_name(whom))) for whom in ("tutor1", "tutor2"))
    return sorted(_words(known)) in names


def _tutors(reading: Reading) -> str:
    return ", ".join(filter(None, (reading.full_name(whom) for whom in ("tutor1", "tutor2"))))


def _family(reading: Reading) -> str:
    names = (reading.text("apprentice.family_name"), reading.text("apprentice.usual_name"))
    return " / ".join(filter(None, names))


def _digits(field: str, label: str, kind: str, name: str) -> Line:
    def plain(value: Value) -> str:
        return re.sub(r"\D", "", str(value or "")).lstrip("0")

    def same(reading: Reading, known: Value) -> bool:
        return plain(reading.text(name)) == plain(known)

    return Line(field, label, kind, lambda reading: reading.text(name), same)


def _day(field: str, label: str, name: str) -> Line:
    def typed(reading: Reading) -> Value:
        return reading.day(name) or reading.text(name)

    return Line(field, label, "day", typed, lambda reading, known: typed(reading) == known)


def _words_line(field: str, label: str, name: str) -> Line:
    def same(reading: Reading, known: Value) -> bool:
        return _words(reading.text(name)) == _words(known)

    return Line(field, label, "text", lambda reading: reading.text(name), same)


LINES = [
    Line("company_name", mark("Company name"), "text", lambda r: r.text("employer.name"), _same_company),
    _digits("company_siret", mark("SIRET"), "siret", "employer.siret"),
    _digits("idcc", mark("Collective agreement (IDCC)"), "text", "employer.idcc"),
    Line("student_family_name", mark("Family name"), "text", _family, _same_family),
    Line(
        "student_given_names",
        mark("Given names"),
        "text",
        lambda r: r.text("apprentice.given_name"),
        _same_given,
    ),
    _day("born_on", mark("Date of birth"), "apprentice.birth_date"),
    Line("tutor_name", mark("Tutor in the company"), "text", _tutors, _same_tutor),
    _words_line("tutor_job", mark("Job of the tutor"), "tutor1.job"),
    _day("concluded_on", mark("Day of signature"), "contract.conclusion_date"),
    _day("starts_on", mark("First day"), "contract.start_date"),
    _day("practical_start_on", mark("First day in the company"), "contract.practical_start_date"),
    _day("ends_on", mark("Last day"), "contract.end_date"),
    Line(
        "weekly_minutes",
        mark("Hours a week"),
        "minutes",
        lambda r: r.weekly_minutes,
        lambda r, known: r.weekly_minutes == known,
    ),
    Line(
        "monthly_pay_cents",
        mark("Gross pay a month"),
        "money",
        lambda r: r.text("pay.monthly_gross") if r.cents("pay.monthly_gross") is None else r.cents("pay.monthly_gross"),
        lambda r, known: r.cents("pay.monthly_gross") == known,
    ),
    _digits("school_siret", mark("SIRET of the school"), "siret", "school.siret"),
    _digits("rncp", mark("Qualification (RNCP)"), "text", "training.rncp_code"),
]  # fmt: skip
