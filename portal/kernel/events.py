"""How a lower room tells rooms above it that something happened, without knowing them."""

from collections.abc import Callable
from typing import Any


class Event:
    """Listeners run inside the teller's transaction, in the order of registration; a refusal undoes all."""

    def __init__(self, name: str):
        self.name = name
        self._listeners: list[Callable[..., Any]] = []

    def then(self, listener: Callable[..., Any]) -> None:
        """Call `listener` from now on; registering the same one again changes nothing."""
        if listener not in self._listeners:
            self._listeners.append(listener)

    def tell(self, **facts: Any) -> None:
        for listener in self._listeners:
            listener(**facts)
