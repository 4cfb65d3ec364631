"""Finding creditor references (ISO 11649) in what payers type and banks cut."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise

from stdnum import iso11649

from portal.bank.rules.texts import NOT_IN_A_REFERENCE, capitals, compact
from portal.bank.rules.verdict import PayerId, Why

HEAD = "RF"
BODY = 4  # after RF and two check digits
SHORTEST_BODY = 6  # shorter ones are found in any text
#: How much of a text is searched, and how much of it for slips, which costs more.
MOST_SEARCHED = 10_000
MOST_GUESSED = 500
MOST_STARTS = 8
LONGEST = 25
#: A reference in one piece, the school's or somebody else's.
IN_ONE_PIECE = re.compile(r"\bRF[0-9]{2}[0-9A-Z]{1,21}\b", re.ASCII)
#: Letters and digits that people read for each other.
ALIKE = str.maketrans("OQILSBZ", "0011582")


@dataclass(slots=True)
class Found:
    """References in a line: sure ones, likely ones with what is wrong, and whether a stranger's is among them."""

    exact: list[str] = field(default_factory=list)
    likely: dict[str, Why] = field(default_factory=dict)
    foreign: bool = False

    def add_exact(self, reference: str) -> None:
        if reference not in self.exact:
            self.exact.append(reference)


class References:
    """The references of all payers, to look up and to look for."""

    def __init__(self, known: Iterable[tuple[str, PayerId]]) -> None:
        self._payers: dict[str, list[PayerId]] = {}
        self._by_body: dict[str, str] = {}
        self._by_look: dict[str, str] = {}
        for text, payer_id in known:
            reference = compact(text)
            if iso11649.is_valid(reference):
                self._payers.setdefault(reference, []).append(payer_id)
                self._by_look[reference.translate(ALIKE)] = reference
                if len(reference) >= BODY + SHORTEST_BODY:
                    self._by_body[reference[BODY:]] = reference
        self._lengths = sorted({len(reference) for reference in self._payers}, reverse=True)
        self._body_lengths = sorted({len(body) for body in self._by_body}, reverse=True)
        self._signs = "".join(sorted({sign for reference in self._payers for sign in reference}))

    def payers_of(self, reference: str) -> list[PayerId]:
        """Whose a compact `reference` is; usually one."""
        return self._payers.get(reference, [])

    def find(self, texts: Iterable[str]) -> Found:
        """Every reference in `texts`; likely ones only when no sure one is there."""
        found = Found()
        squeezed = []
        for text in texts:
            loud = capitals(text[:MOST_SEARCHED])
            squeezed.append(NOT_IN_A_REFERENCE.sub("", loud))
            if HEAD in squeezed[-1]:
                self._find_exact(loud, squeezed[-1], found)
        if not found.exact:
            for text in squeezed:
                self._find_likely(text[:MOST_GUESSED], found)
        return found

    def _find_exact(self, loud: str, text: str, found: Found) -> None:
        after = _glued_after(loud)
        for start in _starts(text):
            words = (text[start : start + length] for length in self._lengths)
            hits = [word for word in dict.fromkeys(words) if word in self._payers]
            whole = [hit for hit in hits if not self._goes_on(text, start, hit, after)]
            if len(hits) == 1 and whole:
                found.add_exact(hits[0])
            else:
                found.likely |= dict.fromkeys(hits, Why.ALMOST_REFERENCE)
        for word in (text[: LONGEST + 1], *IN_ONE_PIECE.findall(loud)):
            found.foreign |= word not in self._payers and _is_reference(word)

    def _goes_on(self, text: str, start: int, hit: str, after: list[bool]) -> bool:
        """Whether a digit is typed right behind `hit`, or a longer valid reference swallows it."""
        end = start + len(hit)
        if end >= len(text) or not after[end - 1]:
            return False
        last = end
        while last < min(len(text), start + LONGEST + 1) and after[last - 1]:
            last += 1
        return text[end].isdigit() or _is_reference(text[start:last])

    def _find_likely(self, text: str, found: Found) -> None:
        for length in self._body_lengths:
            for start in range(len(text) - length + 1):
                reference = self._by_body.get(text[start : start + length])
                if reference:
                    found.likely.setdefault(reference, Why.WRONG_CHECK_DIGITS)
        for start in islice(_starts(text), MOST_STARTS):
            for length in self._lengths:
                for reference in self._slips(text, start, length):
                    found.likely.setdefault(reference, Why.ALMOST_REFERENCE)

    def _slips(self, text: str, start: int, length: int) -> Iterator[str]:
        """Known references of `length` that become this text by one slip of the keys, or by look."""
        right = text[start : start + length]
        if not any(sign.isdigit() for sign in right):
            return
        by_look = self._by_look.get(right.translate(ALIKE))
        if by_look:
            yield by_look
        wrong = (
            *_exchanged(right, self._signs),
            *_dropped(text[start : start + length + 1]),
            *_inserted(text[start : start + length - 1], self._signs),
        )
        yield from (reference for reference in wrong if reference in self._payers)


def references_in(text: str) -> frozenset[str]:
    """Valid creditor references in one piece, whoever's, and one that is all of a line."""
    pieces = IN_ONE_PIECE.findall(capitals(text[:MOST_SEARCHED]))
    lines = (compact(line) for line in text[:MOST_SEARCHED].splitlines())
    return frozenset(one for one in (*pieces, *lines) if _is_reference(one))


def _is_reference(text: str) -> bool:
    return text.startswith(HEAD) and iso11649.is_valid(text)


def _starts(text: str) -> Iterator[int]:
    start = text.find(HEAD)
    while start >= 0:
        yield start
        start = text.find(HEAD, start + 1)


def _glued_after(loud: str) -> list[bool]:
    """For each sign that counts: whether the next sign that counts follows without anything between."""
    places = [place for place, sign in enumerate(loud) if not NOT_IN_A_REFERENCE.match(sign)]
    return [*(here + 1 == there for here, there in pairwise(places)), False]


def _exchanged(text: str, signs: str) -> Iterator[str]:
    for n in range(len(text)):
        yield text[:n] + text[n + 1 : n + 2] + text[n] + text[n + 2 :]
        yield from (text[:n] + sign + text[n + 1 :] for sign in signs)


def _dropped(text: str) -> Iterator[str]:
    return (text[:n] + text[n + 1 :] for n in range(len(text)))


def _inserted(text: str, signs: str) -> Iterator[str]:
    return (text[:n] + sign + text[n:] for n in range(len(text) + 1) for sign in signs)
