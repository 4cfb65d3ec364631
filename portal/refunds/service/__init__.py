"""Decisions about refunds. One function, one decision, one transaction."""

from portal.refunds.service.after_break import go_on_without, leave
from portal.refunds.service.answered import Back, Left, send_back, settle
from portal.refunds.service.asking import answer, ask, propose_again, reconsider
from portal.refunds.service.crediting import give_credit_back
from portal.refunds.service.deciding import approve, cancel, refuse
from portal.refunds.service.editing import edit
from portal.refunds.service.falling import withdraw_for_contract
from portal.refunds.service.paying import export, hold_approved, pay
from portal.refunds.service.proposing import open_for_answer, open_for_contract

__all__ = [
    "Back",
    "Left",
    "answer",
    "approve",
    "ask",
    "cancel",
    "edit",
    "export",
    "give_credit_back",
    "go_on_without",
    "hold_approved",
    "leave",
    "open_for_answer",
    "open_for_contract",
    "pay",
    "propose_again",
    "reconsider",
    "refuse",
    "send_back",
    "settle",
    "withdraw_for_contract",
]
