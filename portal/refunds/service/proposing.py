"""A contract the school accepted becomes a refund that waits for a second person."""

from portal import audit, contracts, fees
from portal.contracts import Contract
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.money import Cents
from portal.kernel.sequence import next_number
from portal.programme import Enrolment
from portal.refunds import letters, queries
from portal.refunds.models import Refund, RefundShare
from portal.refunds.rules import (
    Calculation,
    Share,
    approvals_for,
    share_out,
    work_out,
)
from portal.refunds.service.withdrawing import withdraw_from_debtors, withdraw_overtaken


def open_for_contract(*, contract: Contract, by: int) -> None:
    """Suspend what is still due, bring the ledger to the contract's funding, propose what comes back.

    Runs inside the accepting transaction and belongs to that version of the contract: telling it
    twice changes nothing. No refund is opened when nothing comes back, nor before the funder's answer
    when the school's policy waits for it.
    """
    with transaction():
        policy = fees.policy_on(clock.today())
        _fund(contract, policy, propose=policy.refund_from == "signed", by=by)


def open_for_answer(*, contract: Contract, changed: bool, by: int) -> None:
    """The funder accepted: what waited for it is proposed; another amount than agreed is followed, too.

    An answer about a contract whose amendment counts already moves no money: it counts if the amendment falls.
    """
    with transaction():
        policy = fees.policy_on(clock.today())
        if contracts.newer_counts(contract.id):
            return
        if changed:
            _fund(contract, policy, propose=True, by=by)
        elif _still_to_propose(contract, policy):
            _propose_as_it_stands(contract, by)


def _still_to_propose(contract: Contract, policy: fees.MoneyPolicy) -> bool:
    """Nothing was proposed for this contract, be it that the policy made it wait then and does no more."""
    if Refund.select().where(Refund.contract == contract.id).exists():
        return False
    credit = fees.position_of(contract.enrolment_id).credit
    waiting = sum(queries.promised(contract.enrolment_id).values())
    return policy.refund_from == "accepted" or credit > waiting


def _propose_as_it_stands(contract: Contract, by: int) -> None:
    """Nothing is funded anew: a policy written since must not move what student and company were told."""
    Enrolment.hold(contract.enrolment_id)
    source = _source(contract)
    if not Refund.select().where(Refund.source == source).exists():
        policy = _policy_behind(contract)
        propose_what_comes_back(contract, source, queries.terms_under(policy, contract), policy, by)


def _policy_behind(contract: Contract) -> fees.MoneyPolicy:
    """The one under which the contract's money was reckoned last."""
    told = fees.causes_of(contract.enrolment_id, f"contract:{contract.id}.")
    return fees.policy_at(told[-1].at) if told else fees.policy_on(clock.today())


def _source(contract: Contract) -> str:
    return f"contract:{contract.id}.{contract.version}"


def _fund(contract: Contract, policy: fees.MoneyPolicy, *, propose: bool, by: int) -> None:
    enrolment_id = contract.enrolment_id
    source = _source(contract)
    before = Refund.hold_all(queries.stoppable_ids(enrolment_id))
    Enrolment.hold(enrolment_id)
    if Refund.select().where(Refund.source == source).exists():
        return
    terms = queries.terms_under(policy, contract)
    if _work_out(enrolment_id, terms, policy).overdrawn:
        withdraw_overtaken([one for one in before if one.company_payer_id is None], by)
    funding = fees.apply_funding(
        enrolment_id, terms=terms, employer=queries.employer_of(contract), source=source
    )
    withdraw_from_debtors([one for one in before if one.company_payer_id], by)
    audit.record(
        "fees:funded",
        subject=f"enrolment:{enrolment_id}",
        actor_id=by,
        detail=f"{source}, {funding.cancelled} instalments cancelled",
    )
    if propose:
        propose_what_comes_back(contract, source, terms, policy, by)


def _work_out(enrolment_id: int, terms: fees.Terms, policy: fees.MoneyPolicy) -> Calculation:
    position, settled = fees.position_of(enrolment_id), fees.settled_of(enrolment_id)
    waiting = queries.promised(enrolment_id)
    return work_out(queries.given(position, settled, terms, waiting, policy.version))


def propose_what_comes_back(
    contract: Contract, source: str, terms: fees.Terms, policy: fees.MoneyPolicy, by: int
) -> None:
    """… or tell the student that nothing does. The funding is in the ledger.

    `policy` is what `terms` come from; how many people approve is for today's to say.
    """
    calculation = _work_out(contract.enrolment_id, terms, policy)
    position = fees.position_of(contract.enrolment_id)
    today = fees.policy_on(clock.today())
    if not calculation.refund:
        letters.nothing_comes_back(
            contract.enrolment_id, owes=position.owes, before=Cents(calculation.given.promised)
        )
        return
    propose(
        enrolment_id=contract.enrolment_id,
        contract_id=contract.id,
        source=source,
        calculation=calculation,
        approvals=approvals_for(
            calculation.refund,
            today.second_approval_above_cents,
            partial_year=bool(terms.year_days),
        ),
        shares=share_out(calculation.refund, queries.unpromised(position, contract.enrolment_id)),
        by=by,
    )


def propose(
    *,
    enrolment_id: int,
    contract_id: int | None,
    company: int | None = None,
    source: str,
    calculation: Calculation,
    approvals: int,
    shares: list[Share],
    by: int,
) -> None:
    """Write the refund down and tell its payers. `source` exists once."""
    year = clock.today().year
    refund = Refund.create(
        number=f"R-{year}-{next_number(f'refund-{year}'):04d}",
        enrolment=enrolment_id,
        contract=contract_id,
        company_payer=company,
        source=source,
        amount_cents=calculation.refund,
        calculation=calculation.to_json(),
        policy_version=calculation.given.policy_version,
        approvals_needed=approvals,
        proposed_by=by,
    )
    for payer_id, cents in shares:
        RefundShare.create(refund=refund, payer=payer_id, amount_cents=cents)
    audit.record(
        "refund:proposed", subject=f"refund:{refund.id}", actor_id=by, detail=refund.number
    )
    letters.proposed(refund)
