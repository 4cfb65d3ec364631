"""The tables of contracts."""

from portal.contracts.models.companies import BranchCorrection, Company, CompanyContact
from portal.contracts.models.contracts import (
    Contract,
    ContractDocument,
    ContractMove,
    ContractReading,
)
from portal.contracts.models.people import (
    CompanyCorrection,
    ContractContact,
    ContractMessage,
    ContractReminder,
    DoorLink,
)

__all__ = [
    "BranchCorrection",
    "Company",
    "CompanyContact",
    "CompanyCorrection",
    "Contract",
    "ContractContact",
    "ContractDocument",
    "ContractMessage",
    "ContractMove",
    "ContractReading",
    "ContractReminder",
    "DoorLink",
]
