"""Decisions about enrolments."""

from datetime import date

from portal import audit
from portal.kernel.db import transaction
from portal.programme.models import Enrolment
from portal.programme.rules import Scheme


def change_scheme(enrolment_id: int, scheme: Scheme, *, by: int) -> None:
    """Follow the programme under another scheme from now on. Repeating it changes nothing."""
    with transaction():
        enrolment = Enrolment.hold(enrolment_id)
        if enrolment.scheme == scheme:
            return
        Enrolment.update(scheme=scheme).where(Enrolment.id == enrolment_id).execute()
        audit.record(
            "programme:scheme-changed",
            subject=f"enrolment:{enrolment_id}",
            actor_id=by,
            detail=f"{enrolment.scheme} → {scheme}",
        )


def withdraw(enrolment_id: int, *, on: date, by: int) -> None:
    """The student leaves the programme on day `on`. Repeating it changes nothing."""
    with transaction():
        enrolment = Enrolment.hold(enrolment_id)
        if enrolment.withdrawn_on is not None:
            return
        Enrolment.update(withdrawn_on=on).where(Enrolment.id == enrolment_id).execute()
        audit.record(
            "programme:withdrawn",
            subject=f"enrolment:{enrolment_id}",
            actor_id=by,
            detail=on.isoformat(),
        )
