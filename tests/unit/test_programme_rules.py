"""What lists of a school with several years and programmes can be narrowed to."""

from typing import NamedTuple

from portal.programme.rules import cohort_groups, group_of


class Cohort(NamedTuple):
    id: int
    name: str
    year: str
    programme_id: int


TITLES = {1: "Intelligence", 2: "Diplomacy"}
ISI_26, DIP_26, ISI_27, DIP_27, DIP_27_SPRING = COHORTS = [
    Cohort(1, "ISI 26", "2026-2027", 1),
    Cohort(2, "DIP 26", "2026-2027", 2),
    Cohort(3, "ISI 27", "2027-2028", 1),
    Cohort(4, "DIP 27", "2027-2028", 2),
    Cohort(5, "DIP 27 spring", "2027-2028", 2),
]


def offered(*cohorts):
    titles = {
        key: title for key, title in TITLES.items() if key in {c.programme_id for c in cohorts}
    }
    return {one.value: (one.label, sorted(one.ids)) for one in cohort_groups(cohorts, titles)}


def test_programmes_years_and_cohorts_are_offered_once_each():
    assert offered(*COHORTS) == {
        "p1": ("Intelligence", [1, 3]),
        "p2": ("Diplomacy", [2, 4, 5]),
        "2026-2027": ("2026-2027", [1, 2]),
        "2027-2028": ("2027-2028", [3, 4, 5]),
        "2027-2028.p2": ("2027-2028, Diplomacy", [4, 5]),
        "1": ("ISI 26", [1]),
        "2": ("DIP 26", [2]),
        "3": ("ISI 27", [3]),
        "4": ("DIP 27", [4]),
        "5": ("DIP 27 spring", [5]),
    }


def test_one_programme_offers_its_cohorts_alone_because_its_years_are_they():
    assert list(offered(ISI_26)) == ["1"]
    assert list(offered(ISI_27, ISI_26)) == ["3", "1"]


def test_programmes_are_offered_also_with_one_cohort_each():
    assert list(offered(ISI_26, DIP_26)) == ["p1", "p2", "1", "2"]


def test_every_choice_of_the_overview_has_its_group_or_is_everything():
    groups = cohort_groups(COHORTS, TITLES)
    for chosen in ([1, 2], [3, 4, 5], [4, 5], [1], [5]):
        value = group_of(chosen, groups)
        assert {one.value: one.ids for one in groups}[value] == set(chosen)
    assert group_of([1, 2, 3, 4, 5], groups) is None
    assert group_of([1], cohort_groups([ISI_26, DIP_26], TITLES)) == "1", "not the programme's"
