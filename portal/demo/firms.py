"""Eight invented employers and the contracts students have with them, one in every state and more."""

from dataclasses import dataclass

from portal.contracts import ContractKind
from portal.demo.people import COMPANY_CONTACT

APPRENTICE, PROFESSIONAL = ContractKind.APPRENTICESHIP, ContractKind.PROFESSIONALISATION


@dataclass(frozen=True)
class Firm:
    """An establishment, and the person there who looks after contracts."""

    name: str
    siret: str
    contact: str
    email: str
    locale: str = "fr"


VALMORIN = Firm("Valmorin Conseil SAS", "33414954900027", *COMPANY_CONTACT)
COEUR = Firm(
    "Établissements Cœur & Frères, « Maïs d’Août »",
    "99980011300014",
    "Solène Cœur",
    "solene@coeur-freres.example",
)
KEROUAN = Firm("Atelier Kerouan SARL", "99980148300010", "Gwenn Kerouan", "gwenn@kerouan.example")
VAL_CLAIR = Firm(
    "Communauté de communes du Val-Clair",
    "41035277700024",
    "Bernard Aubry",
    "ressources@val-clair.example",
)
ORSAY = Firm(
    "Orsay Risk Advisory", "99980285300013", "Imogen Hale", "imogen.hale@orsay-risk.example", "en"
)
BRUME = Firm("Brume & Associés", "99980422200019", "Karim Belhadj", "karim@brume.example")
PORT_VAILLANT = Firm(
    "Port-Vaillant Logistique", "99980559100016", "Laure Tessier", "l.tessier@port-vaillant.example"
)
HELVANE = Firm("Helvane Cyber", "99980696100010", "Dmitri Orlov", "orlov@helvane.example", "en")


@dataclass(frozen=True)
class Paper:
    """A file of the folder `cerfa`, sent so many days ago, and what the school said if it returned it."""

    file: str
    sent: int
    returned: int = 0
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A student's contract: days count backwards from today. 0: it has not happened."""

    student: str
    firm: Firm
    kind: ContractKind = APPRENTICE
    job: str
    tutor: str
    declared: int
    papers: tuple[Paper, ...] = ()
    accepted: int = 0
    #: When it went to the OPCO, and when that accepted it.
    transmitted: int = 0
    answered: int = 0
    cancelled: int = 0
    #: Of the refund that follows, and why it was refused.
    approved: int = 0
    paid: int = 0
    refused: int = 0
    reason: str = ""
    #: What the student had paid before, after the deposit.
    instalments: int = 2
    in_full: bool = False
    parent: str = ""


CASES = [
    Case(
        student="Moreau",
        firm=VALMORIN,
        job="Chargée de veille stratégique",
        tutor="Hugues Ferrand",
        declared=9,
        papers=(Paper("camille-moreau.pdf", 3),),
    ),
    Case(
        student="Nguyễn-Żółkiewska",
        firm=VALMORIN,
        job="Analyste conformité",
        tutor="Maïté Oyarzabal",
        declared=15,
        papers=(
            Paper(
                "thi-anh-nguyen.pdf",
                8,
                5,
                "Le nom de l’apprentie est illisible : les lettres Ż et ł manquent. Remplissez "
                "cette case à la main, signez de nouveau et envoyez la page scannée.",
            ),
        ),
    ),
    Case(
        student="Delaunay",
        firm=VALMORIN,
        job="Consultante junior",
        tutor="Hugues Ferrand",
        declared=24,
        papers=(
            Paper(
                "margaux-delaunay-undated.pdf",
                20,
                17,
                "La date de conclusion du contrat manque. Complétez-la et renvoyez le contrat.",
            ),
            Paper("margaux-delaunay.pdf", 12),
        ),
        accepted=2,
    ),
    Case(
        student="Benkirane",
        firm=VALMORIN,
        job="Chargée d’études",
        tutor="Maïté Oyarzabal",
        declared=40,
        papers=(Paper("salma-benkirane.pdf", 36),),
        accepted=33,
        transmitted=25,
        answered=14,
        approved=29,
        paid=24,
        instalments=1,
    ),
    Case(
        student="de La Rochefoucauld-Montbéliard d’Œuvrecourt",
        firm=COEUR,
        job="Responsable sûreté junior",
        tutor="Pascal Frère",
        declared=22,
        papers=(Paper("anne-eleonore.pdf", 15),),
        accepted=9,
        approved=6,
    ),
    Case(
        student="Traoré",
        firm=KEROUAN,
        kind=PROFESSIONAL,
        job="Chargée d’intelligence économique",
        tutor="Gwenn Kerouan",
        declared=18,
        papers=(Paper("aminata-traore.pdf", 11),),
        accepted=5,
        instalments=0,
        in_full=True,
    ),
    Case(
        student="Quémener",
        firm=VAL_CLAIR,
        job="Chargé d’attractivité territoriale",
        tutor="Bernard Aubry",
        declared=19,
        papers=(Paper("ronan-quemener.pdf", 10),),
        accepted=4,
        parent="Maëlle Quémener",
    ),
    Case(
        student="Vasseur",
        firm=ORSAY,
        kind=PROFESSIONAL,
        job="Risk analyst",
        tutor="Imogen Hale",
        declared=28,
        papers=(Paper("jeanne-vasseur.pdf", 23),),
        accepted=16,
        transmitted=12,
        refused=10,
        reason="Orsay Risk Advisory nous a écrit que la période d’essai est rompue. Envoyez-nous "
        "votre nouveau contrat : le remboursement sera calculé de nouveau.",
        instalments=0,
    ),
    Case(
        student="Haddad",
        firm=BRUME,
        kind=PROFESSIONAL,
        job="Chargée d’affaires publiques",
        tutor="Karim Belhadj",
        declared=6,
        papers=(Paper("yasmine-haddad.pdf", 1),),
    ),
    Case(
        student="Fontaine",
        firm=PORT_VAILLANT,
        job="Coordinatrice sûreté portuaire",
        tutor="Laure Tessier",
        declared=4,
    ),
    Case(
        student="N’Diaye",
        firm=HELVANE,
        job="Threat intelligence analyst",
        tutor="Dmitri Orlov",
        declared=21,
        cancelled=16,
    ),
]
