"""Banks tell one movement several times, in other words, and take things back: each still counts once."""

import json
from io import BytesIO
from uuid import uuid4

import pytest

from portal import fees, payouts
from portal.bank import service
from portal.bank.models import BankFile, BankLine
from portal.fees.models import Payer, Payment
from portal.infra.files import storage
from portal.payouts.models import Transfer
from portal.refunds.models import Refund
from tests.support import make_bank, make_fees, make_payouts
from tests.support.make_bank import booking, detail, message, statement

NOTIFICATION = "BkToCstmrDbtCdtNtfctn"
NUMBER = "REFUND-2026-0001"
IBAN = "FR7630006000011234567890189"


@pytest.fixture(autouse=True)
def school(make):
    make_bank.school(make)


@pytest.fixture
def payer(make):
    enrolment = make_fees.plan(make, make.enrolment(make.person("Camille Moreau")))
    return fees.student_payer(enrolment.id)


def send(clerk, *statements, **facts) -> BankFile:
    file = service.receive(
        BytesIO(message(*statements, **facts).encode()),
        sent_as="statement.xml",
        key=uuid4().hex,
        by=clerk.id,
        storage=storage(),
    )
    file = BankFile.find(file.id)
    assert file.state == "done", file.problem
    return file


def numbered(payer, *numbers):
    """Bookings of 1, 2, 3… euros with the payer's reference, each with the bank's own number."""
    return [booking(f"{n}.00", reference=f"B{n}", text=payer.reference) for n in numbers]


def owes(payer):
    return fees.position_of(payer.enrolment_id).owes


def shown(browser, row, verb):
    return browser.page(f"/staff/bank/lines/{row.id}").select_one(f"form[action$={verb}]")


def test_statements_of_one_file_that_overlap_by_an_entry_count_once(clerk, payer):
    entries = numbered(payer, 1, 2, 3, 4)
    file = send(clerk, statement(*entries[:3]), statement(*entries[2:], ident="ST-2"))
    assert (file.lines, file.new_lines) == (5, 4)
    assert owes(payer) == 9_750_00 - 10_00


def test_files_that_overlap_by_an_entry_count_once_in_either_order(clerk, payer):
    entries = numbered(payer, 1, 2, 3, 4)
    send(clerk, statement(*entries[2:], ident="ST-2"))
    assert send(clerk, statement(*entries[:3])).new_lines == 2
    assert owes(payer) == 9_750_00 - 10_00


@pytest.mark.parametrize("sum_first", [True, False])
def test_a_batch_told_as_a_sum_and_in_detail_by_one_file_counts_once(clerk, payer, sum_first):
    parts = [detail("1000.00", text=payer.reference), detail("375.00", text="nothing known")]
    cuts = [booking("1375.00", reference="B1", details=some) for some in ([], parts)]
    told = [statement(cut, ident=f"ST-{n}") for n, cut in enumerate(cuts)]
    send(clerk, *(told if sum_first else reversed(told)))
    assert sum(line.amount_cents for line in BankLine.select()) == 1_375_00


BOOKED = "<BookgDt><Dt>2026-11-09</Dt></BookgDt><ValDt><Dt>2026-11-10</Dt></ValDt>"
UNDATED = "<ValDt><Dt>2026-11-10</Dt></ValDt>"


@pytest.mark.parametrize("notified_first", [True, False])
def test_a_notification_without_a_booking_day_and_the_statement_never_book_twice(
    clerk, payer, notified_first
):
    """The bank dates the same movement differently, so a person looks at the second one."""
    facts = {"reference": "B1", "text": payer.reference}
    notified = statement(booking(booked=UNDATED, **facts), name="Ntfctn")
    told = statement(booking(booked=BOOKED, **facts))
    files = [(notified, {"body": NOTIFICATION}), (told, {})]
    for one, kind in files if notified_first else reversed(files):
        send(clerk, one, **kind)
    assert [(line.state, line.why) for line in BankLine.select()] == [
        ("matched", "reference"),
        ("suggested", "retold"),
    ]
    assert owes(payer) == 9_750_00 - 1_375_00


def test_a_booking_taken_back_in_its_own_file_is_confirmed_undone_and_confirmed_again(
    finance, clerk, payer
):
    back = booking(
        reference="B2",
        text=payer.reference,
        direction="DBIT",
        more="<RvslInd>true</RvslInd>",
    )
    send(clerk, statement(booking(reference="B1", text=payer.reference), back))
    line = BankLine.get(BankLine.state == "suggested")
    for _ in range(2):
        form = shown(finance, line, "confirm")
        for _ in range(2):
            finance.submit(form, htmx=True)
        assert owes(payer) == 9_750_00
        form = shown(finance, line, "undo")
        for _ in range(2):
            finance.submit(form, htmx=True)
        assert owes(payer) == 9_750_00 - 1_375_00
    assert Payment.select().where(Payment.reversed_at.is_null()).count() == 1
    first = BankLine.get(BankLine.state == "matched")
    finance.submit(shown(finance, first, "undo"), htmx=True)
    assert owes(payer) == 9_750_00


def test_one_payment_is_taken_back_by_one_line_only(finance, clerk, payer):
    facts = {"text": payer.reference, "direction": "DBIT", "more": "<RvslInd>true</RvslInd>"}
    send(clerk, statement(booking(reference="B1", text=payer.reference)))
    for number in ("B2", "B3"):
        send(clerk, statement(booking(reference=number, **facts)))
    first, second = BankLine.select().where(BankLine.amount_cents < 0).order_by(BankLine.id)
    assert (first.state, second.state) == ("suggested", "open")
    seen_before = shown(finance, second, "confirm")
    finance.submit(shown(finance, first, "confirm"), htmx=True)
    finance.submit(seen_before, htmx=True, expect=409)
    assert BankLine.find(second.id).state == "open"
    assert shown(finance, second, "confirm") is None


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_another_payment_than_the_likeliest_may_be_the_one_taken_back(
    finance, clerk, payer, make, htmx
):
    other = fees.student_payer(make_fees.plan(make, make.enrolment(make.person("Louis Roy"))).id)
    paid = [booking(reference=f"B{one.id}", text=one.reference) for one in (payer, other)]
    back = {"text": payer.reference, "direction": "DBIT", "more": "<RvslInd>true</RvslInd>"}
    send(clerk, statement(*paid))
    send(clerk, statement(booking(reference="B9", **back)))
    line = BankLine.get(BankLine.state == "suggested")
    page = finance.page(f"/staff/bank/lines/{line.id}/choose")
    readings = page.select("ol[aria-label^=Readings] > li")
    assert ["Camille Moreau" in readings[0].text, "Louis Roy" in readings[1].text] == [True, True]
    assert "Received on 9\xa0November\xa02026" in readings[0].text
    assert "Only the amount fits" in readings[1].text
    finance.submit(readings[1].form, htmx=htmx, expect=200 if htmx else 303)
    assert (owes(payer), owes(other)) == (9_750_00 - 1_375_00, 9_750_00)
    shown_now = finance.page(f"/staff/bank/lines/{line.id}").text
    assert "Louis Roy" in shown_now


def test_every_likely_payer_is_ranked_with_the_reason_and_can_be_confirmed(
    finance, clerk, payer, make
):
    twin = fees.student_payer(
        make_fees.plan(make, make.enrolment(make.person("Camille Moreau"))).id
    )
    send(clerk, statement(booking("1500.00", name="Camille Moreau", text="scolarite")))
    page = finance.page(f"/staff/bank/lines/{BankLine.get().id}/choose")
    readings = page.select("ol[aria-label^=Readings] > li")
    assert len(readings) == 2
    assert all("The name fits" in one.text for one in readings)
    finance.submit(readings[1].form, htmx=True)
    assert {owes(payer), owes(twin)} == {9_750_00, 8_250_00}


def test_a_payment_reversed_by_hand_can_be_sorted_out_anew(finance, clerk, payer):
    """Money that came in never belongs to nobody without waiting for somebody."""
    send(clerk, statement(booking(reference="B1", text=payer.reference)))
    fees.reverse_payment(Payment.get().id, reason="wrong student", by=clerk.id)
    finance.submit(shown(finance, BankLine.get(), "undo"), htmx=True)
    assert BankLine.get().state == "open"


def test_what_the_bank_took_back_is_not_matched_a_second_time(finance, clerk, payer):
    back = {"text": payer.reference, "direction": "DBIT", "more": "<RvslInd>true</RvslInd>"}
    send(clerk, statement(booking(reference="B1", text=payer.reference)))
    send(clerk, statement(booking(reference="B2", **back)))
    finance.submit(
        shown(finance, BankLine.get(BankLine.state == "suggested"), "confirm"), htmx=True
    )
    first = BankLine.select().order_by(BankLine.id).first()
    finance.submit(shown(finance, first, "undo"), htmx=True, expect=409)
    assert BankLine.find(first.id).state == "matched"


def test_a_suggestion_of_more_than_what_is_owed_is_confirmed_with_a_credit(finance, clerk, payer):
    send(clerk, statement(booking("9800.00", text=f"RF00{payer.reference[4:]}")))
    finance.submit(shown(finance, BankLine.get(), "confirm"), htmx=True)
    assert owes(payer) == -50_00


def test_a_split_that_leaves_money_over_is_not_confirmed_with_one_click(
    finance, clerk, payer, make
):
    other = fees.student_payer(make_fees.plan(make, make.enrolment()).id)
    text = f"{payer.reference} {other.reference}"
    send(clerk, statement(booking("20000.00", text=text)))
    assert BankLine.get().state == "suggested"
    assert not shown(finance, BankLine.get(), "confirm")


@pytest.fixture
def sent(make):
    """A refund of 2 875.00 that is on its way through the bank."""
    refund = make_payouts.approved(make, cents=2_875_00, number=NUMBER)
    make_payouts.released(make, [refund])
    return refund


def ours(number, direction, cents="2875.00"):
    part = detail(end_to_end=NUMBER, text="retour")
    return statement(booking(cents, reference=number, direction=direction, details=[part]))


def test_a_refund_that_comes_back_without_a_reason_is_confirmed_by_a_person(finance, clerk, sent):
    send(clerk, ours("B1", "DBIT"))
    send(clerk, ours("B2", "CRDT"))
    assert Refund.find(sent.id).state == "paid"
    form = shown(finance, BankLine.get(BankLine.state == "suggested"), "confirm")
    for _ in range(2):
        finance.submit(form, htmx=True)
    assert Refund.find(sent.id).state == "returned"


def test_what_the_bank_contradicts_offers_nothing_to_confirm(finance, clerk, payer, sent):
    fees.record_payment(
        enrolment_id=payer.enrolment_id,
        payer_id=payer.id,
        amount=1_375_00,
        received_on=make_bank.DAY,
        means="debit",
        key=uuid4().hex,
        end_to_end="DD-1",
        by=clerk.id,
    )
    collected = [detail(end_to_end="DD-1")]
    send(
        clerk,
        ours("B1", "DBIT", "2875.01"),
        statement(booking(reference="B2", details=collected), ident="ST-2"),
        statement(
            booking("1375.01", reference="B3", direction="DBIT", details=collected), ident="ST-3"
        ),
    )
    whys = {line.why for line in BankLine.select()}
    assert whys == {"wrong-amount", "own-collection"}
    for line in BankLine.select():
        assert not shown(finance, line, "confirm")
        facts = {"version": 1, "key": uuid4().hex, "by": clerk.id}
        with pytest.raises(Exception, match="does not exist any more"):
            service.confirm(line.id, reading=0, **facts)
    assert Payment.get().reversed_at is None


def test_a_transfer_that_the_answer_marked_paid_is_still_told_by_the_statement(clerk, sent):
    payouts.executed(Transfer.get().id, note="pain.002", by=clerk.id)
    send(clerk, ours("B1", "DBIT"))
    send(clerk, ours("B2", "DBIT"))
    assert [(line.state, line.why) for line in BankLine.select()] == [
        ("matched", "end-to-end"),
        ("open", "already-done"),
    ]
    assert Refund.find(sent.id).state == "paid"


def from_account(reference, text, iban=IBAN):
    account = f"<DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct></RltdPties>"
    return booking(reference=reference, text=text).replace("</RltdPties>", account)


def test_a_wrong_match_taken_back_leaves_no_account_behind(finance, clerk, payer):
    """Else the next transfer from there would be booked by itself, and a refund would go there."""
    send(clerk, statement(from_account("B1", "nothing known")))
    for n in range(2):
        form = finance.page(f"/staff/bank/lines/{BankLine.get().id}/choose").select_one(
            "form[action$=match]"
        )
        finance.submit(form, htmx=True, **{f"amount-{payer.id}": "1375"})
        assert Payer.find(payer.id).iban == IBAN, n
        finance.submit(shown(finance, BankLine.get(), "undo"), htmx=True)
        assert Payer.find(payer.id).iban == ""
    send(clerk, statement(from_account("B2", "nothing known"), ident="ST-2"))
    assert {line.state for line in BankLine.select()} == {"open"}


def test_an_account_somebody_typed_or_another_payment_came_from_stays(finance, clerk, payer):
    send(clerk, statement(from_account("B1", payer.reference)))
    send(clerk, statement(from_account("B2", payer.reference).replace("1375", "1376")))
    first, second = BankLine.select().order_by(BankLine.id)
    finance.submit(shown(finance, first, "undo"), htmx=True)
    assert Payer.find(payer.id).iban == IBAN
    fees.set_account(payer.id, iban=IBAN, holder="Camille", by=clerk.id)
    finance.submit(shown(finance, second, "undo"), htmx=True)
    assert Payer.find(payer.id).iban == IBAN


def test_lines_are_found_by_a_name_with_accents(finance, clerk):
    send(clerk, statement(booking(reference="B1", name="Hélène Œdo", text="x")))
    for search in ("Hélène", "Œdo"):
        assert finance.page(f"/staff/bank?q={search}").select("li.match"), search


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ("<!DOCTYPE Document>\n{}", "Line 1: this file declares a document type"),
        ("\n{wrong}", "Line 2: the statement does not add up"),
    ],
)
def test_a_refused_file_says_the_line_and_the_reason(finance, clerk, told, says):
    wrong = message(
        statement(
            make_bank.balance("OPBD", "0.00"),
            booking(),
            make_bank.balance("CLBD", "1375.01"),
        )
    )
    data = told.format(message(statement()), wrong=wrong).encode()
    file = service.receive(
        BytesIO(data), sent_as="x.xml", key=uuid4().hex, by=clerk.id, storage=storage()
    )
    assert says in finance.page(f"/staff/bank/files/{file.id}").text
    assert json.loads(BankFile.find(file.id).facts)["line"]
    assert BankLine.select().count() == 0


def test_the_sums_of_a_refused_file_are_written_as_the_reader_writes_them(client, clerk):
    wrong = statement(
        make_bank.balance("OPBD", "10000.00"), booking(), make_bank.balance("CLBD", "11735.00")
    )
    data = BytesIO(message(wrong).encode())
    file = service.receive(data, sent_as="x", key=uuid4().hex, by=clerk.id, storage=storage())
    for locale, sums in (
        ("fr", ("11 375,00 €", "11 735,00 €")),
        ("en", ("€11,375.00", "€11,735.00")),
    ):
        clerk.locale = locale
        clerk.save()
        said = client.sign_in(clerk).page(f"/staff/bank/files/{file.id}").select_one("#bank-file")
        text = " ".join(said.text.replace("\N{NARROW NO-BREAK SPACE}", " ").split())
        assert all(one in text for one in sums), text


def test_a_repeated_line_without_a_number_is_said_as_nobody_can_be_sure(clerk, finance):
    plain = booking("12.00", name="Ada", text="canteen")
    send(clerk, statement(plain, booking("5.00", reference="B5"), ident="ST-1"))
    again = send(clerk, statement(plain, booking("7.00", reference="B7"), ident="ST-2"))
    page = finance.page(f"/staff/bank/files/{again.id}")
    assert "record the second payment by hand" in page.text
    assert BankLine.select().count() == 3

    same = send(clerk, statement(plain, booking("7.00", reference="B7"), ident="ST-2"))
    numbered_only = send(
        clerk, statement(booking("5.00", reference="B5"), booking("8.00", reference="B8"))
    )
    assert (json.loads(same.doubts).count("repeated-without-number"), same.new_lines) == (0, 0)
    assert "repeated-without-number" not in json.loads(numbered_only.doubts)


def test_lines_that_are_only_announced_are_said_and_not_counted(finance, clerk, payer):
    announced = booking(reference="B2", text=payer.reference, status="<Sts><Cd>PDNG</Cd></Sts>")
    send(clerk, statement(booking(reference="B1", text=payer.reference), announced))
    send(clerk, statement(booking(reference="B1", text=payer.reference), announced, ident="ST-2"))
    first, second = (
        finance.page(f"/staff/bank/files/{one.id}").text
        for one in BankFile.select().order_by(BankFile.id)
    )
    assert "The file holds 1 line." in first
    assert "1 more line is only announced" in first
    assert "Everything booked in this file was imported before." in second
