"""Money that came in from a payer: whose it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from portal.bank.rules.book import Book
from portal.bank.rules.names import Likeness
from portal.bank.rules.references import Found
from portal.bank.rules.statement import Entry
from portal.bank.rules.verdict import How, Part, PayerId, Suggestion, Verdict, What, Why
from portal.bank.rules.warnings import warned
from portal.kernel.money import Cents

MOST_SUGGESTIONS = 5
#: How much of a text is searched for names.
MOST_TOLD = 1_000


class Rank(IntEnum):
    """Which of two readings stands first."""

    SHARED_WORD = 1
    KNOWN_NAME = 2
    OWN_NAME = 3
    AMOUNT_AND_SHARED_WORD = 4
    ACCOUNT = 5
    AMOUNT_AND_KNOWN_NAME = 6
    AMOUNT_AND_OWN_NAME = 7
    ACCOUNT_AND_AMOUNT = 8
    REFERENCE = 9


WITH_AMOUNT = {
    Likeness.SHARED_WORD: Rank.AMOUNT_AND_SHARED_WORD,
    Likeness.KNOWN_NAME: Rank.AMOUNT_AND_KNOWN_NAME,
    Likeness.OWN_NAME: Rank.AMOUNT_AND_OWN_NAME,
}

#: A name that can hardly be by chance.
CLEAR = {
    Rank.KNOWN_NAME,
    Rank.OWN_NAME,
    Rank.AMOUNT_AND_KNOWN_NAME,
    Rank.AMOUNT_AND_OWN_NAME,
}


@dataclass(frozen=True, slots=True)
class Guess:
    """One payer who may be meant."""

    rank: Rank
    why: Why
    payer_id: PayerId


def searched(entry: Entry) -> list[str]:
    """Every text of a line in which payers and banks put a reference, each once."""
    texts = (
        *entry.references,
        entry.remittance,
        entry.end_to_end,
        entry.additional,
        entry.instruction,
        entry.payment_information,
    )
    return list(dict.fromkeys(text for text in texts if text))


def judge_payment(entry: Entry, book: Book) -> Verdict:
    """Whose payment `entry` is, by reference, then account, then name; what speaks against it is said first."""
    return warned(entry, book, _judge(entry, book))


def _judge(entry: Entry, book: Book) -> Verdict:
    found = book.references.find(searched(entry))
    if found.exact:
        return _by_reference(entry, book, found)
    sure = _sure_account(entry, book, found)
    if sure is not None:
        return _booked(entry, Why.ACCOUNT_AND_AMOUNT, (Part(sure, entry.cents),))
    return _weighed(entry, book, _guesses(entry, book, found))


def _by_reference(entry: Entry, book: Book, found: Found) -> Verdict:
    owners = [book.references.payers_of(reference) for reference in found.exact]
    payers = list(dict.fromkeys(payer for shared in owners for payer in shared))
    still_open = [payer for payer in payers if book.payer(payer).open_cents > 0]
    if not still_open:
        return _settled(entry, payers)
    if any(len(shared) > 1 for shared in owners):
        return _shared(entry, book, still_open)
    if found.foreign:
        return _suggested(entry, [_split(entry, book, still_open, Why.FOREIGN_REFERENCE)])
    if len(payers) == 1:
        part = Part(payers[0], Cents(min(entry.cents, book.payer(payers[0]).open_cents)))
        return _booked(entry, Why.REFERENCE, (part,))
    return _by_several(entry, book, payers, still_open)


def _by_several(
    entry: Entry, book: Book, payers: list[PayerId], still_open: list[PayerId]
) -> Verdict:
    """Certain when what all of them owe, or what each is asked next or by now, is exactly the transfer.

    Not for payers of one debt: each is asked all of it.
    """
    if still_open == payers and len({book.debt_of(payer) for payer in payers}) == len(payers):
        for shares in _readings(entry, book, payers):
            if all(shares) and sum(shares) == entry.cents:
                parts = tuple(map(Part, payers, shares))
                return _booked(entry, Why.SEVERAL_REFERENCES, parts)
    return _suggested(entry, [_split(entry, book, still_open, Why.SPLIT)])


def _readings(entry: Entry, book: Book, payers: list[PayerId]) -> list[list[Cents]]:
    known = [book.payer(payer) for payer in payers]
    return [
        [payer.open_cents for payer in known],
        [payer.asked[0][1] if payer.asked else Cents(0) for payer in known],
        [
            Cents(sum(line for due_on, line in payer.asked if due_on <= entry.booked_on))
            for payer in known
        ],
    ]


def _split(entry: Entry, book: Book, payers: list[PayerId], why: Why) -> Suggestion:
    """The transfer over `payers`, the oldest due first, each no more than they owe, and each debt once."""
    left, parts = int(entry.cents), []
    paid: Counter[object] = Counter()
    for payer in sorted(payers, key=book.order):
        debt = book.debt_of(payer)
        cents = min(left, book.payer(payer).open_cents - paid[debt])
        left -= cents
        paid[debt] += cents
        if cents:
            parts.append(Part(payer, Cents(cents)))
    return Suggestion(why, parts=tuple(parts))


def _settled(entry: Entry, payers: Sequence[PayerId]) -> Verdict:
    suggestions = tuple(
        Suggestion(Why.SETTLED, parts=(Part(payer, entry.cents),)) for payer in payers
    )
    return _waiting(entry, Why.SETTLED, suggestions)


def _shared(entry: Entry, book: Book, still_open: list[PayerId]) -> Verdict:
    suggestions = [_split(entry, book, [payer], Why.SHARED_REFERENCE) for payer in still_open]
    if len(suggestions) == 1:
        return _suggested(entry, suggestions)
    return _waiting(entry, Why.SHARED_REFERENCE, tuple(suggestions[:MOST_SUGGESTIONS]))


def _sure_account(entry: Entry, book: Book, found: Found) -> PayerId | None:
    """The only payer who ever paid from this account, if asked for exactly this and nothing contradicts.

    Money of another family may come from there too: a name or a text that fits somebody else is a question.
    """
    payers = book.paid_from(entry.iban)
    if len(payers) != 1 or found.likely or found.foreign:
        return None
    home = book.household(payers[0])
    named = {
        book.household(guess.payer_id) for guess in _by_name(entry, book) if guess.rank in CLEAR
    }
    if named - {home}:
        return None
    asked = book.asks(payers[0], entry.cents, entry.booked_on)
    enough = book.payer(payers[0]).open_cents >= entry.cents
    return payers[0] if asked and enough else None


def _guesses(entry: Entry, book: Book, found: Found) -> list[Guess]:
    guesses = [
        Guess(Rank.REFERENCE, why, payer)
        for reference, why in found.likely.items()
        for payer in book.references.payers_of(reference)
    ]
    for payer in book.at_account(entry.iban):
        if _amount_fits(entry, book, payer):
            guesses.append(Guess(Rank.ACCOUNT_AND_AMOUNT, Why.ACCOUNT_AND_AMOUNT, payer))
        else:
            guesses.append(Guess(Rank.ACCOUNT, Why.ACCOUNT, payer))
    return guesses + _by_name(entry, book)


def _amount_fits(entry: Entry, book: Book, payer_id: PayerId) -> bool:
    """Whether the transfer is what the payer is asked, or all they still owe."""
    whole = entry.cents == book.payer(payer_id).open_cents
    return whole or book.asks(payer_id, entry.cents, entry.booked_on)


def _by_name(entry: Entry, book: Book) -> list[Guess]:
    name = " ".join(dict.fromkeys((entry.name[:MOST_TOLD], entry.on_behalf_of[:MOST_TOLD])))
    told = f"{entry.remittance[:MOST_TOLD]} {entry.additional[:MOST_TOLD]}"
    guesses = []
    for payer, likeness in book.names.find(name, told).items():
        if _amount_fits(entry, book, payer):
            guesses.append(Guess(WITH_AMOUNT[likeness], Why.AMOUNT_AND_NAME, payer))
        else:
            guesses.append(Guess(Rank(likeness.value), Why.NAME, payer))
    return guesses


def _weighed(entry: Entry, book: Book, guesses: list[Guess]) -> Verdict:
    """Suggest the best guess when it is alone, or the oldest due of one student; else leave it open."""
    best: dict[PayerId, Guess] = {}
    for guess in sorted(guesses, key=lambda guess: -guess.rank):
        if book.payer(guess.payer_id).open_cents > 0:
            best.setdefault(guess.payer_id, guess)
    if not best:
        return _waiting(entry, Why.UNKNOWN)
    ranked = sorted(best.values(), key=lambda guess: (-guess.rank, book.order(guess.payer_id)))
    top = ranked[0].rank
    suggestions = [
        _split(entry, book, [guess.payer_id], guess.why) for guess in ranked[:MOST_SUGGESTIONS]
    ]
    rivals = {book.household(guess.payer_id) for guess in ranked if guess.rank == top}
    if len(rivals) > 1:
        return _waiting(entry, Why.AMBIGUOUS, tuple(suggestions))
    if top == Rank.SHARED_WORD:
        return _waiting(entry, Why.NAME, tuple(suggestions))
    return _suggested(entry, suggestions)


def _booked(entry: Entry, why: Why, parts: tuple[Part, ...]) -> Verdict:
    return Verdict(How.CERTAIN, What.PAYMENT, why, _left(entry, parts), parts)


def _suggested(entry: Entry, suggestions: list[Suggestion]) -> Verdict:
    best = suggestions[0]
    left = _left(entry, best.parts)
    return Verdict(
        How.SUGGESTED, best.what, best.why, left, best.parts, suggestions=tuple(suggestions)
    )


def _waiting(entry: Entry, why: Why, suggestions: tuple[Suggestion, ...] = ()) -> Verdict:
    return Verdict(How.OPEN, What.UNKNOWN, why, left_over=entry.cents, suggestions=suggestions)


def _left(entry: Entry, parts: tuple[Part, ...]) -> Cents:
    return Cents(entry.cents - sum(part.cents for part in parts))
