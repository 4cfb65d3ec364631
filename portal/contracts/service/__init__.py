"""Every decision about a contract. One function, one decision, one transaction."""

from portal.contracts.service.amending import amend
from portal.contracts.service.arriving import reject_paper, release_paper
from portal.contracts.service.confirming import (
    accept_correction,
    confirm_company,
    refuse_correction,
)
from portal.contracts.service.contacts import invite_colleague, remove_colleague
from portal.contracts.service.deciding import (
    accept,
    accept_paper,
    check,
    expect_funding,
    expected_funding,
    return_paper,
    send_back,
)
from portal.contracts.service.declaring import cancel, change, declare, give_up
from portal.contracts.service.documents import bind, note_file_reading, note_reading, receive
from portal.contracts.service.ending import (
    end,
    expect_months_without_tuition,
    expect_school_days,
    trial,
    tuition_free_until,
)
from portal.contracts.service.entering import enter, send_new_link
from portal.contracts.service.events import company_renamed, decided_by_funder, fell, signed
from portal.contracts.service.expiring import expire_papers
from portal.contracts.service.filing import (
    ask_for_more,
    correct_branch,
    note_acceptance,
    note_refusal,
    transmit,
)
from portal.contracts.service.following import succeed
from portal.contracts.service.foreseeing import expect_money_effect, money_effect
from portal.contracts.service.messaging import write
from portal.contracts.service.noticing import note_seen
from portal.contracts.service.reading import picture, read_form, read_forms
from portal.contracts.service.recording import record
from portal.contracts.service.reminding import pause_reminders, remind, remind_due
from portal.contracts.service.schemes import expect_new_tuition
from portal.contracts.service.ticking import tick

__all__ = [
    "accept",
    "accept_correction",
    "accept_paper",
    "amend",
    "ask_for_more",
    "bind",
    "cancel",
    "change",
    "check",
    "company_renamed",
    "confirm_company",
    "correct_branch",
    "decided_by_funder",
    "declare",
    "end",
    "enter",
    "expect_funding",
    "expect_money_effect",
    "expect_months_without_tuition",
    "expect_new_tuition",
    "expect_school_days",
    "expected_funding",
    "expire_papers",
    "fell",
    "give_up",
    "invite_colleague",
    "money_effect",
    "note_acceptance",
    "note_file_reading",
    "note_reading",
    "note_refusal",
    "note_seen",
    "pause_reminders",
    "picture",
    "read_form",
    "read_forms",
    "receive",
    "record",
    "refuse_correction",
    "reject_paper",
    "release_paper",
    "remind",
    "remind_due",
    "remove_colleague",
    "return_paper",
    "send_back",
    "send_new_link",
    "signed",
    "succeed",
    "tick",
    "transmit",
    "trial",
    "tuition_free_until",
    "write",
]
