"""Finding payers by the words of their names."""

from collections.abc import Iterable
from enum import IntEnum

from portal.bank.rules.texts import name_words
from portal.bank.rules.verdict import PayerId

#: A word that so many payers have says nothing alone.
MOST_BEARERS = 200
SHORTEST_SHARED = 3


class Likeness(IntEnum):
    """How well a name fits."""

    SHARED_WORD = 1
    KNOWN_NAME = 2
    OWN_NAME = 3


class Names:
    """The words of all names, each with who bears it."""

    def __init__(self) -> None:
        self._bearers: dict[str, list[PayerId]] = {}
        self._names: dict[PayerId, list[frozenset[str]]] = {}

    def add(self, payer_id: PayerId, own: str, others: Iterable[str]) -> None:
        """A payer with the `own` name first and every other name that may stand on a transfer."""
        names = [name_words(own), *(name_words(other) for other in others)]
        self._names[payer_id] = names
        for word in frozenset[str]().union(*names):
            self._bearers.setdefault(word, []).append(payer_id)

    def of(self, payer_id: PayerId) -> frozenset[frozenset[str]]:
        """All names of a payer, the same for payers of equal names."""
        return frozenset(self._names[payer_id])

    def find(self, name: str, told: str) -> dict[PayerId, Likeness]:
        """Who may be meant by the `name` on a transfer; the text `told` with it may complete it."""
        named = name_words(name)
        words = named | name_words(told)
        likeness = {}
        for payer_id in self._bearing(words):
            found = self._likeness(payer_id, named, words)
            if found:
                likeness[payer_id] = found
        return likeness

    def _bearing(self, words: frozenset[str]) -> set[PayerId]:
        crowds = sorted((self._bearers[word] for word in words if word in self._bearers), key=len)
        few = [crowd for crowd in crowds if len(crowd) <= MOST_BEARERS]
        if few:
            return set().union(*few)
        return set(crowds[0]).intersection(crowds[1]) if len(crowds) > 1 else set()

    def _likeness(
        self, payer_id: PayerId, named: frozenset[str], words: frozenset[str]
    ) -> Likeness | None:
        own, *others = self._names[payer_id]
        if fits(own, named, words):
            return Likeness.OWN_NAME
        if any(fits(other, named, words) for other in others):
            return Likeness.KNOWN_NAME
        shared = named or words
        long_enough = {word for word in shared if len(word) >= SHORTEST_SHARED}
        if any(name & long_enough for name in (own, *others)):
            return Likeness.SHARED_WORD
        return None


def fits(known: frozenset[str], named: frozenset[str], words: frozenset[str]) -> bool:
    """Whether a `known` name stands there in full, or two words of it and no other, or with initials."""
    if not known or not (known & words):
        return False
    if known <= words:
        return True
    return len(named) > 1 and (named <= known or _with_initials(known, named))


def _with_initials(known: frozenset[str], named: frozenset[str]) -> bool:
    initials = {word for word in named if len(word) == 1}
    rest = known - named
    return bool(initials) and named - initials <= known and initials <= {word[0] for word in rest}
