from stdnum import iban as iban_numbers
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidLength
from stdnum.exceptions import ValidationError as WrongNumber

from portal.kernel.errors import NotPossible

#: Countries whose banks take part in SEPA transfers, by the letters of their IBANs (EPC409-09: the European Economic
#: Area, Switzerland, the United Kingdom, small states beside it, and those of the Balkans and Moldova since 2025 and 2026).
SEPA = frozenset(
    [
        "AD",
        "AL",
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GI",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MC",
        "MD",
        "ME",
        "MK",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "RS",
        "SE",
        "SI",
        "SK",
        "SM",
        "VA",
    ]
)


def check_iban(typed: str) -> str:
    """An IBAN (ISO 13616) without spaces, in capitals; `NotPossible` says what is wrong with it.

    The check digits of the IBAN and those of the country (the French key) must both fit, and a SEPA transfer must reach it.
    """
    number = "".join(typed.split()).replace("-", "").upper()
    if not number.isascii() or not number.isalnum():
        raise NotPossible("An IBAN has letters and figures only.")
    try:
        iban = str(iban_numbers.validate(number))
    except InvalidLength:
        raise NotPossible("This IBAN is not complete: look at the number of figures.") from None
    except (InvalidChecksum, InvalidComponent):
        raise NotPossible("This IBAN does not exist: a figure or a letter is wrong.") from None
    except WrongNumber:
        raise NotPossible("This is not an IBAN. It begins with two letters, such as FR.") from None
    if iban[:2] not in SEPA:
        raise NotPossible(
            "Money goes back by SEPA transfer, which does not reach this country: name an account in Europe."
        )
    return iban


def payable(iban: str) -> bool:
    """Whether a SEPA transfer can be sent to this account."""
    try:
        return check_iban(iban) == iban
    except NotPossible:
        return False


def masked(iban: str) -> str:
    """Enough of an IBAN to recognise it: country and check digits, then the last four."""
    return f"{iban[:4]} •••• {iban[-4:]}" if iban else ""
