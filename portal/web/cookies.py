"""Small cookies of ours beside the session; over https locked to this host, like it."""

from flask import Response, current_app, request

A_YEAR = 365 * 24 * 3600


def keep(answer: Response, name: str, value: str) -> None:
    """Let this browser remember `value` for a year."""
    answer.set_cookie(
        _full(name),
        value,
        max_age=A_YEAR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def kept(name: str) -> str:
    """What this browser remembers under `name`; empty for nothing."""
    return request.cookies.get(_full(name), "")


def _full(name: str) -> str:
    return f"__Host-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name
