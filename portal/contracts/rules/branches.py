"""Which funding body (OPCO) a collective agreement (IDCC) belongs to, and what the employer pays itself."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from portal.contracts.rules.life import ContractKind
from portal.kernel.errors import NotPossible
from portal.kernel.money import Cents

DATA = Path(__file__).parent.parent / "data"
#: The eleven OPCOs, by the code the list of agreements uses.
OPCOS = {
    "AFDAS": "AFDAS",
    "AKTO": "AKTO",
    "ATLAS": "OPCO Atlas",
    "CONSTRUCTYS": "Constructys",
    "LOPCOMMERCE": "L’Opcommerce",
    "MOBILITES": "OPCO Mobilités",
    "OCAPIAT": "OCAPIAT",
    "OPCO2I": "OPCO 2i",
    "OPCOEP": "OPCO EP",
    "SANTE": "OPCO Santé",
    "UNIFORMATION": "Uniformation",
}
IDCC_DIGITS = 4
#: Level 6 and 7, contracts concluded from that day on; less after a broken contract (decree 2025-585).
FLAT_SHARE_SINCE = date(2025, 7, 1)
FLAT_SHARE, FLAT_SHARE_AFTER_BREAK = Cents(750_00), Cents(200_00)


def normal_idcc(typed: str) -> str:
    """The four digits of an agreement: “44” is 0044, “1486 Syntec” is 1486; `NotPossible` for anything else."""
    number = typed.split()[0] if typed.split() else ""
    if not (number.isascii() and number.isdigit() and len(number) <= IDCC_DIGITS and int(number)):
        raise NotPossible("The number of a collective agreement (IDCC) has four digits.")
    return number.zfill(IDCC_DIGITS)


def opco_for(idcc: str, corrections: Mapping[str, str]) -> str:
    """The code of the OPCO; empty when neither staff nor the list know the agreement."""
    return corrections.get(idcc) or _listed().get(idcc, "")


def flat_share(kind: ContractKind, concluded_on: date, *, after_break: bool) -> Cents:
    """What the employer of an apprentice pays itself for a master's year, in cents (Code du travail D6332-81)."""
    if kind != ContractKind.APPRENTICESHIP or concluded_on < FLAT_SHARE_SINCE:
        return Cents(0)
    return FLAT_SHARE_AFTER_BREAK if after_break else FLAT_SHARE


@cache
def _listed() -> dict[str, str]:
    rows = json.loads((DATA / "opco_by_idcc.json").read_text(encoding="utf-8"))
    return {row["idcc"]: row["opco"] for row in rows}
