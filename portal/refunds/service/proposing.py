"""A contract the school accepted becomes a refund that waits for a second person."""

from portal import audit, fees
from portal.contracts import Contract
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.money import Cents
from portal.kernel.sequence import next_number
from portal.programme import Enrolment
from portal.refunds import letters, queries
from portal.refunds.models import Refund, RefundShare
from portal.refunds.rules import Calculation, Given, Share, approvals_for, share_out, work_out


def open_for_contract(*, contract: Contract, by: int) -> None:
    """Suspend what is still due, bring the ledger to the contract's funding, propose what comes back.

    Runs inside the accepting transaction and belongs to that version of the contract: telling it
    twice changes nothing. No refund is opened when nothing comes back.
    """
    source = f"contract:{contract.id}.{contract.version}"
    with transaction():
        Enrolment.hold(contract.enrolment_id)
        if Refund.select().where(Refund.source == source).exists():
            return
        policy = fees.policy_on(clock.today())
        waiting = queries.promised(contract.enrolment_id)
        funding = fees.apply_funding(
            contract.enrolment_id,
            funded=contract.funded_cents or Cents(0),
            shortfall_owed_by=policy.shortfall_owed_by,
            company_name=contract.company.name,
            source=source,
        )
        position = fees.position_of(contract.enrolment_id)
        calculation = work_out(
            Given(
                price=position.price,
                received=position.received,
                funded=contract.funded_cents or 0,
                shortfall_owed_by=policy.shortfall_owed_by,
                promised=position.refunded + sum(waiting.values()),
                policy_version=policy.version,
            )
        )
        audit.record(
            "fees:funded",
            subject=f"enrolment:{contract.enrolment_id}",
            actor_id=by,
            detail=f"{source}, {funding.cancelled} instalments cancelled",
        )
        if calculation.refund:
            receipts = [
                Share(one.payer_id, Cents(one.cents - waiting.get(one.payer_id, 0)))
                for one in position.receipts
            ]
            _propose(
                contract, source, calculation, receipts, policy.second_approval_above_cents, by
            )
        else:
            letters.nothing_comes_back(contract.enrolment_id, owes=position.owes)


def _propose(
    contract: Contract,
    source: str,
    calculation: Calculation,
    receipts: list[Share],
    limit: int,
    by: int,
) -> None:
    year = clock.today().year
    refund = Refund.create(
        number=f"R-{year}-{next_number(f'refund-{year}'):04d}",
        enrolment=contract.enrolment_id,
        contract=contract.id,
        source=source,
        amount_cents=calculation.refund,
        calculation=calculation.to_json(),
        policy_version=calculation.given.policy_version,
        approvals_needed=approvals_for(calculation.refund, limit),
        proposed_by=by,
    )
    for payer_id, cents in share_out(calculation.refund, receipts):
        RefundShare.create(refund=refund, payer=payer_id, amount_cents=cents)
    audit.record(
        "refund:proposed", subject=f"refund:{refund.id}", actor_id=by, detail=refund.number
    )
    letters.proposed(refund)
