"""Lists that go on: which page was asked for, and the address of another with the same filters."""

from urllib.parse import urlencode

from flask import Flask, request, url_for

FURTHEST = 100_000
#: Signs that an address may show as they are after its question mark.
LEGIBLE = "!$'()*,/:;?@"


def page_number() -> int:
    """The page in the address, from 1; anything that is no number is the first one."""
    text = request.args.get("page", "1")
    return (
        min(max(int(text), 1), FURTHEST)
        if text.isascii() and text.isdigit() and len(text) < 9
        else 1
    )


def with_arguments(**changes: object) -> str:
    """The address of this page with some of its arguments changed; an empty one is left out.

    `url_for` takes names of its own (_external, endpoint), which a visitor must not get to choose.
    """
    arguments = request.args.to_dict() | {name: str(value or "") for name, value in changes.items()}
    kept = {name: value for name, value in arguments.items() if value}
    here = url_for(request.endpoint or "home.show", **(request.view_args or {}))
    return f"{here}?{urlencode(kept, safe=LEGIBLE)}" if kept else here


def init_app(app: Flask) -> None:
    app.jinja_env.globals["with_arguments"] = with_arguments
