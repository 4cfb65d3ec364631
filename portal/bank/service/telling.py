"""Which movements of a file are news, and what a person should know of those that are not."""

from collections.abc import Sequence
from dataclasses import replace

from portal.bank import queries
from portal.bank.rules import Doubt, Entry, Told, digest, speaks_of_others


def news(entries: Sequence[Entry], *, copy: bool) -> tuple[list[Entry], list[Doubt]]:
    """Movements not told before, in this file or an earlier one, one by one or as a sum of the same booking.

    `copy`: these very bytes were imported before, so that nobody wonders why nothing is new.
    """
    known = queries.known_lines([entry.identity for entry in entries])
    cuts = queries.known_bookings([entry.booking for entry in entries])
    fresh: list[Entry] = []
    doubts: set[Doubt] = set()
    # Statements of one file overlap too: the first cut of a booking counts, whole.
    parts: dict[str, int] = {}
    for told in entries:
        entry = _as_another(told, known)
        same_cut = parts.setdefault(entry.booking, entry.parts) == entry.parts
        if same_cut and entry.booking not in cuts and entry.identity not in known:
            known[entry.identity] = queries.told_by(entry)
            fresh.append(entry)
        elif not entry.numbered and not copy:
            doubts.add(Doubt.REPEATED)
    return fresh, sorted(doubts)


def _as_another(entry: Entry, known: dict[str, Told]) -> Entry:
    """Some banks give one number to all transfers of a day: what speaks of somebody else is another one.

    Without an account or a number of the payer that proves it, `Book.is_retold` has a person look.
    """
    before, now = known.get(entry.identity), queries.told_by(entry)
    if entry.parts > 1 or not entry.numbered or not before or not speaks_of_others(before, now):
        return entry
    identity = digest(entry.identity, *now)
    known |= queries.known_lines([identity])
    return replace(entry, identity=identity, booking=identity)
