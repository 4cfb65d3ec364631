"""What a visitor typed, before any room reads it: text that a database can store, numbers it can look for.

PostgreSQL stores no U+0000, and neither database looks for a number of more bits than it has. Who sends such
things sends no word of ours: the sign is dropped, as every other control character is from a line of text, and
an address with such a number or sign leads nowhere.
"""

from collections.abc import Iterable
from typing import Any

from flask import Flask
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, iter_multi_items
from werkzeug.routing import IntegerConverter, UnicodeConverter

LARGEST_ID = 2**31 - 1
NUL = "\0"


class Storable(ImmutableMultiDict):
    """The arguments, fields or files of a request, without U+0000 in their names and texts."""

    def __init__(self, given: Any = None) -> None:
        super().__init__(list(_storable(iter_multi_items(given))) if given else None)


class Id(IntegerConverter):
    """A number in an address, never one that is too large for a key."""

    def __init__(self, map: Any, *, max: int = LARGEST_ID, **rest: Any) -> None:
        super().__init__(map, max=max, **rest)


class Text(UnicodeConverter):
    """A word in an address."""

    def __init__(self, *facts: Any, **rest: Any) -> None:
        super().__init__(*facts, **rest)
        self.regex = self.regex.replace("[^/]", "[^/\\0]")


def init_app(app: Flask) -> None:
    """Before any address is known."""
    app.request_class = type("Request", (app.request_class,), {"parameter_storage_class": Storable})
    app.url_map.converters = app.url_map.converters | {"int": Id, "string": Text, "default": Text}


def _storable(items: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Any]]:
    for name, value in items:
        if isinstance(value, str):
            value = value.replace(NUL, "")
        elif isinstance(value, FileStorage) and value.filename:
            value.filename = value.filename.replace(NUL, "")
        yield name.replace(NUL, ""), value
