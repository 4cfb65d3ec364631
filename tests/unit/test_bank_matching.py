"""What each line of a statement is: the team's samples, and the cases around them."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from time import perf_counter

import pytest
from stdnum.iso7064 import mod_97_10

from portal.bank.reading import Unreadable, read
from portal.bank.rules import (
    Book,
    Collected,
    How,
    KnownPayer,
    Payment,
    Sent,
    SentState,
    What,
    Why,
    judge,
)
from portal.kernel.iso20022 import NO_REASON, REASONS, UNKNOWN, reason_in_words
from tests.support.make_bank import DAY, OURS, book_of, cases, cents, line

HOW = {"certain": How.CERTAIN, "suggest": How.SUGGESTED, "manual": How.OPEN}
BEFORE = {
    "13-same-statement-again.xml": "01-exact-reference.xml",
    "14b-overlap.xml": "14a-overlap.xml",
}


def reference(body):
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def payer(ident="margaux", name="Margaux Delaunay", *, owes=9_750_00, asked=None, **more):
    """Somebody with a plan of six instalments."""
    due = [(date(2026, 11, 5) + timedelta(days=30 * n), 1_375_00) for n in range(6)]
    number = more.pop("number", reference(f"2026{abs(hash(ident)) % 10**6:06d}01"))
    names = more.pop("names", (name,))
    return KnownPayer(
        ident, name, names, number, owes, tuple(due if asked is None else asked), **more
    )


MARGAUX = payer(number=reference("202600004101"))
SALMA = payer("salma", "Salma Benkirane", number=reference("202600004201"))


def parts(verdict):
    return [(part.payer_id, part.cents) for part in verdict.parts]


def imported(shared, name):
    """The verdicts on the new lines of a sample, after the one that goes before it."""
    book, known, judged = book_of(shared), set(), []
    for file in filter(None, (BEFORE.get(name), name)):
        lines = read(shared / "data/bank/statements" / file, account_ibans=OURS).entries
        judged = [(one, judge(one, book)) for one in lines if one.identity not in known]
        known |= {one.identity for one in lines}
    return judged


def test_every_sample_is_read_and_judged_as_its_sidecar_says(shared):
    seen = 0
    for case in cases(shared):
        if case["outcome"] == "refuse":
            with pytest.raises(Unreadable):
                read(shared / "data/bank/statements" / case["file"], account_ibans=OURS)
        else:
            assert told(imported(shared, case["file"])) == expected(case), case["file"]
        seen += 1
    assert seen >= 35


def told(judged):
    """One summary per booking, as the sidecars count."""
    by_booking = defaultdict(list)
    for entry, verdict in judged:
        by_booking[entry.booking].append(verdict)
    return [summary(verdicts) for verdicts in by_booking.values()]


def summary(verdicts):
    first = verdicts[0]
    assert {verdict.how for verdict in verdicts} == {first.how}
    said = {"how": first.how}
    if first.what in (What.PAYMENT, What.UNKNOWN):
        said["to"] = [part for verdict in verdicts for part in parts(verdict)]
        said["left"] = sum(verdict.left_over for verdict in verdicts)
    elif first.what == What.REVERSAL:
        said["reopens"] = first.payment.payer_id
    elif first.what == What.DEBIT_RETURNED:
        said |= {"debit": first.payment_id, "reason": first.reason}
    else:
        becomes = "executed" if first.what == What.TRANSFER_EXECUTED else "returned"
        said |= {"refund": first.transfer_id, "becomes": becomes, "reason": first.reason}
    return said


def expected(case):
    wanted = []
    for match in case["matches"]:
        said = {"how": HOW[match["how"]]}
        if "to" in match:
            said["to"] = [(part["item"], cents(part["amount"])) for part in match["to"]]
            said["left"] = cents(match["left_over"])
        elif "debit" in match:
            said |= {"debit": match["debit"], "reason": match["reason"]}
        elif "refund" in match:
            said |= {name: match.get(name, "") for name in ("refund", "becomes", "reason")}
        else:
            said["reopens"] = match["reopens"]
        wanted.append(said)
    return wanted


def test_two_students_of_one_name_are_both_proposed_and_none_is_booked(shared):
    _, verdict = imported(shared, "08-parent-pays.xml")[2]

    assert verdict.why == Why.AMBIGUOUS
    assert {one.parts[0].payer_id[:3] for one in verdict.suggestions} == {"S06", "S07"}
