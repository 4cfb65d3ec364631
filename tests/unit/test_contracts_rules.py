import csv
import json
from datetime import date

import pytest

from portal.contracts.rules import (
    ContractKind,
    Facts,
    check_dates,
    check_siret,
    doubts,
    megabytes,
)
from portal.kernel.clock import months_later
from portal.kernel.errors import NotPossible


def facts(**rest):
    return Facts(
        **{
            "kind": ContractKind.APPRENTICESHIP,
            "job_title": "Analyst",
            "tutor_name": "Jeanne Morel",
            "starts_on": date(2026, 10, 1),
            "ends_on": date(2027, 9, 30),
            "funded": None,
        }
        | rest
    )


def test_every_real_establishment_is_known(shared):
    with (shared / "data/companies/sirets.csv").open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    numbers = [cell for row in rows for cell in row if cell.isdigit() and len(cell) == 14]
    assert len(numbers) > 1000
    assert [n for n in numbers if check_siret(n) != n] == []


def test_valid_and_invalid_numbers_are_told_apart(shared):
    vectors = json.loads((shared / "data/companies/identifiers.json").read_text())["vectors"]
    assert len(vectors["siret"]) > 5
    for vector in vectors["siret"]:
        try:
            taken = bool(check_siret(vector["value"]))
        except NotPossible:
            taken = False
        assert taken == vector["valid"], vector


@pytest.mark.parametrize(
    "typed",
    ["732 829 320 00074", "73282932000074 ", "732.829.320-00074", "732\u00a0829\u00a032000074"],
)
def test_a_siret_may_be_typed_with_spaces(typed):
    assert check_siret(typed) == "73282932000074"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("7328293200007", "A SIRET has 14 digits. You typed 13."),
        ("732829320000744", "A SIRET has 14 digits. You typed 15."),
        ("7328293200007A", "A SIRET has digits only: 14 of them."),
        ("７３２８２９３２０００074", "A SIRET has digits only: 14 of them."),
        ("73282932000075", "This SIRET does not exist"),
        ("00000000000000", "This SIRET does not exist"),
    ],
)
def test_a_wrong_siret_is_explained(typed, sentence):
    with pytest.raises(NotPossible, match=sentence):
        check_siret(typed)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("2026-10-01", "2026-10-01"),
        ("2026-10-01", "2026-09-30"),
        ("0026-10-01", "2027-10-01"),
        ("2026-10-01", "9999-01-01"),
    ],
)
def test_dates_out_of_order_or_of_this_world_are_refused(starts, ends):
    with pytest.raises(NotPossible):
        check_dates(date.fromisoformat(starts), date.fromisoformat(ends))


@pytest.mark.parametrize(
    ("ends", "doubtful"),
    [("2027-03-30", True), ("2027-03-31", False), ("2029-09-30", False), ("2029-10-01", True)],
)
def test_a_contract_lasts_six_to_thirty_six_months_to_the_day(ends, doubtful):
    said = doubts(facts(ends_on=date.fromisoformat(ends)), date(2003, 5, 17))
    assert said == (["Such a contract usually lasts between 6 and 36 months."] if doubtful else [])


@pytest.mark.parametrize(
    ("kind", "born", "doubtful"),
    [
        ("apprenticeship", "1996-10-02", False),
        ("apprenticeship", "1996-10-01", True),
        ("apprenticeship", "2010-10-01", False),
        ("apprenticeship", "2010-10-02", True),
        ("professionalisation", "2000-10-02", False),
        ("professionalisation", "2000-10-01", True),
    ],
)
def test_age_is_doubted_on_the_birthday_itself(kind, born, doubtful):
    said = doubts(facts(kind=ContractKind(kind)), date.fromisoformat(born))
    assert bool(said) == doubtful


def test_a_missing_tutor_is_said_and_an_unknown_birthday_is_not():
    assert doubts(facts(tutor_name=""), None) == [
        "The law asks for a tutor in the company. Add the name."
    ]


def test_months_end_where_the_calendar_ends_them():
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_later(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert months_later(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert months_later(date(2026, 12, 1), 1) == date(2027, 1, 1)


def test_sizes_are_rounded_up():
    assert [megabytes(size) for size in (1, 1024 * 1024, 1024 * 1024 + 1)] == ["0.1", "1.0", "1.1"]
