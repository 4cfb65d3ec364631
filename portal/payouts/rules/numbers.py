import re

from anyascii import anyascii

LONGEST_ID = 35
#: What SEPA banks must accept (EPC217-08); other letters are written with these, other signs left out.
ALLOWED = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
#: Signs that banks write in another way rather than drop.
SIGNS = str.maketrans({"&": "+", "_": "-", "[": "(", "]": ")", ";": ","})


def end_to_end(refund_number: str, *, share: int, shares: int, attempt: int) -> str:
    """The number the bank repeats: the refund's own; with several payers or attempts, told apart.

    At most 35 characters (ISO 20022 Max35Text).
    """
    number = refund_number if shares == 1 else f"{refund_number}-{share}"
    return (number if attempt == 1 else f"{number}.{attempt}")[:LONGEST_ID]


def as_sepa(text: str, fallback: str, most: int = 70) -> str:
    """`text` in the characters every bank accepts; `fallback` for names of which nothing is left."""
    plain = anyascii(text).translate(SIGNS)
    kept = " ".join(ALLOWED.sub("", plain).split())[:most].strip()
    return kept if re.search("[A-Za-z0-9]", kept) else fallback
