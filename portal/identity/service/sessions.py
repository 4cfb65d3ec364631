"""Signing in and out, and the password that opens the door."""

from secrets import token_urlsafe

from peewee import Expression

from portal import audit
from portal.identity import post
from portal.identity.models import Person, SecretLink, SignedInSession, SignInAttempt
from portal.identity.passwords import check_new, hashed, is_outdated, matches
from portal.identity.queries import visitor
from portal.identity.rules import (
    ABSOLUTE,
    IDLE,
    NOTE_EVERY,
    KnownBrowser,
    Visitor,
    fingerprint,
    folded,
)
from portal.identity.service.tries import count_try, subject_of
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import Missing, NotAllowed


def sign_in(
    *,
    email: str,
    password: str,
    address: str,
    browser: str = "",
    known: KnownBrowser | None = None,
) -> str:
    """A new session token. `NotAllowed` for a wrong pair, `TooMany` when there were too many failures.

    A try is counted before the password is looked at, so parallel guesses cannot share one, and is
    taken back when it succeeds; `tries` says what is counted, and why nobody can lock the owner out.
    """
    email = folded(email)
    person = Person.get_or_none(Person.email == email)
    key = known.key if known and person and known.person_id == person.id else ""
    attempt = count_try(email, address=address, browser_key=key, person=person)
    password_hash = person.password_hash if person and person.active else ""
    if not matches(password_hash, password) or person is None:
        audit.record("identity:sign-in-refused", subject=subject_of(person), actor_id=None)
        raise NotAllowed("The e-mail or the password is not right.")
    renewed = hashed(password) if is_outdated(password_hash) else password_hash
    with transaction():
        if not Person.update(password_hash=renewed).where(_unchanged(person)).execute():
            raise NotAllowed("The e-mail or the password is not right.")
        attempt.delete_instance()
        _forget_ended_sessions()
        _note("identity:sign-in", person)
        return start_session(person.id, address=address, browser=browser)


def start_session(person_id: int, *, address: str = "", browser: str = "") -> str:
    """A token of 256 random bits for a new session row; the token itself is not stored."""
    token = token_urlsafe(32)
    SignedInSession.create(
        person=person_id, fingerprint=fingerprint(token), address=address, browser=browser[:200]
    )
    return token


def end_session(token: str) -> None:
    """Sign one browser out, for good: its cookie is worthless from now on."""
    with transaction():
        session = SignedInSession.get_or_none(SignedInSession.fingerprint == fingerprint(token))
        if session is None:
            return
        session.delete_instance()
        audit.record(
            "identity:sign-out",
            subject=f"person:{session.person_id}",
            actor_id=session.person_id,
        )


def end_one_session(session_id: int, *, by: int) -> None:
    """Sign out one of the person's own browsers; `Missing` when it is not theirs."""
    with transaction():
        mine = (SignedInSession.id == session_id) & (SignedInSession.person == by)
        if not SignedInSession.delete().where(mine).execute():
            raise Missing("There is no such record.")
        audit.record("identity:session-ended", subject=f"person:{by}", actor_id=by)


def end_other_sessions(*, by: int, keep: str) -> None:
    """Sign out every browser of the person but the one that asks."""
    with transaction():
        _end_sessions(by, keep=keep)
        audit.record("identity:sessions-ended", subject=f"person:{by}", actor_id=by)


def change_password(*, by: int, current: str, new: str, keep: str) -> None:
    """Set a new password, end every other session and every open link, and tell the person.

    `NotAllowed` when `current` is wrong, `TooMany` after ten wrong ones, `NotPossible` for a weak one.
    """
    person = Person.find(by)
    attempt = _try_password(person, current, token=keep)
    check_new(new, email=person.email)
    with transaction():
        attempt.delete_instance()
        store_password(person, new, keep=keep)
        _note("identity:password-changed", person)


def confirm_password(*, by: int, password: str, token: str) -> None:
    """That the person of this session sits before it, asked before an account for money is changed (ASVS V7.5.1).

    `NotAllowed` when the password is wrong or none was ever chosen, `TooMany` after ten wrong ones.
    """
    person = Person.find(by)
    if not person.password_hash:
        raise NotAllowed("You have no password yet. Ask for one on the page of your account.")
    _try_password(person, password, token=token).delete_instance()


def _try_password(person: Person, password: str, *, token: str) -> SignInAttempt:
    """The try, counted, to be taken back by who goes on."""
    attempt = count_try(person.email, address="", browser_key=fingerprint(token), person=person)
    if not matches(person.password_hash, password):
        _note("identity:password-refused", person)
        raise NotAllowed("The current password is not right.")
    return attempt


def store_password(person: Person, password: str, *, keep: str = "") -> None:
    """Keep the new password; sessions but `keep` and all links of the person end with the old one."""
    Person.update(password_hash=hashed(password)).where(Person.id == person.id).execute()
    _end_sessions(person.id, keep=keep)
    (
        SecretLink.update(used_at=clock.now())
        .where((SecretLink.person == person.id) & SecretLink.used_at.is_null())
        .execute()
    )
    post.password_changed(person)


def recognise(token: str) -> Visitor | None:
    """Who holds `token`, if the session lives; notes at most once a minute that it is in use."""
    now = clock.now()
    known = visitor(token)
    if known and now - known.seen_at > NOTE_EVERY:
        (
            SignedInSession.update(seen_at=now)
            .where(SignedInSession.fingerprint == fingerprint(token))
            .execute()
        )
    return known


def _forget_ended_sessions() -> None:
    """What nobody can use any more is not kept: it says who was where, and when."""
    now = clock.now()
    over = (SignedInSession.started_at <= now - ABSOLUTE) | (SignedInSession.seen_at <= now - IDLE)
    SignedInSession.delete().where(over).execute()


def _end_sessions(person_id: int, *, keep: str = "") -> None:
    others = SignedInSession.person == person_id
    if keep:
        others &= SignedInSession.fingerprint != fingerprint(keep)
    SignedInSession.delete().where(others).execute()


def _unchanged(person: Person) -> Expression:
    """The person's row, while it is still active and the password the one that was checked."""
    same = (Person.id == person.id) & (Person.password_hash == person.password_hash)
    return same & Person.active


def _note(tag: str, person: Person) -> None:
    audit.record(tag, subject=subject_of(person), actor_id=person.id, actor_name=person.name)
