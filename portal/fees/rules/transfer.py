"""What somebody needs to send a transfer, and the QR code a bank's application reads (EPC069-12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from segno import helpers

from portal.fees.rules.reference import grouped
from portal.kernel.money import Cents

#: What the code holds of a name (EPC069-12).
LONGEST_HOLDER = 70


@dataclass(frozen=True)
class Transfer:
    holder: str
    iban: str
    bic: str
    reference: str
    cents: Cents

    @property
    def spaced_iban(self) -> str:
        return grouped(self.iban)

    @property
    def spaced_reference(self) -> str:
        return grouped(self.reference)

    @property
    def typed_amount(self) -> str:
        """The amount as banks let it be typed."""
        return f"{self.cents // 100},{self.cents % 100:02}"

    @property
    def code(self) -> "Code":
        return draw(self)


@dataclass(frozen=True)
class Code:
    """A QR code as one SVG path on a square of `size` units, quiet zone included."""

    size: int
    path: str


@lru_cache(maxsize=2048)
def draw(transfer: Transfer) -> Code:
    """The drawing, kept: it costs more than the rest of the page."""
    code = helpers.make_epc_qr(
        name=transfer.holder[:LONGEST_HOLDER],
        iban=transfer.iban,
        bic=transfer.bic or None,
        amount=Decimal(transfer.cents) / 100,
        reference=transfer.reference,
    )
    rows = [_row(row, y) for y, row in enumerate(code.matrix_iter(border=4))]
    return Code(len(rows), "".join(rows))


def _row(modules: Iterable[int], y: int) -> str:
    """The dark runs of one row, as strokes of one unit."""
    strokes = []
    start = None
    for x, dark in enumerate([*modules, 0]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            strokes.append(f"M{start} {y}.5h{x - start}")
            start = None
    return "".join(strokes)
