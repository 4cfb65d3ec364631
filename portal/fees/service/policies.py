"""The school's money choices change by a new version; what was decided under an old one stays."""

from datetime import date
from typing import Any

from peewee import IntegrityError, fn

from portal import audit
from portal.fees.models import MoneyPolicy
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Stale


def adopt_policy(*, valid_from: date, after: int, key: str, by: int, **choices: Any) -> MoneyPolicy:
    """Write the version that follows `after`, in force from `valid_from`; the same `key` writes one.

    `NotPossible` for a day in the past: refunds remember the version that was in force. `Stale` when a
    colleague wrote another version meanwhile, which this one would undo unseen.
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
            if last != after:
                raise Stale("Somebody changed the policy just now. Look at it again.")
            policy = MoneyPolicy.create(
                version=last + 1, valid_from=valid_from, key=key, created_by=by, **choices
            )
            changes = ", ".join(f"{name}: {value}" for name, value in choices.items())
            audit.record(
                "policy:adopted", subject=f"policy:{policy.version}", actor_id=by, detail=changes
            )
            return policy
    except IntegrityError:  # a colleague wrote the same number at this very moment
        raise Stale("Somebody changed the policy just now. Look at it again.") from None
