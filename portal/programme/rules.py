from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from portal.kernel.i18n import mark


class Scheme(StrEnum):
    """How a student follows the programme (Code du travail L6211-1, L6325-1)."""

    INITIAL = "initial"
    APPRENTICESHIP = "apprenticeship"
    PROFESSIONALISATION = "professionalisation"


SCHEME_LABELS = {
    Scheme.INITIAL: mark("Initial training"),
    Scheme.APPRENTICESHIP: mark("Apprenticeship"),
    Scheme.PROFESSIONALISATION: mark("Professionalisation contract"),
}


ALL_COHORTS = mark("All cohorts")


class _Cohort(Protocol):
    id: int
    name: str
    year: str
    programme_id: int


class CohortGroup(NamedTuple):
    """Cohorts that a list is narrowed to: how an address writes them, how people call them, their ids."""

    value: str
    label: str
    ids: frozenset[int]


def cohort_groups(cohorts: Sequence[_Cohort], titles: Mapping[int, str]) -> list[CohortGroup]:
    """Each programme, named in `titles`, where there are several; each school year, and each programme's,
    with several cohorts; each cohort. Nothing twice, and no name for all of them."""
    groups = [_group(f"p{key}", title, cohorts, programme_id=key) for key, title in titles.items()]
    years = list(dict.fromkeys(one.year for one in cohorts))
    groups += [_group(year, year, cohorts, year=year) for year in years]
    groups += [
        _group(f"{year}.p{key}", f"{year}, {title}", cohorts, year=year, programme_id=key)
        for year in years
        for key, title in titles.items()
    ]
    known = {frozenset(one.id for one in cohorts)}
    kept = []
    for group in groups:
        named = group.value.startswith("p") or len(group.ids) > 1
        if named and group.ids and group.ids not in known:
            known.add(group.ids)
            kept.append(group)
    return kept + [CohortGroup(str(one.id), one.name, frozenset([one.id])) for one in cohorts]


def _group(value: str, label: str, cohorts: Sequence[_Cohort], **facts: object) -> CohortGroup:
    ids = (
        one.id for one in cohorts if all(getattr(one, name) == fact for name, fact in facts.items())
    )
    return CohortGroup(value, label, frozenset(ids))


def group_of(ids: Collection[int], groups: Sequence[CohortGroup]) -> str | None:
    """The value of the group with exactly these cohorts, a single cohort by its own; None without such a group."""
    return next((one.value for one in reversed(groups) if one.ids == frozenset(ids)), None)
