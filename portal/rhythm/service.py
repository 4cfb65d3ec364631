"""What the school declares about a cohort's year, and who may read it from outside."""

from secrets import token_urlsafe

from portal import audit, contracts, notifications
from portal.contracts import Contract
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Stale
from portal.programme import Cohort, Enrolment
from portal.rhythm import queries
from portal.rhythm.models import RhythmLink, RhythmPeriod
from portal.rhythm.rules import Period, check_free, check_period, fingerprint


def declare(cohort_id: int, period: Period, *, key: str, by: int) -> RhythmPeriod:
    """Say where a cohort is on these days. The same `key` gives the same period.

    `NotPossible` when the days are out of order, outside the cohort's year or declared already.
    """
    with transaction():
        cohort = Cohort.hold(cohort_id)
        if done := RhythmPeriod.get_or_none(RhythmPeriod.key == key):
            if done.cohort_id != cohort_id or (done.version == 1 and done.period != period):
                raise NotPossible("This form was already used for another period.")
            return done
        _check(cohort, period, besides=0)
        row = RhythmPeriod.create(cohort=cohort, key=key, written_by=by, **_columns(period))
        _record("added", cohort_id, period, by)
        return row


def change(period_id: int, period: Period, *, version: int, by: int) -> None:
    """Write a period anew. `Stale` when somebody has changed it since; else as for `declare`."""
    with transaction():
        cohort_id = RhythmPeriod.find(period_id).cohort_id
        cohort = Cohort.hold(cohort_id)
        _check(cohort, period, besides=period_id)
        changed = (
            RhythmPeriod.update(
                **_columns(period), version=version + 1, written_by=by, written_at=clock.now()
            )
            .where((RhythmPeriod.id == period_id) & (RhythmPeriod.version == version))
            .execute()
        )
        if not changed:
            raise Stale("Somebody else has changed this period. Look at it again.")
        _record("changed", cohort_id, period, by)


def remove(period_id: int, *, version: int, by: int) -> None:
    """Take a period back. Repeating it changes nothing; `Stale` when somebody has changed it since."""
    with transaction():
        row = RhythmPeriod.get_or_none(RhythmPeriod.id == period_id)
        if row is None:
            return
        removed = (
            RhythmPeriod.delete()
            .where((RhythmPeriod.id == period_id) & (RhythmPeriod.version == version))
            .execute()
        )
        if not removed:
            raise Stale("Somebody else has changed this period. Look at it again.")
        _record("removed", row.cohort_id, row.period, by)


def renew_link(contract: Contract, *, by: int) -> str:
    """A new private address of the contract's calendar; the one before stops working.

    It is told once: only its fingerprint is kept. `NotPossible` once the contract is over.
    """
    with transaction():
        Enrolment.hold(contract.enrolment_id)
        if Contract.find(contract.id).state in contracts.OVER:
            raise NotPossible("This contract is over. Its calendar takes no new link.")
        _switch_off(contract)
        secret = token_urlsafe(24)
        RhythmLink.create(
            enrolment=contract.enrolment_id,
            company=contract.company_id,
            fingerprint=fingerprint(secret),
            made_by=by,
        )
        audit.record("rhythm:link-made", subject=f"contract:{contract.id}", actor_id=by)
        return notifications.link(f"/calendars/{secret}.ics")


def revoke_link(contract: Contract, *, by: int) -> None:
    """From now on no address opens the contract's calendar. Repeating it changes nothing."""
    with transaction():
        Enrolment.hold(contract.enrolment_id)
        if _switch_off(contract):
            audit.record("rhythm:link-revoked", subject=f"contract:{contract.id}", actor_id=by)


def _switch_off(contract: Contract) -> int:
    return (
        RhythmLink.update(revoked_at=clock.now())
        .where(
            (RhythmLink.enrolment == contract.enrolment_id)
            & (RhythmLink.company == contract.company_id)
            & RhythmLink.revoked_at.is_null()
        )
        .execute()
    )


def _check(cohort: Cohort, period: Period, *, besides: int) -> None:
    check_period(period, starts_on=cohort.starts_on, ends_on=cohort.ends_on)
    check_free(period, [row.period for row in queries.periods(cohort.id) if row.id != besides])


def _record(verb: str, cohort_id: int, period: Period, by: int) -> None:
    days = f"{period.first_on} – {period.last_on}: {period.place}"
    audit.record(
        f"rhythm:period-{verb}",
        subject=f"cohort:{cohort_id}",
        actor_id=by,
        detail=f"{days}, {period.note}" if period.note else days,
    )


def _columns(period: Period) -> dict[str, object]:
    return {
        "first_on": period.first_on,
        "last_on": period.last_on,
        "place": period.place.value,
        "note": period.note,
    }
