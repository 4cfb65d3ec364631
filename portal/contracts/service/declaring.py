"""A student declares a contract, corrects it, gives it up."""

from peewee import IntegrityError

from portal import audit, identity
from portal.contracts import letters, queries
from portal.contracts.models import Company, CompanyContact, Contract, ContractContact
from portal.contracts.rules import (
    MOST_DECLARED_A_DAY,
    Actor,
    ContractState,
    Employer,
    Facts,
    check_may_be_cancelled,
    check_may_be_given_up,
    check_may_change,
)
from portal.contracts.service.moving import move
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Stale, TooMany
from portal.programme import Enrolment


def declare(*, enrolment_id: int, facts: Facts, employer: Employer, by: int) -> int:
    """The id of a new draft, whose contact is invited. The same declaration sent again gives the same id.

    `NotPossible` while another contract of the enrolment lives, or when the contact's e-mail belongs to
    a student or to staff; `TooMany` after ten declarations in a day, as each one sends a mail.
    """
    try:
        return _declare(enrolment_id, facts, employer, by)
    except IntegrityError:  # somebody named the same new company or contact at this very moment
        return _declare(enrolment_id, facts, employer, by)


def change(contract_id: int, *, facts: Facts, version: int, by: int) -> None:
    """Correct what the student said of the work; company and contact stay."""
    with transaction():
        contract = Contract.hold(contract_id)
        check_may_change(contract.state)
        _update(contract_id, version, due_on=facts.starts_on, **_columns(facts))
        audit.record("contract:changed", subject=f"contract:{contract_id}", actor_id=by)


def cancel(contract_id: int, *, version: int, by: int) -> None:
    """Give a contract up before the school has accepted it. Again: no effect."""
    with transaction():
        contract = Contract.hold(contract_id)
        if contract.state == ContractState.CANCELLED:
            return
        check_may_be_cancelled(contract.state)
        move(contract, ContractState.CANCELLED, actor=Actor.STUDENT, by=by, version=version)
        letters.cancelled(contract)


def give_up(contract_id: int, *, reason: str, version: int, by: int) -> None:
    """Close a contract that the school has not accepted, for a reason that student and company read. Again: no effect."""
    with transaction():
        contract = Contract.hold(contract_id)
        if contract.state == ContractState.CANCELLED:
            return
        check_may_be_given_up(contract.state)
        move(
            contract,
            ContractState.CANCELLED,
            actor=Actor.SCHOOL,
            by=by,
            version=version,
            reason=reason,
        )
        if queries.pending(contract):
            letters.amendment_given_up(contract, reason)
        else:
            letters.given_up(contract, reason)


def _declare(enrolment_id: int, facts: Facts, employer: Employer, by: int) -> int:
    with transaction():
        Enrolment.hold(enrolment_id)
        if known := _the_same(enrolment_id, facts, employer):
            return known
        if queries.declared_lately(enrolment_id) >= MOST_DECLARED_A_DAY:
            raise TooMany("You have declared many contracts today. Try again tomorrow.")
        company = _company(employer)
        contact = identity.known_or_new(
            email=employer.contact_email,
            name=employer.contact_name,
            role=identity.Role.COMPANY,
            locale=employer.contact_locale,
        )
        CompanyContact.get_or_create(company=company, person=contact)
        contract = Contract.create(
            enrolment=enrolment_id,
            company=company,
            contact=contact,
            follows=queries.last_broken(enrolment_id),
            due_on=facts.starts_on,
            **_columns(facts),
        )
        ContractContact.create(
            contract=contract,
            person=contact,
            called=employer.contact_name,
            may_invite=True,
            added_by=by,
        )
        audit.record("contract:declared", subject=f"contract:{contract.id}", actor_id=by)
        letters.awaited(contract, contact)
        return contract.id


def _the_same(enrolment_id: int, facts: Facts, employer: Employer) -> int | None:
    """The live contract when it is this very declaration; `NotPossible` when it is another one."""
    contract = queries.live(enrolment_id)
    if contract is None:
        return None
    columns = _columns(facts)
    same = all(getattr(contract, name) == value for name, value in columns.items())
    if same and contract.company.siret == employer.siret:
        return contract.id
    raise NotPossible("You already have a contract. Cancel it before you declare another one.")


def _company(employer: Employer) -> Company:
    """The establishment with that SIRET. A known one keeps its name, whatever a student calls it."""
    known = Company.get_or_none(Company.siret == employer.siret)
    return known or Company.create(name=employer.name, siret=employer.siret)


def _columns(facts: Facts) -> dict[str, object]:
    return {
        "kind": str(facts.kind),
        "job_title": facts.job_title,
        "tutor_name": facts.tutor_name,
        "starts_on": facts.starts_on,
        "ends_on": facts.ends_on,
        "funded_cents": facts.funded,
    }


def _update(contract_id: int, version: int, **columns: object) -> None:
    seen = (Contract.id == contract_id) & (Contract.version == version)
    if not Contract.update(version=version + 1, **columns).where(seen).execute():
        raise Stale("Somebody changed this contract while you were looking at it.")
