"""Sorting lines of the bank out, inline."""

from io import BytesIO
from uuid import uuid4

import pytest

from portal import fees
from portal.bank import service
from portal.bank.models import Allocation, BankFile, BankLine
from portal.fees.models import Payment
from portal.identity import Person
from portal.infra.files import storage
from portal.kernel.i18n import Sentence, _catalogue
from portal.kernel.iso20022 import reason_in_words
from portal.notifications.models import OutgoingMail
from tests.support import make_bank, make_fees
from tests.support.threads import at_once


@pytest.fixture(autouse=True)
def school(make):
    make_bank.school(make)


@pytest.fixture
def two(make):
    """Two students who owe the whole year."""
    return [
        make_fees.plan(make, make.enrolment(make.person(name)))
        for name in ("Camille Moreau", "Louis Martin")
    ]


def told(clerk, *entries) -> BankFile:
    """A statement with lines of (amount, name, text), read."""
    return service.receive(
        BytesIO(make_bank.told(*entries)),
        sent_as="statement.xml",
        key=uuid4().hex,
        by=clerk.id,
        storage=storage(),
    )


def line(**facts):
    return BankLine.get(**facts)


def owes(enrolment):
    return fees.position_of(enrolment.id).owes


def form_of(browser, row, verb):
    pages = {"match": "choose", "ignore": "ignore"}
    page = browser.page(f"/staff/bank/lines/{row.id}/{pages.get(verb, '')}".rstrip("/"))
    return page.select_one(f"form[action$={verb}]")


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_a_line_is_split_over_two_payers_and_taken_back(finance, clerk, two, htmx):
    told(clerk, (2_750_00, "OPCO LOT 88412", "2 dossiers"))
    payers = [fees.student_payer(enrolment.id) for enrolment in two]
    form = form_of(finance, line(), "match")
    found = finance.submit(form, htmx=htmx, q="martin", search="1")
    form = found.select_one("form[action$=match]")
    parts = {f"amount-{payers[0].id}": "1 000,00", f"amount-{payers[1].id}": "1 750,00"}
    wrong = parts | {f"amount-{payers[1].id}": "1 749,99"}
    finance.submit(form, htmx=htmx, expect=409, **wrong)
    assert Payment.select().count() == 0
    for _ in range(2):
        finance.submit(form, htmx=htmx, expect=200 if htmx else 303, **parts)
    assert [owes(one) for one in two] == [8_750_00, 8_000_00]
    assert Allocation.select().count() == 2

    undo = finance.page(f"/staff/bank/lines/{line().id}").select_one("form[action$=undo]")
    for _ in range(2):
        finance.submit(undo, htmx=htmx, expect=200 if htmx else 303)
    assert [owes(one) for one in two] == [9_750_00, 9_750_00]
    assert line().state == "open"


def test_what_was_taken_back_can_be_matched_again(finance, clerk, two):
    told(clerk, (1_500_00, "Somebody", "deposit"))
    for payer in [fees.student_payer(enrolment.id) for enrolment in two]:
        form = form_of(finance, line(), "match")
        finance.submit(form, htmx=True, **{f"amount-{payer.id}": "1500"})
        if payer.enrolment_id == two[0].id:
            finance.submit(form_of(finance, line(), "undo"), htmx=True)
    assert [owes(one) for one in two] == [9_750_00, 8_250_00]


@pytest.mark.parametrize(
    "amount", ["-1", "0", "0,00", "0.001", "1e9", "NaN", "１５００", "1,5", "x" * 500]
)
def test_amounts_that_make_no_sense_are_said_and_kept(finance, clerk, two, amount):
    told(clerk, (1_500_00, "Somebody", "deposit"))
    payer = fees.student_payer(two[0].id)
    form = form_of(finance, line(), "match")
    answer = finance.submit(form, htmx=True, expect=422, **{f"amount-{payer.id}": amount})
    box = answer.select_one(f"[name=amount-{payer.id}]")
    assert box["value"] == amount
    assert box.has_attr("data-focus")
    assert answer.select_one(f"#{box['aria-describedby']}").text.startswith("Error:")
    assert Payment.select().count() == 0


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("2 000,00", "€625.00 more than the line holds."),
        ("1 000", "€375.00 of the line are still nobody’s."),
    ],
)
def test_what_is_left_or_too_much_is_said_the_right_way_round(finance, clerk, two, amount, said):
    told(clerk, (1_375_00, "Somebody", "deposit"))
    form = form_of(finance, line(), "match")
    payer = fees.student_payer(two[0].id)
    answer = finance.submit(form, htmx=True, expect=409, **{f"amount-{payer.id}": amount})
    assert answer.select_one("form[action$=match] [role=status]").text == said


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_enter_matches_and_searches_only_for_something_new(finance, clerk, two, htmx):
    told(clerk, (1_375_00, "Somebody", "deposit"))
    form = form_of(finance, line(), "match")
    first = form.select_one("button")
    assert (first["name"], first["type"]) == ("enter", "submit")  # what Enter presses
    form = finance.submit(form, htmx=htmx, enter="1", q="martin").select_one("form[action$=match]")
    assert Payment.select().count() == 0
    amount = {f"amount-{fees.student_payer(two[1].id).id}": "1375"}
    finance.submit(form, htmx=htmx, expect=200 if htmx else 303, enter="1", **amount)
    assert owes(two[1]) == 8_375_00


def test_choosing_begins_at_the_search_or_at_the_suggested_amount(finance, clerk, two):
    payer = fees.student_payer(two[0].id)
    told(clerk, (1_500_00, "Somebody", "deposit"), (1_500_00, "Camille Moreau", payer.reference))
    for row in BankLine.select().where(BankLine.state.in_(["open", "suggested"])):
        page = finance.page(f"/staff/bank/lines/{row.id}/choose")
        (marked,) = page.select("[data-focus]")
        assert marked["name"] == ("q" if row.state == "open" else f"amount-{payer.id}")


def test_without_javascript_the_list_says_what_was_done(finance, clerk):
    told(clerk, (1_500_00, "Somebody", "deposit"))
    form = form_of(finance, line(), "ignore")
    finance.submit(form, htmx=False, expect=303, reason="Sent to us by mistake")
    assert "Marked as not ours" in finance.page("/staff/bank").select_one(".note.ok").text


@pytest.mark.parametrize("number", ["00{}", "１{}", "{}²", "99999999999999999999", "-{}", "{}a"])
def test_a_payer_written_in_odd_figures_is_nobody_or_the_same(finance, clerk, two, number):
    told(clerk, (1_500_00, "Somebody", "deposit"))
    name = f"amount-{number.format(fees.student_payer(two[0].id).id)}"
    form = form_of(finance, line(), "match")
    finance.page(f"/staff/bank/lines/{line().id}/choose?{name}=5")
    if number == "00{}":
        finance.submit(form, htmx=True, **{name: "1500"})
        assert owes(two[0]) == 8_250_00
    else:
        finance.submit(form, htmx=True, expect=409, **{name: "1500"})
        assert Payment.select().count() == 0


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_why_a_match_was_taken_back_is_translated_in_the_letter_and_on_the_page(
    finance, clerk, two, new_client, locale, monkeypatch
):
    monkeypatch.setattr(
        _catalogue("fr"), "gettext", lambda text: f"« {text} »" if "wrong payer" in text else text
    )
    student = two[0].student.person
    Person.update(locale=locale).where(Person.id == student.id).execute()
    told(clerk, (1_500_00, "Somebody", "deposit"))
    parts = {fees.student_payer(two[0].id).id: 1_500_00}
    service.match(line().id, parts=parts, version=1, key=uuid4().hex, by=clerk.id)
    service.undo(line().id, version=line().version, key=uuid4().hex, by=clerk.id)

    said = "The school had matched it with the wrong payer."
    said = f"« {said} »" if locale == "fr" else said
    assert Payment.get().reversal_reason == said.strip("« »")
    letter = OutgoingMail.select().order_by(-OutgoingMail.id).get().body
    page = new_client().sign_in(student).page("/fees").text
    for text in (letter, page):
        assert said in text
        assert ("« The school" in text) == (locale == "fr")


def test_what_the_bank_says_of_a_payment_that_came_back_is_a_sentence_for_every_reader():
    assert all(isinstance(reason_in_words(code), Sentence) for code in ("MD06", "", "ZZ99"))


def test_a_suggestion_is_confirmed_with_one_click(finance, clerk, two):
    payer = fees.student_payer(two[0].id)
    wrong = f"RF00{payer.reference[4:]}"
    told(clerk, (1_500_00, "M OU MME", wrong))
    assert line().state == "suggested"
    form = form_of(finance, line(), "confirm")
    answer = finance.submit(form, htmx=True)
    assert "Camille Moreau" in answer.text
    finance.submit(form, htmx=True)
    assert owes(two[0]) == 8_250_00


def test_a_line_that_is_not_ours_needs_a_reason_and_can_come_back(finance, clerk):
    told(clerk, (412_37, "Garage du Pont", "facture 889"))
    form = form_of(finance, line(), "ignore")
    finance.submit(form, htmx=True, expect=422, reason=" ")
    finance.submit(form, htmx=True, reason="Wrong account")
    assert line().state == "ignored"
    finance.submit(form_of(finance, line(), "undo"), htmx=True)
    assert line().state == "open"


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_a_line_that_moved_on_and_still_waits_keeps_why_it_is_not_ours(finance, clerk, htmx):
    told(clerk, (412_37, "Garage du Pont", "facture 889"))
    form = form_of(finance, line(), "ignore")
    colleague = {"version": line().version, "key": uuid4().hex, "by": clerk.id}
    service.ignore(line().id, reason="Too quick", **colleague)
    service.undo(line().id, version=line().version, key=uuid4().hex, by=clerk.id)
    answer = finance.submit(form, htmx=htmx, expect=409, reason="Wrong account")
    again = answer.select_one("form[action$=ignore]")
    assert again.select_one("[name=reason]")["value"] == "Wrong account"
    finance.submit(again, htmx=htmx, expect=200 if htmx else 303)
    assert (line().state, line().reason) == ("ignored", "Wrong account")


def test_a_line_that_was_matched_meanwhile_asks_no_longer_why_it_is_not_ours(finance, clerk, two):
    told(clerk, (1_500_00, "Somebody", "deposit"))
    form = form_of(finance, line(), "ignore")
    parts = {fees.student_payer(two[0].id).id: 1_500_00}
    service.match(line().id, parts=parts, version=1, key=uuid4().hex, by=clerk.id)
    answer = finance.submit(form, htmx=True, expect=409, reason="Wrong account")
    assert not answer.select("form[action$=ignore]")
    assert line().state == "matched"


def test_the_counts_of_the_lists_follow_every_answer(finance, clerk):
    told(clerk, (412_37, "Garage du Pont", "facture 889"), (10_00, "Garage", "facture 890"))
    ids = ["bank-count-to-sort", "bank-count-matched", "bank-count-ignored"]
    shown = [finance.page("/staff/bank").select_one(f"#bank-tabs #{one}").text for one in ids]
    form = form_of(finance, BankLine.select().first(), "ignore")
    answer = finance.submit(form, htmx=True, reason="Wrong account")
    counts = [answer.select_one(f"#{one}[hx-swap-oob=true]").text for one in ids]
    assert (shown, counts) == (["2", "0", "0"], ["1", "0", "1"])


def test_a_payment_that_was_refunded_is_not_taken_back(finance, clerk, two, make):
    from tests.support import make_refunds

    payer = fees.student_payer(two[0].id)
    told(clerk, (1_500_00, "Camille", payer.reference))
    assert line().state == "matched"
    make_refunds.case(make, enrolment=two[0], paid=0, funded=9_750_00)
    refund = make_refunds.Refund.get()
    make_refunds.approve(refund, by=clerk)
    answer = finance.submit(form_of(finance, line(), "undo"), htmx=True, expect=409)
    assert "already refunded" in answer.text
    assert line().state == "matched"


def test_sixteen_colleagues_match_one_line_at_once(clerk, two, make):
    told(clerk, (1_500_00, "Somebody", "deposit"))
    payers = [fees.student_payer(enrolment.id).id for enrolment in two]
    people = [make.staff("finance", name=f"Clerk {n}") for n in range(16)]
    at_once(
        *(
            lambda n=n, who=who: service.match(
                line().id,
                parts={payers[n % 2]: 1_500_00},
                version=1,
                key=uuid4().hex,
                by=who.id,
            )
            for n, who in enumerate(people)
        )
    )
    assert Payment.select().where(Payment.reversed_at.is_null()).count() == 1


def test_a_file_read_by_several_processes_counts_once(clerk, two):
    payer = fees.student_payer(two[0].id)
    data = make_bank.told((1_500_00, "Camille", payer.reference), (99_00, "X", "y"))
    files = [
        BankFile.create(
            sent_as="a.xml",
            stored=storage().keep(BytesIO(data)).name,
            sha256="x",
            size=len(data),
            key=uuid4().hex,
            sent_by=clerk,
        )
        for _ in range(2)
    ]
    at_once(*(lambda one=one: service.read_file(one.id, storage()) for one in files * 4))
    assert [BankFile.find(one.id).state for one in files] == ["done", "done"]
    assert BankLine.select().count() == 2
    assert owes(two[0]) == 8_250_00


def test_lists_cost_the_same_for_any_number_of_lines(finance, clerk):
    from playhouse.test_utils import assert_query_count

    told(clerk, *((n * 100, f"Name {n}", f"text {n}") for n in range(1, 31)))
    with assert_query_count(4):  # who am I, the lines, their parts, the counts
        page = finance.page("/staff/bank")
    assert len(page.select("li.match")) == 30


def test_only_finance_sorts(client, clerk, make):
    told(clerk, (412_37, "Garage du Pont", "facture 889"))
    client.sign_in(make.staff("director", name="Diane"))
    assert not client.page("/staff/bank").select("form[method=post][action*=lines]")
    client.page(f"/staff/bank/lines/{line().id}/ignore", expect=403)
    client.sign_in(make.staff("registrar", name="Rosa"))
    client.page("/staff/bank", expect=403)
