"""What a refund may become, and who may make it so: domain guide, section 3."""

from enum import StrEnum

from portal.kernel.errors import NotAllowed, NotPossible
from portal.kernel.i18n import mark


class RefundState(StrEnum):
    PROPOSED = "proposed"
    INFO_NEEDED = "info_needed"
    APPROVED = "approved"
    EXPORTED = "exported"
    PAID = "paid"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class Whereabouts(StrEnum):
    """Where the money of a refund is: nowhere yet, in an order that nobody released, or at the bank."""

    WITH_US = "with us"
    PREPARED = "prepared"
    SENT = "sent"


#: Neither paid nor given up: the amount is spoken for and not yet in the ledger.
PENDING = (RefundState.PROPOSED, RefundState.INFO_NEEDED)
#: Still to be decided, or decided and not yet at the bank: what staff may stop.
STOPPABLE = (*PENDING, RefundState.APPROVED, RefundState.RETURNED)
MOVES: dict[RefundState, set[RefundState]] = {
    RefundState.PROPOSED: {
        RefundState.APPROVED,
        RefundState.REFUSED,
        RefundState.INFO_NEEDED,
        RefundState.CANCELLED,
        RefundState.RETURNED,
    },
    RefundState.INFO_NEEDED: {
        RefundState.PROPOSED,
        RefundState.REFUSED,
        RefundState.CANCELLED,
    },
    RefundState.APPROVED: {
        RefundState.EXPORTED,
        RefundState.PAID,
        RefundState.PROPOSED,
        RefundState.CANCELLED,
        RefundState.RETURNED,
    },
    RefundState.EXPORTED: {RefundState.PAID, RefundState.RETURNED},
    RefundState.PAID: {RefundState.RETURNED},
    RefundState.RETURNED: {
        RefundState.PROPOSED,
        RefundState.INFO_NEEDED,
        RefundState.REFUSED,
        RefundState.CANCELLED,
    },
}
#: Where the office's forms lead.
FORMS = {
    "refuse": RefundState.REFUSED,
    "ask": RefundState.INFO_NEEDED,
    "cancel": RefundState.CANCELLED,
    "pay": RefundState.PAID,
}
ALREADY = {
    RefundState.PROPOSED: mark(
        "This refund still waits for its approval. Your click changed nothing."
    ),
    RefundState.INFO_NEEDED: mark("This refund waits for information. Your click changed nothing."),
    RefundState.APPROVED: mark("This refund is already approved. Your click changed nothing."),
    RefundState.EXPORTED: mark("This refund is already at the bank. Your click changed nothing."),
    RefundState.PAID: mark("This refund is already paid. Your click changed nothing."),
    RefundState.REFUSED: mark("This refund is already refused. Your click changed nothing."),
    RefundState.CANCELLED: mark("This refund is cancelled. Your click changed nothing."),
    RefundState.RETURNED: mark("The bank sent this refund back. Your click changed nothing."),
}
#: Word, icon and tone of each state.
LABELS = {
    RefundState.PROPOSED: (mark("To approve"), "hourglass", "warn"),
    RefundState.INFO_NEEDED: (mark("Information needed"), "circle-alert", "bad"),
    RefundState.APPROVED: (mark("Approved"), "check", "info"),
    RefundState.EXPORTED: (mark("At the bank"), "send", "info"),
    RefundState.PAID: (mark("Paid"), "circle-check", "ok"),
    RefundState.REFUSED: (mark("Refused"), "ban", "bad"),
    RefundState.CANCELLED: (mark("Cancelled"), "x", ""),
    RefundState.RETURNED: (mark("Sent back by the bank"), "triangle-alert", "bad"),
}
#: The lists of the inbox, in their order.
TABS = {
    "to-approve": (RefundState.PROPOSED,),
    "waiting": (RefundState.INFO_NEEDED, RefundState.RETURNED),
    "to-pay": (RefundState.APPROVED, RefundState.EXPORTED),
    "paid": (RefundState.PAID,),
    "refused": (RefundState.REFUSED, RefundState.CANCELLED),
    "all": tuple(RefundState),
}


def check_move(now: RefundState, wanted: RefundState) -> None:
    """`NotPossible` unless a refund in state `now` may become `wanted`."""
    if wanted not in MOVES.get(now, set()):
        raise NotPossible(ALREADY[now])


def may_still(verb: str, now: str) -> bool:
    """Whether the office’s form `verb` can be sent about a refund in state `now`."""
    if verb == "edit":
        return now == RefundState.PROPOSED
    return verb in FORMS and FORMS[verb] in MOVES.get(RefundState(now), set())


def check_answer(now: RefundState) -> None:
    """`NotPossible` unless the student was asked, by the school or by the bank's refusal."""
    if now not in (RefundState.INFO_NEEDED, RefundState.RETURNED):
        raise NotPossible(ALREADY[now])


def check_returned(now: RefundState) -> None:
    """`NotPossible` unless the bank sent the money back."""
    if now != RefundState.RETURNED:
        raise NotPossible(ALREADY[now])


def check_with_us(where: Whereabouts) -> None:
    """`NotPossible` while a payment order holds money for the refund, released or not."""
    if where == Whereabouts.SENT:
        raise NotPossible("A part of this refund is still at the bank. Wait for the bank’s answer.")
    if where == Whereabouts.PREPARED:
        raise NotPossible(
            "This refund is in a payment order that waits for its release. Withdraw that order first."
        )


def check_decider(decider_id: int, proposed_by_id: int, accepted_by_id: int | None) -> None:
    """Four eyes: who proposed the refund, or accepted the contract behind it, may not decide it."""
    if decider_id == accepted_by_id:
        raise NotAllowed(
            "You accepted the contract behind this refund, so a second person decides it."
        )
    if decider_id == proposed_by_id:
        raise NotAllowed("You proposed this refund, so a second person decides it.")


def check_second(decider_id: int, first_approved_by_id: int) -> None:
    """`NotAllowed` when the second approval would come from the first approver."""
    if decider_id == first_approved_by_id:
        raise NotAllowed(
            "You approved this refund already. Above the limit a second person must too."
        )


def check_proposer(editor_id: int, proposed_by_id: int) -> None:
    """Only who proposed a refund may correct it; whoever approves must find it as it was proposed."""
    if editor_id != proposed_by_id:
        raise NotAllowed("Only the person who proposed this refund can change it.")


def check_untouched(first_approved_by_id: int | None) -> None:
    if first_approved_by_id is not None:
        raise NotPossible("Somebody has approved this refund already. Refuse it instead.")


def approvals_for(amount: int, limit: int, *, partial_year: bool = False) -> int:
    """How many different people must approve `amount` cents: two above the policy's limit, or for a part of a year."""
    return 2 if amount > limit or partial_year else 1
