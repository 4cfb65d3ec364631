"""Files and lines that banks tell in any order, twice, in part or under one number; each once found money that moved wrongly."""

from io import BytesIO
from uuid import uuid4

import pytest

from portal import fees
from portal.bank import service
from portal.bank.models import BankFile, BankLine
from portal.infra.files import storage
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from portal.payouts import service as payouts
from portal.payouts.models import Transfer
from portal.refunds.models import Refund
from tests.support import make_bank, make_fees
from tests.support.make_bank import booking, detail, message, statement
from tests.support.make_payouts import approved, released

NOTIFICATION = "BkToCstmrDbtCdtNtfctn"
RETURNED = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
TAKEN_BACK = "<RvslInd>true</RvslInd>"
OWED = 9_750_00


@pytest.fixture
def clerk(make):
    return make.staff("finance", name="Grace Hopper")


@pytest.fixture
def payer(make):
    make_bank.school(make)
    return student(make, "Camille Moreau")


@pytest.fixture
def transfer(make):
    """Ours, at the bank."""
    released(make, [approved(make)])
    make_bank.school(make)
    return Transfer.get()


def student(make, name):
    return fees.student_payer(make_fees.plan(make, make.enrolment(make.person(name))).id)


def send(clerk, *statements, number="MSG", **facts):
    data = message(*statements, **facts).replace("<MsgId>MSG</MsgId>", f"<MsgId>{number}</MsgId>")
    file = service.receive(
        BytesIO(data.encode()), sent_as="x.xml", key=uuid4().hex, by=clerk.id, storage=storage()
    )
    service.read_file(file.id, storage())
    file = BankFile.find(file.id)
    assert file.state == "done", (file.problem, file.facts)
    return file


def click(line, clerk):
    return {"version": BankLine.find(line.id).version, "key": uuid4().hex, "by": clerk.id}


def confirm(line, clerk):
    service.confirm(line.id, reading=0, **click(line, clerk))


def owes(payer):
    return fees.position_of(payer.enrolment_id).owes


def told():
    return list(BankLine.select().order_by(BankLine.id))


def states():
    return [line.state for line in told()]


def on(day, value=""):
    valued = f"<ValDt><Dt>{value}</Dt></ValDt>" if value else ""
    return f"<BookgDt><Dt>{day}</Dt></BookgDt>{valued}"


def debit_of(transfer, **facts):
    mine = [detail(end_to_end=transfer.end_to_end)]
    return booking("4250.00", reference="B1", direction="DBIT", details=mine, **facts)


def back(transfer, more=RETURNED, **facts):
    return booking("4250.00", details=[detail(end_to_end=transfer.end_to_end, more=more)], **facts)


def taken_back_twice(clerk, payer):
    """A payment is booked; two lines, which are returned, say that the bank takes it back."""
    facts = {"text": payer.reference, "direction": "DBIT", "more": TAKEN_BACK}
    send(clerk, statement(booking(reference="B1", text=payer.reference)))
    for number in ("B2", "B3"):
        send(clerk, statement(booking(reference=number, **facts)))
    return told()[1:]


def test_a_second_reversal_finds_the_payment_that_the_undone_first_one_gave_back(payer, clerk):
    two, three = taken_back_twice(clerk, payer)
    confirm(two, clerk)
    service.undo(two.id, **click(two, clerk))
    assert owes(payer) == OWED - 1_375_00
    confirm(three, clerk)
    assert owes(payer) == OWED


def test_what_one_line_takes_back_no_other_takes_back_again(payer, clerk):
    two, three = taken_back_twice(clerk, payer)
    confirm(two, clerk)
    with pytest.raises(NotPossible):
        confirm(three, clerk)


def test_one_transfer_comes_back_once_however_many_lines_say_so(transfer, clerk):
    payouts.executed(transfer.id, note="", by=clerk.id)
    for number in ("B1", "B2"):
        send(clerk, statement(back(transfer, more="", reference=number)))
    one, two = told()
    confirm(one, clerk)
    with pytest.raises(NotPossible, match="told this in another line"):
        confirm(two, clerk)
    assert states() == ["matched", "suggested"]


@pytest.mark.parametrize("together", [True, False], ids=["one file", "two files"])
def test_an_order_is_debited_once_however_many_lines_say_so(make, clerk, together):
    order = released(make, [approved(make, cents=1_500_00 + n) for n in range(3)])
    make_bank.school(make)
    debits = [
        booking("4500.03", reference=number, direction="DBIT", text=f"VIR SEPA {order.number} LOT")
        for number in ("B1", "B2")
    ]
    for some in [debits] if together else [debits[:1], debits[1:]]:
        send(clerk, statement(*some))
    one, two = told()
    confirm(one, clerk)
    with pytest.raises(NotPossible, match="told this in another line"):
        confirm(two, clerk)


@pytest.mark.parametrize("where", ["Ustrd", "AddtlTxInf", "AddtlInf"])
def test_a_return_is_found_by_a_number_that_stands_in_its_words(transfer, clerk, where):
    payouts.executed(transfer.id, note="", by=clerk.id)
    words = f"REJET VIR {transfer.end_to_end.lower()}, AC04"
    more = RETURNED
    if where == "AddtlTxInf":
        more += f"<AddtlTxInf>{words}</AddtlTxInf>"
    if where == "AddtlInf":
        more = more.replace("</RtrInf>", f"<AddtlInf>{words}</AddtlInf></RtrInf>")
    part = detail(text=words if where == "Ustrd" else "REJET", more=more)
    send(clerk, statement(booking("4250.00", reference="B1", details=[part])))
    (line,) = told()
    assert (line.state, line.why) == ("suggested", "end-to-end")
    confirm(line, clerk)
    assert Refund.get().state == "returned"


def test_a_return_without_a_code_is_no_payment(payer, clerk):
    more = "<RtrInf><AddtlInf>COMPTE CLOS</AddtlInf></RtrInf>"
    part = detail(text=f"REJET {payer.reference}", more=more)
    send(clerk, statement(booking(reference="B1", details=[part])))
    assert (states(), owes(payer)) == (["open"], OWED)


def test_a_return_that_the_bank_takes_back_takes_no_payment_back(transfer, clerk):
    today = on(clock.today())
    undone = debit_of(transfer, booked=today, more=TAKEN_BACK).replace("B1", "B3")
    lines = (debit_of(transfer, booked=today), back(transfer, reference="B2", booked=today), undone)
    send(clerk, statement(*lines))
    last = told()[-1]
    assert (last.state, last.why) == ("open", "given-up")


@pytest.mark.parametrize("returned_on", ["2026-11-09", "2026-11-12"], ids=["same day", "later"])
@pytest.mark.parametrize("newest_first", [True, False])
def test_a_file_may_tell_its_newest_line_first(transfer, clerk, newest_first, returned_on):
    lines = [
        debit_of(transfer, booked=on("2026-11-09")),
        back(transfer, reference="B2", booked=on(returned_on)),
    ]
    send(clerk, statement(*(reversed(lines) if newest_first else lines)))
    assert states() == ["matched", "matched"]
    assert Refund.get().state == "returned"


def test_a_reversal_told_before_its_credit_in_one_file_finds_it(payer, clerk):
    taken = booking(
        reference="B2",
        text=payer.reference,
        direction="DBIT",
        booked=on("2026-11-10"),
        more=TAKEN_BACK,
    )
    send(clerk, statement(taken, booking(reference="B1", text=payer.reference)))
    assert states() == ["matched", "suggested"]
    confirm(told()[1], clerk)
    assert owes(payer) == OWED


@pytest.mark.parametrize("by_a_person", [True, False], ids=["sorted out", "read later"])
def test_a_reversal_waits_for_the_payment_that_is_booked_after_it(payer, clerk, by_a_person):
    facts = {"direction": "DBIT", "booked": on("2026-11-10"), "more": TAKEN_BACK}
    taken = statement(booking(reference="B2", text="nothing known", name="X", **facts), ident="S2")
    text = "nothing known" if by_a_person else payer.reference
    credit = statement(booking(reference="B1", text=text, name="X"))
    for one in (credit, taken) if by_a_person else (taken, credit):
        send(clerk, one)
    if by_a_person:
        one = told()[0]
        service.match(one.id, parts={payer.id: 1_375_00}, **click(one, clerk))
    assert owes(payer) == OWED - 1_375_00
    line = BankLine.get(BankLine.amount_cents < 0)
    assert (line.state, line.why) == ("open", "amount")
    confirm(line, clerk)
    assert owes(payer) == OWED


def test_an_instant_transfer_of_the_weekend_is_not_booked_for_both_days(payer, clerk):
    facts = {"reference": "B1", "text": payer.reference}
    send(clerk, statement(booking(booked=on("2026-11-09", "2026-11-07"), **facts)))
    notified = statement(booking(booked=on("2026-11-07", "2026-11-07"), **facts), name="Ntfctn")
    send(clerk, notified, body=NOTIFICATION)
    assert [(one.state, one.why) for one in told()][1] == ("suggested", "retold")
    assert owes(payer) == OWED - 1_375_00


@pytest.mark.parametrize("split", [True, False])
def test_what_a_person_put_right_is_not_booked_again_by_the_statement(payer, clerk, make, split):
    other = student(make, "Louis Roy")
    facts = {"reference": "B1", "text": payer.reference}
    undated = "<ValDt><Dt>2026-11-10</Dt></ValDt>"
    notified = statement(booking(booked=undated, **facts), name="Ntfctn")
    send(clerk, notified, body=NOTIFICATION)
    (line,) = told()
    service.undo(line.id, **click(line, clerk))
    parts = {payer.id: 1_000_00, other.id: 375_00} if split else {other.id: 1_375_00}
    service.match(line.id, parts=parts, **click(line, clerk))
    send(clerk, statement(booking(**facts)))
    assert states() == ["matched", "suggested"]
    assert owes(payer) == OWED - parts.get(payer.id, 0)


@pytest.mark.parametrize("known_accounts", [True, False])
def test_two_payers_under_one_number_of_the_bank_are_two(payer, clerk, make, known_accounts):
    other = student(make, "Louis Roy")
    ibans = ("FR7630006000011234567890189", "DE89370400440532013000")
    for number, (who, name, iban) in enumerate(
        [(payer, "Camille", ibans[0]), (other, "Louis", ibans[1])]
    ):
        entry = booking(reference="VIRSEPA", text=who.reference, name=name)
        if known_accounts:
            account = f"<DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct></RltdPties>"
            entry = entry.replace("</RltdPties>", account)
        for _ in range(2):
            send(clerk, statement(entry, ident=f"ST-{number}"), number=uuid4().hex)
    assert [line.name for line in told()] == ["Camille", "Louis"]
    assert states() == ["matched", "matched"]


def test_a_line_that_counts_as_an_earlier_one_is_said_also_when_it_is_the_only_one(payer, clerk):
    told_once = statement(booking(text=payer.reference), name="Ntfctn")
    assert "repeated" not in send(clerk, told_once, body=NOTIFICATION).doubts
    assert "repeated" in send(clerk, told_once, body=NOTIFICATION, number="MSG-2").doubts
    assert "repeated" not in send(clerk, told_once, body=NOTIFICATION).doubts, "the same bytes"


def test_batches_are_told_apart_by_the_numbers_of_their_parts(payer, clerk):
    def batch(*numbers):
        parts = [
            detail("5.00", name="Ada", text="canteen").replace(
                "<Refs>", f"<Refs><AcctSvcrRef>{number}</AcctSvcrRef>"
            )
            for number in numbers
        ]
        return statement(booking("10.00", details=parts), name="Ntfctn")

    assert send(clerk, batch("T1", "T2"), body=NOTIFICATION).new_lines == 2
    assert send(clerk, batch("T3", "T4"), body=NOTIFICATION).new_lines == 2
    assert send(clerk, batch("T4", "T3"), body=NOTIFICATION).new_lines == 0


def test_what_is_said_of_a_batch_is_true_of_none_of_its_parts_alone(payer, clerk):
    parts = [
        detail("1000.00", name="Camille Moreau", text=payer.reference),
        detail("375.00", name="Karim Inconnu", text="loyer"),
    ]
    more = f"<AddtlNtryInf>VIR RECUS 2 OP {payer.reference}</AddtlNtryInf>"
    send(clerk, statement(booking("1375.00", reference="B1", details=parts, more=more)))
    assert states() == ["matched", "open"]
    assert all("VIR RECUS" in line.additional for line in told()), "people still read it"


@pytest.mark.parametrize(
    ("count", "figure"), [("<Btch><NbOfTxs>3</NbOfTxs></Btch>", None), ("", "1375.00")]
)
def test_a_batch_told_in_part_is_nobody_s_for_sure(payer, clerk, count, figure):
    parts = [count, detail(figure, text=payer.reference)]
    send(clerk, statement(booking("4125.00", reference="B1", details=parts)))
    assert [(line.state, line.why) for line in told()] == [("suggested", "told-in-part")]
    assert owes(payer) == OWED


def test_an_iban_may_be_given_as_another_number(payer, clerk):
    account = "<DbtrAcct><Id><Othr><Id>FR76 3000 6000 0112 3456 7890 189</Id></Othr></Id></DbtrAcct></RltdPties>"
    entry = booking(reference="B1", text=payer.reference).replace("</RltdPties>", account)
    send(clerk, statement(entry))
    assert told()[0].iban == "FR7630006000011234567890189"
