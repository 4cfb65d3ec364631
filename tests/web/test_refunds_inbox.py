import pytest
from playhouse.test_utils import assert_query_count

from portal import fees
from portal.audit.models import AuditEvent
from portal.fees.models import LedgerTransaction
from portal.kernel import clock
from portal.refunds import service
from portal.refunds.models import Refund
from tests.support import make_refunds
from tests.support.client import fields_of
from tests.support.make_payouts import IBANS
from tests.support.passwords import PASSWORD, with_password


@pytest.fixture
def refund(make):
    return make_refunds.refund(make)


def approve_form(browser):
    return browser.page("/staff/refunds").select_one("form[action$=approve]")


def in_the_hands_of(browser, form, page):
    """A form that somebody else found, with the token that `browser` has."""
    token = browser.page(page).select_one("meta[name=csrf-token]")["content"]
    form.select_one("[name=csrf_token]")["value"] = token
    return form


def effects(refund):
    return (
        LedgerTransaction.select().where(LedgerTransaction.source == f"refund:{refund.id}").count()
    )


def test_approving_swaps_the_row_and_updates_the_counter(finance, refund):
    answer = finance.submit(approve_form(finance), htmx=True)
    row, counter, *heaps, status = answer.find_all(recursive=False)
    assert row["id"] == f"refund-{refund.id}"
    assert "Approved" in row.text
    assert "Grace Hopper" in row.text
    assert (counter["id"], counter["hx-swap-oob"]) == ("refunds-waiting", "true")
    assert counter.text.startswith("0 refunds to approve")
    assert "approved" in status.text
    assert {heap["id"]: heap.text for heap in heaps}["heap-to-approve"] == "0"
    assert {heap["id"]: heap.text for heap in heaps}["heap-to-pay"] == "1"
    assert row.select_one("th a").has_attr("data-focus")
    assert fees.position_of(refund.enrolment_id).coming_back == 4_250_00


def test_without_javascript_the_list_says_what_was_decided(finance, refund):
    assert finance.submit(approve_form(finance), htmx=False, expect=303) == "/staff/refunds"
    said = finance.page("/staff/refunds").select_one(".note.ok").text
    assert "approved" in said
    assert refund.enrolment.student.listed_as in said


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_the_whole_life_of_a_refund_by_hand(finance, refund, make, new_client, htmx):
    done = 200 if htmx else 303
    finance.submit(approve_form(finance), htmx=htmx, expect=done)
    pay = finance.page(f"/staff/refunds/{refund.id}/pay").select_one("form[action$=pay]")
    finance.submit(pay, htmx=htmx, expect=done, note="VIR 4711")
    assert Refund.get().state == "paid"
    assert fees.position_of(refund.enrolment_id).coming_back == 0

    student = new_client().sign_in(refund.enrolment.student.person)
    page = student.page(f"/refunds/{refund.id}")
    assert "€4,250.00" in page.select_one(".figure").text
    assert len(page.select(".steps .done")) == 3


def test_a_double_click_pays_once(finance, refund):
    form = approve_form(finance)
    finance.submit(form, htmx=True)
    finance.submit(form, htmx=True)
    assert effects(refund) == 1
    assert AuditEvent.select().where(AuditEvent.tag == "refund:approved").count() == 1


def test_the_loser_sees_the_fresh_row_and_who_decided(finance, refund, make):
    form = approve_form(finance)
    make_refunds.approve(refund, by=make.staff("director", name="Nadia Benali"))
    answer = finance.submit(form, htmx=True, expect=409)
    assert "already approved" in answer.select_one("[role=alert]").text
    assert "Nadia Benali" in answer.text
    assert answer.select_one("tr.conflict")
    assert effects(refund) == 1
    page = finance.submit(form, htmx=False, expect=409)
    assert "Nadia Benali" in page.text


def test_who_accepted_the_contract_does_not_approve_the_refund(client, new_client, make):
    both = make.staff("registrar", "finance", name="Both Hats")
    refund = make_refunds.refund(make, by=both)
    form = approve_form(new_client().sign_in(make.staff("finance", name="Somebody Else")))
    client.sign_in(both)
    assert not client.page("/staff/refunds").select("form[action$='/1/approve'], input[name=pick]")
    form = in_the_hands_of(client, form, "/staff/refunds")
    answer = client.submit(form, htmx=True, expect=403)
    assert "second person" in answer.select_one("[role=alert]").text
    assert effects(refund) == 0


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_refusing_needs_a_reason_that_the_student_reads(
    finance, refund, new_client, post_box, htmx
):
    opened = finance.page(f"/staff/refunds/{refund.id}/refuse")
    form = opened.select_one("form[action$=refuse]")
    answer = finance.submit(form, htmx=htmx, expect=422, reason="  ")
    assert answer.select_one(".err")
    finance.submit(form, htmx=htmx, expect=200 if htmx else 303, reason="Another <b>student</b>.")
    student = new_client().sign_in(refund.enrolment.student.person)
    assert "Another <b>student</b>." in student.page(f"/refunds/{refund.id}").text
    assert "Another <b>student</b>." in post_box[-1].get_content()
    assert effects(refund) == 0


def test_above_the_limit_the_row_asks_for_a_second_person(finance, make):
    make_refunds.refund(make, cents=9_750_00)
    answer = finance.submit(approve_form(finance), htmx=True)
    assert "1 of 2 approvals: Grace Hopper" in answer.text
    assert "second person must approve" in answer.select_one("#status").text


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_a_refusal_of_what_changed_meanwhile_keeps_its_reason_and_is_sent_again(
    finance, refund, make, htmx
):
    form = finance.page(f"/staff/refunds/{refund.id}/refuse").select_one("form[action$=refuse]")
    colleague = make.staff("director", name="Nadia Benali")
    facts = {"version": refund.version, "key": make_refunds.key(), "by": colleague.id}
    service.ask(refund.id, question="Whose account is it?", **facts)
    answer = finance.submit(form, htmx=htmx, expect=409, reason="Another student.")
    assert "Somebody changed this refund" in answer.select_one("tr.conflict [role=alert]").text
    again = answer.select_one("form[action$=refuse]")
    assert fields_of(again)["reason"] == "Another student."
    finance.submit(again, htmx=htmx, expect=200 if htmx else 303)
    assert (Refund.get().state, Refund.get().reason) == ("refused", "Another student.")


def test_a_refusal_of_what_was_approved_meanwhile_closes(finance, refund, make):
    form = finance.page(f"/staff/refunds/{refund.id}/refuse").select_one("form[action$=refuse]")
    make_refunds.approve(refund, by=make.staff("director", name="Nadia Benali"))
    answer = finance.submit(form, htmx=True, expect=409, reason="Another student.")
    assert not answer.select("form[action$=refuse]")


@pytest.mark.parametrize(
    "change",
    [{"version": "x"}, {"key": ""}, {"key": "short"}, {"version": "-1"}, {"version": "9" * 30}],
)
def test_a_form_that_was_tampered_with_is_refused(finance, refund, change):
    finance.submit(approve_form(finance), htmx=True, expect=422, **change)
    assert effects(refund) == 0


def test_extra_fields_change_nothing(finance, refund):
    finance.submit(
        approve_form(finance), htmx=True, amount_cents="1", state="paid", decided_by="1", by="1"
    )
    assert (Refund.get().amount_cents, Refund.get().state) == (4_250_00, "approved")


def test_no_step_can_be_skipped(finance, refund):
    pay = finance.page(f"/staff/refunds/{refund.id}/pay").select_one("form[action$=pay]")
    finance.submit(pay, htmx=True, expect=409)
    form = approve_form(finance)
    make_refunds.approve(
        refund, by=make_refunds.Person.get(make_refunds.Person.name == "Grace Hopper")
    )
    finance.submit(pay, htmx=True, expect=409)
    assert Refund.get().state == "approved"
    form["action"] = form["action"].replace("approve", "pay")
    finance.submit(form, htmx=True, version=2)
    assert Refund.get().state == "paid"


def test_a_refund_that_does_not_exist_is_a_404(finance, refund):
    form = approve_form(finance)
    form["action"] = "/staff/refunds/999/approve"
    finance.submit(form, htmx=False, expect=404)
    assert finance.submit(form, htmx=True, expect=404).text == "There is no such record."


def test_the_calculation_opens_in_the_row_and_in_both_languages(finance, refund, new_client, make):
    answer = finance.fragment(f"/staff/refunds/{refund.id}/calculation")
    assert "Price of the year" in answer.select_one(".sum").text
    french = new_client().sign_in(make.staff("director", name="Diane", locale="fr"))
    page = french.page(f"/staff/refunds/{refund.id}/calculation")
    assert "Prix de l’année" in page.text
    assert "4\xa0250,00\xa0€" in page.text


def test_the_inbox_costs_the_same_for_any_number_of_rows(finance, make):
    for n in range(4):
        make_refunds.refund(make, cents=1_500_00 + n)
    # who am I, cohorts, which rows, the rows, their accounts, the sums, the newest change
    with assert_query_count(7):
        page = finance.page("/staff/refunds")
    assert len(page.select("table tbody")) == 4


def test_the_inbox_finds_by_name_number_and_company(finance, make):
    person = make.person("Anaïs Lefèvre")
    refund = make_refunds.refund(make, enrolment=make.enrolment(person))
    make_refunds.refund(make, cents=1_500_00)
    for word in ("lefevre", "LEFÈVRE", refund.number.lower(), "anaïs"):
        assert len(finance.page(f"/staff/refunds?q={word}").select("table tbody")) == 1, word
    for word in ("%", "_", "nobody", "'; --"):
        assert finance.page(f"/staff/refunds?q={word}").select_one(".empty"), word


def test_an_empty_inbox_says_when_something_comes(finance):
    assert "Nothing to approve" in finance.page("/staff/refunds").select_one(".empty").text


@pytest.mark.parametrize("tab", ["to-approve", "waiting", "to-pay", "paid", "refused", "all"])
def test_every_list_opens(finance, refund, tab):
    page = finance.page(f"/staff/refunds?state={tab}")
    assert bool(page.select("table tbody")) == (tab in ("to-approve", "all"))


@pytest.mark.parametrize(("tab", "order"), [("to-approve", "longest waiting"), ("all", "newest")])
def test_a_list_says_in_which_order_it_is(finance, refund, tab, order):
    page = finance.page(f"/staff/refunds?state={tab}")
    assert page.table.caption.text == f"Refunds, {order} first"


def test_a_list_nobody_made_is_a_404(finance):
    finance.page("/staff/refunds?state=nonsense", expect=404)


def test_only_finance_marks_as_paid(client, make, refund):
    make_refunds.approve(refund, by=make.staff("finance"))
    client.sign_in(make.staff("director", name="Diane"))
    assert not client.page("/staff/refunds?state=to-pay").select("table a[href$='/pay']")
    client.page(f"/staff/refunds/{refund.id}/pay", expect=403)


def test_a_student_sees_the_own_refund_and_no_other(client, new_client, make, refund):
    own = client.sign_in(refund.enrolment.student.person)
    assert refund.number in own.page("/refunds").text
    with assert_query_count(4):
        own.page(f"/refunds/{refund.id}")
    other = new_client().sign_in(make.enrolment(make.person("Eve")).student.person)
    other.page(f"/refunds/{refund.id}", expect=404)
    assert other.page("/refunds").select_one(".empty")
    company = new_client().sign_in(make.person("ACME", "company"))
    company.page(f"/refunds/{refund.id}", expect=404)


def test_the_student_is_told_each_step(finance, refund, post_box):
    finance.submit(approve_form(finance), htmx=True)
    pay = finance.page(f"/staff/refunds/{refund.id}/pay").select_one("form[action$=pay]")
    finance.submit(pay, htmx=True)
    subjects = [message["Subject"] for message in post_box if message["To"].startswith("person")]
    assert "Your refund is approved" in subjects
    assert "Your refund is on its way" in subjects


def several(browser, rows, **changes):
    """Tick `rows` and approve them together."""
    form = browser.page("/staff/refunds").select_one("form#bulk")
    boxes = [box["value"] for box in browser.page("/staff/refunds").select("[name=pick]")]
    fields = {"pick": [boxes[n] for n in rows]} | changes
    return form, fields


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_several_are_approved_together_and_each_row_has_its_own_result(finance, make, htmx):
    refunds = [make_refunds.refund(make, cents=1_500_00 + n) for n in range(4)]
    form, fields = several(finance, [0, 1, 2])
    make_refunds.approve(refunds[1], by=make.staff("director", name="Nadia Benali"))
    answer = finance.submit(form, htmx=htmx, **fields)
    states = [one.state for one in Refund.select().order_by(Refund.id)]
    assert states == ["approved", "approved", "approved", "proposed"]
    assert len(answer.select("tr.conflict")) == 1
    assert "Nadia Benali" in answer.select_one("tr.conflict").text
    assert [effects(one) for one in refunds] == [1, 1, 1, 0]
    finance.submit(form, htmx=htmx, **fields)
    assert [effects(one) for one in refunds] == [1, 1, 1, 0]


def test_the_first_of_two_approvals_is_not_called_approved(finance, make):
    make_refunds.refund(make, cents=1_500_00)
    make_refunds.refund(make, cents=9_750_00)
    for rows, said in (
        ([1], "1 first approval noted: a second person must approve too"),
        ([0], "1 refund approved"),
    ):
        form, fields = several(finance, rows)
        answer = finance.submit(form, htmx=True, **fields)
        assert answer.select_one("#status").text == said
    heaps = {heap["id"]: heap.text for heap in answer.select("span[hx-swap-oob]")}
    assert (heaps["heap-to-approve"], heaps["heap-to-pay"], heaps["heap-all"]) == ("1", "1", "2")
    assert answer.select_one("th a").has_attr("data-focus")


@pytest.mark.parametrize(
    "pick", [[], ["x"], ["1"], ["-1.1"], ["99999999999.1"], ["1.1.1"], ["７.1"]]
)
def test_ticking_nothing_or_nonsense_approves_nothing(finance, refund, pick):
    form, _ = several(finance, [])
    finance.submit(form, htmx=True, expect=422, pick=pick)
    assert effects(refund) == 0


def test_ticking_nothing_is_said_in_the_inbox_without_javascript(finance, refund):
    form, _ = several(finance, [])
    page = finance.submit(form, htmx=False, expect=422)
    assert "Tick the refunds" in page.select_one("#bulk [role=alert]").text
    assert page.select(f"#refund-{refund.id}")


def test_a_ticked_refund_that_does_not_exist_is_left_out(finance, refund):
    form, fields = several(finance, [0])
    answer = finance.submit(form, htmx=True, pick=[*fields["pick"], "999.1"])
    assert len(answer.select("tbody")) == 1
    assert effects(refund) == 1


def test_staff_ask_and_the_student_answers_with_another_account(
    finance, refund, new_client, post_box
):
    asked = finance.page(f"/staff/refunds/{refund.id}/ask").select_one("form[action$=ask]")
    finance.submit(asked, htmx=True, expect=422, question=" ")
    finance.submit(asked, htmx=True, question="Whose account is it?")
    finance.submit(asked, htmx=True, question="Whose account is it?")
    student = new_client().sign_in(with_password(refund.enrolment.student.person))
    form = student.page(f"/refunds/{refund.id}").select_one("form[action$=answer]")
    wrong = student.submit(
        form, htmx=True, expect=422, text="Mine.", iban="FR7630006000011234567890188"
    )
    assert "does not exist" in wrong.select_one(".err").text
    assert wrong.select_one("textarea").text.strip() == "Mine."
    answers = {"text": "Mine.", "iban": "fr76 3000 6000 0112 3456 7890 189", "holder": "Ada"}
    asks = student.submit(form, htmx=True, expect=422, **answers)
    assert "Enter your password." in asks.select_one(".err").text
    stranger = student.submit(form, htmx=True, expect=403, **answers, current="a guess")
    assert "The current password is not right." in stranger.select_one("[role=alert]").text
    student.submit(form, htmx=True, expect=204, **answers, current=PASSWORD)
    assert (Refund.get().state, Refund.get().answer) == ("proposed", "Mine.")
    payer = fees.student_payer(refund.enrolment_id)
    assert (payer.iban, payer.account_holder) == ("FR7630006000011234567890189", "Ada")
    assert "FR76 •••• 0189" in student.page(f"/refunds/{refund.id}").text
    assert "A question about your refund" in [m["Subject"][:28] for m in post_box]

    first = finance.submit(approve_form(finance), htmx=True)
    assert "1 of 2 approvals" in first.text, "the account is new, so two people look at it"


def test_only_the_student_answers(finance, refund, make, new_client):
    asked = finance.page(f"/staff/refunds/{refund.id}/ask").select_one("form[action$=ask]")
    finance.submit(asked, htmx=True, question="Whose account is it?")
    student = new_client().sign_in(refund.enrolment.student.person)
    form = student.page(f"/refunds/{refund.id}").select_one("form[action$=answer]")
    other = new_client().sign_in(make.enrolment(make.person("Eve")).student.person)
    form = in_the_hands_of(other, form, "/refunds")
    other.submit(form, htmx=False, expect=404, text="Pay me.")
    assert Refund.get().state == "info_needed"


def test_the_proposer_corrects_it_downwards_until_somebody_approves(client, make, new_client):
    both = make.staff("registrar", "finance", name="Both Hats")
    refund = make_refunds.refund(make, by=both)
    client.sign_in(both)
    form = client.page(f"/staff/refunds/{refund.id}/edit").select_one("form[action$=edit]")
    amount = next(field["name"] for field in form.select("input") if "payer" in field["name"])
    for wrong in ("-1", "0", "0.001", "1e9", "NaN", "９００", "4250.01"):
        answer = client.submit(
            form,
            htmx=True,
            expect=422,
            reason="Less",
            **{amount: wrong},
        )
        assert Refund.get().amount_cents == 4_250_00, wrong
        assert answer.select_one(".err, [role=alert]"), wrong
        kept = fields_of(answer.select_one("form[action$=edit]"))
        assert (kept[amount], kept["reason"]) == (wrong, "Less")
    client.submit(form, htmx=True, reason="A part was paid by cheque", **{amount: "4 000,50"})
    assert Refund.get().amount_cents == 4_000_50
    make_refunds.approve(Refund.get(), by=make.staff("finance", name="Other"))
    assert fees.position_of(refund.enrolment_id).coming_back == 4_000_50
    assert fees.position_of(refund.enrolment_id).credit == 249_50
    late = client.submit(form, htmx=True, expect=409, reason="More", **{amount: "1"})
    assert not late.select("form[action$=edit]")


def test_a_correction_of_what_was_corrected_meanwhile_is_sent_again(client, make):
    both = make.staff("registrar", "finance", name="Both Hats")
    refund = make_refunds.refund(make, by=both)
    client.sign_in(both)
    url = f"/staff/refunds/{refund.id}/edit"
    form, later = (client.page(url).select_one("form[action$=edit]") for _ in range(2))
    amount = next(field["name"] for field in form.select("input") if "payer" in field["name"])
    client.submit(form, htmx=True, reason="First", **{amount: "4000"})
    answer = client.submit(later, htmx=True, expect=409, reason="Second", **{amount: "3900"})
    again = answer.select_one("form[action$=edit]")
    assert (fields_of(again)["reason"], fields_of(again)[amount]) == ("Second", "3900")
    client.submit(again, htmx=True)
    assert Refund.get().amount_cents == 3_900_00


def test_nobody_corrects_it_after_the_first_of_two_approvals(client, make):
    both = make.staff("registrar", "finance", name="Both Hats")
    refund = make_refunds.refund(make, cents=9_750_00, by=both)
    client.sign_in(both)
    form = client.page(f"/staff/refunds/{refund.id}/edit").select_one("form[action$=edit]")
    make_refunds.approve(refund, by=make.staff("finance", name="Other"))
    answer = client.submit(form, htmx=True, expect=409, reason="Less")
    assert not answer.select("form[action$=edit]")


def test_a_row_says_beforehand_that_a_new_account_needs_two_approvals(finance, refund):
    assert "needs 2 approvals" not in finance.page("/staff/refunds").text
    payer = fees.student_payer(refund.enrolment_id)
    fees.learn_account(payer.id, iban=IBANS[1], holder="Ada Byron")
    assert "needs 2 approvals" in finance.page("/staff/refunds").text


def test_nobody_else_corrects_it(finance, refund):
    form = finance.page(f"/staff/refunds/{refund.id}/edit").select_one("form[action$=edit]")
    finance.submit(form, htmx=True, expect=403, reason="Mine")
    assert Refund.get().amount_cents == 4_250_00


def test_an_approved_refund_can_still_be_cancelled_and_becomes_a_credit(finance, refund):
    finance.submit(approve_form(finance), htmx=True)
    form = finance.page(f"/staff/refunds/{refund.id}/cancel").select_one("form[action$=cancel]")
    finance.submit(form, htmx=True, reason="The contract fell.")
    finance.submit(form, htmx=True, reason="The contract fell.")
    position = fees.position_of(refund.enrolment_id)
    assert (Refund.get().state, position.coming_back, position.credit) == ("cancelled", 0, 4_250_00)


def test_the_inbox_tells_what_colleagues_changed_and_nothing_otherwise(finance, refund, make):
    poll = finance.page("/staff/refunds").select_one("#refunds-poll")["href"]
    quiet = finance.raw.get(poll, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert (quiet.status_code, quiet.data) == (204, b"")
    make_refunds.approve(refund, by=make.staff("director", name="Nadia Benali"))
    told = finance.fragment(poll)
    assert told.select_one(f"hx-partial[hx-target='#refund-{refund.id}'] tbody")
    assert "Nadia Benali" in told.text
    assert (
        finance.raw.get(
            told.select_one("#refunds-poll")["href"],
            headers={"HX-Request": "true", "HX-Request-Type": "partial"},
        ).status_code
        == 204
    )


def test_refreshing_without_javascript_leads_back_to_the_same_list(finance, refund):
    inbox = "/staff/refunds?state=all&q=ada+b&least=100"
    poll = finance.page(inbox).select_one("#refunds-poll")["href"]
    answer = finance.raw.get(poll)
    assert (answer.status_code, answer.headers["Location"]) == (303, inbox)
    assert finance.page(inbox).select(f"#refund-{refund.id}")


def test_every_row_on_screen_follows_however_many_changed_elsewhere(finance, make):
    shown = make_refunds.refund(make)
    poll = finance.page("/staff/refunds").select_one("#refunds-poll")["href"]
    others = [make_refunds.refund(make, cents=1_500_00) for _ in range(3)]
    for one in (*others, shown):
        make_refunds.approve(one, by=make_refunds.colleague(make, "director", "Nadia Benali"))
    told = finance.fragment(poll)
    assert [one["hx-target"] for one in told.select("hx-partial")] == [f"#refund-{shown.id}"]
    rows = f"rows={shown.id}-{shown.version}"
    assert rows in poll
    for wrong in ("x", "９-１", "-1", "1-", f"{'9' * 12}-1", f"1-{'9' * 12}", ""):
        finance.fragment(poll.replace(rows, f"rows={wrong}"))


def test_a_decision_that_began_earlier_and_ended_later_is_told_too(finance, make):
    """On PostgreSQL two colleagues decide side by side; a decision bears the instant at which it began."""
    slow, quick = make_refunds.refund(make), make_refunds.refund(make, cents=1_500_00)
    poll = finance.page("/staff/refunds").select_one("#refunds-poll")["href"]
    who = make_refunds.colleague(make, "director", "Nadia Benali")
    began = clock.now()
    make_refunds.approve(quick, by=who)
    first = finance.fragment(poll)
    assert [one["hx-target"] for one in first.select("hx-partial")] == [f"#refund-{quick.id}"]
    make_refunds.approve(slow, by=who)
    Refund.update(changed_at=began).where(Refund.id == slow.id).execute()
    then = finance.fragment(first.select_one("#refunds-poll")["href"])
    assert [one["hx-target"] for one in then.select("hx-partial")] == [f"#refund-{slow.id}"]
    htmx = {"HX-Request": "true", "HX-Request-Type": "partial"}
    assert finance.raw.get(then.select_one("#refunds-poll")["href"], headers=htmx).data == b""


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("least=4000", 1),
        ("most=2000", 1),
        ("least=1500&most=4250", 2),
        ("older=0", 2),
        ("older=3", 0),
        ("cohort=1", 2),
    ],
)
def test_the_inbox_filters_by_age_amount_and_cohort(finance, make, query, found):
    make_refunds.refund(make)
    make_refunds.refund(make, cents=1_500_00)
    assert len(finance.page(f"/staff/refunds?{query}").select("table tbody")) == found


@pytest.mark.parametrize(
    "query", ["least=NaN", "most=1e9", "older=-1", "older=x", "older=３", "cohort=p9"]
)
def test_a_filter_that_makes_no_sense_is_said_and_kept(finance, refund, query):
    page = finance.page(f"/staff/refunds?{query}", expect=422)
    name, typed = query.split("=")
    assert page.select_one(".filters .err")
    control = page.select_one(f"[name={name}]")
    assert control.name == "select" or control["value"] == typed


@pytest.mark.parametrize(
    ("locale", "typed", "sentence"),
    [
        ("en", "abc", "Write a whole number."),
        ("fr", "abc", "Écrivez un nombre entier."),
        ("en", "99999", "Write a number of days, at most 3,650."),
        ("fr", "99999", "Écrivez un nombre de jours, au plus 3\N{NO-BREAK SPACE}650."),
    ],
)
def test_a_filter_is_answered_once_in_the_language_of_the_reader(
    client, make, locale, typed, sentence
):
    client.sign_in(make.staff("finance", name="Paul Lemaire", locale=locale))
    page = client.page(f"/staff/refunds?older={typed}", expect=422)
    assert [one.text for one in page.select(".errors li")] == [sentence]
    assert page.select_one("#older-error").text.split(maxsplit=1)[1].endswith(sentence)


def test_staff_read_who_proposed_a_refund_and_what_it_waits_for(finance, refund):
    progress = finance.page(f"/refunds/{refund.id}").select_one(".steps").text
    assert "Proposed by Rosa Registrar" in progress
    assert "Waiting for an approval." in progress
    assert "The transfer has not left yet." in progress
    for word in ("You get", "Nothing to do for you"):
        assert word not in progress


def test_the_student_reads_that_nothing_is_to_do_and_not_who_proposed_it(client, refund):
    student = client.sign_in(refund.enrolment.student.person)
    progress = student.page(f"/refunds/{refund.id}").select_one(".steps").text
    assert "Nothing to do for you." in progress
    assert "You get a mail when the transfer leaves." in progress
    assert "Rosa" not in progress
