"""The finance office prepares, releases and follows payment orders on screen."""

from io import BytesIO
from uuid import uuid4

import pytest
from playhouse.test_utils import assert_query_count, count_queries

from portal import fees
from portal.fees.models import Payer
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.payouts import queries, service
from portal.payouts.models import PaymentOrder, Transfer
from portal.payouts.queries import due
from portal.refunds.models import Refund, RefundShare
from tests.support import make_fees, make_payouts, make_refunds
from tests.support.client import HTMX
from tests.support.make_payouts import IBANS, approved, people, prepared, released

LIST = "/staff/payouts"


@pytest.fixture
def first(client, make):
    return client.sign_in(people(make).first)


@pytest.fixture
def second(new_client, make):
    return new_client().sign_in(people(make).second)


def form(browser, address, ending):
    return browser.page(address).select_one(f"form[action$='{ending}']")


def place(order):
    return f"{LIST}/{order.id}"


def send(browser, address, data, *, expect, htmx=False):
    """Upload the bank's answer with the form on the page."""
    token = form(browser, address, "answer").select_one("[name=csrf_token]")["value"]
    facts = {"csrf_token": token, "file": (BytesIO(data), "answer.xml")}
    headers = HTMX if htmx else {}
    answer = browser.raw.post(
        f"{LIST}/answer", data=facts, content_type="multipart/form-data", headers=headers
    )
    assert answer.status_code == expect, answer.text[:300]
    return answer


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_one_prepares_another_releases_and_the_file_is_there(first, second, make, htmx):
    refund, done = approved(make), 204 if htmx else 303
    make.school()
    address = first.submit(
        form(first, LIST, "/payouts"), htmx=htmx, expect=done, pick=str(refund.id)
    )
    order = PaymentOrder.get()
    assert address == place(order)

    page = first.page(address)
    assert "second person releases it" in page.text
    assert not page.select("form[action$=release]")
    assert "€4,250.00" in page.select_one(".figure").text
    assert second.raw.get(f"{address}/file.xml").status_code == 409, "not before the release"

    second.submit(form(second, address, "release"), htmx=htmx, expect=done)
    assert Refund.find(refund.id).state == "exported"
    files = [first.raw.get(f"{address}/file.xml") for _ in range(2)]
    assert {file.data for file in files} == {queries.document_of(order.id)[1]}
    assert "attachment" in files[0].headers["Content-Disposition"]
    assert files[0].headers["Cache-Control"] == "no-store"


def test_a_double_click_prepares_and_releases_once(first, second, make):
    refund = approved(make)
    make.school()
    sheet = form(first, LIST, "/payouts")
    places = {
        first.submit(sheet, htmx=True, expect=204, pick=str(refund.id)) for _click in range(2)
    }
    assert len(places) == PaymentOrder.select().count() == 1
    release = form(second, places.pop(), "release")
    for _click in range(2):
        second.submit(release, htmx=True, expect=204)
    assert Refund.find(refund.id).state == "exported"


def test_who_prepared_cannot_release_by_a_form_of_another(first, second, make):
    order = prepared(make, [approved(make)])
    stolen = form(second, place(order), "release")
    token = form(first, place(order), "withdraw").select_one("[name=csrf_token]")["value"]
    answer = first.submit(stolen, htmx=True, expect=403, csrf_token=token)
    assert "second person" in answer.select_one("[role=alert]").text
    assert PaymentOrder.get().state == "prepared"


def test_the_loser_sees_the_fresh_order(first, second, make):
    order = prepared(make, [approved(make)])
    late = form(first, place(order), "withdraw")
    second.submit(form(second, place(order), "release"), htmx=True, expect=204)
    answer = first.submit(late, htmx=True, expect=409)
    assert "released already" in answer.select_one("[role=alert]").text
    assert "Katherine Johnson" in answer.text
    assert "released already" in first.submit(late, htmx=False, expect=409).text


def test_a_withdrawn_order_gives_no_file_and_frees_its_refunds(first, make):
    refund = approved(make)
    order = prepared(make, [refund])
    assert f"In order {order.number}" in first.page(LIST).text
    assert not first.page(LIST).select("[name=pick]")
    first.submit(form(first, place(order), "withdraw"), htmx=True, expect=204)
    assert first.raw.get(f"{place(order)}/file.xml").status_code == 409
    assert not first.page(place(order)).select("a[href$='file.xml']")
    assert first.page(LIST).select_one("[name=pick]")["value"] == str(refund.id)


def test_accounts_are_masked_and_a_missing_one_says_so_with_a_way_out(first, make):
    known, bare = approved(make), approved(make, cents=1_500_00)
    Payer.update(iban="").where(Payer.enrolment == bare.enrolment_id).execute()
    page = first.page(LIST)
    assert IBANS[1] not in page.text.replace(" ", "").replace("\u00a0", "")
    assert IBANS[1][:4] in page.text
    assert IBANS[1][-4:] in page.text
    assert [tick["value"] for tick in page.select("[name=pick]")] == [str(known.id)]
    missing = page.find("a", string="No account is known")
    assert first.page(missing["href"])

    order = prepared(make, [known])
    shown = first.page(place(order)).text.replace(" ", "").replace("\u00a0", "")
    assert IBANS[1] not in shown


def test_a_refund_to_two_payers_is_ticked_once_and_whole(first, make):
    refund = approved(make, parent=1_500_00)
    (tick,) = first.page(LIST).select("[name=pick]")
    assert (tick["value"], tick["data-cents"]) == (str(refund.id), "425000")
    parent = Payer.get((Payer.enrolment == refund.enrolment_id) & (Payer.kind == "parent"))
    Payer.update(iban="").where(Payer.id == parent.id).execute()
    assert not first.page(LIST).select("[name=pick]"), "not one part without the other"


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_what_was_ticked_and_typed_stays_when_the_order_cannot_be(first, make, htmx):
    one, other = approved(make), approved(make, cents=1_500_00)
    make.school()
    sheet = form(first, LIST, "/payouts")
    past = {"execution_on": "2020-01-01", "pick": str(other.id)}
    answer = first.submit(sheet, htmx=htmx, expect=409, **past)
    ticked = {t["value"] for t in answer.select("[name=pick][checked]")}
    assert "past" in answer.select_one("#payouts [role=alert]").text
    assert ticked == {str(other.id)}
    assert answer.select_one("[name=execution_on]")["value"] == "2020-01-01"

    nothing = first.submit(sheet, htmx=htmx, expect=422)
    assert not nothing.select("[name=pick][checked]"), "what was unticked stays unticked"
    first.submit(sheet, htmx=htmx, expect=422, execution_on="soon", pick=str(one.id))
    assert PaymentOrder.select().count() == 0


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_the_banks_answer_is_read_and_shown_in_words(first, make, htmx):
    good, bad = approved(make), approved(make, cents=1_500_00)
    order = released(make, [good, bad])
    told = make_payouts.answer(order, {good.number: "ACSC", bad.number: "RJCT"}).replace(
        b"</StsRsnInf>", b"<AddtlInf>Compte clos &lt;b&gt;</AddtlInf></StsRsnInf>"
    )
    done = send(first, LIST, told, expect=204 if htmx else 303, htmx=htmx)
    assert done.headers["HX-Redirect" if htmx else "Location"] == place(order)
    page = first.page(place(order))
    rows = {row.th.text.strip(): row.text for row in page.select("#payment-order tbody tr")}
    assert "Paid" in rows[good.number]
    assert "The account is closed." in rows[bad.number]
    assert "AC04" in rows[bad.number]
    assert "Compte clos <b>" in rows[bad.number], "the bank's own words, as text"


def test_a_file_that_is_no_answer_is_refused_with_its_line(first, make):
    order = released(make, [approved(make)])
    told = make_payouts.answer(order, whole="ACSC")
    answer = send(first, LIST, told[:-20], expect=409, htmx=True)
    assert "line 1" in answer.text
    assert {one.state for one in Transfer.select()} == {"sent"}


def test_a_rejected_duplicate_tells_to_look_at_the_bank_first(first, make):
    refund = approved(make)
    order = released(make, [refund])
    told = make_payouts.answer(order, {refund.number: "RJCT"}, reason="AM05")
    for htmx in (True, False):
        answer = send(first, LIST, told, expect=409, htmx=htmx)
        assert "Look at the bank first" in answer.text
    assert {one.state for one in Transfer.select()} == {"sent"}


def test_an_answer_in_utf_16_is_taken_by_the_page_for_files_of_the_bank(first, make):
    order = released(make, [approved(make)])
    told = make_payouts.answer(order, whole="ACSC").decode().replace("UTF-8", "UTF-16")
    fields = form(first, "/staff/bank/files", "files").select("input[name]")
    facts = {one["name"]: one.get("value", "") for one in fields}
    facts["file"] = (BytesIO(told.encode("utf-16")), "answer.xml")
    answer = first.raw.post("/staff/bank/files", data=facts)
    assert (answer.status_code, answer.headers["Location"]) == (303, place(order))
    assert {one.state for one in Transfer.select()} == {"paid"}


def test_students_companies_and_registrars_stay_outside(client, make, new_client):
    order = released(make, [approved(make)])
    for person in (make.person(), make.person("Jean", "company"), make.staff("registrar")):
        browser = new_client().sign_in(person)
        for address in (LIST, place(order), f"{place(order)}/file.xml"):
            assert browser.raw.get(address).status_code == 403
    director = client.sign_in(make.staff("director"))
    assert not director.page(LIST).select("form[action$='/payouts'], form[action$=answer]")


def test_the_list_says_when_the_bank_has_told_the_end_of_an_order(make, first):
    order = released(make, [approved(make), approved(make, cents=100_00)])
    state = "section[aria-labelledby=payout-orders] td[data-l=State]"
    assert first.page(LIST).select_one(state).text == "At the bank"
    paid, back = Transfer.select().order_by(Transfer.id)
    said = {paid.end_to_end: "ACSC", back.end_to_end: "RJCT"}
    service.read_answer(make_payouts.answer(order, said), by=people(make).first.id)
    assert first.page(LIST).select_one(state).text == "Finished1 transfer came back"
    assert "Finished" in first.page(place(order)).select_one("#payment-order .tag").text


def test_a_page_that_is_full_shows_each_refund_whole_and_says_that_more_follow(
    make, first, monkeypatch
):
    for paid in (1_500_00, 1_600_00):
        refund = make_refunds.refund(make, cents=paid, parent=500_00)
        for share in RefundShare.select().where(RefundShare.refund == refund):
            make_fees.account(share.payer_id, iban=IBANS[1], holder="Ada Byron")
        make_refunds.approve(refund, by=make_refunds.colleague(make, "finance", "Ann"))
    monkeypatch.setattr(due, "MOST", 3)
    rows, more = queries.due_rows()
    assert [(row.cents, row.tick_cents) for row in rows] == [(1_000_00, 1_500_00), (500_00, 0)]
    assert more
    assert "These are the oldest" in first.page(LIST).select_one("#payout-due + p").text


def test_lists_ask_the_same_number_of_questions_however_long(make, db):
    for n in range(4):
        approved(make, cents=1_500_00 + n)
    with assert_query_count(1):
        assert len(queries.due_rows()[0]) == 4
    order = released(make, [approved(make, cents=1_600_00 + n) for n in range(3)])
    with assert_query_count(1):
        queries.orders(1)
    with assert_query_count(3):
        queries.order_file(order.id)
    numbers = [one.end_to_end for one in Transfer.select()]
    with assert_query_count(1):
        assert len(queries.sent_transfers(numbers)) == 3


def test_a_long_order_is_released_with_as_few_questions_as_a_short_one(make):
    counts = []
    for many in (2, 6):
        some = [approved(make, cents=1_500_00 + n) for n in range(many)]
        order = prepared(make, some)
        second = people(make).second.id
        with transaction(), count_queries() as counted:  # mails leave after it
            service.release(order.id, version=1, key=uuid4().hex, by=second)
        counts.append(counted.count)
        assert {Refund.find(one.id).state for one in some} == {"exported"}
        assert {Refund.find(one.id).version for one in some} == {one.version + 1 for one in some}
        for one in some:
            assert fees.position_of(one.enrolment_id).coming_back == one.amount_cents
    assert counts[0] == counts[1]


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_a_colleague_takes_back_what_the_bank_never_took(first, second, make, htmx):
    order = released(make, [approved(make)])
    assert not second.page(place(order)).select("form[action$=never-taken]"), "who released it"
    sheet = form(first, place(order), "never-taken")
    answer = first.submit(sheet, htmx=htmx, expect=422, reason="")
    assert "Write the reason." in answer.text
    assert len(answer.select("details[open]")) == 1
    first.submit(sheet, htmx=htmx, expect=204 if htmx else 303, reason="No trace at the bank")
    page = first.page(place(order))
    assert "No trace at the bank" in page.text
    assert not page.select("form[action$=never-taken]")
    assert page.select("a[href$='file.xml']"), "the frozen file stays"


def test_a_colleague_says_on_which_day_the_bank_executed_an_order(first, make):
    order = released(make, [approved(make)])
    sheet = form(first, place(order), "executed")
    for day in ("2026-02-31", ""):
        answer = first.submit(sheet, htmx=True, expect=422, on=day, reason="Paper statement")
        assert ("This day does not exist." in answer.text) == bool(day)
    today = clock.school_time(order.released_at).date().isoformat()
    first.submit(sheet, htmx=True, expect=204, on=today, reason="Paper statement")
    assert Refund.get().state == "paid"
