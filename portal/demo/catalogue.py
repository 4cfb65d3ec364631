"""What the school teaches: the real programme (its own page), the money rules and four languages."""

from portal.demo.calendar import INSTALMENT_DAY, INSTALMENTS, Year
from portal.fees.models import FeeSchedule, MoneyPolicy
from portal.programme import Cohort, Course, LanguageGroup, Programme, School

LANGUAGES = "LANG"
#: Code, French title, English title.
CORE = [
    ("PAL", "Affaires publiques et lobbying", "Public Affairs and Lobbying"),
    (
        "AFP",
        "Acteurs et réseaux de la politique étrangère",
        "Actors and networks of foreign policy",
    ),
    ("COMP", "Conformité et audit", "Compliance and Audit"),
    (
        "NEGO",
        "Pratique de la négociation commerciale internationale",
        "Practice of international business negotiation",
    ),
    ("ICI", "Intelligence interculturelle", "Intercultural Intelligence"),
    (
        "RECR",
        "Être recruté et bien recruter",
        "To be recruited and recruit effectively",
    ),
]
SPECIALTY = [
    (
        "PPEI",
        "Politique publique d’intelligence économique",
        "Public policy of economic intelligence",
    ),
    ("SI", "Système d’information", "Information system"),
    (
        "VEIL",
        "Outils de veille et de gestion des connaissances",
        "Monitoring and Knowledge Management Tools",
    ),
    ("SECO", "Sécurité économique", "Economic security"),
    (
        "CYB",
        "Cybersécurité et sécurité des systèmes d’information",
        "Cyber security and information systems security",
    ),
    ("CRIS", "Gouvernance de crise", "Crisis governance"),
    ("TERR", "Attractivité des territoires", "Attractiveness of territories"),
    ("IE", "Intelligence économique", "Economic intelligence"),
    ("METH", "Méthodologie", "Methodology"),
    (
        "MOB",
        "Mobilités contemporaines et enjeux mondiaux du transport",
        "Contemporary mobility and global challenges in the transport world",
    ),
    ("DROIT", "Droit de l’intelligence économique", "Economic Intelligence Law"),
]
EUROPEAN = [("Allemand", "German"), ("Espagnol", "Spanish")]
EASTERN = [("Arabe", "Arabic"), ("Chinois", "Chinese")]


def write(year: Year) -> Cohort:
    """The school, its programme with every course, the cohort of `year`, its groups and its price."""
    programme = Programme.create(
        school=_school(),
        code="ISI",
        title_fr="Master 2 Intelligence stratégique internationale",
        title_en="Master 2 International Strategic Intelligence",
        award_fr="Diplôme d’études supérieures en relations internationales, option ISI",
        award_en="Higher Diploma in International Relations, option ISI",
        rncp="RNCP39867",
    )
    Course.insert_many(_courses(programme)).execute()
    cohort = Cohort.create(
        programme=programme,
        name=f"ISI {year.name}",
        year=year.name,
        starts_on=year.starts_on,
        ends_on=year.ends_on,
    )
    LanguageGroup.insert_many(
        [{"cohort": cohort, "name_fr": fr, "name_en": en} for fr, en in EUROPEAN + EASTERN]
    ).execute()
    _price(cohort, year)
    return cohort


def _school() -> School:
    return School.create(
        short_name="ILERI",
        name="Institut Libre d’Étude des Relations Internationales",
        address="20 bis jardins Boieldieu, 92800 Puteaux",
        city="Paris La Défense",
        siret="99999000500012",
        uai="0929876K",
        activity_number="11 92 00000 92",
        signatory_name="Hélène Marchand",
        signatory_title_fr="Directrice des études",
        signatory_title_en="Director of studies",
        account_holder="ILERI",
        iban="FR7630006000011234567890189",
        bic="AGRIFRPP",
    )


def _courses(programme: Programme) -> list[dict[str, object]]:
    blocks = {
        "core": CORE,
        "specialty": SPECIALTY,
        "language": [(LANGUAGES, "Langues étrangères", "Foreign languages")],
    }
    return [
        {"programme": programme, "block": block, "code": code, "title_fr": fr, "title_en": en}
        for block, courses in blocks.items()
        for code, fr, en in courses
    ]


def _price(cohort: Cohort, year: Year) -> None:
    FeeSchedule.create(
        cohort=cohort,
        tuition_cents=9_750_00,
        deposit_cents=1_500_00,
        deposit_due_on=year.deposit_due_on,
        instalments=INSTALMENTS,
        first_due_on=year.first_due_on,
        day_of_month=INSTALMENT_DAY,
    )
    MoneyPolicy.create(version=1, valid_from=year.deposit_due_on.replace(month=1, day=1))
