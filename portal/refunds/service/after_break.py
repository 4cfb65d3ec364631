"""What staff choose when no contract followed a broken one: the initial scheme with a new plan, or withdrawal.

The third choice, another contract, is the student's to declare; until the months without tuition are over
nothing new is asked (Code du travail L6222-18-2).
"""

from collections.abc import Sequence
from datetime import date

from portal import contracts, fees, programme
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents
from portal.programme import Enrolment
from portal.refunds import queries


def go_on_without(
    enrolment_id: int,
    *,
    lines: Sequence[tuple[date, Cents]],
    reason: str,
    version: int,
    key: str,
    by: int,
) -> None:
    """The student pays new tuition under the initial scheme: the sum of `lines` (day and cents). Once per `key`.

    `NotPossible` for a student who has left, before the months without tuition are over, and while a refund is
    on its way: the new debt would hold it up.
    """
    with transaction():
        if Enrolment.hold(enrolment_id).withdrawn_on is not None:
            raise NotPossible("This student has left the programme.")
        until = contracts.tuition_free_until(_broken(enrolment_id))
        if until is not None and clock.today() < until:
            raise NotPossible("No new tuition is asked before %(day)s.", day=until)
        if queries.to_family_waiting(enrolment_id):
            raise NotPossible("A refund of this student is on its way. Decide about it first.")
        fees.ask_anew(enrolment_id, lines=lines, reason=reason, version=version, key=key, by=by)
        programme.change_scheme(enrolment_id, programme.Scheme.INITIAL, by=by)


def leave(enrolment_id: int, *, reason: str, version: int, key: str, by: int) -> None:
    """The student leaves the programme; no money moves. The same `key` does it once."""
    with transaction():
        Enrolment.hold(enrolment_id)
        _broken(enrolment_id)
        fees.leave_funded(enrolment_id, reason=reason, version=version, key=key, by=by)


def _broken(enrolment_id: int) -> contracts.Contract:
    broken = contracts.broken_alone(enrolment_id)
    if broken is None:
        raise NotPossible("No contract of this student was broken without another one after it.")
    return broken
