"""Private links for payers who have no account: whoever holds the address reads that payer's statement."""

from hashlib import sha256
from secrets import token_urlsafe

from portal import audit, notifications
from portal.fees import letters
from portal.fees.models import Payer, PayerLink
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import Missing, NotPossible


def send_link(payer_id: int, *, by: int) -> None:
    """Mail a new private link to the payer; one sent before stops working. `NotPossible` without an address."""
    with transaction():
        payer = Payer.hold(payer_id)
        if not payer.email:
            raise NotPossible("This payer has no e-mail address.")
        revoke(payer_id)
        secret = token_urlsafe(24)
        PayerLink.create(payer=payer_id, fingerprint=_fingerprint(secret), created_by=by)
        audit.record("payer:link-sent", subject=f"payer:{payer_id}", actor_id=by)
        letters.private_link(payer, notifications.link(f"/pay/{secret}"))


def revoke_link(payer_id: int, *, by: int) -> None:
    """From now on no link of this payer opens anything."""
    with transaction():
        Payer.hold(payer_id)
        if revoke(payer_id):
            audit.record("payer:link-revoked", subject=f"payer:{payer_id}", actor_id=by)


def payer_behind(secret: str) -> Payer:
    """The payer whose living link this is, or `Missing`."""
    link = PayerLink.get_or_none(
        (PayerLink.fingerprint == _fingerprint(secret)) & PayerLink.revoked_at.is_null()
    )
    if link is None:
        raise Missing("This link does not work any more. Ask the school for a new one.")
    PayerLink.update(last_used_at=clock.now()).where(PayerLink.id == link.id).execute()
    return Payer.find(link.payer_id)


def revoke(payer_id: int) -> int:
    """Switch the payer's links off, inside the transaction that decides; returns how many there were."""
    return (
        PayerLink.update(revoked_at=clock.now())
        .where((PayerLink.payer == payer_id) & PayerLink.revoked_at.is_null())
        .execute()
    )


def _fingerprint(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
