"""Two students, their companies, and a word in everything that is written of the first: nobody else ever reads it.

Every address of the portal is asked by everybody outside, with the objects of the first file, with objects of
both files mixed, and as a list that is searched for the word.
"""

import re
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from portal.contracts import service
from portal.contracts.models import CompanyContact, CompanyCorrection, Contract, ContractDocument
from portal.identity.models import SignedInSession
from portal.kernel import clock
from portal.kernel.db import database
from portal.refunds.models import Refund
from portal.rhythm import service as rhythm_service
from portal.tables import ALL
from portal.web.limits import limiter
from tests.support import make_fees
from tests.support.client import HTMX
from tests.support.make_contracts import accept, pdf, send

WORD = "Zanzibarkanarie"
#: Written by looking, not by doing: who was seen when, who tried what.
FOOTPRINTS = {"signed_in_session", "audit_event", "sign_in_attempt"}
#: Addresses that carry their own secret, and those that are the visitor's own way in and out.
OWN_SECRET = {"token", "secret", "code", "name", "filename"}
SKIPPED = {"identity.sign_out"}
OUTSIDE = [
    "another student",
    "another company",
    "a colleague on another contract",
    "a company without a contract",
    "nobody",
]


def file_of(make, app, registrar, word, *, company=None):
    """A whole file: papers, a message, a correction, a calendar link, money, a certificate's number."""
    enrolment = make_fees.plan(make, make.enrolment(make.person(f"{word} Moreau")))
    make_fees.pay(make, enrolment, 4_250_00)
    contact = make.person(f"{word} Delcourt", "company", email=f"{word.lower()}@company.example")
    contract = make.contract(
        enrolment,
        company=company or make.company(f"{word} Conseil"),
        contact=contact,
        job_title=f"{word} analyst",
        tutor_name=f"{word} Morel",
        starts_on=clock.today() + timedelta(days=20),
        ends_on=clock.today() + timedelta(days=380),
        rncp=f"RNCP {word}",
    )
    CompanyContact.create(company=contract.company_id, person=contact)
    for kind in ("cerfa", "training_agreement"):
        send(app, contract, text=f"{word} {kind}", kind=kind)
    ContractDocument.update(sent_as=f"{word}.pdf").where(
        ContractDocument.contract == contract
    ).execute()
    service.write(contract.id, text=f"Hello {word}", key=uuid4().hex, by=contact.id)
    CompanyCorrection.create(
        company=contract.company_id,
        contract=contract,
        name=f"{word} corrected",
        address=f"{word} street",
        proposed_by=contact,
        state="waiting" if word == WORD else "refused",
    )
    accept(Contract.find(contract.id), registrar)
    rhythm_service.renew_link(Contract.find(contract.id), by=contact.id)
    return Contract.find(contract.id)


@pytest.fixture
def world(make, app, new_client):
    limiter.enabled = False
    make.policy()
    registrar = make.staff("registrar", name="Rosa Registrar")
    # Its name is the company's, not the file's: colleagues on other contracts know it.
    first = file_of(make, app, registrar, WORD, company=make.company("Valmorin Conseil"))
    second = file_of(make, app, registrar, "Other")
    third = file_of(make, app, registrar, "Third", company=first.company)
    people = {
        "the student": first.enrolment.student.person,
        "the company": first.contact,
        "another student": second.enrolment.student.person,
        "another company": second.contact,
        "a colleague on another contract": third.contact,
        "a company without a contract": make.person("Empty Handed", "company"),
    }
    browsers = {name: new_client().sign_in(person) for name, person in people.items()}
    browsers["nobody"] = new_client()
    yield SimpleNamespace(first=first, second=second, third=third, browsers=browsers)
    limiter.enabled = True


def objects(contract):
    """What stands in an address for the objects of a contract's file."""
    refund = Refund.select().where(Refund.enrolment == contract.enrolment_id).get()
    person = contract.contact_id
    return {
        "contract_id": contract.id,
        "document_id": ContractDocument.get(ContractDocument.contract == contract).id,
        "person_id": person,
        "correction_id": CompanyCorrection.get(CompanyCorrection.contract == contract).id,
        "refund_id": refund.id,
        "enrolment_id": contract.enrolment_id,
        "student_id": contract.enrolment.student_id,
        "session_id": SignedInSession.get(SignedInSession.person == person).id,
        "payer_id": 1,
        "payment_id": 1,
        "line_id": 1,
        "order_id": 1,
        "file_id": 1,
        "certificate_id": 1,
        "cohort_id": 1,
        "period_id": 1,
        "number": "C-2026-0001",
        "paper": "cerfa",
        "step": "transmit",
        "week": "2026-W40",
        "kind": "csv",
    }


def addresses(app, method, *, own, foreign):
    """Every address with foreign objects, with own ones, and with foreign ones behind an own contract."""
    for rule in app.url_map.iter_rules():
        if method not in rule.methods or rule.arguments & OWN_SECRET or rule.endpoint in SKIPPED:
            continue
        assert rule.arguments <= set(foreign), (
            f"say which {rule.arguments - set(foreign)} to ask for"
        )
        yield filled(rule, foreign)
        if method == "GET":
            yield filled(rule, own)
        if len(rule.arguments) > 1 and "contract_id" in rule.arguments:
            yield filled(rule, foreign | {"contract_id": own["contract_id"]})


def filled(rule, values):
    return re.sub(r"<(?:[^:<>]*:)?(\w+)>", lambda hole: str(values[hole[1]]), rule.rule)


def state():
    return {
        table._meta.table_name: database.execute_sql(
            f"SELECT * FROM {table._meta.table_name} ORDER BY id"
        ).fetchall()
        for table in ALL
        if table._meta.table_name not in FOOTPRINTS
    }


def own_of(world, who):
    mine = {"another company": world.second, "another student": world.second}
    return objects(mine.get(who, world.third))


def test_the_word_stands_in_the_file_of_those_it_is_written_of(world):
    for who in ("the student", "the company"):
        page = world.browsers[who].raw.get(f"/contracts/{world.first.id}").text
        assert page.count(WORD) > 8, who
    assert world.browsers["the company"].raw.get("/company").text.count(WORD) > 2


@pytest.mark.parametrize("who", OUTSIDE)
def test_nobody_outside_reads_a_word_of_the_file_at_any_address(app, world, who):
    browser = world.browsers[who]
    foreign = objects(world.first)
    papers = {pdf(f"{WORD} {kind}") for kind in ("cerfa", "training_agreement")}
    for address in addresses(app, "GET", own=own_of(world, who), foreign=foreign):
        for url, headers in (
            (address, {}),
            (address, HTMX),
            (f"{address}?q={WORD}&group=to-send", {}),
        ):
            answer = browser.raw.get(url, headers=headers)
            # What was typed into the address may be repeated; what stands in the file may not.
            body = (
                answer.get_data()
                .replace(f"q={WORD}".encode(), b"")
                .replace(f'value="{WORD}"'.encode(), b"")
            )
            body = body.replace(f"q%3D{WORD}".encode(), b"")
            assert WORD.encode() not in body, (who, url)
            assert WORD not in str(answer.headers).replace(f"q%3D{WORD}", "").replace(
                f"q={WORD}", ""
            ), (who, url)
            assert body not in papers, (who, url)
            assert answer.status_code < 500, (who, url)
            if f"/contracts/{foreign['contract_id']}" in address:
                assert answer.status_code in (302, 303, 401, 403, 404), (who, url)
            answer.close()


@pytest.mark.parametrize("who", OUTSIDE)
def test_nobody_outside_does_anything_to_the_file(app, world, who):
    browser = world.browsers[who]
    token = browser.page("/verify").select_one("meta[name=csrf-token]")["content"]
    foreign = objects(world.first)
    acting = {
        "csrf_token": token,
        "version": world.first.version,
        "key": uuid4().hex,
        "text": "x",
        "reason": "x",
    }
    before = state()
    for address in addresses(app, "POST", own=own_of(world, who), foreign=foreign):
        if "<" in address or not any(str(part).isdigit() for part in address.split("/")):
            continue  # names nobody's objects
        answer = browser.raw.post(
            address, data=acting | {"pick": [foreign["contract_id"]]}, headers=HTMX
        )
        assert WORD.encode() not in answer.get_data(), (who, address)
        assert answer.status_code in (204, 302, 303, 401, 403, 404, 409, 422), (
            who,
            address,
            answer.status_code,
        )
        answer.close()
    assert state() == before


def test_a_calendar_link_shows_the_days_of_its_own_contract_alone(world, new_client):
    link = rhythm_service.renew_link(world.second, by=world.second.contact_id)
    answer = new_client().raw.get(link[link.index("/calendars") :])
    assert answer.status_code == 200
    assert WORD not in answer.text
    assert "Other Moreau" in answer.text


def test_the_whole_file_that_staff_take_away_holds_no_other_file(world, make, new_client):
    import io
    import zipfile

    staff = new_client().sign_in(make.staff("director", name="Dora Director"))
    answer = staff.raw.get(f"/staff/contracts/{world.second.id}/file.zip")
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as whole:
        members = [whole.read(name) for name in whole.namelist()]
    assert sorted(members) == sorted(
        pdf(f"Other {kind}") for kind in ("cerfa", "training_agreement")
    )
    answer.close()
