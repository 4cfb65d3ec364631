"""A contract the school accepted, or a credit, becomes a refund that waits for a second person."""

from collections.abc import Iterable

from portal import audit, fees
from portal.contracts import Contract
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents
from portal.kernel.sequence import next_number
from portal.programme import Enrolment
from portal.refunds import letters, queries
from portal.refunds.models import Refund, RefundShare
from portal.refunds.rules import (
    Calculation,
    Share,
    approvals_for,
    as_credit,
    check_shares,
    share_out,
    work_out,
)
from portal.refunds.service.withdrawing import withdraw_overtaken


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
    """The funder accepted: what waited for it is proposed; another amount than agreed is followed, too."""
    with transaction():
        policy = fees.policy_on(clock.today())
        if changed or policy.refund_from == "accepted":
            _fund(contract, policy, propose=True, by=by)


def _fund(contract: Contract, policy: fees.MoneyPolicy, *, propose: bool, by: int) -> None:
    enrolment_id = contract.enrolment_id
    source = f"contract:{contract.id}.{contract.version}"
    before = Refund.hold_all(queries.stoppable_ids(enrolment_id))
    Enrolment.hold(enrolment_id)
    if Refund.select().where(Refund.source == source).exists():
        return
    funded = queries.brought_by(contract, Cents(contract.funded_cents or 0))
    terms = queries.terms_of(policy, enrolment_id, contract.starts_on, funded)
    if _work_out(enrolment_id, terms, policy).overdrawn:
        withdraw_overtaken(before, by)
    funding = fees.apply_funding(
        enrolment_id, terms=terms, company_name=contract.company.name, source=source
    )
    audit.record(
        "fees:funded",
        subject=f"enrolment:{enrolment_id}",
        actor_id=by,
        detail=f"{source}, {funding.cancelled} instalments cancelled",
    )
    if propose:
        _propose_what_comes_back(contract, source, terms, policy, by)


def _work_out(enrolment_id: int, terms: fees.Terms, policy: fees.MoneyPolicy) -> Calculation:
    position, waiting = fees.position_of(enrolment_id), queries.promised(enrolment_id)
    return work_out(queries.given(position, terms, waiting, policy.version))


def _propose_what_comes_back(
    contract: Contract, source: str, terms: fees.Terms, policy: fees.MoneyPolicy, by: int
) -> None:
    calculation = _work_out(contract.enrolment_id, terms, policy)
    position = fees.position_of(contract.enrolment_id)
    if not calculation.refund:
        letters.nothing_comes_back(contract.enrolment_id, owes=position.owes)
        return
    waiting = queries.promised(contract.enrolment_id)
    _propose(
        enrolment_id=contract.enrolment_id,
        contract_id=contract.id,
        source=source,
        calculation=calculation,
        approvals=approvals_for(
            calculation.refund,
            policy.second_approval_above_cents,
            partial_year=bool(terms.year_days),
        ),
        shares=share_out(calculation.refund, _not_promised(position.receipts, waiting)),
        by=by,
    )


def give_credit_back(
    enrolment_id: int, *, shares: dict[int, Cents], reason: str, key: str, by: int
) -> None:
    """Propose to send back money that nobody asks for, by payer; a second person approves as ever.

    `NotPossible` when it is more than the credit, or more than that payer's own money.
    """
    source = f"credit:{key}"
    with transaction():
        Enrolment.hold(enrolment_id)
        if Refund.select().where(Refund.source == source).exists():
            return
        policy = fees.policy_on(clock.today())
        waiting = queries.promised(enrolment_id)
        position = fees.position_of(enrolment_id)
        amount = sum(shares.values())
        check_shares(shares, _not_promised(position.receipts, waiting))
        if amount > position.credit - sum(waiting.values()):
            raise NotPossible("This is more than the credit of this student.")
        calculation = as_credit(
            amount, position.credit - sum(waiting.values()), policy_version=policy.version
        )
        _propose(
            enrolment_id=enrolment_id,
            contract_id=None,
            source=source,
            calculation=calculation,
            approvals=approvals_for(amount, policy.second_approval_above_cents),
            shares=[Share(payer_id, cents) for payer_id, cents in shares.items()],
            by=by,
        )
        audit.record(
            "refund:credit", subject=f"enrolment:{enrolment_id}", actor_id=by, detail=reason
        )


def _not_promised(receipts: Iterable[fees.Receipt], waiting: dict[int, int]) -> list[Share]:
    """What each payer sent and no refund speaks for."""
    return [
        Share(one.payer_id, Cents(one.cents - waiting.get(one.payer_id, 0))) for one in receipts
    ]


def _propose(
    *,
    enrolment_id: int,
    contract_id: int | None,
    source: str,
    calculation: Calculation,
    approvals: int,
    shares: list[Share],
    by: int,
) -> None:
    year = clock.today().year
    refund = Refund.create(
        number=f"R-{year}-{next_number(f'refund-{year}'):04d}",
        enrolment=enrolment_id,
        contract=contract_id,
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
