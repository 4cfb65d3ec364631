"""What payers who do not sign in are told of their part of a refund. Students have letters of their own."""

from collections.abc import Collection, Iterable, Mapping

from portal import notifications
from portal.fees import Payer, PayerKind
from portal.identity import Person
from portal.kernel.db import chunks
from portal.kernel.i18n import Sentence, mark
from portal.kernel.money import Cents, format_eur
from portal.programme import Enrolment, Student
from portal.refunds.models import Refund, RefundShare
from portal.refunds.rules import RefundState

HEADS = {
    RefundState.PROPOSED: mark("A refund for the fees of %(student)s is being prepared"),
    RefundState.APPROVED: mark("Your refund for the fees of %(student)s is approved"),
    RefundState.EXPORTED: mark("Your refund for the fees of %(student)s is at the bank"),
    RefundState.PAID: mark("Your refund for the fees of %(student)s is on its way"),
    RefundState.RETURNED: mark("The bank could not pay your refund for the fees of %(student)s"),
    RefundState.REFUSED: mark("The refund for the fees of %(student)s was refused"),
    RefundState.CANCELLED: mark("The refund for the fees of %(student)s was cancelled"),
}
BODIES = {
    RefundState.PROPOSED: mark(
        "%(amount)s of what you paid are to come back to you, refund %(number)s. A second person at the school checks it first."
    ),
    RefundState.APPROVED: mark(
        "The school has approved refund %(number)s. %(amount)s are to come back to you; the transfer follows."
    ),
    RefundState.EXPORTED: mark(
        "The order to transfer %(amount)s to you is at the bank, refund %(number)s."
    ),
    RefundState.PAID: mark(
        "The transfer of %(amount)s to you has left the school’s bank, refund %(number)s."
    ),
    RefundState.RETURNED: mark(
        "The bank could not pay you %(amount)s, refund %(number)s:\n\n%(why)s\n\nWrite to the school which account it should go to."
    ),
    RefundState.REFUSED: mark(
        "Refund %(number)s, of which %(amount)s were yours, was refused. The school tells you why when you ask."
    ),
    RefundState.CANCELLED: mark(
        "Refund %(number)s, of which %(amount)s were yours, was cancelled. The money stays on your account at the school."
    ),
}


def tell(refunds: Iterable[Refund], step: RefundState) -> None:
    """Every payer but the student hears of each step, in the own language; a query for every four hundred."""
    shares = _shares({refund.id for refund in refunds})
    _write(step, [(share, "") for share in shares])


def corrected(refund: Refund) -> None:
    """A proposal was corrected: each payer but the student hears of the own part as it is now."""
    readers = [(_reader(one.payer), _facts(one, "")) for one in _shares({refund.id})]
    notifications.write_to_each(
        readers,
        mark("Your refund for the fees of %(student)s was corrected"),
        mark("The school proposes to refund %(amount)s to you now, refund %(number)s."),
    )


def came_back(whys: Mapping[tuple[int, int], str]) -> None:
    """The bank sent parts back: by refund and payer, the marked sentence that says why."""
    shares = _shares({refund_id for refund_id, _ in whys})
    told = [(share, whys.get((share.refund_id, share.payer_id), "")) for share in shares]
    _write(RefundState.RETURNED, [(share, why) for share, why in told if why])


def kept(whys: Mapping[tuple[int, int], str]) -> None:
    """The bank sent parts back of refunds that were given up: there is no account to name."""
    shares = _shares({refund_id for refund_id, _ in whys})
    told = [one for one in shares if (one.refund_id, one.payer_id) in whys]
    notifications.write_to_each(
        [(_reader(one.payer), _facts(one, whys[one.refund_id, one.payer_id])) for one in told],
        mark("The bank could not pay your refund for the fees of %(student)s"),
        mark(
            "The bank could not pay you %(amount)s, refund %(number)s:\n\n%(why)s\n\n"
            "The refund was given up before, so the money stays on your account at the school."
        ),
    )


def _shares(refund_ids: Collection[int]) -> list[RefundShare]:
    """Those of payers who have no account here and an address, with all that a letter names."""
    others = (Payer.kind != PayerKind.STUDENT) & (Payer.email != "")
    found: list[RefundShare] = []
    for some in chunks(sorted(refund_ids)):
        found.extend(
            RefundShare.select(RefundShare, Refund, Payer, Enrolment.id, Student.id, Person)
            .join(Refund)
            .join(Enrolment)
            .join(Student)
            .join(Person)
            .switch(RefundShare)
            .join(Payer)
            .where(RefundShare.refund.in_(some) & others)
            .order_by(RefundShare.id)
        )
    return found


def _write(step: RefundState, told: Iterable[tuple[RefundShare, str]]) -> None:
    readers = [(_reader(share.payer), _facts(share, why)) for share, why in told]
    if readers:
        notifications.write_to_each(readers, HEADS[step], BODIES[step])


def _reader(payer: Payer) -> Person:
    return Person(name=payer.name, email=payer.email, locale=payer.locale)


def _facts(share: RefundShare, why: str) -> dict[str, str]:
    locale = share.payer.locale
    return {
        "student": share.refund.enrolment.student.person.name,
        "number": share.refund.number,
        "amount": format_eur(Cents(share.amount_cents), locale),
        "why": Sentence(why),
    }
