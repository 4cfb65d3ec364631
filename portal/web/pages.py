"""Lists that go on: which page was asked for, and the address of another with the same filters."""

from typing import Any

from flask import Flask, request, url_for

FURTHEST = 100_000


def page_number() -> int:
    """The page in the address, from 1; anything that is no number is the first one."""
    text = request.args.get("page", "1")
    return (
        min(max(int(text), 1), FURTHEST)
        if text.isascii() and text.isdigit() and len(text) < 9
        else 1
    )


def with_arguments(**changes: object) -> str:
    """The address of this page with some of its arguments changed; an empty one is left out."""
    arguments = request.args.to_dict() | {name: str(value or "") for name, value in changes.items()}
    kept: dict[str, Any] = {name: value for name, value in arguments.items() if value}
    return url_for(request.endpoint or "home.show", **(request.view_args or {}), **kept)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["with_arguments"] = with_arguments
