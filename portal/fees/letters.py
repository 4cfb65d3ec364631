"""What payers are told, in their language, inside the transaction that did it."""

from datetime import date

from portal import notifications
from portal.fees.models import Payer
from portal.fees.rules import Line, PayerKind
from portal.identity import Person
from portal.kernel.i18n import mark
from portal.kernel.money import Cents, format_eur
from portal.programme import enrolment


def reader_of(payer: Payer) -> Person | None:
    """Whom letters to `payer` go to: the student, or a person who lives only in this mail; None without an address."""
    if payer.kind == PayerKind.STUDENT:
        return enrolment(payer.enrolment_id).student.person
    if not payer.email:
        return None
    return Person(name=payer.name, email=payer.email, locale=payer.locale)


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


def plan_agreed(enrolment_id: int, reason: str) -> None:
    _to_student(
        enrolment_id,
        mark("Your payment plan has changed"),
        mark(
            "The school has laid out your payments anew:\n\n%(reason)s\n\nSee them here: %(link)s"
        ),
        reason=reason,
    )


def left(enrolment_id: int, kept: Cents, reason: str) -> None:
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


def reminder(enrolment_id: int, line: Line, step: int) -> None:
    """To the student and to the parents who pay; the words depend on how late it is."""
    subject, body = REMINDERS[step]
    for reader, reference in _payers_of(enrolment_id):
        notifications.write_to(
            reader,
            subject,
            body,
            student=enrolment(enrolment_id).student.person.name,
            amount=format_eur(line.rest, reader.locale),
            day=line.due_on,
            reference=reference,
            link=notifications.link("/fees") if reader.id else "",
        )


REMINDERS = {
    -7: (
        mark("%(amount)s are due on %(day)s"),
        mark(
            "The next payment for %(student)s, %(amount)s, is due on %(day)s. Use the reference "
            "%(reference)s. When it is on its way already, you need not do anything.\n\n%(link)s"
        ),
    ),
    7: (
        mark("%(amount)s were due on %(day)s"),
        mark(
            "We have not received %(amount)s for %(student)s, due on %(day)s. Send it with the reference "
            "%(reference)s, or write to us if you need more time.\n\n%(link)s"
        ),
    ),
    15: (
        mark("Second reminder: %(amount)s since %(day)s"),
        mark(
            "%(amount)s for %(student)s are still missing since %(day)s. Send it with the reference "
            "%(reference)s, or ask the school for another date today.\n\n%(link)s"
        ),
    ),
    30: (
        mark("Last reminder: %(amount)s since %(day)s"),
        mark(
            "%(amount)s for %(student)s have been missing for a month, since %(day)s. Call the school: "
            "together we find a way. The reference is %(reference)s.\n\n%(link)s"
        ),
    ),
}


def _payers_of(enrolment_id: int) -> list[tuple[Person, str]]:
    """Who is written to about the student's own dues, with the reference each of them uses."""
    payers = Payer.select().where(
        (Payer.enrolment == enrolment_id) & (Payer.kind != PayerKind.COMPANY)
    )
    readers = [(reader_of(payer), payer.reference) for payer in payers.order_by(Payer.id)]
    return [(reader, reference) for reader, reference in readers if reader is not None]


def _to_student(enrolment_id: int, subject: str, body: str, **facts: object) -> None:
    student = enrolment(enrolment_id).student.person
    notifications.write_to(student, subject, body, link=notifications.link("/fees"), **facts)


def _to_payer(payer: Payer, subject: str, body: str, **facts: object) -> None:
    reader = reader_of(payer)
    if reader is not None:
        student = enrolment(payer.enrolment_id).student.person
        notifications.write_to(reader, subject, body, student=student.name, **facts)
