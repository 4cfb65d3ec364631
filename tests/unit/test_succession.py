"""Which version of a policy holds when: the screen's periods against the rule itself."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.fees.rules import reigns

START = date(2026, 1, 1)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=7))
def test_the_periods_of_all_versions_are_what_each_day_finds(days):
    begins = {number: START + timedelta(days=n) for number, n in enumerate(days, start=1)}
    found = reigns(begins.items())
    for n in range(15):
        day = START + timedelta(days=n)
        in_force = max((one for one in begins if begins[one] <= day), default=None)
        holding = [
            one
            for one, reign in found.items()
            if not reign.replaced_by
            and begins[one] <= day
            and (reign.last_on is None or day <= reign.last_on)
        ]
        assert holding == ([in_force] if in_force else [])
