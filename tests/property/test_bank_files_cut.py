"""The same lines move the same money, in however many files the bank cuts them."""

from io import BytesIO
from itertools import count
from uuid import uuid4

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from stdnum.iban import calc_check_digits

from portal import fees
from portal.bank import service
from portal.bank.models import BankFile, BankLine
from portal.fees.models import Payer
from portal.infra.files import storage
from tests.support import make_bank, make_fees

RUNS = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TERMS = fees.Terms(3_000_00, "employer", covered_days=1, year_days=2)
STUDENT, PARENT, COMPANY = range(3)
#: All the student side owes, less than that, all the company owes, and more than anybody does.
SUMS = ["4875.00", "3375.00", "1375.00", "500.00", "6000.00"]
DAYS = ["2026-11-09", "2026-11-10"]
numbers = count(1)
lines = st.lists(
    st.tuples(
        st.sampled_from([STUDENT, PARENT, COMPANY]),
        st.sampled_from(SUMS),
        st.sampled_from(DAYS),
        st.booleans(),
    ),
    min_size=2,
    max_size=5,
)


def household(make, clerk):
    """A student and a parent who owe one sum, and a company that owes another; each with an account."""
    enrolment = make_fees.plan(make)
    fees.add_payer(enrolment.id, kind=fees.PayerKind.PARENT, name="Parent")
    fees.apply_funding(
        enrolment.id, terms=TERMS, employer=fees.Employer("Orsay", "Orsay"), source=uuid4().hex
    )
    mine = Payer.select().where(Payer.enrolment == enrolment.id)
    order = [fees.PayerKind.STUDENT, fees.PayerKind.PARENT, fees.PayerKind.COMPANY]
    payers = sorted(mine, key=lambda payer: order.index(payer.kind))
    accounts = [iban() for _ in payers]
    for payer, account in zip(payers, accounts, strict=True):
        fees.set_account(payer.id, iban=account, holder=payer.name, by=clerk.id)
    return enrolment, payers, accounts


def iban():
    bare = f"{next(numbers):018}"
    return f"DE{calc_check_digits('DE00' + bare)}{bare}"


def bookings(payers, accounts, told):
    return [
        make_bank.booking(
            figure,
            reference=uuid4().hex,
            booked=f"<BookgDt><Dt>{day}</Dt></BookgDt>",
            details=[
                make_bank.detail(text=payers[who].reference)
                if by_reference
                else "<TxDtls><RltdPties><DbtrAcct><Id><IBAN>"
                f"{accounts[who]}</IBAN></Id></DbtrAcct></RltdPties></TxDtls>"
            ],
        )
        for who, figure, day, by_reference in told
    ]


def send(clerk, some):
    data = make_bank.message(make_bank.statement(*some, ident=uuid4().hex)).encode()
    facts = {"sent_as": "x.xml", "key": uuid4().hex, "by": clerk.id, "storage": storage()}
    file = service.receive(BytesIO(data), **facts)
    assert BankFile.find(file.id).state == "done"
    return [
        (one.state, one.what, one.why, one.automatic, one.amount_cents)
        for one in BankLine.select().where(BankLine.file == file).order_by(BankLine.id)
    ]


def stand(enrolment, payers):
    position = fees.position_of(enrolment.id)
    paid = {one.payer_id: one.cents for one in (*position.receipts, *position.companies)}
    return position.owes, [paid.get(payer.id) for payer in payers]


def test_one_file_moves_the_same_money_as_a_file_for_each_line(make):
    make_bank.school(make)
    clerk = make.staff("finance")

    @RUNS
    @given(lines)
    @example([(STUDENT, "4875.00", DAYS[0], True), (PARENT, "1375.00", DAYS[0], False)])
    @example([(PARENT, "4875.00", DAYS[0], True), (STUDENT, "500.00", DAYS[0], True)])
    @example([(STUDENT, "4875.00", DAYS[0], True), (COMPANY, "3375.00", DAYS[0], False)])
    def same(told):
        one, several = household(make, clerk), household(make, clerk)
        at_once = send(clerk, bookings(*one[1:], told))
        day_by_day = sorted(told, key=lambda line: line[2])
        in_turn = [
            line for part in bookings(*several[1:], day_by_day) for line in send(clerk, [part])
        ]
        assert at_once == in_turn
        assert stand(*one[:2]) == stand(*several[:2])

    same()
