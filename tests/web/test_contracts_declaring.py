"""A student declares a contract; the person they name sees that one contract and no other."""

from datetime import timedelta

import pytest
from playhouse.test_utils import assert_query_count

from portal.audit.models import AuditEvent
from portal.contracts import service
from portal.contracts.models import Company, Contract
from portal.contracts.rules import ContractKind, Employer, Facts
from portal.identity import Person
from portal.kernel import clock
from tests.support.make_contracts import send, submitted
from tests.support.threads import at_once

TYPED = {
    "kind": "apprenticeship",
    "job_title": "Junior analyst",
    "tutor_name": "Jeanne Morel",
    "starts_on": "2026-11-02",
    "ends_on": "2027-09-30",
    "funded": "6 000,00",
    "company_name": "Orsay Risk Advisory",
    "siret": "732 829 320 00074",
    "contact_name": "Marie Delcourt",
    "contact_email": "Marie.Delcourt@orsay.example",
    "contact_locale": "fr",
}


@pytest.fixture
def enrolment(make):
    return make.enrolment(make.person("Camille Moreau"))


@pytest.fixture
def student(client, enrolment):
    return client.sign_in(enrolment.student.person)


def declare(browser, *, htmx=True, expect=204, **changes):
    form = browser.page("/contracts/new").select_one("#contract-form")
    return browser.submit(form, htmx=htmx, expect=expect, **(TYPED | changes))


def test_a_student_without_a_contract_is_shown_the_way(student):
    page = student.page("/contracts")
    assert page.select_one(".empty a")["href"] == "/contracts/new"


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
def test_declaring_invites_the_contact_and_opens_a_draft(student, enrolment, post_box, htmx):
    where = declare(student, htmx=htmx, expect=204 if htmx else 303)

    contract = Contract.get()
    assert where == f"/contracts/{contract.id}"
    assert (contract.state, contract.funded_cents, contract.enrolment_id) == (
        "draft",
        6_000_00,
        enrolment.id,
    )
    assert (contract.company.name, contract.company.siret) == (
        "Orsay Risk Advisory",
        "73282932000074",
    )
    assert (contract.contact.email, contract.contact.role) == (
        "marie.delcourt@orsay.example",
        "company",
    )
    assert {mail["To"] for mail in post_box} == {"marie.delcourt@orsay.example"}
    assert ["/door/" in mail.get_content() for mail in post_box] == [True]
    assert AuditEvent.select().where(AuditEvent.subject == f"contract:{contract.id}").count() == 1
    page = student.page(where)
    assert "Signed contract missing" in page.select_one(".sheet .tag").text
    assert "732\u00a0829\u00a0320\u00a000074" in page.select_one(".facts").text


def test_what_is_wrong_is_said_at_each_field_and_what_was_typed_is_kept(student):
    wrong = {
        "job_title": " ",
        "siret": "7328293200007",
        "contact_email": "marie at orsay",
        "starts_on": "2027-09-30",
        "ends_on": "2026-11-02",
        "funded": "1,5",
        "kind": "",
    }
    answer = declare(student, expect=422, **wrong)
    errors = {e["id"].removesuffix("-error") for e in answer.select(".err")}
    assert errors == {"job_title", "siret", "contact_email", "ends_on", "funded", "kind"}
    assert "You typed 13." in answer.select_one("#siret-error").text
    assert answer.select_one("#siret")["value"] == "7328293200007"
    assert answer.select_one("#funded")["value"] == "1,5"
    linked = {a["href"][1:] for a in answer.select(".errors a")}
    assert linked == errors
    assert all(answer.select_one(f"#{name}") for name in linked)
    assert Contract.select().count() == 0


@pytest.mark.parametrize("day", ["2026-02-31", "31/12/2026", "20261-01-01", "soon", ""])
def test_a_day_that_does_not_exist_is_refused(student, day):
    assert declare(student, expect=422, starts_on=day).select_one("#starts_on-error")


def test_control_characters_in_text_do_no_harm(student):
    declare(student, job_title="Ana\x00lyst\r\nX-Injected: 1", company_name="A\x00B")
    assert Contract.get().job_title == "Analyst X-Injected: 1"
    assert Company.get().name == "AB"


def test_a_contact_who_is_a_student_is_refused(student, enrolment):
    answer = declare(student, expect=422, contact_email=enrolment.student.person.email)
    assert "already used" in answer.select_one(".errors").text
    assert Contract.select().count() == 0
    assert Company.select().count() == 0


def test_a_known_company_keeps_its_name_and_its_other_contracts_to_itself(
    app, student, make, new_client
):
    theirs = submitted(make, app, company=make.company("Orsay Risk Advisory"))
    declare(
        student,
        company_name="Orsay hacked",
        siret=theirs.company.siret,
        contact_email="evil@example.org",
    )
    mine = Contract.get(Contract.id != theirs.id)
    assert mine.company_id == theirs.company_id
    assert Company.get().name == "Orsay Risk Advisory"

    newcomer = new_client().sign_in(Person.get(Person.email == "evil@example.org"))
    home = newcomer.page("/company")
    assert [a["href"] for a in home.select("h2 a")] == [f"/contracts/{mine.id}"]
    newcomer.page(f"/contracts/{theirs.id}", expect=404)
    newcomer.page(f"/documents/{theirs.documents.get().id}", expect=404)
    old = new_client().sign_in(theirs.contact)
    old.page(f"/contracts/{mine.id}", expect=404)


def test_a_second_contract_waits_until_the_first_is_cancelled(student):
    first = declare(student)
    assert student.raw.get("/contracts/new").headers["Location"] == first
    form = student.page(f"{first}/cancel").select_one("main form")
    assert student.submit(form, htmx=False, expect=303) == "/contracts"
    again = student.page("/contracts/new")
    assert again.select_one("#siret")["value"] == "73282932000074"
    assert again.select_one("#contact_email")["value"] == "marie.delcourt@orsay.example"
    assert declare(student) != first


def test_declaring_the_same_twice_is_one_contract_and_another_one_is_refused(student, post_box):
    form = student.page("/contracts/new").select_one("#contract-form")
    where = [student.submit(form, htmx=True, expect=204, **TYPED) for _ in range(2)]
    assert where[0] == where[1]
    answer = student.submit(form, htmx=True, expect=422, **(TYPED | {"job_title": "Other"}))
    assert "already have a contract" in answer.select_one(".errors").text
    assert len(post_box) == 1  # one letter: the task and the way in


def test_ten_declarations_a_day_are_enough(student):
    for _ in range(10):
        declare(student)
        Contract.update(state="cancelled").execute()
    assert "Try again tomorrow" in declare(student, expect=422).select_one(".errors").text
    Contract.update(declared_at=clock.now() - timedelta(days=2)).execute()
    declare(student)


def test_two_windows_at_once_declare_one_contract(enrolment):
    def one(siret, email):
        return service.declare(
            enrolment_id=enrolment.id,
            facts=Facts(
                kind=ContractKind.APPRENTICESHIP,
                job_title=email,
                tutor_name="",
                starts_on=enrolment.cohort.starts_on,
                ends_on=enrolment.cohort.ends_on,
                funded=None,
            ),
            employer=Employer(
                name="A", siret=siret, contact_name="B", contact_email=email, contact_locale="fr"
            ),
            by=enrolment.student.person_id,
        )

    outcomes = at_once(
        lambda: one("73282932000074", "a@example.org"),
        lambda: one("73282932000074", "b@example.org"),
        lambda: one("44306184100047", "c@example.org"),
    )
    assert len([o for o in outcomes if isinstance(o, int)]) == 1
    assert Contract.select().count() == 1


def test_two_students_naming_the_same_new_company_and_contact_at_once_both_succeed(make):
    both = [make.enrolment(), make.enrolment()]

    def one(enrolment):
        return service.declare(
            enrolment_id=enrolment.id,
            facts=Facts(
                kind=ContractKind.APPRENTICESHIP,
                job_title="Analyst",
                tutor_name="",
                starts_on=enrolment.cohort.starts_on,
                ends_on=enrolment.cohort.ends_on,
                funded=None,
            ),
            employer=Employer(
                name="A",
                siret="73282932000074",
                contact_name="B",
                contact_email="b@example.org",
                contact_locale="fr",
            ),
            by=enrolment.student.person_id,
        )

    outcomes = at_once(*[lambda e=e: one(e) for e in both])
    assert all(isinstance(o, int) for o in outcomes)
    assert Company.select().count() == 1
    assert Person.select().where(Person.role == "company").count() == 1


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "plain"])
def test_a_draft_is_corrected(student, htmx):
    where = declare(student)
    form = student.page(f"{where}/edit").select_one("#contract-form")
    assert form.select_one("[name=funded]")["value"] == "6,000.00"
    student.submit(
        form, htmx=htmx, expect=204 if htmx else 303, job_title="Senior analyst", funded=""
    )
    contract = Contract.get()
    assert (contract.job_title, contract.funded_cents) == ("Senior analyst", None)


def test_a_correction_on_an_old_screen_is_refused(student):
    where = declare(student)
    form = student.page(f"{where}/edit").select_one("#contract-form")
    student.submit(form, htmx=True, expect=204, job_title="First")
    answer = student.submit(form, htmx=True, expect=409, job_title="Second")
    assert "Somebody changed this contract" in answer.select_one(".errors").text
    assert Contract.get().job_title == "First"


def test_a_contract_that_is_being_checked_stays_as_it_is(app, student, enrolment):
    where = declare(student)
    form = student.page(f"{where}/edit").select_one("#contract-form")
    send(app, Contract.get())
    assert "cannot be changed now" in student.submit(form, htmx=True, expect=409).text
    assert not student.page(where).find("a", href=f"{where}/edit")


def test_an_accepted_contract_cannot_be_cancelled(student, post_box):
    where = declare(student)
    form = student.page(f"{where}/cancel").select_one("main form")
    Contract.update(state="signed").execute()
    page = student.submit(form, htmx=False, expect=409)
    assert "Write to the school" in page.select_one("[role=alert].note:not([hidden])").text
    assert Contract.get().state == "signed"


def test_cancelling_tells_the_contact_once(student, post_box):
    where = declare(student)
    form = student.page(f"{where}/cancel").select_one("main form")
    post_box.clear()
    student.submit(form, htmx=False, expect=303)
    student.submit(form, htmx=False, expect=303)
    assert [mail["To"] for mail in post_box] == ["marie.delcourt@orsay.example"]
    assert "annulé" in post_box[0]["Subject"] or "cancelled" in post_box[0]["Subject"]


def test_nobody_else_changes_or_cancels_a_contract(make, student, new_client):
    where = declare(student)
    others = [make.enrolment().student.person, Contract.get().contact, make.staff("registrar")]
    for other, status in zip(others, (404, 403, 403), strict=True):
        browser = new_client().sign_in(other)
        for verb in ("edit", "cancel"):
            page = browser.page(f"{where}/{verb}", expect=status)
            token = page.select_one("meta[name=csrf-token]")["content"]
            sent = TYPED | {"csrf_token": token, "version": "1"}
            assert browser.raw.post(f"{where}/{verb}", data=sent).status_code == status
    assert (Contract.get().state, Contract.get().version) == ("draft", 1)


def test_fields_that_are_not_the_students_are_ignored(student):
    declare(student, state="signed", decided_by="1", version="7", enrolment="9")
    contract = Contract.get()
    assert (contract.state, contract.decided_by_id, contract.version) == ("draft", None, 1)


def test_doubts_are_shown_and_do_not_block(student):
    where = declare(student, ends_on="2026-12-31", tutor_name="")
    said = [li.text for li in student.page(where).select(".note.warn li")]
    assert said == [
        "Such a contract usually lasts between 6 and 36 months.",
        "The law asks for a tutor in the company. Add the name.",
    ]


def test_a_company_sees_what_is_missing_first_and_sends_it_from_there(app, make, client):
    contact = make.person("Marie Delcourt", "company")
    company = make.company("Orsay Risk Advisory")
    done = make.contract(
        company=company,
        contact=contact,
        state="signed",
        funded_cents=8_500_00,
        decided_at=clock.now(),
    )
    waiting = make.contract(company=company, contact=contact)
    submitted(make, app, company=company, contact=contact)
    make.contract(company=company)
    client.sign_in(contact)
    with assert_query_count(3):  # session, contracts, papers
        page = client.page("/company")
    assert page.h1.text == "Orsay Risk Advisory"
    assert "One contract waits for you." in page.select_one(".page").text
    links = [a["href"] for a in page.select("h2 a")]
    assert len(links) == 3
    assert (links[0], links[-1]) == (f"/contracts/{waiting.id}", f"/contracts/{done.id}")
    forms = page.select("form[enctype]")
    assert [form.select_one("[name=kind]")["value"] for form in forms] == [
        "cerfa",
        "training_agreement",
    ]
    assert "€8,500.00" in page.text


def test_a_company_without_contracts_reads_when_one_will_come(make, client):
    page = client.sign_in(make.person("Nobody", "company")).page("/company")
    assert "No contract yet" in page.text


def test_lists_cost_a_fixed_number_of_queries(student, enrolment, make):
    for state in ("cancelled", "cancelled", "draft"):
        make.contract(enrolment, state=state)
    with assert_query_count(4):  # session, enrolment, contracts, papers
        assert len(student.page("/contracts").select(".list li")) == 3


def test_doors_are_for_their_own_people(make, new_client, enrolment):
    visits = {
        "/contracts": (200, 403, 403),
        "/contracts/new": (200, 403, 403),
        "/company": (403, 200, 403),
    }
    people = [enrolment.student.person, make.person("Jean", "company"), make.staff("director")]
    for url, answers in visits.items():
        for person, status in zip(people, answers, strict=True):
            new_client().sign_in(person).page(url, expect=status)
        assert new_client().raw.get(url).status_code == 303
