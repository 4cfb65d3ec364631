"""An amendment and its contract: whatever becomes of the one, the other is not left hanging."""

from datetime import timedelta

import pytest

from portal import fees
from portal.contracts import queries, service
from portal.contracts.models import Contract
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from tests.support import make_fees
from tests.support.make_contracts import (
    accepted,
    amended,
    decide,
    end,
    funder_accepts,
    funder_refuses,
    send,
    submitted,
    transmit,
)


@pytest.fixture
def registrar(make):
    return make.staff("registrar", name="Grace Hopper")


def later(days):
    return clock.set_to(clock.now() + timedelta(days=days))


def state(contract):
    return Contract.find(contract.id).state


def test_an_amendment_is_accepted_although_the_opco_refused_the_contract_before(
    make, app, registrar
):
    contract = funder_refuses(transmit(accepted(make, app, registrar), registrar), registrar)
    amendment = transmit(amended(app, contract, registrar), registrar)
    funder_accepts(amendment, registrar)
    assert (state(contract), state(amendment)) == ("superseded", "accepted")


def test_silence_accepts_an_amendment_although_its_contract_came_to_its_end(make, app, registrar):
    contract = accepted(
        make,
        app,
        registrar,
        kind="professionalisation",
        starts_on=clock.today() - timedelta(days=200),
        ends_on=clock.today() + timedelta(days=10),
    )
    funder_accepts(transmit(contract, registrar), registrar)
    service.tick()
    amendment = transmit(amended(app, contract, registrar), registrar)
    Contract.update(ends_on=clock.today() + timedelta(days=100)).where(
        Contract.id == amendment.id
    ).execute()
    with later(30):
        service.tick()
    assert (state(contract), state(amendment)) == ("completed", "active")


@pytest.mark.parametrize("sent", [True, False], ids=["accepted", "open"])
def test_who_leaves_the_company_leaves_the_amendment_too(make, app, registrar, sent):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 4_250_00)
    contract = accepted(make, app, registrar, enrolment=enrolment)
    if sent:
        amendment = amended(app, contract, registrar)
    else:
        facts = {"reason": "Longer.", "version": contract.version, "by": registrar.id}
        amendment = Contract.find(service.amend(contract.id, **facts))
    before = fees.position_of(enrolment.id)
    end(contract, registrar, clock.today())
    assert state(contract) == "terminated"
    assert state(amendment) == "cancelled"
    assert fees.position_of(enrolment.id) == before


def test_an_amendment_that_is_given_up_leaves_its_contract_and_its_money_as_they_were(
    make, app, registrar, post_box
):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 4_250_00)
    contract = accepted(make, app, registrar, enrolment=enrolment)
    before = fees.position_of(enrolment.id)
    amendment = funder_refuses(transmit(amended(app, contract, registrar), registrar), registrar)
    post_box.clear()
    end(amendment, registrar, clock.today())
    assert (state(contract), state(amendment)) == ("signed", "cancelled")
    assert fees.position_of(enrolment.id) == before
    assert all("the amendment is given up" in mail["Subject"] for mail in post_box)


def test_one_amendment_at_a_time_and_its_own_amendment_replaces_both(make, app, registrar):
    contract = accepted(make, app, registrar)
    first = amended(app, contract, registrar)
    with pytest.raises(NotPossible, match="on its way"):
        amended(app, contract, registrar)
    second = amended(app, first, registrar, text="second")
    funder_accepts(transmit(second, registrar), registrar)
    assert [state(one) for one in (contract, first, second)] == [
        "superseded",
        "superseded",
        "accepted",
    ]


def test_an_amendment_of_a_successor_keeps_what_the_broken_contract_paid_for(make, app, registrar):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 4_250_00)
    broken = accepted(make, app, registrar, enrolment=enrolment)
    end(broken, registrar, clock.today())
    owed = fees.position_of(enrolment.id).owes
    new = submitted(
        make,
        app,
        enrolment=enrolment,
        text="new",
        follows=broken,
        starts_on=clock.today() + timedelta(days=5),
        ends_on=clock.today() + timedelta(days=300),
    )
    new = decide(service.accept, new, registrar, funded=6_000_00)
    child = service.amend(new.id, reason="Shorter.", version=new.version, by=registrar.id)
    for kind in ("cerfa", "training_agreement"):
        send(app, Contract.find(child), text=f"child {kind}", kind=kind)
    amendment = decide(service.accept, Contract.find(child), registrar, funded=6_000_00)
    assert fees.position_of(enrolment.id).owes == owed
    end(amendment, registrar, clock.today())
    assert fees.position_of(enrolment.id).owes == owed


def test_a_contract_that_falls_takes_its_amendment_and_all_its_money_with_it(make, app, registrar):
    enrolment = make_fees.plan(make)
    make_fees.pay(make, enrolment, 4_250_00)
    owed = fees.position_of(enrolment.id).owes
    contract = accepted(
        make, app, registrar, enrolment=enrolment, starts_on=clock.today() + timedelta(days=30)
    )
    amendment = amended(app, contract, registrar)
    end(contract, registrar, clock.today())
    assert (state(contract), state(amendment)) == ("cancelled", "cancelled")
    now = fees.position_of(enrolment.id)
    assert (now.funded, now.owes) == (0, owed)


def test_a_contract_that_cannot_move_holds_nobody_else_back(make, app, registrar, monkeypatch):
    stuck, other = (
        transmit(
            accepted(make, app, registrar, enrolment=make.enrolment(make.person(name))), registrar
        )
        for name in ("Stuck Somebody", "Other Somebody")
    )
    known = service.ticking._step

    def step(contract, target):
        if contract.id == stuck.id:
            raise RuntimeError("no room")
        known(contract, target)

    monkeypatch.setattr(service.ticking, "_step", step)
    with later(30), pytest.raises(RuntimeError):
        service.tick()
    assert (state(stuck), state(other)) == ("transmitted", "implicit_refusal")


def test_a_file_of_another_year_counts_as_another_contract_of_the_same_student(
    make, app, registrar
):
    first = make.enrolment()
    second = make.enrolment(first.student.person, make.cohort(name="ISI 2027-2028"))
    make.schedule(second.cohort)
    accepted(make, app, registrar, enrolment=first)
    again = submitted(
        make,
        app,
        enrolment=second,
        text="second",
        starts_on=clock.today(),
        ends_on=clock.today() + timedelta(days=300),
    )
    assert "overlap" in [finding.code for finding in queries.findings(again)]
