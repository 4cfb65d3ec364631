"""Who acts for the company on a contract."""

from typing import Any, NamedTuple

from peewee import JOIN

from portal.contracts.models import Contract, ContractContact
from portal.identity import Person


class Colleague(NamedTuple):
    """A contact as their colleagues see them: under the name that was typed for the invitation."""

    person_id: int
    name: str
    email: str
    leads: bool
    may_invite: bool


def colleagues(contract: Contract) -> list[Colleague]:
    """Everybody who acts for the company, the lead first, then in the order they came; one query."""
    here = (ContractContact.person == Person.id) & (ContractContact.contract == contract.id)
    rows: Any = (
        Person.select(
            Person.id,
            Person.name,
            Person.email,
            ContractContact.id,
            ContractContact.called,
            ContractContact.may_invite,
        )
        .join(ContractContact, JOIN.LEFT_OUTER, on=here)
        .where((Person.id == contract.contact_id) | ContractContact.id.is_null(False))
        .tuples()
    )
    lead = contract.contact_id
    ordered = sorted(rows, key=lambda row: (row[0] != lead, row[3] or 0))
    return [
        Colleague(person, called or name, email, person == lead, person == lead or bool(may))
        for person, name, email, _, called, may in ordered
    ]


def shared(contract: Contract) -> bool:
    """Whether contracts of other students rest on the same company; one query."""
    same = Contract.company == contract.company_id
    return Contract.select().where(same & (Contract.enrolment != contract.enrolment_id)).exists()
