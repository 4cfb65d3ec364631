from decimal import Decimal

from flask import Blueprint
from flask_babel import format_decimal

pages = Blueprint("contracts", __name__)


@pages.app_template_filter("siret")
def grouped_siret(siret: str) -> str:
    """732 829 320 00074, as it is printed; the spaces do not break."""
    return "\u00a0".join((siret[:3], siret[3:6], siret[6:9], siret[9:]))


@pages.app_template_filter("figure")
def figure(number: str) -> str:
    """“1.9” as the reader writes it."""
    return format_decimal(Decimal(number), format="0.0")
