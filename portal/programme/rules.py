from enum import StrEnum

from portal.kernel.i18n import mark


class Scheme(StrEnum):
    """How a student follows the programme (Code du travail L6211-1, L6325-1)."""

    INITIAL = "initial"
    APPRENTICESHIP = "apprenticeship"
    PROFESSIONALISATION = "professionalisation"


SCHEME_LABELS = {
    Scheme.INITIAL: mark("Initial training"),
    Scheme.APPRENTICESHIP: mark("Apprenticeship"),
    Scheme.PROFESSIONALISATION: mark("Professionalisation contract"),
}
