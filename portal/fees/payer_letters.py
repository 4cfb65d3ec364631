"""What all who pay are told of the student's dues, in their language: the student and the parents, never a company."""

from collections.abc import Sequence
from datetime import date

from portal import notifications
from portal.fees.models import Payer
from portal.fees.rules import Line, PayerKind, PlanLine
from portal.identity import Person
from portal.kernel.i18n import mark, written_day
from portal.kernel.money import Cents, format_eur
from portal.programme import enrolment


def reader_of(payer: Payer) -> Person | None:
    """Whom letters to `payer` go to: the student, or a person who lives only in this mail; None without an address."""
    if payer.kind == PayerKind.STUDENT:
        return enrolment(payer.enrolment_id).student.person
    if not payer.email:
        return None
    return Person(name=payer.name, email=payer.email, locale=payer.locale)


def plan_agreed(enrolment_id: int, lines: Sequence[tuple[date, Cents]]) -> None:
    """To the parents alone: the reason, which the student reads, is the student's own business."""
    for parent, facts in _parents_of(enrolment_id):
        notifications.write_to(
            parent,
            mark("The payment plan of %(student)s has changed"),
            mark(
                "The school has laid out the payments for %(student)s anew:\n\n%(lines)s\n\n"
                "Use the reference %(reference)s."
            ),
            lines="\n".join(_dated(*line, parent.locale) for line in sorted(lines)),
            **facts,
        )


def line_postponed(enrolment_id: int, cents: Cents, old: date, new: date) -> None:
    """To the parents alone, as above."""
    for parent, facts in _parents_of(enrolment_id):
        notifications.write_to(
            parent,
            mark("A payment was put off"),
            mark(
                "%(amount)s for %(student)s are due on %(new)s instead of %(old)s. "
                "Use the reference %(reference)s."
            ),
            amount=format_eur(cents, parent.locale),
            old=old,
            new=new,
            **facts,
        )


def funded(
    enrolment_id: int, lines: Sequence[tuple[date, Cents]], *, before: Cents, now: Cents
) -> None:
    """To the parents alone: contracts pay `now` and not `before`, cents; `lines` is what is still asked."""
    pays_in_part = FUNDED_IN_PART if now >= before else FUNDED_LESS if now else FUNDED_NO_MORE
    for parent, facts in _parents_of(enrolment_id):
        notifications.write_to(
            parent,
            mark("What is due for %(student)s has changed"),
            pays_in_part if lines else FUNDED,
            lines="\n".join(_dated(*line, parent.locale) for line in sorted(lines)),
            **facts,
        )


FUNDED_IN_PART = mark(
    "A work-study contract changes what is asked for %(student)s. Still to be paid:\n\n%(lines)s\n\n"
    "Use the reference %(reference)s."
)
FUNDED_LESS = mark(
    "The work-study contract of %(student)s pays less than before. Still to be paid:\n\n%(lines)s\n\n"
    "Use the reference %(reference)s."
)
FUNDED_NO_MORE = mark(
    "No work-study contract pays for %(student)s any more. Still to be paid:\n\n%(lines)s\n\n"
    "Use the reference %(reference)s."
)
FUNDED = mark(
    "A work-study contract pays for %(student)s now: what was still due is no longer asked for."
)


def left(enrolment_id: int, kept: Cents, owes: Cents) -> None:
    """To the parents alone, as above: what the year costs now, and what of it is missing."""
    for parent, facts in _parents_of(enrolment_id):
        notifications.write_to(
            parent,
            mark("The year of %(student)s is settled"),
            LEFT_OWING if owes > 0 else LEFT_PAID,
            kept=format_eur(kept, parent.locale),
            owes=format_eur(owes, parent.locale),
            **facts,
        )


LEFT_OWING = mark(
    "%(student)s has left the programme. The school keeps %(kept)s of the fees of the year; %(owes)s of it are "
    "still to be paid. Use the reference %(reference)s."
)
LEFT_PAID = mark(
    "%(student)s has left the programme. The school keeps %(kept)s of the fees of the year. Nothing is left to "
    "pay; what was paid above it comes back to those who paid."
)


def paid_at_once(enrolment_id: int, line: PlanLine, saved: Cents) -> None:
    """To the student and to the parents who pay: one payment takes the place of the instalments."""
    for reader, facts in _payers_of(enrolment_id):
        notifications.write_to(
            reader,
            mark("Payment at once: %(amount)s by %(day)s"),
            mark(
                "One payment of %(amount)s, due on %(day)s, replaces the instalments for %(student)s. "
                "Paying at once saves %(saved)s. Use the reference %(reference)s.\n\n%(link)s"
            ),
            amount=format_eur(line.cents, reader.locale),
            day=line.due_on,
            saved=format_eur(saved, reader.locale),
            link=_page(reader),
            **facts,
        )


def reminder(enrolment_id: int, line: Line, step: int) -> None:
    """To the student and to the parents who pay; the words depend on how late it is."""
    subject, body = REMINDERS[step]
    for reader, facts in _payers_of(enrolment_id):
        notifications.write_to(
            reader,
            subject,
            body,
            amount=format_eur(line.rest, reader.locale),
            day=line.due_on,
            link=_page(reader),
            **facts,
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


def _payers_of(enrolment_id: int) -> list[tuple[Person, dict[str, str]]]:
    """Who is written to about the student's own dues, with the student's name and the reference each of them uses."""
    student = enrolment(enrolment_id).student.person.name
    payers = Payer.select().where(
        (Payer.enrolment == enrolment_id) & (Payer.kind != PayerKind.COMPANY)
    )
    readers = [(reader_of(payer), payer.reference) for payer in payers.order_by(Payer.id)]
    return [
        (reader, {"student": student, "reference": reference})
        for reader, reference in readers
        if reader is not None
    ]


def _parents_of(enrolment_id: int) -> list[tuple[Person, dict[str, str]]]:
    """Those of `_payers_of` who live only in their mails."""
    return [(reader, facts) for reader, facts in _payers_of(enrolment_id) if not reader.id]


def _page(reader: Person) -> str:
    """Only the student can sign in."""
    return notifications.link("/fees") if reader.id else ""


def _dated(day: date, cents: Cents, locale: str) -> str:
    return f"– {written_day(day, locale)}, {format_eur(cents, locale)}"
