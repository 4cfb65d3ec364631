"""Work-study contracts: declared by students, sent in by companies, checked by staff."""

from portal.contracts.models import Company, Contract
from portal.contracts.queries import acts_for, document_names, of_enrolment, steps, waiting_count
from portal.contracts.queries import to_export as with_funder_to_export
from portal.contracts.rules import (
    KIND_LABELS,
    OPCOS,
    OVER,
    READERS,
    STATES,
    ContractKind,
    ContractState,
    MoneyEffect,
    Step,
    latest_answer,
)
from portal.contracts.service import (
    company_renamed,
    decided_by_funder,
    expect_funding,
    expect_money_effect,
    expect_months_without_tuition,
    expect_school_days,
    fell,
    reject_paper,
    release_paper,
    signed,
)

__all__ = [
    "KIND_LABELS",
    "OPCOS",
    "OVER",
    "READERS",
    "STATES",
    "Company",
    "Contract",
    "ContractKind",
    "ContractState",
    "MoneyEffect",
    "Step",
    "acts_for",
    "company_renamed",
    "decided_by_funder",
    "document_names",
    "expect_funding",
    "expect_money_effect",
    "expect_months_without_tuition",
    "expect_school_days",
    "fell",
    "latest_answer",
    "of_enrolment",
    "reject_paper",
    "release_paper",
    "signed",
    "steps",
    "waiting_count",
    "with_funder_to_export",
]
