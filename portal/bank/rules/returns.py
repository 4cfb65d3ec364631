"""Lines about our own transfers and debits, and bookings the bank takes back."""

from enum import IntEnum

from portal.bank.rules.book import Book, SentState
from portal.bank.rules.credits import searched
from portal.bank.rules.statement import Entry
from portal.bank.rules.texts import WORD
from portal.bank.rules.verdict import How, Payment, Suggestion, Verdict, What, Why

MOST_SUGGESTIONS = 5
MOST_WORDS = 100
BACK = (SentState.RETURNED, SentState.REFUSED)


class Rank(IntEnum):
    """Which of two payments a line rather takes back."""

    NUMBER = 0
    REFERENCE = 1
    ACCOUNT = 2
    NAME = 3
    AMOUNT = 4


def judge_executed(entry: Entry, book: Book) -> Verdict:
    """Money left with the number of our transfer."""
    sent = book.sent(entry.end_to_end)
    assert sent  # noqa: S101
    what = What.TRANSFER_EXECUTED
    if sent.state == SentState.REFUSED:
        return _open(entry, what, Why.GIVEN_UP, transfer_id=sent.id)
    if sent.state != SentState.SENT:
        return _open(entry, what, Why.ALREADY_DONE, transfer_id=sent.id)
    if entry.cents != -sent.cents:
        return _open(entry, what, Why.WRONG_AMOUNT, transfer_id=sent.id)
    return Verdict(How.CERTAIN, what, Why.END_TO_END, transfer_id=sent.id)


def judge_taken_again(entry: Entry, book: Book) -> Verdict:
    """The bank takes back what it had given us back: our transfer may have reached its payee after all."""
    sent = book.sent(entry.end_to_end)
    assert sent  # noqa: S101
    why = Why.GIVEN_UP if sent.state in BACK else Why.UNKNOWN_RETURN
    return _open(entry, What.TRANSFER_EXECUTED, why, transfer_id=sent.id)


def judge_order(entry: Entry, book: Book) -> Verdict | None:
    """Money left for a whole order of ours in one sum; `None` when nothing says so."""
    what = What.ORDER_EXECUTED
    order = book.order_of(*entry.orders, entry.payment_information)
    if order is None:
        written = book.order_of(*words_of(entry))
        if written is None or entry.cents != -written.untold_cents:
            return None
        suggestion = Suggestion(Why.ORDER_IN_TEXT, what, transfer_id=written.transfer_id)
        return _suggested(entry, suggestion)
    if order.untold_cents and entry.cents == -order.untold_cents:
        return Verdict(How.CERTAIN, what, Why.ORDER, transfer_id=order.transfer_id)
    why = Why.WRONG_AMOUNT if order.untold_cents else Why.ALREADY_DONE
    if order.refused_cents and -entry.cents > order.untold_cents:
        why = Why.GIVEN_UP
    return _open(entry, what, why, transfer_id=order.transfer_id)


def judge_return(entry: Entry, book: Book, *, sure: bool) -> Verdict:
    """Money came in that is no payment: ours on its way back, or somebody's debit undone."""
    what = What.TRANSFER_RETURNED
    sent = book.sent(entry.end_to_end)
    if not sent:
        return _return_without_number(entry, book)
    if sent.state in BACK:
        return _open(entry, what, Why.ALREADY_DONE, transfer_id=sent.id)
    if entry.cents != sent.cents:
        return _open(entry, what, Why.WRONG_AMOUNT, transfer_id=sent.id)
    if sure:
        return Verdict(
            How.CERTAIN, what, Why.END_TO_END, transfer_id=sent.id, reason=entry.return_reason
        )
    return _suggested(entry, Suggestion(Why.NO_RETURN_CODE, what, transfer_id=sent.id))


def _return_without_number(entry: Entry, book: Book) -> Verdict:
    """Perhaps the number stands in the text."""
    what = What.TRANSFER_RETURNED
    for word in words_of(entry):
        sent = book.sent(word)
        if sent and sent.cents == entry.cents and sent.state not in BACK:
            return _suggested(entry, Suggestion(Why.END_TO_END, what, transfer_id=sent.id))
    return _open(entry, what, Why.UNKNOWN_RETURN)


def words_of(entry: Entry) -> list[str]:
    """Words as banks part them, with and without the signs at their ends."""
    texts = (entry.remittance, entry.additional, entry.instruction, entry.return_text)
    told = " ".join(texts)[:2_000].split()
    return [word.strip(".,;:()/") for word in told[:MOST_WORDS] if WORD.search(word)]


def judge_debit_returned(entry: Entry, book: Book, *, sure: bool) -> Verdict:
    """Money left with the number of a direct debit we collected."""
    collected = book.collected(entry.end_to_end)
    assert collected  # noqa: S101
    what, payment_id = What.DEBIT_RETURNED, collected.payment_id
    if collected.reopened:
        return _open(entry, what, Why.ALREADY_DONE, payment_id=payment_id)
    if entry.cents != -collected.cents:
        return _open(entry, what, Why.WRONG_AMOUNT, payment_id=payment_id)
    if sure:
        return Verdict(
            How.CERTAIN, what, Why.END_TO_END, payment_id=payment_id, reason=entry.return_reason
        )
    return _suggested(entry, Suggestion(Why.NO_RETURN_CODE, what, payment_id=payment_id))


def judge_collection(entry: Entry, book: Book) -> Verdict:
    """Money came in with the number of our own direct debit, whose payment is booked already."""
    collected = book.collected(entry.end_to_end)
    assert collected  # noqa: S101
    return _open(entry, What.UNKNOWN, Why.OWN_COLLECTION, payment_id=collected.payment_id)


def judge_reversal(entry: Entry, book: Book) -> Verdict:
    """The bank takes money back that had come in: from the payment that is likeliest meant."""
    ranked = _likeliest(entry, book)
    if not ranked:
        return _open(entry, What.REVERSAL, Why.UNKNOWN_RETURN)
    best, why, likeliest = ranked[0]
    suggestions = tuple(
        Suggestion(why, What.REVERSAL, payment=payment, payment_id=payment.id)
        for _, why, payment in ranked[:MOST_SUGGESTIONS]
    )
    rivals = {payment.payer_id for rank, _, payment in ranked if rank == best}
    if best == Rank.AMOUNT or len(rivals) > 1 or book.is_taken_back(likeliest):
        return Verdict(
            How.OPEN,
            What.REVERSAL,
            why if len(rivals) == 1 else Why.AMBIGUOUS,
            left_over=entry.cents,
            reason=entry.return_reason,
            suggestions=suggestions,
        )
    return _suggested(entry, *suggestions)


def _likeliest(entry: Entry, book: Book) -> list[tuple[Rank, Why, Payment]]:
    """Payments of the same amount that came before, those with the same number or payer first.

    Of equal ones, those stand last that an earlier line may take back.
    """
    found = book.references.find(searched(entry))
    referred = {payer for number in found.exact for payer in book.references.payers_of(number)}
    account = set(book.at_account(entry.iban))
    named = book.names.find(entry.name, "")
    ranked = []
    for payment in book.payments_of(-entry.cents):
        if payment.paid_on > entry.booked_on:
            continue
        if entry.end_to_end and payment.end_to_end == entry.end_to_end:
            rank, why = Rank.NUMBER, Why.END_TO_END
        elif payment.payer_id in referred:
            rank, why = Rank.REFERENCE, Why.REFERENCE
        elif payment.payer_id in account:
            rank, why = Rank.ACCOUNT, Why.ACCOUNT_AND_AMOUNT
        elif payment.payer_id in named:
            rank, why = Rank.NAME, Why.AMOUNT_AND_NAME
        else:
            rank, why = Rank.AMOUNT, Why.AMOUNT
        ranked.append((rank, why, payment))
    return sorted(ranked, key=lambda one: (one[0], book.is_taken_back(one[2])))


def _open(
    entry: Entry,
    what: What,
    why: Why,
    *,
    transfer_id: int | str | None = None,
    payment_id: int | str | None = None,
) -> Verdict:
    about = Suggestion(why, what, transfer_id=transfer_id, payment_id=payment_id)
    known = transfer_id is not None or payment_id is not None
    return Verdict(
        How.OPEN,
        What.UNKNOWN,
        why,
        left_over=entry.cents,
        reason=entry.return_reason,
        suggestions=(about,) if known else (),
    )


def _suggested(entry: Entry, *suggestions: Suggestion) -> Verdict:
    best = suggestions[0]
    return Verdict(
        How.SUGGESTED,
        best.what,
        best.why,
        payment=best.payment,
        payment_id=best.payment_id,
        transfer_id=best.transfer_id,
        reason=entry.return_reason,
        suggestions=suggestions,
    )
