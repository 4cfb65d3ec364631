"""What the finance office agrees with a student, and what a payer without an account sees."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from portal import fees
from portal.fees import service
from portal.fees.models import Instalment, Invoice, Payer, PayerLink, PaymentPlan, Reminder
from portal.fees.rules import STEPS, step_due
from portal.kernel import clock
from tests.support import make_fees, make_refunds
from tests.support.passwords import PASSWORD, with_password

IBAN = "FR7630006000011234567890189"


@pytest.fixture
def enrolment(make):
    enrolment = make_fees.plan(make, make.enrolment(make.person("Camille Moreau")))
    make_fees.pay(make, enrolment, 2_000_00)
    return enrolment


def lines(enrolment):
    return [
        (line.due_on, line.rest)
        for line in fees.lines_of(enrolment.id, fees.position_of(enrolment.id).owes)
        if line.open
    ]


def written(finance, enrolment, rows, **more):
    """The form of a plan made by hand, filled with `rows` of day and amount."""
    form = finance.page(f"/staff/fees/{enrolment.id}/plan").select_one("form[action$=plan]")
    fields = {f"lines-{n}-due_on": "" for n in range(20)} | {
        f"lines-{n}-amount": "" for n in range(20)
    }
    fields = {name: text for name, text in fields.items() if form.select_one(f"[name={name}]")}
    for n, (day, amount) in enumerate(rows):
        fields |= {f"lines-{n}-due_on": day, f"lines-{n}-amount": amount}
    return form, fields | {"reason": "Two salaries come late"} | more


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_a_plan_made_by_hand_replaces_what_is_open_and_rewrites_nothing(
    finance, enrolment, htmx, post_box
):
    before = {line.id: (line.due_on, line.amount_cents) for line in Instalment.select()}
    rows = [("2027-01-15", "3 750,00"), ("2027-06-30", "4 000,00")]
    form, fields = written(finance, enrolment, rows)
    for _ in range(2):
        finance.submit(form, htmx=htmx, expect=204 if htmx else 303, **fields)
    assert lines(enrolment) == [(date(2027, 1, 15), 3_750_00), (date(2027, 6, 30), 4_000_00)]
    after = {line.id: (line.due_on, line.amount_cents) for line in Instalment.select()}
    assert before.items() <= after.items()
    assert "payment plan has changed" in post_box[-1]["Subject"]


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([("2027-01-15", "7 749,99")], 409),
        ([("2027-01-15", "7 750,01")], 409),
        ([], 409),
        ([("2026-01-15", "7 750,00")], 409),
        ([("2027-02-31", "7 750,00")], 422),
        ([("2027-01-15", "NaN")], 422),
        ([("2027-01-15", "７７５０")], 422),
        ([("2027-01-15", "")], 422),
        ([("2027-01-15", "-1")], 422),
        ([("2027-01-15", "0")], 422),
        ([("2027-01-15", "0.001")], 422),
        ([("2027-01-15", "1e9")], 422),
        ([("2027-01-15", "1,5")], 422),
        ([("", "100")], 422),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_what_was_typed_stays(
    finance, enrolment, rows, status, monkeypatch
):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 1))
    form, fields = written(finance, enrolment, rows)
    answer = finance.submit(form, htmx=True, expect=status, **fields)
    assert answer.select_one("[role=alert], .err")
    if rows:
        assert answer.select_one("[name=lines-0-amount]")["value"] == rows[0][1]
    assert sum(cents for _, cents in lines(enrolment)) == 7_750_00


@pytest.mark.parametrize(
    ("locale", "day", "amount"),
    [
        ("en", "This day does not exist.", "Write the amount in euros with two figures"),
        ("fr", "Ce jour n’existe pas.", "Écrivez le montant en euros, avec deux chiffres"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_once_and_leads_to_it(
    client, make, enrolment, locale, day, amount
):
    office = client.sign_in(make.staff("finance", name="Paul Lemaire", locale=locale))
    form, fields = written(office, enrolment, [("2027-02-31", "1,5"), ("2027-03-01", "")])
    answer = office.submit(form, htmx=True, expect=422, **fields)
    links = answer.select(".errors li a")
    assert [one["href"] for one in links] == [
        "#lines-0-due_on",
        "#lines-0-amount",
        "#lines-1-amount",
    ]
    assert all(answer.select_one(one["href"]) for one in links)
    assert day in links[0].text
    assert amount in links[1].text
    assert ("This day" in links[0].text) == (locale == "en")
    assert "{" not in answer.select_one(".errors").text


def test_a_line_is_put_off_with_its_rest(finance, enrolment):
    first = lines(enrolment)[0]
    line = next(x for x in fees.lines_of(enrolment.id, 7_750_00) if x.open)
    url = f"/staff/fees/{enrolment.id}/lines/{line.id}/postpone"
    form = finance.page(url).select_one("form[action$=postpone]")
    finance.submit(form, htmx=True, expect=409, to="2026-01-01", reason="late")
    finance.submit(form, htmx=True, expect=422, to="2027-02-31", reason="late")
    finance.submit(form, htmx=True, expect=204, to="2027-09-01", reason="A new job in summer")
    assert first[1] == 875_00
    assert lines(enrolment)[-1] == (date(2027, 9, 1), 875_00)
    assert fees.position_of(enrolment.id).owes == 7_750_00


def test_two_colleagues_change_one_plan(finance, enrolment, make):
    form, fields = written(finance, enrolment, [("2027-01-15", "7750")])
    line = next(x for x in fees.lines_of(enrolment.id, 7_750_00) if x.open)
    facts = {"to": date(2027, 9, 1), "reason": "x", "version": 1, "key": uuid4().hex}
    service.postpone(enrolment.id, line.id, by=make.staff("finance", name="Other").id, **facts)
    answer = finance.submit(form, htmx=True, expect=409, **fields)
    assert "changed this plan" in answer.text


def test_accounts_are_checked_masked_and_unreadable_in_the_database(
    finance, enrolment, db, post_box
):
    payer = fees.student_payer(enrolment.id)
    url = f"/staff/fees/{enrolment.id}/payers/{payer.id}/account"
    form = finance.page(url).select_one("form[action$=account]")
    for wrong in ("FR7630006000011234567890188", "DE00", "FR76", "1,5", "ＦＲ76", "x" * 61):
        answer = finance.submit(form, htmx=True, expect=422, iban=wrong, holder="Ada")
        assert answer.select_one("[name=iban]")["value"] == wrong
    finance.submit(
        form, htmx=True, expect=204, iban="fr76 3000 6000 0112 3456 7890 189", holder="Ada"
    )
    assert Payer.find(payer.id).iban == IBAN
    page = finance.page(f"/staff/fees/{enrolment.id}")
    assert "FR76 •••• 0189" in page.text
    assert IBAN not in page.text
    (stored,) = db.execute_sql(f"SELECT iban FROM payer WHERE id = {payer.id}").fetchone()
    assert stored.startswith("gAAAA")
    assert "1234567890" not in stored
    assert "was changed" in post_box[-1]["Subject"]


def test_a_student_names_the_account_for_refunds(client, enrolment):
    student = client.sign_in(with_password(enrolment.student.person))
    form = student.page("/fees/account").select_one("form[action$=account]")
    known = {"holder": "Ada", "current": PASSWORD}
    student.submit(form, htmx=True, expect=422, iban="nonsense", **known)
    student.submit(form, htmx=False, expect=303, iban=IBAN, **known)
    assert "FR76 •••• 0189" in student.page("/fees/account").text


def test_a_parent_reads_the_own_statement_by_a_private_link(
    finance, enrolment, make, new_client, post_box
):
    parent = fees.add_payer(
        enrolment.id, kind=fees.PayerKind.PARENT, name="Hélène Moreau", email="helene@example.org"
    )
    make_fees.pay(make, enrolment, 500_00, payer=parent)
    page = finance.page(f"/staff/fees/{enrolment.id}")
    form = page.select_one(f"form[action$='/payers/{parent.id}/link']")
    finance.submit(form, htmx=True, expect=204)
    link = next(word for word in post_box[-1].get_content().split() if "/pay/" in word)
    path = link[link.index("/pay/") :]
    anybody = new_client()
    statement = anybody.page(path)
    assert "500,00" in statement.text
    assert parent.reference[:4] in statement.text
    assert "2\xa0000,00" not in statement.text, "what others paid is theirs"
    assert PayerLink.get().fingerprint not in path

    revoke = finance.page(f"/staff/fees/{enrolment.id}").select_one("form[action$=revoke]")
    finance.submit(revoke, htmx=True, expect=204)
    anybody.page(path, expect=404)
    anybody.page("/pay/nonsense", expect=404)


def test_a_payment_that_no_longer_counts_is_struck_out_in_the_private_statement(
    finance, enrolment, make, new_client, post_box
):
    parent = fees.add_payer(
        enrolment.id, kind=fees.PayerKind.PARENT, name="Hélène Moreau", email="helene@example.org"
    )
    kept, reversed_one = (make_fees.pay(make, enrolment, n, payer=parent) for n in (500_00, 300_00))
    fees.reverse_payment(reversed_one.id, reason="Twice", by=make.staff("finance", name="P").id)
    service.send_link(parent.id, by=make.staff("finance", name="Q").id)
    letter = post_box[-1].get_content()
    statement = new_client().page(letter[letter.index("/pay/") :].split()[0])
    struck = [one.text.replace("\xa0", " ") for one in statement.select("s")]
    assert struck == ["300,00 €"]
    assert kept.amount_cents == 500_00
    assert "ne compte plus" in statement.text


def form_at(browser, url, ending):
    return browser.page(url).select_one(f"form[action$='{ending}']")


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_a_guarantor_knows_how_to_pay_before_paying(finance, enrolment, htmx, new_client, post_box):
    home = f"/staff/fees/{enrolment.id}"
    form = form_at(finance, f"{home}/payers/new", "/payers")
    for wrong in ({"name": " "}, {"name": "G", "email": "nowhere"}, {"name": "G", "locale": "de"}):
        facts = {"name": "", "email": "", "locale": "en"} | wrong
        answer = finance.submit(form, htmx=htmx, expect=422, **facts)
        assert answer.select_one(".err")
        assert answer.select_one("[name=email]")["value"] == facts["email"]
    facts = {"name": "Ada  Byron", "email": "ada@example.org", "locale": "en"}
    for _ in range(2):
        finance.submit(form, htmx=htmx, expect=204 if htmx else 303, **facts)
    payer = Payer.get(Payer.kind == "parent")
    assert (payer.name, payer.locale) == ("Ada Byron", "en")
    assert payer.reference != fees.student_payer(enrolment.id).reference

    send = form_at(finance, home, f"/payers/{payer.id}/link")
    finance.submit(send, htmx=htmx, expect=204 if htmx else 303)
    letter = post_box[-1].get_content()
    assert "how to pay" in letter
    statement = new_client().page(letter[letter.index("/pay/") :].split()[0])
    assert payer.reference in str(statement)
    assert statement.select_one("svg.qr")


@pytest.mark.parametrize("name", ["", "  ", "\u202e\u200b", "\u200d"])
def test_a_payer_has_a_name_that_can_be_seen(finance, enrolment, name):
    form = form_at(finance, f"/staff/fees/{enrolment.id}/payers/new", "/payers")
    finance.submit(form, htmx=True, expect=422, name=name, email="", locale="en")
    assert not Payer.select().where(Payer.kind == "parent").exists()


def test_names_keep_the_joiners_of_their_script_and_nothing_that_turns_them_round(
    finance, enrolment
):
    form = form_at(finance, f"/staff/fees/{enrolment.id}/payers/new", "/payers")
    facts = {"name": "\u202eمی\u200cخواهم\u200b", "email": "", "locale": "en"}
    finance.submit(form, htmx=True, expect=204, **facts)
    assert Payer.get(Payer.kind == "parent").name == "می\u200cخواهم"


def test_a_payer_is_written_to_in_their_own_language(make, enrolment, monkeypatch, post_box):
    student = enrolment.student.person
    facts = {"email": "ada@example.org", "by": make.staff("finance").id}
    locale = "fr" if student.locale == "en" else "en"
    payer = service.enter_payer(enrolment.id, name="Ada", locale=locale, **facts)
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 20))
    make_fees.pay(make, enrolment, 1_00, payer=payer)
    service.remind()
    letters = [one for one in post_box if one["To"] == "ada@example.org"]
    assert len(letters) == 2
    words = ("Paiement", "rest") if locale == "fr" else ("Payment received", "were due on")
    assert words[0] in letters[0]["Subject"]
    assert "€" in letters[1]["Subject"]
    assert (locale == "en") == ("were due on" in letters[1]["Subject"])


def test_a_corrected_address_ends_the_link_that_went_to_the_wrong_one(
    finance, enrolment, make, new_client, post_box
):
    facts = {"email": "wrong@example.org", "locale": "fr", "by": make.staff("finance").id}
    payer = service.enter_payer(enrolment.id, name="Ada", **facts)
    service.send_link(payer.id, by=facts["by"])
    letter = post_box[-1].get_content()
    path = letter[letter.index("/pay/") :].split()[0]
    new_client().page(path)
    form = form_at(finance, f"/staff/fees/{enrolment.id}/payers/{payer.id}/edit", "/edit")
    finance.submit(form, htmx=True, expect=204, name="Ada Byron")
    new_client().page(path)
    finance.submit(form, htmx=True, expect=204, email="right@example.org")
    new_client().page(path, expect=404)
    assert Payer.find(payer.id).email == "right@example.org"


def test_a_company_gets_an_address_and_keeps_the_name_of_its_contract(finance, enrolment, make):
    make_refunds.accept(make.contract(enrolment), funded=6_000_00, by=make.staff("registrar"))
    company = Payer.get(Payer.kind == "company")
    form = form_at(finance, f"/staff/fees/{enrolment.id}/payers/{company.id}/edit", "/edit")
    assert not form.select_one("[name=name]")
    finance.submit(form, htmx=True, expect=204, email="dues@example.org", name="Other", locale="en")
    now = Payer.find(company.id)
    assert (now.name, now.email, now.locale) == (company.name, "dues@example.org", "en")


def test_students_change_their_own_name_elsewhere(finance, enrolment):
    payer = fees.student_payer(enrolment.id)
    form = form_at(finance, f"/staff/fees/{enrolment.id}/payers/{payer.id}/edit", "/edit")
    finance.submit(form, htmx=True, expect=409, name="Mallory")
    assert Payer.find(payer.id).name == payer.name


def test_nobody_else_works_on_a_students_money(client, enrolment, make):
    for person in (enrolment.student.person, make.staff("registrar"), make.person("C", "company")):
        client.sign_in(person).page(f"/staff/fees/{enrolment.id}", expect=403)


def test_payers_of_another_student_are_not_found(finance, enrolment, make):
    other = fees.student_payer(make_fees.plan(make, make.enrolment()).id)
    finance.page(f"/staff/fees/{enrolment.id}/payers/{other.id}/account", expect=404)


@pytest.mark.parametrize(
    ("late", "sent", "step"),
    [
        (-8, (), None),
        (-7, (), -7),
        (-1, (), -7),
        (0, (), None),
        (6, (-7,), None),
        (7, (-7,), 7),
        (14, (7,), None),
        (15, (7,), 15),
        (40, (), 30),
        (400, (30,), None),
    ],
)
def test_which_letter_is_due(late, sent, step):
    assert step_due(late, sent) == step
    assert step is None or step in STEPS


def test_reminders_go_out_once_for_each_line_and_step(make, enrolment, monkeypatch, post_box):
    today = date(2026, 10, 29)
    monkeypatch.setattr(clock, "today", lambda: today)
    for _ in range(3):
        service.remind()
    assert Reminder.select().count() == 1
    assert "due on 5 November 2026" in post_box[-1]["Subject"]
    sent = []
    for day in range(60):
        monkeypatch.setattr(clock, "today", lambda day=day: today + timedelta(days=day))
        sent.append(service.remind())
    steps = sorted((one.instalment_id, one.step) for one in Reminder.select())
    assert len(steps) == len(set(steps))
    first = min(key for key, _ in steps)
    assert [step for key, step in steps if key == first] == [-7, 7, 15, 30]


@pytest.mark.parametrize("htmx", [True, False], ids=["htmx", "no javascript"])
def test_a_pause_of_reminders_is_for_days_to_come_and_its_reason_for_the_office(
    finance, enrolment, monkeypatch, htmx
):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 1))
    home = f"/staff/fees/{enrolment.id}"
    form = form_at(finance, f"{home}/reminders", "/reminders")
    assert form.select_one("label[for=reason]").text == "Reason, for the office"
    answer = finance.submit(form, htmx=htmx, expect=422, until="2026-11-30", reason="ill")
    assert "This day is over" in answer.select_one("#until-error").text
    assert answer.select_one("[name=reason]")["value"] == "ill"
    done = 204 if htmx else 303
    finance.submit(form, htmx=htmx, expect=done, until="2026-12-01", reason="ill")
    assert "No reminders until" in finance.page(home).text
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 2))
    assert "No reminders until" not in finance.page(home).text


def test_payment_contract_and_pause_stop_reminders(make, enrolment, monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 20))
    staff = make.staff("finance")
    service.pause_reminders(enrolment.id, until=date(2026, 11, 20), reason="ill", by=staff.id)
    assert service.remind() == 0
    service.pause_reminders(enrolment.id, until=None, reason="well", by=staff.id)
    PaymentPlan.update(reminders_paused_until=None).execute()
    make_fees.pay(make, enrolment, 875_00)
    assert service.remind() == 0
    contract = make.contract(enrolment)
    make_refunds.accept(contract, funded=9_750_00, by=make.staff("registrar"))
    monkeypatch.setattr(clock, "today", lambda: date(2027, 1, 20))
    assert service.remind() == 0


def test_invoices_and_credit_notes_add_up_to_what_is_asked(make, enrolment):
    make.policy(shortfall_owed_by="employer")
    contract = make.contract(enrolment)
    registrar = make.staff("registrar")
    make_refunds.accept(contract, funded=6_000_00, by=registrar)
    make_refunds.accept(contract, funded=9_750_00, by=registrar)
    asked = {}
    for one in Invoice.select():
        sign = 1 if one.kind == "invoice" else -1
        asked[one.payer.kind] = asked.get(one.payer.kind, 0) + sign * one.amount_cents
    assert asked == {"student": 0, "company": 0}
    numbers = [one.number for one in Invoice.select().order_by(Invoice.id)]
    year = clock.today().year
    assert [n for n in numbers if n[0] == "F"] == [f"F-{year}-0001", f"F-{year}-0002"]
    assert [n for n in numbers if n[0] == "A"] == [f"A-{year}-0001", f"A-{year}-0002"]
