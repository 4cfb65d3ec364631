"""General limits on costly or guessable addresses, per network address and web process; how large a request may be.

They slow floods down. What must hold exactly (sign-in, certificates a day) is counted in the database.
"""

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", strategy="moving-window")


def takes_up_to(megabytes: int):
    """Let the requests to a view be larger than to the others; their files go to the disk, not into memory."""

    def widen(view):
        view.takes_up_to = megabytes * 1024 * 1024
        return view

    return widen


def _widen() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if largest := getattr(view, "takes_up_to", None):
        request.max_content_length = largest


def init_app(app: Flask) -> None:
    """Before anything reads a form."""
    app.before_request(_widen)
    limiter.init_app(app)
