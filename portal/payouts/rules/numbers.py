import re
import unicodedata

LONGEST_ID = 35
#: What SEPA banks must accept (EPC217-08); everything else is written without its accents, or left out.
ALLOWED = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
LETTERS = str.maketrans(
    {
        "œ": "oe",
        "Œ": "OE",
        "æ": "ae",
        "Æ": "AE",
        "ß": "ss",
        "ł": "l",
        "Ł": "L",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
        "’": "'",
    }
)


def end_to_end(refund_number: str, *, share: int, shares: int, attempt: int) -> str:
    """The number the bank repeats: the refund's own; with several payers or attempts, told apart.

    At most 35 characters (ISO 20022 Max35Text).
    """
    number = refund_number if shares == 1 else f"{refund_number}-{share}"
    return (number if attempt == 1 else f"{number}.{attempt}")[:LONGEST_ID]


def as_sepa(text: str, fallback: str, most: int = 70) -> str:
    """`text` in the characters every bank accepts; `fallback` for names of which nothing is left."""
    plain = unicodedata.normalize("NFKD", text.translate(LETTERS))
    kept = " ".join(ALLOWED.sub("", plain).split())[:most].strip()
    return kept if re.search("[A-Za-z0-9]", kept) else fallback
