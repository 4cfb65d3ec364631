"""The list of contracts that goes to a funding body."""

from portal import contracts
from portal.contracts import Contract
from portal.kernel.i18n import mark, translate
from portal.office.rules import Column, Kind, Sheet

COLUMNS = (
    Column(mark("OPCO")),
    Column(mark("Deposit number")),
    Column(mark("State")),
    Column(mark("Deadline"), Kind.DAY),
    Column(mark("Kind of contract")),
    Column(mark("Student number")),
    Column(mark("Student")),
    Column(mark("Programme")),
    Column(mark("Company")),
    Column(mark("SIRET")),
    Column(mark("Collective agreement (IDCC)")),
    Column(mark("First day"), Kind.DAY),
    Column(mark("Last day"), Kind.DAY),
    Column(mark("Sent to the OPCO on"), Kind.DAY),
    Column(mark("Complete since"), Kind.DAY),
    Column(mark("Answered on"), Kind.DAY),
    Column(mark("Paid by funder and company"), Kind.EUROS),
    Column(mark("Employer’s share"), Kind.EUROS),
)


def filings_sheet(group: str, locale: str) -> Sheet:
    """Every contract of a group, the earliest deadline first; one query. `Missing` for an unknown group."""
    rows = (_row(contract, locale) for contract in contracts.with_funder_to_export(group))
    return Sheet(mark("OPCO"), COLUMNS, rows)


def _row(contract: Contract, locale: str) -> tuple[object, ...]:
    student, company = contract.enrolment.student, contract.company
    return (
        contracts.OPCOS.get(contract.opco, ""),
        contract.opco_number,
        translate(contracts.STATES[contracts.ContractState(contract.state)][0], locale),
        contract.due_on,
        translate(contracts.KIND_LABELS[contracts.ContractKind(contract.kind)], locale),
        student.number,
        student.listed_as,
        contract.enrolment.cohort.programme.title_fr,
        company.name,
        company.siret,
        company.idcc,
        contract.starts_on,
        contract.ends_on,
        contract.transmitted_on,
        contract.complete_on,
        contract.answered_on,
        contract.funded_cents,
        contract.employer_share_cents,
    )
