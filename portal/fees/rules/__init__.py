"""What a year costs, what settles it and what may move: pure arithmetic in whole cents."""

from portal.fees.rules.account_numbers import check_iban, masked, payable
from portal.fees.rules.accounts import (
    COUNTERS,
    Account,
    Balance,
    Entry,
    Position,
    Receipt,
    billed,
    here_of,
    is_counter,
    position_from,
)
from portal.fees.rules.chain import chained
from portal.fees.rules.checks import (
    check_after_paid,
    check_agreed,
    check_amount,
    check_anew,
    check_leaving,
    check_may_choose_full,
    check_payment,
    check_postponed,
    check_received_on,
    check_silent_until,
)
from portal.fees.rules.funding import (
    Employer,
    Funding,
    FundingTarget,
    Settled,
    funding_entries,
    funding_target,
    settled_from,
)
from portal.fees.rules.names import (
    MEANS_LABELS,
    PAYER_KIND_LABELS,
    Means,
    PayerKind,
    PlanKind,
)
from portal.fees.rules.plan import LineKind, PlanLine, Price, plan_lines, respread
from portal.fees.rules.preview import Preview, preview_funding
from portal.fees.rules.reference import creditor_reference, grouped
from portal.fees.rules.reminders import BEFORE, STEPS, step_due
from portal.fees.rules.standing import Line, LineState, ToPay, missing_from, stand, to_pay
from portal.fees.rules.steps import (
    Compared,
    Step,
    comparison,
    line_steps,
    reduction_steps,
    year_steps,
)
from portal.fees.rules.succession import Reign, reigns
from portal.fees.rules.terms import Terms
from portal.fees.rules.timeline import Item, ItemKind, Move, in_order, moved, reduction_in
from portal.fees.rules.transfer import Transfer

__all__ = [
    "BEFORE",
    "COUNTERS",
    "MEANS_LABELS",
    "PAYER_KIND_LABELS",
    "STEPS",
    "Account",
    "Balance",
    "Compared",
    "Employer",
    "Entry",
    "Funding",
    "FundingTarget",
    "Item",
    "ItemKind",
    "Line",
    "LineKind",
    "LineState",
    "Means",
    "Move",
    "PayerKind",
    "PlanKind",
    "PlanLine",
    "Position",
    "Preview",
    "Price",
    "Receipt",
    "Reign",
    "Settled",
    "Step",
    "Terms",
    "ToPay",
    "Transfer",
    "billed",
    "chained",
    "check_after_paid",
    "check_agreed",
    "check_amount",
    "check_anew",
    "check_iban",
    "check_leaving",
    "check_may_choose_full",
    "check_payment",
    "check_postponed",
    "check_received_on",
    "check_silent_until",
    "comparison",
    "creditor_reference",
    "funding_entries",
    "funding_target",
    "grouped",
    "here_of",
    "in_order",
    "is_counter",
    "line_steps",
    "masked",
    "missing_from",
    "moved",
    "payable",
    "plan_lines",
    "position_from",
    "preview_funding",
    "reduction_in",
    "reduction_steps",
    "reigns",
    "respread",
    "settled_from",
    "stand",
    "step_due",
    "to_pay",
    "year_steps",
]
