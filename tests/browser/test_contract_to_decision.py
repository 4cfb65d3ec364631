"""From the invitation to the funder's silence, for both kinds: what a school does with one contract, by hand."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal.contracts.models import Contract, ContractMove
from portal.kernel import clock
from portal.refunds.models import Refund
from tests.support import make_contracts, make_fees

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
PAPERS = {
    "apprenticeship": ["cerfa", "training_agreement"],
    "professionalisation": ["cerfa"],
}
#: What twenty silent days make of each kind (Code du travail D6224-2 and D6325-2).
ENDS = {
    "apprenticeship": ["transmitted", "implicit_refusal"],
    "professionalisation": ["transmitted", "implicit_acceptance", "active"],
}


@pytest.fixture
def years(make):
    """A student who has paid half of the year, and the staff of the school."""
    student = make.person("Camille Moreau")
    enrolment = make_fees.plan(make, make.enrolment(student))
    make_fees.pay(make, enrolment, 4_250_00)
    return {
        "student": student,
        "registrar": make.staff("registrar", name="Rosa Registrar"),
        "finance": make.staff("finance", name="Grace Hopper"),
    }


@pytest.fixture
def time_back():
    yield
    clock.run_ahead(0)


def declare(tab, kind):
    tab.goto("/contracts/new")
    starts_on = clock.today() + timedelta(days=10)
    typed = {
        "job_title": "Junior analyst",
        "tutor_name": "Jeanne Morel",
        "starts_on": starts_on.isoformat(),
        "ends_on": (starts_on + timedelta(days=364)).isoformat(),
        "company_name": "Orsay Risk Advisory",
        "siret": "732 829 320 00074",
        "contact_name": "Marie Delcourt",
        "contact_email": "marie.delcourt@orsay.example",
    }
    form = tab.locator("#contract-form")
    form.locator(f"[name=kind][value={kind}]").check()
    form.locator("[name=contact_locale][value=en]").check()
    for name, value in typed.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button:not([name])").last.click()
    expect(tab).to_have_url(re.compile(r"/contracts/\d+$"))


def send(tab, kinds, folder, text=""):
    for kind in kinds:
        (folder / f"{kind}.pdf").write_bytes(make_contracts.pdf(kind + text))
        form = tab.locator(f"form[id$=-{kind}]")
        form.locator("input[type=file]").set_input_files(folder / f"{kind}.pdf")
        form.get_by_role("button", name=re.compile("^Send")).click()
        expect(tab.locator("[role=status].note")).to_contain_text("Received")


def press(tab, name):
    button = tab.get_by_role("button", name=re.compile(name))
    button.last.click()
    expect(button).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
@pytest.mark.parametrize("kind", PAPERS)
def test_from_the_invitation_to_the_funders_silence(
    app, years, open_tab, post_box, tmp_path, time_back, kind, javascript
):
    student = open_tab(years["student"], javascript=javascript)
    declare(student, kind)
    invitation = next(mail for mail in post_box if "orsay" in mail["To"])
    door = re.search(r"/door/\S+", invitation.get_content()).group()

    company = open_tab(javascript=javascript, **PHONE)
    company.goto(door)
    company.get_by_role("button", name="Open").click()
    send(company, PAPERS[kind], tmp_path)
    assert Contract.get().state == "submitted"

    registrar = open_tab(years["registrar"], javascript=javascript)
    registrar.goto("/staff/contracts")
    registrar.get_by_role("link", name=re.compile("^Return…")).click()
    registrar.locator("textarea").fill("The signature of the employer is missing.")
    press(registrar, "^Return")
    assert Contract.get().state == "changes_requested"

    company.goto(door)
    expect(company.locator("main")).to_contain_text("The signature of the employer is missing.")
    send(company, ["cerfa"], tmp_path, " signed by everybody")

    registrar.goto("/staff/contracts")
    registrar.get_by_role("link", name=re.compile("^Accept…")).click()
    registrar.get_by_role("textbox").first.fill("9750.00")
    press(registrar, "^Accept")
    contract = Contract.get()
    assert contract.state == "signed"

    registrar.goto(f"/staff/contracts/{contract.id}/opco")
    form = registrar.locator("#filing-transmit")
    form.locator("[name=on]").fill(clock.today().isoformat())
    form.locator("[name=opco]").select_option(index=1)
    form.get_by_role("button").last.click()
    expect(registrar.locator("main")).to_contain_text("With the OPCO")

    tick = app.test_cli_runner()
    assert tick.invoke(args=["contracts", "tick"]).output == "0 contracts moved\n"
    clock.run_ahead(21)
    assert tick.invoke(args=["contracts", "tick"]).output == "1 contracts moved\n"
    assert tick.invoke(args=["contracts", "tick"]).output == "0 contracts moved\n"
    moves = [move.target for move in ContractMove.select().order_by(ContractMove.id)]
    assert moves[-len(ENDS[kind]) :] == ENDS[kind]

    finance = open_tab(years["finance"], javascript=javascript)
    finance.goto("/staff/refunds")
    expect(finance.locator(f"#refund-{Refund.get().id}")).to_contain_text("Moreau, Camille")
    student = open_tab(years["student"], javascript=javascript)
    student.goto("/refunds")
    expect(student.locator("main ol")).to_contain_text("4,250.00")
    student.goto(f"/contracts/{contract.id}")
    expect(student.locator("main")).to_contain_text(
        "Refused by silence" if kind == "apprenticeship" else "Running"
    )
