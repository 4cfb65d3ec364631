import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.errors import NotAllowed, NotPossible
from portal.refunds.rules import (
    ALREADY,
    LABELS,
    Calculation,
    Given,
    RefundState,
    Share,
    approvals_for,
    check_decider,
    check_move,
    check_second,
    share_out,
    work_out,
)

CASES = {
    "deposit and two instalments, fully funded": (
        9_750_00,
        4_250_00,
        9_750_00,
        "employer",
        0,
        4_250_00,
        0,
    ),
    "in full with the discount, fully funded": (
        9_262_50,
        9_262_50,
        9_262_50,
        "employer",
        0,
        9_262_50,
        0,
    ),
    "deposit only, fully funded": (9_750_00, 1_500_00, 9_750_00, "employer", 0, 1_500_00, 0),
    "funded in part, the employer owes the rest": (
        9_750_00,
        4_250_00,
        6_000_00,
        "employer",
        0,
        4_250_00,
        3_750_00,
    ),
    "funded in part, the student owes the rest": (
        9_750_00,
        4_250_00,
        6_000_00,
        "student",
        0,
        500_00,
        0,
    ),
    "deposit only, funded in part, student": (9_750_00, 1_500_00, 6_000_00, "student", 0, 0, 0),
    "in full with the discount, funded in part": (
        9_262_50,
        9_262_50,
        6_000_00,
        "student",
        0,
        6_000_00,
        0,
    ),
    "parent and student paid": (9_750_00, 4_250_00, 9_750_00, "employer", 0, 4_250_00, 0),
    "nothing received yet": (9_750_00, 0, 9_750_00, "employer", 0, 0, 0),
    "refunded before, then amended": (9_750_00, 4_250_00, 9_750_00, "employer", 4_250_00, 0, 0),
}


@pytest.mark.parametrize(
    ("price", "received", "funded", "owed_by", "promised", "refund", "company"),
    CASES.values(),
    ids=CASES.keys(),
)
def test_the_worked_cases(price, received, funded, owed_by, promised, refund, company):
    calculation = work_out(
        Given(
            price=price,
            received=received,
            funded=funded,
            shortfall_owed_by=owed_by,
            promised=promised,
        )
    )
    assert (calculation.refund, calculation.company_share) == (refund, company)


def test_the_discount_is_never_paid_out():
    discounted = work_out(
        Given(price=9_262_50, received=9_262_50, funded=9_750_00, shortfall_owed_by="student")
    )
    assert discounted.refund == 9_262_50


money = st.integers(0, 2_000_000)
givens = st.builds(
    Given,
    price=money,
    received=money,
    funded=money,
    promised=money,
    shortfall_owed_by=st.sampled_from(["employer", "student"]),
)


@given(givens)
def test_no_more_comes_back_than_came_in(given):
    assert 0 <= work_out(given).refund <= max(0, given.received - given.promised)


@given(givens, money)
def test_more_funding_never_means_less_refund(given, extra):
    richer = Given(**given.__dict__ | {"funded": given.funded + extra})
    assert work_out(richer).refund >= work_out(given).refund


@given(givens)
def test_the_steps_add_up_to_what_they_say(given):
    calculation = work_out(given)
    steps = dict(calculation.steps)
    before_left = sum(steps.get(name, 0) for name in ("price", "funded", "company"))
    assert before_left == steps["left"]
    after = sum(steps.get(name, 0) for name in ("received", "given_back", "kept"))
    assert max(0, after) == steps["refund"]


@given(givens)
def test_a_calculation_survives_its_years_in_the_database(given):
    calculation = work_out(given)
    assert Calculation.from_json(calculation.to_json()) == calculation


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=6), st.data())
def test_shares_sum_to_the_refund_and_nobody_gets_more_than_they_sent(receipts, data):
    refund = data.draw(st.integers(0, sum(receipts)))
    senders = [Share(n, cents) for n, cents in enumerate(receipts)]
    shares = share_out(refund, senders)
    assert sum(one.cents for one in shares) == refund
    assert all(0 < one.cents <= receipts[one.payer_id] for one in shares)


def test_what_the_parent_paid_goes_back_to_the_parent():
    assert share_out(4_250_00, [Share(1, 1_500_00), Share(2, 2_750_00)]) == [
        Share(1, 1_500_00),
        Share(2, 2_750_00),
    ]
    assert share_out(500_00, [Share(1, 1_500_00), Share(2, 2_750_00)]) == [
        Share(1, 176_47),
        Share(2, 323_53),
    ]


def test_shares_cannot_exceed_what_was_received():
    with pytest.raises(ValueError, match="more than"):
        share_out(2, [Share(1, 1)])


def test_every_state_has_its_words():
    assert set(ALREADY) == set(LABELS) == set(RefundState)


@pytest.mark.parametrize("now", RefundState)
@pytest.mark.parametrize("wanted", RefundState)
def test_no_step_of_a_refunds_life_can_be_skipped(now, wanted):
    allowed = {
        "proposed": {"approved", "refused", "info_needed", "cancelled", "returned"},
        "info_needed": {"proposed", "refused", "cancelled"},
        "approved": {"exported", "paid", "proposed", "cancelled", "returned"},
        "exported": {"paid", "returned"},
        "paid": {"returned"},
        "returned": {"proposed", "info_needed", "refused", "cancelled"},
    }
    if wanted in allowed.get(now, ()):
        check_move(now, wanted)
    else:
        with pytest.raises(NotPossible):
            check_move(now, wanted)


def test_four_eyes():
    check_decider(3, 1, 2)
    check_decider(3, 1, None)
    with pytest.raises(NotAllowed, match="proposed this refund"):
        check_decider(1, 1, 2)
    with pytest.raises(NotAllowed, match="accepted the contract"):
        check_decider(2, 1, 2)
    with pytest.raises(NotAllowed):
        check_second(2, 2)


@pytest.mark.parametrize(("amount", "people"), [(5_000_00, 1), (5_000_01, 2), (1, 1)])
def test_two_people_approve_above_the_limit(amount, people):
    assert approvals_for(amount, 5_000_00) == people
