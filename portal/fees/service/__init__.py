"""Decisions about money: one function, one decision, one transaction, the enrolment held first."""

from portal.fees.service.agreeing import agree, pause_reminders, postpone
from portal.fees.service.funding import apply_funding
from portal.fees.service.leaving import leave
from portal.fees.service.links import payer_behind, revoke_link, send_link
from portal.fees.service.payers import (
    account_changed,
    add_payer,
    change_payer,
    enter_payer,
    forget_account,
    learn_account,
    rename_company,
    reseal,
    set_account,
    student_payer,
)
from portal.fees.service.payments import (
    hold_enrolments,
    payment_gone,
    record_payment,
    record_payment_of_new_payer,
    reverse_payment,
)
from portal.fees.service.plans import choose_full, open_plan
from portal.fees.service.policies import adopt_policy
from portal.fees.service.refunds import (
    Payout,
    post_payout,
    post_payouts,
    post_refund,
    post_return,
    withdraw_refund,
)
from portal.fees.service.reminding import remind
from portal.fees.service.restarting import ask_anew, leave_funded

__all__ = [
    "Payout",
    "account_changed",
    "add_payer",
    "adopt_policy",
    "agree",
    "apply_funding",
    "ask_anew",
    "change_payer",
    "choose_full",
    "enter_payer",
    "forget_account",
    "hold_enrolments",
    "learn_account",
    "leave",
    "leave_funded",
    "open_plan",
    "pause_reminders",
    "payer_behind",
    "payment_gone",
    "post_payout",
    "post_payouts",
    "post_refund",
    "post_return",
    "postpone",
    "record_payment",
    "record_payment_of_new_payer",
    "remind",
    "rename_company",
    "reseal",
    "reverse_payment",
    "revoke_link",
    "send_link",
    "set_account",
    "student_payer",
    "withdraw_refund",
]
