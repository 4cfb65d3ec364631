"""Text as people search it."""

import unicodedata

#: Letters that Unicode does not take apart.
BASE_LETTERS = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "ħ": "h",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "’": "'",
    }
)


def fold(text: str) -> str:
    """`text` without accents, case and double spaces: "Lefèvre", "LEFEVRE" and "lefevre " are one."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(plain.translate(BASE_LETTERS).split())
