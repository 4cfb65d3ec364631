"""How long the proof of a ledger takes, against one a quarter as long."""

from pathlib import Path
from statistics import median
from time import perf_counter

from peewee import fn

from portal.fees import proof
from portal.fees.ledger import Posting, post_all
from portal.fees.models import LedgerTransaction, Payer, Payment
from portal.fees.rules import Account, Entry
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import connect, database, insert_all, transaction

TIMES = 4
SHORT, LONG = 5_000, 5_000 * TIMES
ROUNDS = 15


def lengthen(transactions: int) -> None:
    """Payments of one cent by everybody in turn, until the ledger has so many transactions."""
    payers = list(Payer.select().order_by(Payer.id))
    clerk, now = Person.select().first(), clock.now()
    last = Payment.select(fn.MAX(Payment.id)).scalar() or 0
    missing = transactions - LedgerTransaction.select().count()
    paid = [(last + n + 1, payers[n % len(payers)]) for n in range(missing)]
    with transaction():
        insert_all(
            Payment,
            [
                {
                    "id": key,
                    "enrolment": payer.enrolment_id,
                    "payer": payer.id,
                    "amount_cents": 1,
                    "received_on": now.date(),
                    "means": "transfer",
                    "recorded_by": clerk.id,
                    "recorded_at": now,
                    "key": f"bench:{key}",
                }
                for key, payer in paid
            ],
        )
        post_all(
            [
                Posting(
                    payer.enrolment_id,
                    f"payment:{key}",
                    [Entry(Account.BANK, 1, payer.id), Entry(Account.RECEIVABLE, -1, payer.id)],
                )
                for key, payer in paid
            ]
        )


def proof_is_linear(short: Path, long: Path) -> tuple[str, float, float]:
    """Four times the ledger may take four times the time, and a tenth for the weather.

    `short` and `long` are installations. Four readings of the short ledger stand against one of the long one:
    both then take as long as each other, in turn, and whatever else the machine does meets both alike.
    """
    rounds = [(_seconds(short, TIMES), _seconds(long, 1)) for _ in range(ROUNDS)]
    name = f"ledger verify, {LONG:,} / {SHORT:,} transactions"
    return name, median(TIMES * many / few for few, many in rounds), 4.4


def _seconds(place: Path, times: int) -> float:
    connect(f"sqlite:///{place / 'portal.db'}")
    with database.connection_context():
        proof.verify()
        began = perf_counter()
        verdicts = [proof.verify() for _ in range(times)]
        taken = perf_counter() - began
    if any(verdict.flaws for verdict in verdicts):
        raise RuntimeError(verdicts[0].flaws[:3])
    return taken
