"""Filling the demo: on both databases, and on whatever day it is."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from portal import contracts, demo, fees, refunds, timetable
from portal.contracts import Contract
from portal.contracts import service as contract_verbs
from portal.kernel import clock
from portal.programme import enrolment_of
from portal.refunds import service as refund_verbs
from portal.refunds.models import Refund
from tests.support.living import account

pytestmark = pytest.mark.slow

DAYS = [
    datetime(2026, 10, 2, 9, tzinfo=UTC),
    datetime(2026, 12, 27, 18, tzinfo=UTC),
    datetime(2027, 2, 10, 9, tzinfo=UTC),
    datetime(2027, 4, 30, 9, tzinfo=UTC),
    datetime(2028, 2, 29, 9, tzinfo=UTC),
    datetime(2027, 8, 15, 9, tzinfo=UTC),
]


def test_the_whole_chain_can_be_played(app, db):
    demo.seed(storage=app.extensions["storage"])
    enrolment = enrolment_of(account("student").id)
    (contract,) = Contract.select().where(Contract.enrolment == enrolment)
    assert (contract.state, contract.contact_id) == ("submitted", account("company").id)
    assert fees.position_of(enrolment.id).received == 4_250_00

    contract_verbs.accept(
        contract.id,
        funded=9_750_00,
        version=contract.version,
        key=uuid4().hex,
        by=account("registrar").id,
    )
    refund = Refund.get(Refund.enrolment == enrolment)
    refund_verbs.approve(
        refund.id, version=refund.version, key=uuid4().hex, by=account("finance").id
    )

    (shown,) = refunds.of_enrolment(enrolment.id)
    assert (shown.state, shown.amount_cents) == ("approved", 4_250_00)
    assert fees.position_of(enrolment.id).owes == 0


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("now", DAYS, ids=lambda now: f"{now:%d-%B}")
def test_it_lives_on_any_day_of_the_year(app, db, now):
    with clock.set_to(now):
        demo.seed(storage=app.extensions["storage"])

        student = account("student").id
        coming = timetable.next_lesson(student, now)
        enrolment = enrolment_of(student)
        lines = fees.lines_of(enrolment.id, fees.position_of(enrolment.id).owes)
        assert coming.starts - now < timedelta(days=9)
        assert fees.position_of(enrolment.id).received == 4_250_00
        assert sum(line.open and line.due_on > clock.today() for line in lines) == 4
        assert contracts.waiting_count() == 2
        assert refunds.waiting_count() == 3
        waits = Refund.select().where(Refund.state == "proposed")
        assert all(now - refund.proposed_at < timedelta(days=9) for refund in waits)
