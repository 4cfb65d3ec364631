"""Money that nobody asks for goes back: a proposal that a second person approves as ever."""

from portal import audit, fees
from portal.fees import PayerKind
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents
from portal.programme import Enrolment
from portal.refunds import queries
from portal.refunds.models import Refund, RefundShare
from portal.refunds.rules import Calculation, Share, approvals_for, as_credit, check_shares
from portal.refunds.service.proposing import propose


def give_credit_back(
    enrolment_id: int, *, shares: dict[int, Cents], reason: str, key: str, by: int
) -> None:
    """Propose to send back money that nobody asks for, by payer; a second person approves as ever.

    What goes to the student and the family is one refund, what goes to a company another, which only
    that company hears of. `NotPossible` when it is more than the credit, or more than that payer's own money.
    """
    companies = {one.id for one in fees.payers_of(enrolment_id) if one.kind == PayerKind.COMPANY}
    family = {payer_id: cents for payer_id, cents in shares.items() if payer_id not in companies}
    with transaction():
        Enrolment.hold(enrolment_id)
        _check_same_companies(key, companies & shares.keys(), family)
        for company in sorted(companies & shares.keys()):
            theirs = {company: shares[company]}
            _give_back(enrolment_id, company, theirs, reason, f"credit:{key}:{company}", by)
        if family or not shares:
            _give_back(enrolment_id, None, family, reason, f"credit:{key}", by)


def _give_back(
    enrolment_id: int,
    company: int | None,
    shares: dict[int, Cents],
    reason: str,
    source: str,
    by: int,
) -> None:
    if known := Refund.get_or_none(Refund.source == source):
        _check_same(known, shares)
        return
    policy = fees.policy_on(clock.today())
    position = fees.position_of(enrolment_id)
    waiting = queries.promised(enrolment_id, company=company)
    credit = position.credit if company is None else position.credit_of(company)
    amount, left = sum(shares.values()), credit - sum(waiting.values())
    if amount > left and company is not None:
        raise NotPossible("This is more than the company paid above its bill.")
    if amount > left:
        raise NotPossible("This is more than the credit of this student.")
    check_shares(shares, queries.unpromised(position, enrolment_id, company=company))
    propose(
        enrolment_id=enrolment_id,
        contract_id=None,
        company=company,
        source=source,
        calculation=as_credit(amount, left, policy_version=policy.version, why=reason),
        approvals=approvals_for(amount, policy.second_approval_above_cents),
        shares=[Share(payer_id, cents) for payer_id, cents in shares.items()],
        by=by,
    )
    audit.record("refund:credit", subject=f"enrolment:{enrolment_id}", actor_id=by, detail=reason)


def _check_same_companies(key: str, companies: set[int], family: dict[int, Cents]) -> None:
    """A click that already gave back something gave it back to these and to nobody else."""
    source = f"credit:{key}"
    known = list(
        Refund.select().where((Refund.source == source) | Refund.source.startswith(f"{source}:"))
    )
    theirs = {one.company_payer_id for one in known}
    if known and theirs != companies | ({None} if family else set()):
        raise NotPossible(
            "This click already proposed refund %(number)s, with other amounts.",
            number=known[0].number,
        )


def _check_same(known: Refund, shares: dict[int, Cents]) -> None:
    """The shares are those of the click until the proposer corrects them; the sum stays in the calculation."""
    first = Calculation.from_json(known.calculation).refund
    mine = RefundShare.select().where(RefundShare.refund == known.id)
    same = {one.payer_id: one.amount_cents for one in mine} == shares
    edited = bool(audit.details_of("refund:edited", subject=f"refund:{known.id}"))
    if first != sum(shares.values()) or not (same or edited):
        raise NotPossible(
            "This click already proposed refund %(number)s, with other amounts.",
            number=known.number,
        )
