"""Certificate PDFs: plain values in, bytes out. The page is drawn here and printed in a child process."""

from datetime import date
from pathlib import Path

import segno
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from portal.certificates.rules import Facts, as_date, in_groups
from portal.infra.worker import Worker
from portal.kernel.i18n import translate

TEMPLATES = Path(__file__).parents[2] / "templates"
NBSP = "\u00a0"
_pages = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
_printer = Worker("portal.certificates.printing")


def make(facts: Facts) -> bytes:
    """A tagged PDF/A-3a of one page; `WorkFailed` when the printer could not. Store the bytes:
    a later library may draw the same page differently."""
    picture = qr(facts.verify_url)
    return _printer.work(html=page(facts, picture), identifier=facts.number, pictures=[picture])


def print_page(html: str, *, identifier: str) -> bytes:
    """Another room's page as a tagged PDF/A-3a in the style of papers; it may load nothing. `WorkFailed` as above."""
    return _printer.work(html=html, identifier=identifier, pictures=[])


def page(facts: Facts, picture: str) -> str:
    """The HTML of the paper, in its own language."""
    return _pages.get_template("certificates/paper.html").render(
        facts=facts,
        code=in_groups(facts.code),
        picture=picture,
        _=lambda sentence, **holes: Markup.escape(translate(sentence, facts.language)) % holes,
        day=lambda text: long_day(as_date(text), facts.language),
    )


def qr(address: str) -> str:
    """The QR code of `address` as a picture that the printer admits."""
    return segno.make(address, error="m", boost_error=False).svg_data_uri(
        border=2, dark="#000", light="#fff", omitsize=True
    )


def long_day(value: date | None, language: str) -> Markup:
    """“11 January 2027”, « 1er janvier 2027 »; no break between day and month."""
    if value is None:
        return Markup("")
    rest = format_date(value, "MMMM y", locale=language)
    number = Markup("1<sup>er</sup>") if value.day == 1 and language == "fr" else value.day
    return Markup("{}{}{}").format(number, NBSP, rest)


def stop() -> None:
    """End the printer's process; the next page starts another."""
    _printer.stop()
