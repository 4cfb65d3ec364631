"""What each paper looks like: the boxes that matter, where they stand, what belongs in them. Nobody's data.

`label` is the French wording printed on the paper and is never translated.
"""

from dataclasses import dataclass

from portal.contracts.rules.documents import DocumentKind
from portal.contracts.rules.life import ContractKind
from portal.kernel.i18n import mark


@dataclass(frozen=True)
class Box:
    label: str
    where: str
    sample: str


@dataclass(frozen=True)
class Example:
    """`file`: a sample or blank form under static/examples, empty when there is none."""

    boxes: tuple[Box, ...]
    signs: str
    file: str = ""


EMPLOYER = (
    Box(
        "Nom ou dénomination",
        mark("Top left of page 1, under “L’employeur”: the company’s registered name."),
        "Exemple Conseil SAS",
    ),
    Box(
        "N° SIRET de l’établissement d’exécution du contrat",
        mark(
            "Top right: the 14 digits of the place where the work is done, not of the head office."
        ),
        "732 829 320 00074",
    ),
    Box(
        "Code IDCC de la convention collective",
        mark("Below the SIRET: four digits, as on a pay slip. They decide the OPCO."),
        "1486",
    ),
)
TUTOR = Box(
    "Maître d’apprentissage n°1 / Tuteur",
    mark("Middle of page 1: name, birth date, job and e-mail of the tutor in the company."),
    "Dupont Claude, 02/03/1985",
)
DATES = (
    Box(
        "Date de conclusion",
        mark("Under “Le contrat”: the day on which everybody signs, before the first day."),
        "15/10/2026",
    ),
    Box(
        "Date de début d’exécution / Date de fin",
        mark("Beside and below it: the same first and last day as declared here."),
        "02/11/2026 – 30/09/2027",
    ),
    Box(
        "Salaire brut mensuel à l’embauche",
        mark("Under “Rémunération”: the gross pay of the first month."),
        "1 500,00 €",
    ),
)
TRAINING = Box(
    "Intitulé précis, code RNCP",
    mark("Under “La formation”: the school fills this part or gives you the words."),
    "Master 2, RNCP39867",
)
BOTH_SIGN = mark("Employer and student sign at the end of the form; the school adds its stamp.")
AGREEMENT = Example(
    (
        Box(
            "Pour l’entreprise",
            mark("Bottom left: name, place, date and signature of the company."),
            "Exemple Conseil SAS",
        ),
        Box(
            "Pour l’établissement",
            mark("Bottom right: the school has signed it or signs it after you."),
            "ILERI",
        ),
        Box(
            "Durée, prix, modalités",
            mark("The lines above: filled in by the school. Check that hours and price are there."),
            "462 heures, 9 750,00 €",
        ),
    ),
    mark("Company and school sign it."),
    "training-agreement.pdf",
)
CALENDAR = Example(
    (
        Box(
            "Semaine / Jours en formation",
            mark("A line for each week: which days are at school."),
            "45 : lundi, mardi",
        ),
        Box(
            "Semaine / Jours en entreprise",
            mark("Beside it: which days are in the company."),
            "45 : mercredi, jeudi, vendredi",
        ),
    ),
    mark("Nobody has to sign it. The school brings it."),
)
DECISION = Example(
    (
        Box(
            "N° de dépôt / N° de dossier",
            mark("At the top: the number of the file at the OPCO."),
            "075202611000123",
        ),
        Box(
            "Décision",
            mark("In the letter: what is funded, how much and from which day."),
            "Prise en charge accordée : 9 000,00 €",
        ),
    ),
    mark("The OPCO sends it. Save its mail or letter as PDF."),
)
FORM_FILES = {ContractKind.APPRENTICESHIP: "cerfa-10103-14.pdf"}


def example(kind: ContractKind, paper: DocumentKind) -> Example:
    """What that paper looks like for a contract of that kind."""
    if paper == DocumentKind.CERFA:
        boxes = (*EMPLOYER, TUTOR, *DATES, TRAINING)
        return Example(boxes, BOTH_SIGN, FORM_FILES.get(kind, ""))
    return {
        DocumentKind.TRAINING_AGREEMENT: AGREEMENT,
        DocumentKind.CALENDAR: CALENDAR,
        DocumentKind.OPCO_DECISION: DECISION,
    }[paper]
