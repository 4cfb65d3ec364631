"""What a bank told, freed of its XML: a message, its statements and their booked lines."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from portal.kernel.i18n import mark
from portal.kernel.money import Cents


class Kind(StrEnum):
    """The ISO 20022 message a file holds."""

    REPORT = "camt.052"
    STATEMENT = "camt.053"
    NOTIFICATION = "camt.054"


class Doubt(StrEnum):
    """What a person should know of a statement that was read all the same."""

    NO_OPENING = "no-opening-balance"
    NO_CLOSING = "no-closing-balance"
    REPEATED = "repeated-without-number"


DOUBTS = {
    Doubt.NO_OPENING: mark(
        "The opening balance is missing, so nobody can prove that the statement is complete."
    ),
    Doubt.NO_CLOSING: mark(
        "The closing balance is missing, so nobody can prove that the statement is complete."
    ),
    Doubt.REPEATED: mark(
        "Some lines carry no number of the bank and are equal to lines of an earlier file, so they count as the same. "
        "If somebody really paid twice, record the second payment by hand."
    ),
}


#: So far apart a bank's two messages may date one movement when the first does not say when it was booked.
FEW_DAYS = range(-5, 6)


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement of money: a booking of the bank, or one transaction of a booking that holds several.

    `identity` is the same whenever the same movement is told again, in whichever file. `booking` is
    the same for all movements of one booking, so that a batch told once as a sum and once in detail
    can be recognised. `cents` are positive when money came in. Texts that are missing are "".
    """

    identity: str
    booked_on: date
    valued_on: date
    cents: Cents
    #: Whether the bank told `booked_on`; some notifications only say when the money counts.
    dated: bool = True
    name: str = ""
    #: The ultimate party, when somebody pays through somebody else.
    on_behalf_of: str = ""
    iban: str = ""
    bic: str = ""
    end_to_end: str = ""
    instruction: str = ""
    payment_information: str = ""
    #: Numbers of the message that ordered it, or of a block in it.
    orders: tuple[str, ...] = ()
    mandate: str = ""
    #: Lines of free text, one below the other.
    remittance: str = ""
    references: tuple[str, ...] = ()
    #: "PMNT/RCDT/ESCT"
    bank_code: str = ""
    own_bank_code: str = ""
    #: The bank tells about a return, be it without a code.
    returned: bool = False
    return_reason: str = ""
    return_text: str = ""
    reversal: bool = False
    #: What the bank itself adds, and what it adds to the booking of which this is a part.
    additional: str = ""
    of_booking: str = ""
    #: Whether the bank tells less than all of what it booked.
    told_in_part: bool = False
    #: Whether the bank gave the booking a number of its own, so that nothing else can be mistaken for it.
    numbered: bool = False
    #: Stands for that number and the amount, whichever day they are told of.
    number: str = ""
    line: int = 0
    booking: str = ""
    part: int = 1
    parts: int = 1

    @property
    def days(self) -> frozenset[date]:
        """The days under which this very movement may have been told before."""
        if self.dated:
            return frozenset((self.booked_on, self.valued_on))
        return frozenset(self.booked_on + timedelta(days=n) for n in FEW_DAYS)


@dataclass(frozen=True, slots=True)
class Statement:
    """What moved on one account in one period, whole when it came in pages of one message.

    Balances are cents, negative in debit, `None` when the bank did not tell. `unbooked` counts the
    lines that are no money yet and were left out.
    """

    id: str
    sequence: int | None
    iban: str
    from_on: date | None
    to_on: date | None
    opening_cents: Cents | None
    closing_cents: Cents | None
    entries: tuple[Entry, ...]
    unbooked: int = 0
    warnings: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One file of the bank."""

    message_id: str
    kind: Kind
    statements: tuple[Statement, ...] = field(default=())

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All booked lines, in the order of the file."""
        return tuple(entry for statement in self.statements for entry in statement.entries)
