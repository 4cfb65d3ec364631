"""What is checked before a contract is signed: what blocks, what only warns, and which text says so."""

from datetime import date, timedelta
from typing import Any

import pytest

from portal.contracts.rules import Checked, ContractKind, findings, year_of_apprenticeship
from portal.contracts.rules.pay import minimum_pay, smic
from portal.kernel.clock import months_later

FINE: dict[str, Any] = {
    "kind": ContractKind.APPRENTICESHIP,
    "siret": "73282932000074",
    "starts_on": date(2026, 10, 1),
    "ends_on": date(2027, 9, 30),
    "concluded_on": date(2026, 9, 21),
    "practical_start_on": date(2026, 10, 5),
    "weekly_minutes": 35 * 60,
    "monthly_pay": 1_823_03,
    "tutor_name": "Jeanne Morel",
    "tutor_experience_years": 6,
    "born_on": date(2003, 5, 17),
    "cycle_starts_on": date(2026, 9, 14),
    "papers": frozenset({"cerfa", "training_agreement"}),
}


def codes(**changes):
    return [(finding.code, finding.blocks) for finding in findings(Checked(**FINE | changes))]


def test_a_contract_in_order_gives_nothing_to_say():
    assert codes() == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("siret", {"siret": "73282932000075"}),
        ("concluded-late", {"concluded_on": date(2026, 10, 2)}),
        ("practical-start", {"practical_start_on": date(2026, 9, 30)}),
        ("practical-start", {"practical_start_on": date(2027, 10, 1)}),
        ("duration", {"ends_on": date(2027, 3, 30)}),
        ("duration", {"ends_on": date(2029, 10, 1)}),
        ("missing-cerfa", {"papers": frozenset({"training_agreement"})}),
        ("missing-training_agreement", {"papers": frozenset({"cerfa"})}),
        ("overlap", {"others": ((date(2026, 1, 1), date(2026, 10, 1)),)}),
    ],
)
def test_what_the_law_forbids_blocks(code, changes):
    assert codes(**changes) == [(code, True)]


@pytest.mark.parametrize(
    "changes",
    [
        {"ends_on": date(2027, 3, 31)},
        {"ends_on": date(2029, 9, 30)},
        {"starts_on": date(2026, 8, 31), "ends_on": date(2027, 2, 27), "concluded_on": None},
        {"others": ((date(2026, 1, 1), date(2026, 9, 30)),)},
        {"kind": ContractKind.PROFESSIONALISATION, "papers": frozenset({"cerfa"})},
    ],
)
def test_the_limits_themselves_are_allowed(changes):
    assert not any(blocks for _, blocks in codes(**changes))


def test_the_last_day_before_the_first_blocks_twice_over():
    found = codes(ends_on=date(2026, 9, 30), practical_start_on=None)
    assert found == [("dates", True), ("duration", True)]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("tutor", {"tutor_name": ""}),
        ("tutor-experience", {"tutor_experience_years": 0}),
        ("late-start", {"cycle_starts_on": date(2026, 6, 30)}),
        ("holiday", {"starts_on": date(2026, 11, 11), "practical_start_on": None}),
        ("hours", {"weekly_minutes": 49 * 60}),
        ("pay", {"monthly_pay": 966_19}),
        ("age", {"born_on": date(1996, 10, 1)}),
    ],
)
def test_what_is_unusual_warns_and_blocks_nothing(code, changes):
    assert codes(**changes) == [(code, False)]


def test_each_finding_names_the_text_it_rests_on():
    everything = Checked(
        **FINE
        | {"siret": "1", "ends_on": date(2026, 9, 1), "tutor_name": "", "papers": frozenset()}
    )
    found = findings(everything)
    assert [finding.blocks for finding in found] == sorted(
        (finding.blocks for finding in found), reverse=True
    )
    assert all(finding.source.startswith("Code ") for finding in found)


@pytest.mark.parametrize(
    ("kind", "age", "year", "percent"),
    [
        (ContractKind.APPRENTICESHIP, 17, 1, 27),
        (ContractKind.APPRENTICESHIP, 18, 2, 51),
        (ContractKind.APPRENTICESHIP, 20, 3, 67),
        (ContractKind.APPRENTICESHIP, 21, 1, 53),
        (ContractKind.APPRENTICESHIP, 25, 2, 61),
        (ContractKind.APPRENTICESHIP, 26, 1, 100),
        (ContractKind.PROFESSIONALISATION, 20, 1, 65),
        (ContractKind.PROFESSIONALISATION, 21, 1, 80),
        (ContractKind.PROFESSIONALISATION, 26, 1, 100),
    ],
)
def test_the_least_pay_follows_age_and_year(kind, age, year, percent):
    on = date(2026, 10, 1)
    assert minimum_pay(kind, age=age, year=year, on=on) == smic(on) * percent // 100


@pytest.mark.parametrize(
    ("months", "year"), [([], 1), ([9], 1), ([12], 1), ([12, 1], 2), ([24], 2), ([24, 6], 3)]
)
def test_the_year_of_an_apprentice_is_the_one_reached_before(months, year):
    begins, spans = date(2023, 9, 1), []
    for length in months:
        ends = months_later(begins, length) - timedelta(days=1)
        spans.append((begins, ends))
        begins = ends + timedelta(days=1)
    assert year_of_apprenticeship(spans) == year


def test_part_time_lowers_the_least_pay_and_overtime_does_not_raise_it():
    born = date(2003, 5, 17)
    half = {"weekly_minutes": 17 * 60 + 30, "born_on": born}
    assert codes(monthly_pay=483_11, **half) == []
    assert codes(monthly_pay=483_09, **half) == [("pay", False)]
    assert codes(monthly_pay=966_21, weekly_minutes=39 * 60) == []
