"""The signed cookie by which a browser shows that it has signed in to an account before.

It opens nothing: it only gives the browser tries of its own (see `service.tries`).
"""

from secrets import token_urlsafe

from flask import Response, current_app
from itsdangerous import BadSignature, URLSafeSerializer

from portal.identity.rules import KnownBrowser
from portal.web import cookies

COOKIE = "known"


def remember_browser(answer: Response, person_id: int) -> None:
    """Mark this browser as one that signed in as this person; one that is marked keeps its key."""
    known = known_browser()
    if known is None or known.person_id != person_id:
        cookies.keep(answer, COOKIE, _signer().dumps([person_id, token_urlsafe(16)]))


def known_browser() -> KnownBrowser | None:
    """Whose browser this has been, or None when the cookie is missing or not one of ours."""
    try:
        return KnownBrowser(*_signer().loads(cookies.kept(COOKIE)))
    except BadSignature:
        return None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=COOKIE)
