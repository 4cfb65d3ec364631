"""What a person should know of a line before saying whose it is; each of these once was booked, lost or said without a word."""

from datetime import date

import pytest
from peewee import OperationalError

from portal.bank import service
from portal.bank.models import BankLine
from portal.bank.rules import How, Verdict, What, Why
from portal.bank.service.booking import hold_all
from portal.kernel.db import database, transaction
from portal.kernel.errors import Stale
from portal.programme import Enrolment
from tests.support import make_fees
from tests.support.make_bank import booking, detail, statement
from tests.support.threads import at_once
from tests.unit.test_bank_in_turns import (
    NOTIFICATION,
    OWED,
    TAKEN_BACK,
    clerk,
    click,
    confirm,
    on,
    owes,
    payer,
    send,
    states,
    student,
    told,
    transfer,
)

__all__ = ["clerk", "payer", "transfer"]  # fixtures


def whys():
    return [(line.state, line.why) for line in told()]


@pytest.mark.parametrize("currencies", [("", ""), ("EUR", "USD")], ids=["no amounts", "dollars"])
def test_a_batch_whose_parts_make_no_sum_is_nobody_s_for_sure(payer, clerk, currencies):
    figures = ["1375.00" if currency else None for currency in currencies]
    parts = [
        detail(figures[0], name="Camille Moreau", text=payer.reference),
        detail(figures[1], name="Karim Inconnu", text="scolarite").replace("EUR", currencies[1]),
    ]
    send(clerk, statement(booking("2750.00", reference="B1", details=parts)))
    assert whys() == [("suggested", "told-in-part")]
    assert owes(payer) == OWED


# -- reversals


def paid(make, name, text="", **facts):
    """A student whose transfer was booked."""
    payer = student(make, name)
    return payer, booking(name=name, text=text or payer.reference, **facts)


def taken_back(name, reference="B3", day="2026-11-10"):
    facts = {"direction": "DBIT", "booked": on(day), "more": TAKEN_BACK, "text": "scolarite"}
    return booking(reference=reference, name=name, **facts)


def test_a_reversal_is_not_confirmed_of_somebody_who_only_paid_as_much(make, payer, clerk):
    bob, his = paid(make, "Bob Marchand", reference="B1")
    hers = booking(reference="B2", name="Camille Moreau", text="scolarite")
    send(clerk, statement(his, hers, taken_back("Camille Moreau")))
    assert whys()[2] == ("open", "amount")
    before = told()[2].version
    service.match(told()[1].id, parts={payer.id: 1_375_00}, **click(told()[1], clerk))
    reversal = told()[2]
    assert (reversal.state, reversal.why) == ("suggested", "amount-and-name")
    with pytest.raises(Stale):
        service.confirm(reversal.id, reading=0, version=before, key="old-screen", by=clerk.id)
    confirm(reversal, clerk)
    assert (owes(payer), owes(bob)) == (OWED, OWED - 1_375_00)


def test_a_reversal_finds_a_payment_booked_anew_beside_another_of_the_same_sum(make, payer, clerk):
    _, his = paid(make, "Bob Marchand", reference="B1")
    facts = {"text": payer.reference, "name": "Camille Moreau"}
    send(clerk, statement(his, booking(reference="B2", **facts)))
    send(clerk, statement(taken_back("Camille Moreau", "B3"), ident="S2"), number="M2")
    send(clerk, statement(taken_back("Camille Moreau", "B4"), ident="S3"), number="M3")
    two, three = told()[2:]
    confirm(two, clerk)
    service.undo(two.id, **click(two, clerk))
    confirm(three, clerk)
    assert owes(payer) == OWED


def test_what_waits_and_did_not_change_keeps_its_version(make, payer, clerk):
    _, his = paid(make, "Bob Marchand", reference="B1")
    send(clerk, statement(his, taken_back("Bob Marchand")))
    before = told()[1].version
    send(clerk, statement(booking("5.00", reference="B9", name="X"), ident="S2"), number="M2")
    assert told()[1].version == before


# -- two colleagues at once


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_an_import_holds_the_enrolments_of_our_own_transfers_with_all_others(transfer, make):
    told = Verdict(How.CERTAIN, What.TRANSFER_EXECUTED, Why.END_TO_END, transfer_id=transfer.id)
    with transaction():
        hold_all([told])
        (busy,) = at_once(lambda: is_held(transfer.payer.enrolment_id))
    assert busy
    assert at_once(lambda: is_held(transfer.payer.enrolment_id)) == [False]


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_who_confirms_a_reversal_waits_for_nobody_who_decides_on_another(payer, clerk):
    send(clerk, statement(booking(reference="B1", name="Camille Moreau", text=payer.reference)))
    for number in ("B2", "B3"):
        one = statement(taken_back("Camille Moreau", number), ident=number)
        send(clerk, one, number=number)
    two, three = told()[1:]

    def confirmed():
        database.execute_sql("SET lock_timeout = '5s'")
        confirm(two, clerk)
        database.execute_sql("RESET lock_timeout")

    with transaction():
        BankLine.hold(three.id)
        at_once(confirmed)
    assert states()[1] == "matched"


def is_held(enrolment_id):
    """Whether somebody else would have to wait for it."""
    try:
        with transaction():
            Enrolment.select().where(Enrolment.id == enrolment_id).for_update(
                "FOR UPDATE NOWAIT"
            ).get()
    except OperationalError:
        return True
    return False


# -- told before


def test_an_instant_transfer_without_a_number_is_a_twin_whichever_file_comes_first(payer, clerk):
    text = payer.reference
    send(clerk, statement(booking(booked=on("2026-11-09", "2026-11-07"), text=text)))
    notified = booking(booked=on("2026-11-07", "2026-11-07"), text=text)
    send(clerk, statement(notified, name="Ntfctn"), body=NOTIFICATION)
    assert whys() == [("matched", "reference"), ("suggested", "twin")]
    assert owes(payer) == OWED - 1_375_00


@pytest.mark.parametrize("both", ["texts", "names"])
def test_two_payers_of_a_day_under_one_number_are_two_though_a_word_is_the_same(
    make, payer, clerk, both
):
    other = student(make, "Louis Roy")
    texts = [
        f"scolarite {one.reference}" if both == "texts" else "scolarite" for one in (payer, other)
    ]
    names = ["", ""] if both == "texts" else ["M Camille Moreau", "M Louis Roy"]
    for number, (name, text) in enumerate(zip(names, texts, strict=True)):
        one = booking(reference="VIRSEPA", name=name, text=text)
        send(clerk, statement(one, name="Ntfctn"), body=NOTIFICATION, number=f"MSG-{number}")
    assert whys()[1] == (
        ("matched", "reference") if both == "texts" else ("suggested", "retold")
    ), "a reference of somebody else proves it, another name does not"


def test_what_was_told_before_is_said_also_of_who_has_nothing_left_to_pay(payer, clerk):
    facts = {"reference": "B1", "text": payer.reference}
    undated = "<ValDt><Dt>2026-11-10</Dt></ValDt>"
    notified = booking("9750.00", booked=undated, **facts)
    send(clerk, statement(notified, name="Ntfctn"), body=NOTIFICATION)
    send(clerk, statement(booking("9750.00", booked=on("2026-11-09", "2026-11-10"), **facts)))
    assert whys()[1] == ("open", "retold")


def test_a_transfer_typed_at_the_till_is_a_twin_also_of_a_line_without_reference(
    make, payer, clerk
):
    enrolment = payer.enrolment
    make_fees.pay(make, enrolment, 1_375_00, payer=payer, by=clerk, on=date(2026, 11, 9))
    send(clerk, statement(booking(reference="B1", name="Camille Moreau", text="scolarite")))
    assert whys() == [("suggested", "twin")]
