"""The school's money choices change by a new version; what was decided under an old one stays."""

from datetime import date
from typing import Any

from peewee import IntegrityError, fn

from portal import audit
from portal.fees.models import MoneyPolicy
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible


def adopt_policy(*, valid_from: date, key: str, by: int, **choices: Any) -> MoneyPolicy:
    """Write the next version, in force from `valid_from`; the same `key` writes one.

    `NotPossible` for a day in the past: refunds remember the version that was in force.
    """
    if valid_from < clock.today():
        raise NotPossible(
            "A policy cannot begin in the past: refunds were worked out under another."
        )
    try:
        with transaction():
            if known := MoneyPolicy.get_or_none(MoneyPolicy.key == key):
                return known
            last = MoneyPolicy.select(fn.MAX(MoneyPolicy.version)).scalar() or 0
            policy = MoneyPolicy.create(
                version=last + 1, valid_from=valid_from, key=key, created_by=by, **choices
            )
            changes = ", ".join(f"{name}: {value}" for name, value in choices.items())
            audit.record(
                "policy:adopted", subject=f"policy:{policy.version}", actor_id=by, detail=changes
            )
            return policy
    except IntegrityError:  # a colleague wrote the same number at this very moment
        raise NotPossible("Somebody changed the policy just now. Look at it again.") from None
