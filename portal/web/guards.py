"""Who may enter. Every view carries exactly one of these, directly above it; the app refuses to start otherwise."""

from functools import wraps

from flask import Flask, abort, current_app
from flask_login import current_user


class Unguarded(Exception):
    """A route does not say who may enter."""


def role_required(*roles: str):
    """Let through people with one of `roles`; strangers go to sign in, everybody else gets a 403."""
    return _guard(lambda visitor: visitor.role in roles, roles)


def permission_required(*permissions: str):
    """Let through staff who hold one of `permissions`."""
    return _guard(lambda visitor: bool(visitor.permissions & set(permissions)), permissions)


def signed_in(view):
    """Let through everybody who has signed in, whatever their role."""
    return _guard(lambda _visitor: True, ("signed in",))(view)


def public(view):
    """Mark a view as open to anybody, so that 'open' can be told from 'forgotten'."""
    view.guarded_by = ("public",)
    return view


def refuse_unguarded(app: Flask) -> None:
    """`Unguarded` when a view says nothing; call it once all rooms are registered."""
    silent = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        and not hasattr(app.view_functions[rule.endpoint], "guarded_by")
    )
    if silent:
        raise Unguarded(f"These views do not say who may enter: {', '.join(silent)}.")


def _guard(admits, declared: tuple[str, ...]):
    def guard(view):
        @wraps(view)
        def guarded(*args, **kwargs):
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            if not admits(current_user):
                abort(403)
            return view(*args, **kwargs)

        guarded.guarded_by = declared  # type: ignore[attr-defined]
        return guarded

    return guard
