from enum import StrEnum

from portal.kernel.i18n import mark


class PlanKind(StrEnum):
    INSTALMENTS = "instalments"
    FULL = "full"


class PayerKind(StrEnum):
    STUDENT = "student"
    PARENT = "parent"
    COMPANY = "company"


class Means(StrEnum):
    """How money arrived."""

    TRANSFER = "transfer"
    CARD = "card"
    CHEQUE = "cheque"
    CASH = "cash"
    DEBIT = "debit"


PAYER_KIND_LABELS = {
    PayerKind.STUDENT: mark("Student"),
    PayerKind.PARENT: mark("Parent"),
    PayerKind.COMPANY: mark("Company"),
}
MEANS_LABELS = {
    Means.TRANSFER: mark("Bank transfer"),
    Means.CARD: mark("Card"),
    Means.CHEQUE: mark("Cheque"),
    Means.CASH: mark("Cash"),
    Means.DEBIT: mark("Direct debit"),
}
