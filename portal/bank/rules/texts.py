"""What people and banks write, brought into a shape that can be compared."""

import re
import unicodedata

from portal.kernel.text import fold

NOT_IN_A_REFERENCE = re.compile(r"[^0-9A-Z]+")
WORD = re.compile(r"[^\W_]+")
#: Words beside a name that are no name.
NO_NAMES = frozenset(
    [
        "m",
        "mr",
        "mme",
        "mlle",
        "mle",
        "melle",
        "mm",
        "monsieur",
        "madame",
        "mademoiselle",
        "mrs",
        "ms",
        "miss",
        "dr",
        "ou",
        "et",
        "or",
        "and",
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "d",
        "l",
        "von",
        "van",
        "the",
        "sa",
        "sas",
        "sarl",
        "eurl",
        "sasu",
    ]
)


def capitals(text: str) -> str:
    """`text` in plain capitals: full-width letters and digits become ordinary ones."""
    return unicodedata.normalize("NFKC", text).upper()


def compact(text: str) -> str:
    """Only the letters A–Z and digits of `text`, in capitals: how a reference is compared."""
    return NOT_IN_A_REFERENCE.sub("", capitals(text))


def name_words(text: str) -> frozenset[str]:
    """The folded words of `text` that can be part of a name."""
    return frozenset(WORD.findall(fold(text))) - NO_NAMES
