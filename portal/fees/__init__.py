"""What an enrolment costs, who pays it, and the ledger of every cent that moved."""

from portal.fees.models import MoneyPolicy, Payer

__all__ = ["MoneyPolicy", "Payer"]
