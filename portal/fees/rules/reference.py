from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

from portal.kernel.errors import NotPossible

MOST_PAYERS = 99


def creditor_reference(year: int, enrolment_id: int, ordinal: int) -> str:
    """The ISO 11649 reference of the `ordinal`-th payer of an enrolment that began in `year`, unspaced.

    Digits only after `RF`: payers type it on a telephone.
    """
    if ordinal > MOST_PAYERS:
        raise NotPossible("This student has too many payers.")
    body = f"{year:04d}{enrolment_id:06d}{ordinal:02d}"
    return iso11649.validate(f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}")


def grouped(number: str) -> str:
    """A reference or an IBAN in groups of four, as papers print it."""
    return "\u00a0".join(number[n : n + 4] for n in range(0, len(number), 4))
