"""The year's money at a glance."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from portal import fees, refunds
from portal.fees import Heap, Split
from portal.kernel import clock
from portal.kernel.money import Cents
from portal.office.rules import Month, Part, months, parts
from portal.programme import Cohort


@dataclass(frozen=True)
class Choice:
    """Which cohorts: those of a school year, of one programme if it is given, or a single one of them."""

    year: str
    programme: int | None = None
    cohort: int | None = None

    def offered(self, cohorts: Iterable[Cohort]) -> list[Cohort]:
        """The cohorts of the year and programme."""
        return [
            one
            for one in cohorts
            if one.year == self.year and self.programme in (None, one.programme.id)
        ]

    def among(self, cohorts: Iterable[Cohort]) -> list[int]:
        """The chosen cohorts; one of another year or programme is no choice."""
        ids = [one.id for one in self.offered(cohorts)]
        return [self.cohort] if self.cohort in ids else ids


@dataclass(frozen=True)
class Overview:
    """`late` and `credits` count accounts; `months` are those of students' money, companies pay by bill."""

    months: list[Month]
    late: Heap
    credits: Heap
    split: Split
    refunds: dict[str, refunds.Heap]

    @property
    def this_month(self) -> Month:
        begins = clock.today().replace(day=1)
        nothing = Month(begins, Cents(0), Cents(0))
        return next((one for one in self.months if one.begins == begins), nothing)

    @property
    def widest(self) -> int:
        """The largest figure of the chart, for its scale."""
        return max((max(one.expected, one.received) for one in self.months), default=0)

    @property
    def in_all(self) -> Month:
        """All months together."""
        return Month(
            clock.today(),
            Cents(sum(one.expected for one in self.months)),
            Cents(sum(one.received for one in self.months)),
        )

    @property
    def parts(self) -> list[Part]:
        split = self.split
        return parts(
            {"funders": split.funders, "companies": split.companies, "students": split.students}
        )


def overview_of(cohort_ids: Collection[int]) -> Overview:
    """Seven queries that read every account of these cohorts."""
    return Overview(
        months=months(fees.expected_by_day(cohort_ids), fees.received_by_day(cohort_ids)),
        late=fees.late_sum(cohort_ids),
        credits=fees.credit_sum(cohort_ids),
        split=fees.split_of(cohort_ids),
        refunds=refunds.heaps_of(cohort_ids),
    )
