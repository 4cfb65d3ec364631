"""Work-study contracts: declared by students, sent in by companies, checked by staff."""

from portal.contracts.models import Company, Contract
from portal.contracts.queries import document_names, of_enrolment, waiting_count
from portal.contracts.rules import KIND_LABELS, STATES, ContractKind, ContractState
from portal.contracts.service import expect_funding, signed

__all__ = [
    "KIND_LABELS",
    "STATES",
    "Company",
    "Contract",
    "ContractKind",
    "ContractState",
    "document_names",
    "expect_funding",
    "of_enrolment",
    "signed",
    "waiting_count",
]
