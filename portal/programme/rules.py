from collections import defaultdict
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


class Named(Protocol):
    """What is to be known of a cohort that a list can be narrowed to."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def year(self) -> str: ...
    @property
    def programme_id(self) -> int: ...


class CohortGroup(NamedTuple):
    """Cohorts that a list is narrowed to: how an address writes them, how people call them, their ids."""

    value: str
    label: str
    ids: frozenset[int]


def cohort_groups(
    cohorts: Sequence[Named], titles: Mapping[int, str], *, whole: bool = True
) -> list[CohortGroup]:
    """Each programme, named in `titles`, where there are several; each school year, and each programme's,
    with several cohorts; each cohort. Nothing twice, and no name for all of them where they are the `whole`."""
    within: dict[tuple[str, int], list[int]] = defaultdict(list)
    for one in cohorts:
        for place in (("", one.programme_id), (one.year, 0), (one.year, one.programme_id)):
            within[place].append(one.id)
    years = list(dict.fromkeys(one.year for one in cohorts))
    places = [(f"p{key}", title, ("", key)) for key, title in titles.items()]
    places += [(year, year, (year, 0)) for year in years]
    places += [
        (f"{year}.p{key}", f"{year}, {title}", (year, key))
        for year in years
        for key, title in titles.items()
    ]
    groups = [CohortGroup(value, label, frozenset(within[place])) for value, label, place in places]
    known = {frozenset(one.id for one in cohorts)} if whole else set()
    kept = []
    for group in groups:
        named = group.value.startswith("p") or len(group.ids) > 1
        if named and group.ids and group.ids not in known:
            known.add(group.ids)
            kept.append(group)
    return kept + [CohortGroup(str(one.id), one.name, frozenset([one.id])) for one in cohorts]


def group_of(ids: Collection[int], groups: Sequence[CohortGroup]) -> str | None:
    """The value of the group with exactly these cohorts, a single cohort by its own; None without such a group."""
    return next((one.value for one in reversed(groups) if one.ids == frozenset(ids)), None)
