from stdnum import iban as iban_numbers
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidLength
from stdnum.exceptions import ValidationError as WrongNumber

from portal.kernel.errors import NotPossible


def check_iban(typed: str) -> str:
    """An IBAN (ISO 13616) without spaces, in capitals; `NotPossible` says what is wrong with it.

    The check digits of the IBAN and those of the country (the French key) must both fit.
    """
    number = "".join(typed.split()).replace("-", "").upper()
    if not number.isascii() or not number.isalnum():
        raise NotPossible("An IBAN has letters and figures only.")
    try:
        return iban_numbers.validate(number)
    except InvalidLength:
        raise NotPossible("This IBAN is not complete: look at the number of figures.") from None
    except (InvalidChecksum, InvalidComponent):
        raise NotPossible("This IBAN does not exist: a figure or a letter is wrong.") from None
    except WrongNumber:
        raise NotPossible("This is not an IBAN. It begins with two letters, such as FR.") from None


def masked(iban: str) -> str:
    """Enough of an IBAN to recognise it: country and check digits, then the last four."""
    return f"{iban[:4]} •••• {iban[-4:]}" if iban else ""
