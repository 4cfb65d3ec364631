"""Hashing and judging passwords. The only place that knows argon2 and the list of common ones."""

import os
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.identity.rules import SHORTEST_PASSWORD
from portal.kernel.errors import NotPossible

#: OWASP password storage: argon2id, 19 MiB, two passes, one lane.
hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: Passwords our own documents show.
EVERYBODY_KNOWS = {"demo-portal-2026", "demo-portal"}
#: Each check holds 19 MiB; more at once than this would only make everybody wait in memory.
_at_once = BoundedSemaphore(max(2, os.cpu_count() or 2))


def hashed(password: str) -> str:
    with _at_once:
        return hasher.hash(password)


def is_outdated(password_hash: str) -> bool:
    """Was it made with other parameters than today's? Then it is worth replacing at the next sign-in."""
    return hasher.check_needs_rehash(password_hash)


def matches(password_hash: str, password: str) -> bool:
    """Is it the password, character for character (no Unicode normalisation, no trimming)? An empty or unknown hash costs the same time and is no."""
    with _at_once:
        try:
            return hasher.verify(password_hash or _nobody(), password) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False


def check_new(password: str, *, email: str) -> None:
    """`NotPossible` for a password that is short, among the commonest, or the person's own address."""
    if len(password) < SHORTEST_PASSWORD:
        raise NotPossible(
            "The password needs at least %(least)s characters.", least=SHORTEST_PASSWORD
        )
    folded = password.casefold()
    if folded in _common() or _plain(folded) in _common() or _monotonous(folded):
        raise NotPossible("This password is among the most common ones. Choose another.")
    if email.casefold() in folded or folded in email.casefold():
        raise NotPossible("The password must not be your e-mail address.")


@cache
def _nobody() -> str:
    """Checked when the account does not exist, so that both answers take the same time."""
    return hasher.hash("nobody")


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import (
        FREQUENCY_LISTS,  # 30,000 words that only a new password needs
    )

    return frozenset(FREQUENCY_LISTS["passwords"]) | EVERYBODY_KNOWS


def _monotonous(folded: str) -> bool:
    """ "aaaaaaaaaaaa" is; long ones may repeat themselves, as length alone makes up for it."""
    return len(folded) < 20 and len(set(folded)) < 4


def _plain(folded: str) -> str:
    """ "password2026!" is "password"."""
    return folded.rstrip("0123456789!?.*-_ ")
