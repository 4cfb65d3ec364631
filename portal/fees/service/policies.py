"""The school's money choices change by a new version; what was decided under an old one stays."""

from datetime import date
from typing import Any

from peewee import IntegrityError, fn

from portal import audit
from portal.fees.models import MoneyPolicy
from portal.fees.rules import reigns
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import NotPossible, Stale


def adopt_policy(
    *,
    valid_from: date,
    after: int,
    key: str,
    by: int,
    replaces_scheduled: bool = False,
    **choices: Any,
) -> MoneyPolicy:
    """Write the version that follows `after`, in force from `valid_from`; the same `key` writes one.

    `NotPossible` for a day in the past: refunds remember the version that was in force; when the key
    wrote something else; and, unless `replaces_scheduled`, when a version that was written before and
    has not begun would never begin. `Stale` when a colleague wrote another version meanwhile, which this
    one would undo unseen.
    """
    if valid_from < clock.today():
        raise NotPossible(
            "A policy cannot begin in the past: refunds were worked out under another."
        )
    try:
        with transaction():
            if known := MoneyPolicy.get_or_none(MoneyPolicy.key == key):
                return _same(known, choices | {"valid_from": valid_from})
            last = MoneyPolicy.select(fn.MAX(MoneyPolicy.version)).scalar() or 0
            if last != after:
                raise Stale("Somebody changed the policy just now. Look at it again.")
            if not replaces_scheduled:
                _check_replaces_none(valid_from)
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


def _same(known: MoneyPolicy, wanted: dict[str, Any]) -> MoneyPolicy:
    if any(getattr(known, name) != value for name, value in wanted.items()):
        raise NotPossible(
            "This click already wrote policy no. %(version)s, with other choices.",
            version=known.version,
        )
    return known


def _check_replaces_none(valid_from: date) -> None:
    versions = {one.version: one.valid_from for one in MoneyPolicy.select()}
    living = [number for number, one in reigns(versions.items()).items() if not one.replaced_by]
    for number in sorted(living):
        if versions[number] > clock.today() and versions[number] >= valid_from:
            raise NotPossible(
                "Version %(version)s is to begin on %(day)s and would never begin. "
                "If this one is to replace it, tick the box and write it again.",
                version=number,
                day=versions[number],
            )
