"""Counting failed tries, in the database, so that every process of the portal counts together.

What is counted is failures, per *source*: a network address, whatever accounts it tries. Ten in a
quarter of an hour and the source is refused, so one machine can neither guess one account's password
nor one password of many accounts. Others are not touched: the owner of an account that somebody
keeps guessing signs in from elsewhere.

A whole school may sit behind one address. A browser that has signed in to an account before carries
a signed cookie and is a source of its own for that account: what strangers do at its address does
not lock it out, and neither do guesses from many addresses at once, which end at
`TRIES_ON_ONE_ACCOUNT`. Successful sign-ins are not tries at all. (OWASP: “device cookies”.)
"""

from portal import audit
from portal.identity.models import Person, SignInAttempt
from portal.identity.rules import TRIES, TRIES_ON_ONE_ACCOUNT, TRIES_WINDOW
from portal.kernel import clock
from portal.kernel.db import database, transaction
from portal.kernel.errors import TooMany


def count_try(
    email: str, *, address: str, browser_key: str, person: Person | None
) -> SignInAttempt:
    """The row of this try, to be deleted when it succeeds; `TooMany` when none is left.

    The first refusal of a source goes on the trail and those after it do not: a flood of requests
    must not become a flood of lines that nobody may delete.
    """
    source = f"browser:{browser_key}" if browser_key else address
    with transaction():
        _one_at_a_time()
        SignInAttempt.delete().where(SignInAttempt.at < clock.now() - TRIES_WINDOW).execute()
        left = TRIES - SignInAttempt.select().where(SignInAttempt.address == source).count()
        if not browser_key:
            left = min(left, _left_on_account(email))
        if left == 0:
            audit.record("identity:sign-in-blocked", subject=subject_of(person), actor_id=None)
        if left >= 0:
            attempt = SignInAttempt.create(email=email, address=source)
    if left <= 0:
        raise TooMany("Too many attempts. Wait a quarter of an hour, or ask for a new password.")
    return attempt


def subject_of(person: Person | None) -> str:
    """For the trail. Not what was typed: people type passwords into the wrong box."""
    return f"person:{person.id}" if person else "person:unknown"


def _left_on_account(email: str) -> int:
    tried = SignInAttempt.select().where(SignInAttempt.email == email).count()
    return TRIES_ON_ONE_ACCOUNT - tried


def _one_at_a_time() -> None:
    """Where a transaction does not hold the whole database, two tries could both be the tenth."""
    if database.for_update:
        database.execute_sql("LOCK TABLE sign_in_attempt IN SHARE ROW EXCLUSIVE MODE")
