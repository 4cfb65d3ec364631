"""What each line of a statement is: the team's samples, and the cases around them."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from time import process_time
from zlib import crc32

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
from portal.bank.rules.references import References
from portal.fees.rules import creditor_reference
from portal.kernel.iso20022 import NO_REASON, REASONS, UNKNOWN, reason_in_words
from tests.conftest import SHARED
from tests.support.make_bank import DAY, OURS, book_of, case, cents, line, samples

HOW = {"certain": How.CERTAIN, "suggest": How.SUGGESTED, "manual": How.OPEN}
BEFORE = {
    "13-same-statement-again": "01-exact-reference",
    "14b-overlap": "14a-overlap",
}


def reference(body):
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def payer(ident="margaux", name="Margaux Delaunay", *, owes=9_750_00, asked=None, **more):
    """Somebody with a plan of six instalments."""
    due = [(date(2026, 11, 5) + timedelta(days=30 * n), 1_375_00) for n in range(6)]
    number = more.pop("number", reference(f"2026{crc32(str(ident).encode()) % 10**6:06d}01"))
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
        lines = read(shared / f"data/bank/statements/{file}.xml", account_ibans=OURS).entries
        judged = [(one, judge(one, book)) for one in lines if one.identity not in known]
        known |= {one.identity for one in lines}
    return judged


@pytest.mark.parametrize("name", samples(SHARED))
def test_a_sample_is_judged_as_its_sidecar_says(shared, name):
    wanted = case(shared, name)
    if wanted["outcome"] == "refuse":
        with pytest.raises(Unreadable):
            imported(shared, name)
    else:
        assert told(imported(shared, name)) == expected(wanted)


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


def expected(wanted_of):
    wanted = []
    for match in wanted_of["matches"]:
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
    _, verdict = imported(shared, "08-parent-pays")[2]

    assert verdict.why == Why.AMBIGUOUS
    assert {one.parts[0].payer_id[:3] for one in verdict.suggestions} == {"S06", "S07"}


RF = MARGAUX.reference
FULL_WIDTH = "".join(chr(ord(sign) + 0xFEE0) for sign in RF)


@pytest.mark.parametrize(
    "text",
    [
        RF,
        RF.lower(),
        " ".join(RF[n : n + 4] for n in range(0, len(RF), 4)),
        "\u00a0".join(RF[n : n + 4] for n in range(0, len(RF), 4)),
        "-".join(RF[n : n + 4] for n in range(0, len(RF), 4)),
        f"Bonjour, scolarité novembre ref:{RF}. Merci !",
        f"REF{RF}MERCI",
        f"REF {RF[:7]}\n{RF[7:]} ILERI 2026",
        f"{RF} 2026 novembre",
        FULL_WIDTH,
        f"{RF[:5]}\u200b{RF[5:]}",
        f"{RF} / {RF}",
    ],
)
def test_a_reference_is_found_however_it_is_written(text):
    verdict = judge(line(text=text, name="Somebody Else"), Book([SALMA, MARGAUX]))

    assert (verdict.how, verdict.why) == (How.CERTAIN, Why.REFERENCE)
    assert parts(verdict) == [("margaux", 1_375_00)]


@pytest.mark.parametrize("place", ["end_to_end", "additional", "instruction"])
def test_a_reference_is_found_wherever_a_bank_puts_it(place):
    verdict = judge(line(**{place: RF}), Book([SALMA, MARGAUX]))

    assert (verdict.how, parts(verdict)) == (How.CERTAIN, [("margaux", 1_375_00)])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (RF[:2] + "00" + RF[4:], Why.WRONG_CHECK_DIGITS),
        (RF[4:], Why.WRONG_CHECK_DIGITS),
        (RF[:9] + "7" + RF[10:], Why.ALMOST_REFERENCE),
        (RF[:9] + RF[10:], Why.ALMOST_REFERENCE),
        (RF[:9] + "5" + RF[9:], Why.ALMOST_REFERENCE),
        (RF[:11] + RF[12] + RF[11] + RF[13:], Why.ALMOST_REFERENCE),
        (RF.replace("0", "O"), Why.ALMOST_REFERENCE),
        (RF + "7", None),
    ],
)
def test_a_mistyped_reference_is_never_certain(text, why):
    verdict = judge(line(text=text), Book([SALMA, MARGAUX]))

    assert verdict.how == How.SUGGESTED
    assert verdict.why == (why or verdict.why)
    assert parts(verdict) == [("margaux", 1_375_00)]


def test_a_mistyped_reference_keeps_an_account_from_being_certain():
    book = Book([SALMA, MARGAUX], accounts={"FR1": ["salma"]})

    verdict = judge(line(text=RF[:2] + "00" + RF[4:], iban="FR1"), book)

    assert verdict.how == How.SUGGESTED
    assert [one.parts[0].payer_id for one in verdict.suggestions] == ["margaux", "salma"]


def test_a_stranger_s_reference_beside_ours_asks_a_person():
    foreign = reference("999999999999")

    verdict = judge(line(text=f"{RF} {foreign}"), Book([MARGAUX]))

    assert (verdict.how, verdict.why) == (How.SUGGESTED, Why.FOREIGN_REFERENCE)


def test_a_reference_two_payers_share_is_nobody_s():
    book = Book([MARGAUX, replace(SALMA, reference=RF)])

    verdict = judge(line(text=RF), book)

    assert (verdict.how, verdict.why) == (How.OPEN, Why.SHARED_REFERENCE)
    assert len(verdict.suggestions) == 2


def test_a_second_equal_payment_of_the_day_is_only_suggested():
    book = Book([MARGAUX])
    first = judge(line(text=RF), book)

    second = judge(line(text=RF, identity="two"), book)
    later = DAY + timedelta(days=1)
    next_day = judge(line(text=RF, identity="three", booked_on=later, valued_on=later), book)

    assert (first.how, next_day.how) == (How.CERTAIN, How.CERTAIN)
    assert (second.how, second.why) == (How.SUGGESTED, Why.TWIN)


def test_a_payment_staff_already_typed_in_makes_the_line_a_twin():
    book = Book([MARGAUX], paid=[Payment(7, "margaux", 1_375_00, DAY)])

    assert judge(line(text=RF), book).why == Why.TWIN


def test_lines_of_one_run_settle_what_is_owed():
    book = Book([replace(MARGAUX, open_cents=2_000_00)])

    judged = [
        judge(line(figure, text=RF, identity=str(figure)), book)
        for figure in (1_375_00, 1_000_00, 500_00)
    ]

    assert [(one.how, one.left_over) for one in judged] == [
        (How.CERTAIN, 0),
        (How.CERTAIN, 375_00),
        (How.OPEN, 500_00),
    ]
    assert judged[2].why == Why.SETTLED


def test_one_transfer_with_two_references_is_split_when_it_adds_up():
    text = f"{RF} + {SALMA.reference}"

    exact = judge(line(2_750_00, text=text), Book([MARGAUX, SALMA]))
    less = judge(line(2_000_00, text=text), Book([MARGAUX, replace(SALMA, open_cents=1_000_00)]))

    assert (exact.how, parts(exact)) == (How.CERTAIN, [("margaux", 1_375_00), ("salma", 1_375_00)])
    assert (less.how, less.why) == (How.SUGGESTED, Why.SPLIT)
    assert sum(cents for _, cents in parts(less)) == 2_000_00


def test_a_known_account_and_the_asked_amount_are_certain():
    book = Book([MARGAUX, SALMA], accounts={"FR1": ["salma"]})

    verdict = judge(line(iban="FR1", name="Grandma"), book)

    assert (verdict.how, verdict.why) == (How.CERTAIN, Why.ACCOUNT_AND_AMOUNT)
    assert parts(verdict) == [("salma", 1_375_00)]


def test_all_that_is_due_by_now_is_asked_too():
    asked = [(date(2026, 10, 5), 100_00), (date(2026, 11, 5), 200_00), (date(2026, 12, 5), 300_00)]
    owing = payer(asked=asked, owes=600_00)

    def how(figure):
        return judge(line(figure, iban="FR1"), Book([owing], accounts={"FR1": ["margaux"]})).how

    assert how(100_00) == how(300_00) == How.CERTAIN
    assert how(200_00) == how(600_00) == How.SUGGESTED


def test_an_account_is_known_by_its_fingerprint_too():
    book = Book([MARGAUX], accounts={"print of FR1": ["margaux"]}, fingerprint="print of {}".format)

    assert judge(line(iban="FR1"), book).how == How.CERTAIN


def test_an_account_of_two_payers_is_not_certain():
    book = Book([MARGAUX, SALMA], accounts={"FR1": ["margaux", "salma"]})

    verdict = judge(line(iban="FR1"), book)

    assert (verdict.how, verdict.why) == (How.OPEN, Why.AMBIGUOUS)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("MLLE DELAUNAY MARGAUX", How.SUGGESTED),
        ("M. ou Mme Delaunay", How.SUGGESTED),
        ("DELAUNAY-PETIT MARGAUX", How.SUGGESTED),
        ("M DELAUNAY", How.SUGGESTED),
        ("Jean Dupont", How.OPEN),
        ("", How.OPEN),
    ],
)
def test_a_name_and_the_amount_are_suggested(name, how):
    verdict = judge(line(name=name), Book([SALMA, MARGAUX]))

    assert verdict.how == how


def test_a_name_alone_is_suggested_in_full_and_left_open_in_part():
    whole = judge(line(500_00, name="Margaux Delaunay"), Book([MARGAUX]))
    part = judge(line(500_00, name="Delaunay"), Book([MARGAUX]))

    assert (whole.how, whole.why) == (How.SUGGESTED, Why.NAME)
    assert (part.how, len(part.suggestions)) == (How.OPEN, 1)


def test_a_first_name_in_the_text_tells_two_children_apart():
    louis = payer("louis", "Louis Martin")
    louise = payer("louise", "Louise Martin")

    verdict = judge(line(name="MARTIN", text="école de Louise"), Book([louis, louise]))

    assert (verdict.how, parts(verdict)) == (How.SUGGESTED, [("louise", 1_375_00)])


def test_two_students_of_the_very_same_name_compete():
    one = payer("one", "Louis Martin", student="student:1")
    two = payer("two", "Louis Martin", student="student:2")

    verdict = judge(line(name="Louis Martin"), Book([one, two]))

    assert (verdict.how, verdict.why, len(verdict.suggestions)) == (How.OPEN, Why.AMBIGUOUS, 2)


OURS_OUT = {"REFUND-1": Sent(1, 500_00)}


def test_our_transfer_is_executed_once_and_for_its_amount():
    book = Book([MARGAUX], sent=OURS_OUT)

    other = judge(line(-400_00, end_to_end="REFUND-1"), book)
    first = judge(line(-500_00, end_to_end="REFUND-1"), book)
    again = judge(line(-500_00, end_to_end="REFUND-1"), book)

    assert (other.how, other.why) == (How.OPEN, Why.WRONG_AMOUNT)
    assert (first.how, first.what, first.transfer_id) == (How.CERTAIN, What.TRANSFER_EXECUTED, 1)
    assert (again.how, again.why) == (How.OPEN, Why.ALREADY_DONE)


@pytest.mark.parametrize(
    "told", [{"return_reason": "AC04"}, {"bank_code": "PMNT/ICDT/RRTN"}, {"bank_code": "X/Y/UPCT"}]
)
def test_our_transfer_comes_back(told):
    book = Book([MARGAUX], sent={"REFUND-1": Sent(1, 500_00, SentState.EXECUTED)})

    verdict = judge(line(500_00, "Margaux Delaunay", RF, end_to_end="REFUND-1", **told), book)
    again = judge(line(500_00, end_to_end="REFUND-1", **told), book)

    assert (verdict.how, verdict.what) == (How.CERTAIN, What.TRANSFER_RETURNED)
    assert verdict.reason == told.get("return_reason", "")
    assert (again.how, again.why) == (How.OPEN, Why.ALREADY_DONE)


@pytest.mark.parametrize(
    "told",
    [
        {"end_to_end": "REFUND-1"},
        {"end_to_end": "REFUND-1", "cents": 1_00, "return_reason": "AC04"},
        {"return_reason": "AC04"},
        {"bank_code": "PMNT/ICDT/RRTN"},
        {"reversal": True},
    ],
)
def test_money_that_comes_back_never_pays_an_instalment(told):
    book = Book([MARGAUX], sent=OURS_OUT, accounts={"FR1": ["margaux"]})

    untold = line(name="Margaux Delaunay", text=RF, iban="FR1")

    verdict = judge(replace(untold, **told), book)

    assert verdict.how != How.CERTAIN
    assert verdict.what != What.PAYMENT
    assert not verdict.parts


def test_a_return_whose_number_stands_in_the_text_is_suggested():
    told = line(500_00, text="RETOUR VIR REFUND-1, COMPTE CLOS", return_reason="AC04")

    verdict = judge(told, Book([], sent=OURS_OUT))

    assert (verdict.how, verdict.transfer_id, verdict.reason) == (How.SUGGESTED, 1, "AC04")


def test_a_collected_debit_comes_back_once():
    book = Book([MARGAUX], collected={"DD-1": Collected(7, 1_375_00)})
    told = line(-1_375_00, end_to_end="DD-1", bank_code="PMNT/RDDT/UPDD", return_reason="AM04")

    other = judge(replace(told, cents=-1_00), book)
    first = judge(told, book)
    again = judge(told, book)

    assert (first.how, first.what, first.payment_id) == (How.CERTAIN, What.DEBIT_RETURNED, 7)
    assert first.reason == "AM04"
    assert (other.how, again.how) == (How.OPEN, How.OPEN)


def test_the_money_of_our_own_debit_is_no_second_payment():
    book = Book([MARGAUX], collected={"DD-1": Collected(7, 1_375_00)})

    verdict = judge(line(name="Margaux Delaunay", text=RF, end_to_end="DD-1"), book)

    assert (verdict.how, verdict.why, verdict.parts) == (How.OPEN, Why.OWN_COLLECTION, ())


def test_a_reversal_is_suggested_for_the_payment_it_takes_back():
    older = Payment(1, "margaux", 1_375_00, DAY - timedelta(days=30))
    newer = Payment(2, "margaux", 1_375_00, DAY - timedelta(days=1))
    other = Payment(3, "salma", 1_375_00, DAY)
    book = Book([MARGAUX, SALMA], paid=[older, newer, other])
    taken = line(-1_375_00, text=RF, reversal=True)

    first, second = judge(taken, book), judge(taken, book)

    assert (first.how, first.what, first.payment) == (How.SUGGESTED, What.REVERSAL, newer)
    assert second.payment == older


def test_a_reversal_that_fits_several_payers_is_left_open():
    paid = [Payment(1, "margaux", 1_375_00, DAY), Payment(2, "salma", 1_375_00, DAY)]

    verdict = judge(line(-1_375_00, reversal=True), Book([MARGAUX, SALMA], paid=paid))

    assert (verdict.how, verdict.why, len(verdict.suggestions)) == (How.OPEN, Why.AMBIGUOUS, 2)


def test_charges_and_strangers_are_left_to_people():
    fee = judge(line(-18_40, bank_code="PMNT/CCRD/CHRG", text=RF), Book([MARGAUX]))
    garage = judge(line(412_37, "Garage du Pont", "facture 889"), Book([MARGAUX]))

    assert (fee.how, fee.why, fee.left_over, fee.parts) == (How.OPEN, Why.CHARGE, -18_40, ())
    assert (garage.how, garage.why, garage.left_over) == (How.OPEN, Why.UNKNOWN, 412_37)


def test_ten_thousand_lines_meet_twenty_thousand_payers_in_a_moment():
    payers = [
        payer(n, f"First{n % 50} Name{n % 4000}", number=reference(f"2026{n:06d}01"))
        for n in range(20_000)
    ]
    book = Book(payers)
    lines = [line(1_00, f"Somebody {n}", f"line {n}", identity=str(n)) for n in range(10_000)]

    began = process_time()
    open_ones = sum(judge(one, book).how == How.OPEN for one in lines)

    assert open_ones == 10_000
    assert process_time() - began < 20


@pytest.mark.parametrize("text", ["RF" * 50_000, "R" * 100_000, "RF1 " * 25_000, "é" * 100_000])
def test_a_long_text_costs_little(text):
    began = process_time()
    verdict = judge(line(text=text, name=text), Book([MARGAUX, SALMA]))

    assert verdict.how == How.OPEN
    assert process_time() - began < 10


def test_reasons_of_banks_are_plain_words():
    assert reason_in_words("am04 ") == REASONS["AM04"]
    assert reason_in_words("") == NO_REASON
    assert reason_in_words("ZZ99") == UNKNOWN
    assert len(REASONS) >= 30


def test_references_of_different_lengths_do_not_hide_each_other():
    """A line that ends with a short reference is compared with longer ones as well."""
    short, long = "RF91IL2026S011", creditor_reference(2026, 3, 2)
    known = References([(short, 1), (long, 2)])
    assert known.find([short]).exact == [short]
    assert known.find([f"VIR {long}"]).exact == [long]


def test_payers_of_one_debt_named_together_are_a_question_and_the_debt_counts_once():
    """A student and a parent are each asked the whole debt: both references on one transfer do not double it."""
    student, parent = (
        replace(one, debt="1", student="1", open_cents=1_375_00, asked=((DAY, 1_375_00),))
        for one in (MARGAUX, SALMA)
    )
    told = f"{student.reference} {parent.reference}"
    for sent in (2_750_00, 1_375_00):
        verdict = judge(line(sent, remittance=told), Book([student, parent]))
        assert verdict.how == How.SUGGESTED
        parts = verdict.suggestions[0].parts
        assert [(part.payer_id, part.cents) for part in parts] == [(student.id, 1_375_00)]
