"""What payers who do not sign in are told of their part of a refund. Students have letters of their own."""

from collections.abc import Iterable

from portal import notifications
from portal.fees import Payer
from portal.identity import Person
from portal.kernel.i18n import Sentence, mark
from portal.kernel.money import Cents, format_eur
from portal.refunds.models import RefundShare
from portal.refunds.parts import is_own
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


def tell(parts: Iterable[RefundShare], step: RefundState) -> None:
    """The payers of these parts, but the student, hear of this step, in the own language."""
    _write(step, [(one, "") for one in parts if _has_letters(one)])


def corrected(parts: Iterable[RefundShare]) -> None:
    """A proposal was corrected: each payer but the student hears of the own part as it is now."""
    readers = [(_reader(one.payer), _facts(one, "")) for one in parts if _has_letters(one)]
    notifications.write_to_each(
        readers,
        mark("Your refund for the fees of %(student)s was corrected"),
        mark("The school proposes to refund %(amount)s to you now, refund %(number)s."),
    )


def dropped(parts: Iterable[RefundShare]) -> None:
    """A correction left nothing of these parts: whoever was told of one hears that it does not come."""
    notifications.write_to_each(
        [(_reader(one.payer), _facts(one, "")) for one in parts if _has_letters(one)],
        mark("The refund for the fees of %(student)s was corrected"),
        mark(
            "The %(amount)s that were to come back to you, refund %(number)s, are not proposed any more. "
            "The money stays on your account at the school."
        ),
    )


def came_back(parts: Iterable[tuple[RefundShare, str]]) -> None:
    """The bank sent these parts back: each with the marked sentence that says why."""
    _write(RefundState.RETURNED, [(one, why) for one, why in parts if _has_letters(one)])


def not_sent(parts: Iterable[tuple[RefundShare, str]]) -> None:
    """The bank never took the order with these parts: the account is right, and the school sends them again."""
    notifications.write_to_each(
        [(_reader(one.payer), _facts(one, why)) for one, why in parts if _has_letters(one)],
        mark("Your refund for the fees of %(student)s has not left yet"),
        mark(
            "The transfer of %(amount)s to you, refund %(number)s, has not left:\n\n%(why)s\n\n"
            "The school sends it once more. You have nothing to do."
        ),
    )


def kept(parts: Iterable[tuple[RefundShare, str]]) -> None:
    """The bank sent parts back of refunds that were given up: there is no account to name."""
    notifications.write_to_each(
        [(_reader(one.payer), _facts(one, why)) for one, why in parts if _has_letters(one)],
        mark("The bank could not pay your refund for the fees of %(student)s"),
        mark(
            "The bank could not pay you %(amount)s, refund %(number)s:\n\n%(why)s\n\n"
            "The refund was given up before, so the money stays on your account at the school."
        ),
    )


def _has_letters(part: RefundShare) -> bool:
    """Students have letters of their own; without an address nobody can be told."""
    return part.payer.email != "" and not is_own(part)


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
