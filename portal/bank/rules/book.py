"""Everything a line can be compared with, in indexes, and kept up to date while lines are judged."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from portal.bank.rules.names import Names
from portal.bank.rules.references import References
from portal.bank.rules.statement import Entry
from portal.bank.rules.texts import compact
from portal.bank.rules.verdict import NOTHING, How, Part, PayerId, Payment, Verdict, What
from portal.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class KnownPayer:
    """Somebody who pays, and what they still owe.

    `open_cents` are all that is still to be paid, `asked` its lines that are not settled, oldest
    first, as (due, cents). `names` are the student's and other names that may stand on a transfer.
    Payers of one `student` do not compete: the oldest due is meant. Without it, equal names do so.
    Payers of one `debt` owe the same money: what one pays, the others owe no longer.
    """

    id: PayerId
    name: str
    names: tuple[str, ...]
    reference: str
    open_cents: Cents
    asked: tuple[tuple[date, Cents], ...] = ()
    student: str = ""
    debt: str = ""


class SentState(StrEnum):
    """Where a transfer of ours stands."""

    SENT = "sent"
    EXECUTED = "executed"
    RETURNED = "returned"
    #: Never executed, as the bank or a person said.
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Sent:
    """A transfer we ordered; `cents` more than zero."""

    id: int | str
    cents: Cents
    state: SentState = SentState.SENT


@dataclass(frozen=True, slots=True)
class SentOrder:
    """A payment order of ours: what of it no statement told yet, by one of its transfers, and what was refused."""

    transfer_id: int | str
    untold_cents: Cents
    refused_cents: Cents = NOTHING


@dataclass(frozen=True, slots=True)
class Collected:
    """A direct debit we collected; `reopened` once it came back."""

    payment_id: int | str
    cents: Cents
    reopened: bool = False


class Book:
    """What the school knows, built once for all lines of a run.

    `accounts` maps `fingerprint(IBAN)` to the payers who paid from there, `refunded` to those who get refunds there;
    `sent` and `collected` map the EndToEndIds we gave. `paid` are payments that could be a twin of a line or be taken back by one.
    """

    def __init__(
        self,
        payers: Iterable[KnownPayer],
        *,
        accounts: Mapping[str, Iterable[PayerId]] | None = None,
        refunded: Mapping[str, Iterable[PayerId]] | None = None,
        sent: Mapping[str, Sent] | None = None,
        orders: Mapping[str, SentOrder] | None = None,
        collected: Mapping[str, Collected] | None = None,
        paid: Iterable[Payment] = (),
        retold: Collection[str] = (),
        fingerprint: Callable[[str], str] = compact,
    ) -> None:
        self._payers: dict[PayerId, KnownPayer] = {payer.id: payer for payer in payers}
        self._debtors: dict[str, list[PayerId]] = defaultdict(list)
        for payer in self._payers.values():
            self._debtors[payer.debt].append(payer.id)
        self._places = {payer_id: place for place, payer_id in enumerate(self._payers)}
        self.references = References((one.reference, one.id) for one in self._payers.values())
        self.names = Names()
        for payer in self._payers.values():
            self.names.add(payer.id, payer.name, payer.names)
        self._accounts = accounts or {}
        self._refunded = refunded or {}
        self._retold = retold
        self._fingerprint = fingerprint
        self._sent = {_key(number): one for number, one in (sent or {}).items()}
        self._orders = {_key(number): one for number, one in (orders or {}).items()}
        self._collected = {_key(number): one for number, one in (collected or {}).items()}
        self._days: set[tuple[PayerId, date, int]] = set()
        self._paid_by_cents: dict[int, list[Payment]] = defaultdict(list)
        self._taken_back: set[Payment] = set()
        for payment in paid:
            self._add_payment(payment)

    def payer(self, payer_id: PayerId) -> KnownPayer:
        """The payer as they stand now."""
        return self._payers[payer_id]

    def paid_from(self, iban: str) -> list[PayerId]:
        """Who paid from `iban` before."""
        found = self._accounts.get(self._fingerprint(iban), ()) if iban else ()
        return [payer_id for payer_id in found if payer_id in self._payers]

    def at_account(self, iban: str) -> list[PayerId]:
        """Who paid from `iban` before or wants refunds there, which anybody may have typed."""
        typed = self._refunded.get(self._fingerprint(iban), ()) if iban else ()
        known = [payer_id for payer_id in typed if payer_id in self._payers]
        return list(dict.fromkeys([*self.paid_from(iban), *known]))

    def sent(self, end_to_end: str) -> Sent | None:
        """Our transfer of that number."""
        return self._sent.get(_key(end_to_end)) if end_to_end else None

    def order_of(self, *numbers: str) -> SentOrder | None:
        """Our payment order of the first of these numbers that is one."""
        found = (self._orders.get(_key(number)) for number in numbers if number)
        return next((one for one in found if one), None)

    def collected(self, end_to_end: str) -> Collected | None:
        """Our direct debit of that number."""
        return self._collected.get(_key(end_to_end)) if end_to_end else None

    def is_twin(self, payer_id: PayerId, days: Iterable[date], cents: int) -> bool:
        """Whether this payer already paid `cents` on one of these days."""
        return any((payer_id, day, cents) in self._days for day in days)

    def is_retold(self, entry: Entry) -> bool:
        """Whether the bank told this line before, of another day: whatever became of that one, it is one movement."""
        return entry.identity in self._retold

    def payments_of(self, cents: int) -> list[Payment]:
        """Payments of exactly `cents`, latest first."""
        found = self._paid_by_cents.get(cents, ())
        return sorted(found, key=lambda payment: payment.paid_on, reverse=True)

    def is_taken_back(self, payment: Payment) -> bool:
        """Whether an earlier line of this run may be what takes it back."""
        return payment in self._taken_back

    def asks(self, payer_id: PayerId, cents: int, day: date) -> bool:
        """Whether `cents` are the payer's next line, or all that is due until `day`."""
        asked = self._payers[payer_id].asked
        due = sum(line for due_on, line in asked if due_on <= day)
        return bool(asked) and cents in (asked[0][1], due)

    def order(self, payer_id: PayerId) -> tuple[date, int]:
        """Sorts payers by their oldest due line, then as they were given."""
        asked = self._payers[payer_id].asked
        return (asked[0][0] if asked else date.max, self._places[payer_id])

    def household(self, payer_id: PayerId) -> object:
        """What payers of one student have in common."""
        return self._payers[payer_id].student or self.names.of(payer_id)

    def debt_of(self, payer_id: PayerId) -> object:
        """What payers who owe the same money have in common."""
        return self._payers[payer_id].debt or payer_id

    def note(self, entry: Entry, verdict: Verdict) -> None:
        """Let later lines of this run know what this one did or is about to do."""
        if verdict.what == What.REVERSAL and verdict.payment:
            self._taken_back.add(verdict.payment)
        if verdict.how != How.CERTAIN:
            return
        key = _key(entry.end_to_end)
        if verdict.what == What.PAYMENT:
            self._note_payment(entry, verdict.parts)
        elif verdict.what == What.DEBIT_RETURNED:
            self._collected[key] = replace(self._collected[key], reopened=True)
        elif verdict.what == What.TRANSFER_EXECUTED:
            self._sent[key] = replace(self._sent[key], state=SentState.EXECUTED)
        elif verdict.what == What.ORDER_EXECUTED:
            for number, one in self._orders.items():
                if one.transfer_id == verdict.transfer_id:
                    self._orders[number] = replace(one, untold_cents=Cents(0))
        elif verdict.what == What.TRANSFER_RETURNED:
            self._sent[key] = replace(self._sent[key], state=SentState.RETURNED)

    def _note_payment(self, entry: Entry, parts: tuple[Part, ...]) -> None:
        for part in parts:
            self._settle(part)
            cents = entry.cents if len(parts) == 1 else part.cents
            self._add_payment(
                Payment(
                    None,
                    part.payer_id,
                    cents,
                    entry.booked_on,
                    entry.end_to_end,
                    entry.identity,
                    entry.valued_on,
                )
            )

    def _settle(self, part: Part) -> None:
        debt = self._payers[part.payer_id].debt
        for payer_id in self._debtors[debt] if debt else [part.payer_id]:
            payer = self._payers[payer_id]
            self._payers[payer_id] = replace(
                payer,
                open_cents=Cents(max(0, payer.open_cents - part.cents)),
                asked=_after(payer.asked, part.cents),
            )

    def _add_payment(self, payment: Payment) -> None:
        for day in filter(None, (payment.paid_on, payment.valued_on)):
            self._days.add((payment.payer_id, day, payment.cents))
        self._paid_by_cents[payment.cents].append(payment)


def _key(number: str) -> str:
    return number.strip().upper()


def _after(asked: tuple[tuple[date, Cents], ...], cents: int) -> tuple[tuple[date, Cents], ...]:
    """What is still asked once `cents` settled the oldest lines."""
    left = []
    for due_on, line in asked:
        settled = min(line, cents)
        cents -= settled
        if line > settled:
            left.append((due_on, Cents(line - settled)))
    return tuple(left)
