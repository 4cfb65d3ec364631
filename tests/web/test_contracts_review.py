"""The school checks contracts: a queue, two inline answers, one effect each."""

from datetime import date, timedelta

import pytest
from playhouse.test_utils import assert_query_count

from portal import contracts
from portal.audit.models import AuditEvent
from portal.contracts import queries, service
from portal.contracts.models import Contract, ContractDocument
from portal.identity import Person
from portal.kernel import clock
from portal.kernel.db import database
from portal.kernel.errors import NotPossible, Stale
from portal.programme import Enrolment
from tests.support.make_contracts import send, stored, submitted
from tests.support.threads import at_once


@pytest.fixture
def contract(make, app):
    return submitted(make, app, enrolment=make.enrolment(make.person("Camille Moreau")))


@pytest.fixture
def heard(monkeypatch):
    """What rooms above hear of accepted contracts, as (contract, state, funded, by)."""
    said = []

    def listen(*, contract, by):
        assert database.in_transaction()
        said.append((contract.id, contract.state, contract.funded_cents, by))

    monkeypatch.setattr(contracts.signed, "_listeners", [listen])
    return said


def opened(browser, contract, verb):
    """The form that “Accept…” or “Return…” opens in the row."""
    queue = browser.page("/staff/contracts")
    link = queue.select_one(f"#contract-{contract.id} a[href$='/{verb}']")
    return browser.fragment(link["href"]).select_one("form[method=post]")


def click(contract, by, key="one click, sixteen", **rest):
    return dict(
        {"contract_id": contract.id, "version": contract.version, "key": key, "by": by.id}, **rest
    )


def test_accepting_replaces_the_row_and_the_count_and_tells_everybody(
    staff, registrar, contract, heard, post_box
):
    post_box.clear()
    form = opened(staff, contract, "accept")
    answer = staff.submit(form, htmx=True, funded="6 000,00")

    assert "Accepted" in answer.select_one(f"#contract-{contract.id} .tag").text
    assert "Nadia Benali" in answer.select_one(f"#contract-{contract.id}").text
    assert answer.select_one("#contracts-waiting[hx-swap-oob]").text == "0"
    assert answer.select_one("#contracts-count-accepted[hx-swap-oob]").text == "1"
    assert answer.select_one("#status").text == "Contract of Camille Moreau accepted."
    assert heard == [(contract.id, "signed", 6_000_00, registrar.id)]
    assert ContractDocument.get().state == "accepted"
    assert Enrolment.find(contract.enrolment_id).scheme == "apprenticeship"
    student = contract.enrolment.student.person.email
    assert {m["To"]: m["Subject"] for m in post_box} == dict.fromkeys(
        [student, contract.contact.email], "Contract of Camille Moreau accepted"
    )
    line = AuditEvent.get(AuditEvent.tag == "contract:accepted")
    assert (line.subject, line.detail) == (f"contract:{contract.id}", "€6,000.00")


def test_accepting_works_without_javascript(staff, contract, heard):
    row = staff.page("/staff/contracts").select_one(f"#contract-{contract.id}")
    page = staff.page(row.find("a", string="Accept…")["href"])
    form = page.select_one("form[action$='/accept']")
    assert staff.submit(form, htmx=False, expect=303, funded="9750") == "/staff/contracts"
    page = staff.page("/staff/contracts")
    assert "Contract of Camille Moreau accepted." in page.select_one(".note.ok").text
    assert "Nothing to check" in page.text
    assert len(heard) == 1


def test_the_amount_the_student_knew_is_proposed_else_the_whole_price(staff, contract, monkeypatch):
    monkeypatch.setattr("portal.contracts.service.deciding._price_of", lambda _id: 9_750_00)
    assert opened(staff, contract, "accept").select_one("[name=funded]")["value"] == "9,750.00"
    Contract.update(funded_cents=6_000_00).execute()
    assert opened(staff, contract, "accept").select_one("[name=funded]")["value"] == "6,000.00"


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
@pytest.mark.parametrize(
    "amount", ["", " ", "0", "-1", "0.001", "NaN", "1,5", "1,500", "1e9", "６０００", "99999999"]
)
def test_an_amount_that_could_mean_two_things_is_asked_again(staff, contract, heard, amount, htmx):
    form = opened(staff, contract, "accept")
    answer = staff.submit(form, htmx=htmx, expect=422, funded=amount)
    field = answer.select_one(f"#funded-{contract.id}")
    assert field["value"] == amount.strip()
    assert field["aria-invalid"] == "true"
    assert heard == []
    assert Contract.find(contract.id).state == "submitted"


def test_returning_needs_a_reason_which_student_and_company_read(
    staff, contract, new_client, post_box
):
    post_box.clear()
    form = opened(staff, contract, "return")
    refused = staff.submit(form, htmx=True, expect=422, reason="  \n ")
    assert "Write what must change" in refused.select_one(".err").text
    reason = "Add the tutor’s name.\n<b>35 h</b>"
    answer = staff.submit(refused.select_one("form[method=post]"), htmx=True, reason=reason)

    assert "Changes requested" in answer.select_one(".tag").text
    form = ContractDocument.get(ContractDocument.kind == "cerfa")
    assert form.state == "returned"
    for reader in (contract.enrolment.student.person, contract.contact):
        page = new_client().sign_in(reader).page(f"/contracts/{contract.id}")
        assert page.select_one("blockquote").text == reason
        assert page.select("form[enctype]")
    assert len(post_box) == 2
    assert all("Add the tutor’s name." in mail.get_content() for mail in post_box)


def test_a_new_version_comes_back_to_the_queue_and_can_be_accepted(app, staff, contract, heard):
    staff.submit(opened(staff, contract, "return"), htmx=True, reason="Sign page 2.")
    assert "Nothing to check" in staff.page("/staff/contracts").text
    send(app, contract, text="signed")
    staff.submit(opened(staff, contract, "accept"), htmx=True, funded="9750.00")
    forms = ContractDocument.select().where(ContractDocument.kind == "cerfa")
    states = [p.state for p in forms.order_by(ContractDocument.number)]
    assert states == ["returned", "accepted"]
    assert len(heard) == 1


def test_a_double_click_has_one_effect_and_no_complaint(staff, contract, heard):
    form = opened(staff, contract, "accept")
    for _ in range(2):
        answer = staff.submit(form, htmx=True, funded="9750.00")
        assert "Accepted" in answer.select_one(".tag").text
    assert len(heard) == 1


def test_the_same_click_with_another_amount_is_refused(staff, contract, heard):
    form = opened(staff, contract, "accept")
    staff.submit(form, htmx=True, funded="9750.00")
    answer = staff.submit(form, htmx=True, expect=409, funded="1.00")
    assert "with another amount" in answer.select_one("[role=alert]").text
    assert Contract.find(contract.id).funded_cents == 9_750_00
    assert len(heard) == 1


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
def test_whoever_comes_second_reads_who_decided(staff, make, new_client, contract, heard, htmx):
    slow = new_client().sign_in(make.staff("director"))
    form = opened(slow, contract, "return")
    staff.submit(opened(staff, contract, "accept"), htmx=True, funded="9750.00")
    answer = slow.submit(form, htmx=htmx, expect=409, reason="Too late.")
    row = answer.select_one(f"#contract-{contract.id}")
    assert "already accepted" in row.select_one("[role=alert]").text
    assert "Nadia Benali" in row.text
    assert ContractDocument.get().state == "accepted"


def test_a_version_sent_meanwhile_must_be_read_first(app, staff, contract, heard):
    form = opened(staff, contract, "accept")
    send(app, contract, text="another")
    answer = staff.submit(form, htmx=True, expect=409, funded="9750.00")
    assert "Read it first" in answer.select_one("[role=alert]").text
    assert "Version 2 (PDF)" in answer.text
    assert heard == []


def test_a_refusal_above_undoes_the_whole_acceptance(staff, contract, monkeypatch, post_box):
    def refuse(**_facts):
        raise NotPossible("The student has no plan.")

    monkeypatch.setattr(contracts.signed, "_listeners", [refuse])
    post_box.clear()
    answer = staff.submit(opened(staff, contract, "accept"), htmx=True, expect=409, funded="9750")
    assert "no plan" in answer.select_one("[role=alert]").text
    assert Contract.find(contract.id).state == "submitted"
    assert ContractDocument.get().state == "checking"
    assert post_box == []


@pytest.mark.parametrize("missing", ["version", "key"])
def test_a_form_without_its_hidden_facts_decides_nothing(staff, contract, heard, missing):
    form = opened(staff, contract, "accept")
    staff.submit(form, htmx=True, expect=422, funded="9750", **{missing: ""})
    assert heard == []


def test_closing_the_form_gives_the_row_back(staff, contract):
    form = opened(staff, contract, "return")
    row = staff.fragment(form.select_one("a[hx-get]")["href"])
    assert row.find("a", string="Accept…")
    assert not row.select("form")
    assert (
        staff.raw.get(f"/staff/contracts/{contract.id}").headers["Location"] == "/staff/contracts"
    )


@pytest.mark.parametrize("permission", ["finance", "administrator"])
def test_only_registrar_and_director_decide(client, make, contract, permission):
    client.sign_in(make.staff(permission))
    for path in ("", f"/{contract.id}", f"/{contract.id}/accept", f"/{contract.id}/return"):
        client.page(f"/staff/contracts{path}", expect=403)


def test_a_contract_that_is_not_there_is_missing(staff):
    for path in ("", "/accept", "/return"):
        staff.page(f"/staff/contracts/999{path}", expect=404)
    staff.page("/staff/contracts?state=nonsense", expect=404)


def test_the_earliest_deadline_comes_first_and_says_how_late_it_is(app, make, staff):
    today = clock.today()
    for days in (9, -2, 0):
        make.contract(state="submitted", due_on=today + timedelta(days=days))
    make.contract(state="submitted", due_on=None)
    rows = staff.page("/staff/contracts").select("tbody")
    said = [" ".join(row.select_one("[data-l=Deadline] small").text.split()) for row in rows[:3]]
    assert said == ["2 days late", "today", "9 days left"]
    assert rows[3].select_one("[data-l=Deadline]").text.strip() == "–"


def test_the_queue_is_narrowed_by_kind_state_and_name(make, staff):
    pupil = make.enrolment(make.person("Zoé Lefèvre"))
    make.contract(enrolment=pupil, state="submitted")
    make.contract(kind="professionalisation", state="checked")

    def found(query):
        return len(staff.page(f"/staff/contracts?{query}").select("tbody"))

    assert found("") == 2
    assert found("kind=apprenticeship") == 1
    assert found("only=checked") == 1
    assert found("q=LEFEVRE") == 1
    assert found("q=nobody") == 0
    assert "Nothing found" in staff.page("/staff/contracts?q=nobody").text
    staff.page("/staff/contracts?kind=nonsense", expect=422)
    staff.page("/staff/contracts?only=active", expect=422)


def test_filters_of_the_queue_are_answered_once_in_french(client, make):
    reader = client.sign_in(make.staff("registrar", name="Nadia Berthelot", locale="fr"))
    page = reader.page("/staff/contracts?kind=nonsense", expect=422)
    assert page.select_one("#kind-error").text.count("choix valide") == 1
    assert "Not a valid" not in page.text


def test_tabs_count_and_show_contracts_by_state(app, make, staff):
    submitted(make, app)
    facts = {"decided_by": staff_id(staff), "decided_at": clock.now()}
    make.contract(state="changes_requested", **facts)
    make.contract(state="signed", funded_cents=1, **facts)
    make.contract(state="cancelled")
    page = staff.page("/staff/contracts?state=accepted")
    counts = [" ".join(tab.text.split()) for tab in page.select(".tabs a")]
    assert counts == ["To check 1", "Papers awaited 0", "Returned 1", "Accepted 1", "All 4"]
    assert [tag.text.strip() for tag in page.select("tbody .tag")] == ["Accepted by the school"]
    assert len(staff.page("/staff/contracts?state=all").select("tbody")) == 4


def staff_id(_browser):
    return Person.get(Person.role == "staff").id


def test_a_long_queue_has_pages_and_costs_the_same(app, make, staff):
    company, contact = make.company(), make.person("Jean", "company")

    def more(count):
        for _ in range(count):
            make.contract(
                company=company, contact=contact, state="submitted", submitted_at=clock.now()
            )

    more(3)
    with assert_query_count(5):  # session, counts, ids, contracts, papers
        assert len(staff.page("/staff/contracts").select("tbody")) == 3
    more(50)
    with assert_query_count(5):
        page = staff.page("/staff/contracts")
    seen = {row["id"] for row in page.select("tbody")}
    assert len(seen) == 50
    last = staff.page(page.find("a", string="Next page")["href"])
    assert len(seen | {row["id"] for row in last.select("tbody")}) == 53
    assert len(last.select("tbody")) == 3
    assert last.find("a", string="First page")["href"] == "/staff/contracts"
    for nonsense in ("abc", "2026-13-01.1", ".", "1e3.x"):
        assert len(staff.page(f"/staff/contracts?after={nonsense}").select("tbody")) == 50


def test_pages_follow_each_other_through_deadlines_and_rows_without_one(make):
    company, contact = make.company(), make.person("Jean", "company")
    day = date(2026, 12, 1)
    days = [day] * 40 + [day + timedelta(days=1)] * 30 + [None] * 60
    for due_on in days:
        make.contract(company=company, contact=contact, state="submitted", due_on=due_on)
    place, ids, lengths = queries.START, [], []
    while place is not None:
        page = queries.queue(queries.Wanted(), after=place)
        ids += [row.id for row in page.contracts]
        lengths.append(len(page.contracts))
        place = page.next
    assert lengths == [50, 50, 30]
    assert ids == sorted(ids)


@pytest.mark.parametrize("_again", range(5))
def test_two_people_deciding_at_once_leave_one_decision(make, contract, heard, _again):
    grace, linus = make.staff("registrar"), make.staff("director")
    outcomes = at_once(
        lambda: service.accept(funded=9_750_00, **click(contract, grace, "grace’s own click")),
        lambda: service.accept(funded=6_000_00, **click(contract, linus, "linus’ own click!!")),
        lambda: service.send_back(reason="No.", **click(contract, linus, "linus’ other click")),
    )
    assert outcomes.count(None) == 1
    assert {type(o) for o in outcomes if o} <= {NotPossible, Stale}
    accepted = Contract.find(contract.id).state == "signed"
    assert len(heard) == accepted
    assert (
        AuditEvent.select()
        .where(AuditEvent.tag.in_(["contract:accepted", "contract:returned"]))
        .count()
        == 1
    )


def test_the_same_click_sent_at_once_succeeds_each_time_with_one_effect(contract, registrar, heard):
    def accept():
        return service.accept(funded=9_750_00, **click(contract, registrar))

    assert at_once(*[accept] * 4) == [None] * 4
    assert len(heard) == 1


def test_versions_sent_at_once_get_different_numbers(app, make):
    contract = make.contract()
    texts = ["a", "a", "b", "c"]
    numbers = at_once(*[lambda text=text: send(app, contract, text=text) for text in texts])
    kept = ContractDocument.select(ContractDocument.number).order_by(ContractDocument.number)
    assert [paper.number for paper in kept] == [1, 2, 3]
    assert [n for n in numbers if isinstance(n, int)]
    assert ContractDocument.select().where(ContractDocument.state == "checking").count() == 1
    assert len(stored(app)) == 3


def test_ready_made_reasons_are_written_into_the_row_in_either_language(staff, contract):
    row = staff.fragment(f"/staff/contracts/{contract.id}/return")
    url = row.select_one("form[id^=reasons]")["action"]
    picked = staff.fragment(f"{url}?because=page-2&because=pay&in=en")
    text = picked.select_one("textarea").text
    assert "Page 2 is missing." in text
    assert "below the legal minimum" in text
    french = staff.page(f"{url}?because=page-2&in=fr").select_one("textarea").text
    assert "Page 2 is missing." not in french
    assert french.strip()
