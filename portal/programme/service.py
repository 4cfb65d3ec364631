"""Decisions about enrolments."""

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
