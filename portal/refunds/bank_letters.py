"""What the people concerned are told of money on its way: at the bank, gone, come back."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from portal import notifications
from portal.kernel.i18n import Sentence, mark
from portal.kernel.iso20022 import NEVER_TAKEN, REASONS
from portal.refunds import parts, payer_letters, readers
from portal.refunds.models import Refund, RefundShare
from portal.refunds.parts import Parts
from portal.refunds.rules import RefundState

#: Why a part came back that never went: the account is not to blame.
NOT_SENT = REASONS[NEVER_TAKEN]


def exported(refunds: Sequence[Refund]) -> None:
    """One letter each, for as many as an order holds."""
    leaving = parts.unpaid({refund.id for refund in refunds})
    notifications.write_to_each(
        readers.to_students(refunds, leaving),
        mark("Your refund is at the bank"),
        mark("The order to transfer %(amount)s is at the bank. Follow it here: %(link)s"),
    )
    payer_letters.tell(_all(leaving), RefundState.EXPORTED)


def returned(refunds: Sequence[Refund], whys: Mapping[int, str]) -> None:
    """Parts came back: by the id of each why, a marked sentence. Parts of a refund with one why are one letter."""
    for why, back in _by_why(whys):
        news = [refund for refund in refunds if refund.id in back]
        to_students = _not_sent_to_students if why == NOT_SENT else _returned_to_students
        to_students(news, back, why)
        _returned_to_finance(news, back, why)
        told = payer_letters.not_sent if why == NOT_SENT else payer_letters.came_back
        told([(one, why) for one in _all(back)])


def _by_why(whys: Mapping[int, str]) -> Iterator[tuple[str, Parts]]:
    by_why: dict[str, set[int]] = {}
    for share_id, why in whys.items():
        by_why.setdefault(why, set()).add(share_id)
    for why, share_ids in by_why.items():
        yield why, parts.these(share_ids)


def _returned_to_students(refunds: Sequence[Refund], back: Parts, why: str) -> None:
    """Only whoever's own part came back can name another account here."""
    own: list[Refund] = []
    others: list[Refund] = []
    for one in refunds:
        mine = any(parts.is_own(part) for part in back[one.id])
        (own if mine else others).append(one)
    notifications.write_to_each(
        readers.to_students(own, back, why=Sentence(why)),
        mark("The bank could not pay your refund"),
        mark(
            "The bank could not pay your refund of %(amount)s:\n\n%(why)s\n\nName another account here: %(link)s"
        ),
    )
    notifications.write_to_each(
        readers.to_students(others, back, why=Sentence(why)),
        mark("The bank could not pay a part of your refund that goes to somebody else"),
        mark(
            "The bank could not pay %(amount)s:\n\n%(why)s\n\nThe school settles with them which account "
            "it should go to. You have nothing to do. Follow it here: %(link)s"
        ),
    )


def _not_sent_to_students(refunds: Sequence[Refund], back: Parts, why: str) -> None:
    """The account is right: there is nothing to answer."""
    notifications.write_to_each(
        readers.to_students(refunds, back, why=Sentence(why)),
        mark("Your refund has not left yet"),
        mark(
            "The transfer of %(amount)s has not left:\n\n%(why)s\n\n"
            "The school sends it once more. You have nothing to do. Follow it here: %(link)s"
        ),
    )


def _returned_to_finance(refunds: Sequence[Refund], back: Parts, why: str) -> None:
    notifications.write_to_each(
        readers.for_finance(refunds, back, why, "/staff/refunds?state=waiting"),
        mark("Refund %(number)s came back"),
        mark("The refund of %(amount)s for %(student)s came back:\n\n%(why)s\n\n%(link)s"),
    )


def kept(refunds: Sequence[Refund], whys: Mapping[int, str]) -> None:
    """Parts came back after their refunds were given up, by id why: there is no account to name, nothing to decide."""
    for why, back in _by_why(whys):
        news = [refund for refund in refunds if refund.id in back]
        notifications.write_to_each(
            readers.to_students(news, back, why=Sentence(why)),
            mark("Refund %(number)s: money came back"),
            mark(
                "The bank sent back %(amount)s of your refund:\n\n%(why)s\n\n"
                "The refund was given up before, so this money is a credit at the school again. %(link)s"
            ),
        )
        notifications.write_to_each(
            readers.for_finance(news, back, why, "/staff/refunds?state=refused"),
            mark("Refund %(number)s: money came back"),
            mark(
                "The bank sent back %(amount)s of the refund for %(student)s:\n\n%(why)s\n\n"
                "The refund was given up before, so this money is a credit at the school again. %(link)s"
            ),
        )
        payer_letters.kept([(one, why) for one in _all(back)])


def left(refunds: Sequence[Refund], share_ids: Collection[int]) -> None:
    """Just these parts have left the bank; other parts have their own day."""
    gone = parts.these(share_ids)
    notifications.write_to_each(
        readers.to_students(refunds, gone),
        mark("Your refund is on its way"),
        mark("The transfer of %(amount)s has left the school’s bank. See it here: %(link)s"),
    )
    payer_letters.tell(_all(gone), RefundState.PAID)


def _all(by_refund: Parts) -> list[RefundShare]:
    return [part for some in by_refund.values() for part in some]
