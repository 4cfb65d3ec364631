"""What payers are told, in their language, inside the transaction that did it."""

from collections.abc import Sequence
from datetime import date

from portal import notifications
from portal.fees import payer_letters
from portal.fees.models import Payer
from portal.fees.payer_letters import reader_of
from portal.fees.rules import PayerKind
from portal.kernel.i18n import mark
from portal.kernel.money import Cents, format_eur
from portal.programme import enrolment


def account_changed(payer: Payer, masked: str) -> None:
    """Also to the address that was there before: somebody else may have typed the new account.

    The student hears for a parent without an address; a company's account is no business of theirs.
    """
    _tell_of_account(
        payer,
        mark("The bank account for your refunds was changed"),
        mark(
            "Refunds for %(payer)s go to the account %(account)s from now on. "
            "If you did not ask for this, write to the school today."
        ),
        masked,
    )


def account_learnt(payer: Payer, masked: str) -> None:
    """Money came from an account, which refunds go back to from now on."""
    _tell_of_account(
        payer,
        mark("The bank account for your refunds"),
        mark(
            "A payment for %(payer)s came from the account %(account)s. Refunds go back there, unless another is "
            "entered. If you do not know this account, write to the school today."
        ),
        masked,
    )


def _tell_of_account(payer: Payer, subject: str, text: str, masked: str) -> None:
    reader = reader_of(payer)
    if reader is None and payer.kind != PayerKind.COMPANY:
        reader = enrolment(payer.enrolment_id).student.person
    if reader is not None:
        notifications.write_to(reader, subject, text, payer=payer.name, account=masked)


def private_link(payer: Payer, link: str) -> None:
    _to_payer(
        payer,
        mark("Your payments for %(student)s"),
        mark(
            "Here you find what was paid, what is due and how to pay for %(student)s:\n\n%(link)s\n\n"
            "The link is private: whoever has it can read this. Ask the school to switch it off when you "
            "no longer need it."
        ),
        link=link,
    )


def plan_agreed(enrolment_id: int, lines: Sequence[tuple[date, Cents]], reason: str) -> None:
    """The reason is the student's own business; parents read what is due when."""
    _to_student(
        enrolment_id,
        mark("Your payment plan has changed"),
        mark(
            "The school has laid out your payments anew:\n\n%(reason)s\n\nSee them here: %(link)s"
        ),
        reason=reason,
    )
    payer_letters.plan_agreed(enrolment_id, lines)


def left(enrolment_id: int, kept: Cents, owes: Cents, reason: str) -> None:
    """`kept` is what the year costs now, and `owes` what of it is missing."""
    _to_student(
        enrolment_id,
        mark("Your year is settled"),
        mark(
            "You have left the programme. The school keeps %(kept)s of the fees of the year:\n\n%(reason)s\n\n"
            "What you paid above it comes back; what is missing is still to be paid. See it here: %(link)s"
        ),
        kept=format_eur(kept, enrolment(enrolment_id).student.person.locale),
        reason=reason,
    )
    payer_letters.left(enrolment_id, kept, owes)


def left_funded(enrolment_id: int, owes: Cents, reason: str) -> None:
    """After a broken contract: nothing changes but that the student is gone."""
    locale = enrolment(enrolment_id).student.person.locale
    _to_student(
        enrolment_id,
        mark("You have left the programme"),
        mark(
            "You have left the programme:\n\n%(reason)s\n\nWhat your contract paid stays paid; what comes back to "
            "you still comes. Left to pay: %(owes)s. See it here: %(link)s"
        ),
        owes=format_eur(Cents(max(0, owes)), locale),
        reason=reason,
    )


def line_postponed(enrolment_id: int, cents: Cents, old: date, new: date, reason: str) -> None:
    locale = enrolment(enrolment_id).student.person.locale
    _to_student(
        enrolment_id,
        mark("A payment was put off"),
        mark(
            "%(amount)s are due on %(new)s instead of %(old)s:\n\n%(reason)s\n\nSee your plan here: %(link)s"
        ),
        amount=format_eur(cents, locale),
        old=old,
        new=new,
        reason=reason,
    )
    payer_letters.line_postponed(enrolment_id, cents, old, new)


def _to_student(enrolment_id: int, subject: str, body: str, **facts: object) -> None:
    student = enrolment(enrolment_id).student.person
    notifications.write_to(student, subject, body, link=notifications.link("/fees"), **facts)


def _to_payer(payer: Payer, subject: str, body: str, **facts: object) -> None:
    reader = reader_of(payer)
    if reader is not None:
        student = enrolment(payer.enrolment_id).student.person
        notifications.write_to(reader, subject, body, student=student.name, **facts)
