"""The account that money goes back to: one that a transfer reaches, and that only its owner changes."""

from io import BytesIO
from uuid import uuid4

import pytest

from portal import fees
from portal.audit.models import AuditEvent
from portal.bank import service as bank
from portal.bank.models import BankLine
from portal.fees.models import Payer
from portal.fees.rules import check_iban
from portal.infra.files import storage
from portal.kernel.errors import NotPossible
from portal.kernel.vault import vault
from portal.refunds.models import Refund
from tests.support import make_bank, make_fees, make_payouts, make_refunds
from tests.support.make_bank import booking, message, statement
from tests.support.passwords import PASSWORD, with_password

IBAN = "FR7630006000011234567890189"
GERMAN = "DE89370400440532013000"
TUNISIAN = "TN5910006035183598478831"


@pytest.fixture
def ada(make):
    """Her enrolment owes instalments; she chose a password."""
    make_bank.school(make)
    enrolment = make_fees.plan(make, make.enrolment(make.person("Ada Byron")))
    with_password(enrolment.student.person)
    return enrolment


@pytest.fixture
def payer(ada):
    return fees.student_payer(ada.id)


@pytest.fixture
def clerk(make):
    return make.staff("finance")


def tell(clerk, number, *, told, name, text, figure="1375.00"):
    """Send in a statement of one line that came from the account `told`; returns the line."""
    account = f"<DbtrAcct><Id><IBAN>{told}</IBAN></Id></DbtrAcct></RltdPties>"
    line = booking(figure, reference=number, name=name, text=text)
    data = message(statement(line.replace("</RltdPties>", account), ident=number)).encode()
    file = bank.receive(
        BytesIO(data), sent_as="x.xml", key=uuid4().hex, by=clerk.id, storage=storage()
    )
    bank.read_file(file.id, storage())
    return BankLine.get(BankLine.file == file.id)


@pytest.mark.parametrize("told", ["NOTPROVIDED", "12345678901", "XX", "FR001234", IBAN[:-1]])
def test_what_a_bank_writes_instead_of_an_iban_is_nobodys_account(make, clerk, payer, told):
    make_fees.plan(make, make.enrolment(make.person("Bob Brown")))
    tell(clerk, "B1", told=told, name="Ada Byron", text=payer.reference)
    assert Payer.find(payer.id).iban == ""
    line = tell(clerk, "B2", told=told, name="Bob Brown", text="school")
    assert (line.state, line.iban) == ("suggested", ""), "by the name; a person decides"


def test_money_from_an_account_outside_sepa_is_known_by_it_and_does_not_go_back_there(clerk, payer):
    tell(clerk, "B1", told=TUNISIAN, name="Ada Byron", text=payer.reference, figure="1500.00")
    assert Payer.find(payer.id).iban == ""
    line = tell(clerk, "B2", told=TUNISIAN, name="Ada Byron", text="school")
    assert (line.state, line.iban) == ("matched", TUNISIAN)


@pytest.mark.parametrize(
    "iban",
    [
        TUNISIAN,
        "TR330006100519786457841326",
        "SA0380000000608010167519",
        "BR1800360305000010009795493C1",
    ],
)
def test_an_account_outside_sepa_is_refused_with_the_reason(iban):
    with pytest.raises(NotPossible, match="name an account in Europe"):
        check_iban(iban)


@pytest.mark.parametrize("iban", [IBAN, "CH9300762011623852957", "GB29NWBK60161331926819"])
def test_accounts_of_the_sepa_zone_are_taken(iban):
    assert check_iban(iban) == iban


def test_an_order_says_whose_account_cannot_be_reached(make):
    """Such an account may be known from before the rule."""
    refund = make_payouts.approved(make)
    payer = fees.student_payer(refund.enrolment_id)
    Payer.update(iban=TUNISIAN, iban_fingerprint=vault().fingerprint(TUNISIAN)).where(
        Payer.id == payer.id
    ).execute()
    with pytest.raises(NotPossible, match="account of") as refusal:
        make_payouts.prepared(make, [refund])
    assert refusal.value.facts["name"] == payer.name


def test_a_browser_left_open_is_not_enough_to_change_the_account(client, ada, payer):
    student = client.sign_in(ada.student.person)
    form = student.page("/fees/account").select_one("form[action$=account]")
    typed = {"iban": IBAN, "holder": "Mallory"}
    asked = student.submit(form, htmx=False, expect=422, **typed)
    assert "Enter your password." in asked.text
    refused = student.submit(form, htmx=True, expect=403, **typed, current="a guess")
    assert "The current password is not right." in refused.text
    assert refused.select_one("[name=iban]")["value"] == IBAN, "what was typed stays"
    assert not refused.select_one("[name=current]").get("value")
    assert Payer.find(payer.id).iban == ""
    for _ in range(9):
        student.submit(form, htmx=True, expect=403, **typed, current="a guess")
    student.submit(form, htmx=True, expect=429, **typed, current=PASSWORD)
    assert Payer.find(payer.id).iban == ""


def test_who_has_no_password_yet_is_told_where_to_get_one(client, ada):
    person = ada.student.person
    person.password_hash = ""
    person.save()
    student = client.sign_in(person)
    form = student.page("/fees/account").select_one("form[action$=account]")
    told = student.submit(form, htmx=True, expect=403, iban=IBAN, holder="Ada", current="x")
    assert "You have no password yet" in told.text


def test_a_cent_of_a_stranger_does_not_turn_a_refund_to_them_unseen(make, clerk, payer, post_box):
    """Anybody can work out a reference: the payer hears of the account, and two people look at the refund."""
    enrolment = payer.enrolment
    make_fees.pay(make, enrolment, 4_250_00, by=clerk, means="card")
    tell(clerk, "B1", told=GERMAN, name="Mallory", text=payer.reference, figure="0.01")
    (mail,) = [one for one in post_box if "account" in one["Subject"]]
    assert mail["To"] == enrolment.student.person.email
    assert "DE89 •••• 3000" in mail.get_content()
    make_refunds.accept(make.contract(enrolment), funded=9_750_00, by=make.staff("registrar"))
    make_refunds.approve(Refund.get(), by=make.staff("finance", name="Ann"))
    assert (Refund.get().state, Refund.get().first_approved_by_id is None) == ("proposed", False)


def test_a_cent_that_comes_after_the_approval_says_nothing_about_the_account(make, clerk, payer):
    make_fees.pay(make, payer.enrolment, 4_250_00, by=clerk, means="card")
    make_refunds.accept(make.contract(payer.enrolment), funded=9_750_00, by=make.staff("registrar"))
    make_refunds.approve(Refund.get(), by=make.staff("finance", name="Ann"))
    line = tell(clerk, "B1", told=GERMAN, name="Mallory", text=payer.reference, figure="0.01")
    if line.state != "matched":
        bank.confirm(line.id, reading=0, version=line.version, key=uuid4().hex, by=clerk.id)
    assert Payer.find(payer.id).iban == ""


def test_an_account_somebody_typed_is_no_sign_of_who_pays(make, clerk, payer):
    """The mother of another student sends money from the account that Ada wants refunds on."""
    other = make_fees.plan(make, make.enrolment(make.person("Louis Martin")))
    for enrolment in (payer.enrolment, other):
        make_fees.pay(make, enrolment, 1_500_00, by=clerk, means="card")
    fees.set_account(payer.id, iban=IBAN, holder="Ada Byron", by=clerk.id)
    line = tell(clerk, "B1", told=IBAN, name="Jeanne Martin", text="scolarite Louis Martin")
    assert line.state == "suggested"
    assert fees.position_of(payer.enrolment_id).owes == 8_250_00
    alone = tell(clerk, "B2", told=IBAN, name="", text="mensualite")
    assert alone.state == "suggested", "nothing but the typed account speaks for her"


def test_a_known_account_that_sends_for_somebody_else_is_a_question(make, clerk, payer):
    other = make_fees.plan(make, make.enrolment(make.person("Louis Martin")))
    make_fees.pay(make, other, 1_500_00, by=clerk, means="card")
    tell(clerk, "B1", told=IBAN, name="A. Byron", text=payer.reference, figure="1500.00")
    line = tell(clerk, "B2", told=IBAN, name="A. Byron", text="pour Louis Martin")
    assert line.state == "suggested"
    same = tell(clerk, "B3", told=IBAN, name="A. Byron", text="mensualite")
    assert (same.state, same.automatic) == ("matched", 1)


def test_an_account_from_a_payment_that_the_student_typed_too_is_theirs(
    ada, payer, client, post_box
):
    fees.learn_account(payer.id, iban=IBAN, holder="Ada Byron")
    since, mails = Payer.find(payer.id).iban_changed_at, len(post_box)
    student = client.sign_in(ada.student.person)
    form = student.page("/fees/account").select_one("form[action$=account]")
    for _ in range(2):
        facts = {"iban": IBAN, "holder": "Ada Byron", "current": PASSWORD}
        student.submit(form, htmx=False, expect=303, **facts)
    said = student.page("/fees/account").select_one(".note.ok").text
    fees.forget_account(payer.id, iban=IBAN)

    now = Payer.find(payer.id)
    assert (now.iban, now.account_holder, now.iban_changed_at) == (IBAN, "Ada Byron", since)
    assert len(post_box) == mails, "nothing changed that somebody would have to hear of"
    assert "If that is a change" in said
    told = AuditEvent.select().where(AuditEvent.tag == "payer:account-confirmed")
    assert [one.actor_id for one in told] == [ada.student.person_id]
