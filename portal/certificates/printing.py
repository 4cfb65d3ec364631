"""The printer's own process: pages in, PDF/A out. The only place that imports WeasyPrint.

Pages are sealed: nothing a name or a title contains can make the printer fetch. Fonts and style
are read once and kept, which halves the time of a page.
"""

import json
import logging
import os
import resource
import sys
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from portal.infra.worker import HEAD

STYLE = Path(__file__).parents[2] / "static/css/document.css"
MEMORY = 1536 * 1024 * 1024


class Sealed(URLFetcher):
    """Refuses every address but the pictures we drew ourselves, `file:` and other `data:` included."""

    def __init__(self, pictures: frozenset[str] = frozenset()):
        super().__init__(fail_on_errors=True)
        self._pictures = pictures

    def fetch(self, url: str, headers: Any = None) -> Any:
        if url not in self._pictures:
            raise ValueError("a certificate may not load anything")
        return super().fetch(url, headers)


class Printer:
    def __init__(self, style: Path = STYLE):
        self._fonts = FontConfiguration()
        self._style = CSS(filename=str(style), font_config=self._fonts)

    def print(self, html: str, *, identifier: str, pictures: list[str]) -> bytes:
        """A tagged PDF/A-3a. The same page gives the same bytes, as it carries no clock of its own."""
        page = HTML(string=html, url_fetcher=Sealed(frozenset(pictures)), base_url="about:blank")
        return page.write_pdf(
            stylesheets=[self._style],
            font_config=self._fonts,
            pdf_variant="pdf/a-3a",
            pdf_identifier=identifier.encode(),
        )


def serve() -> None:
    """Answer one page a line until the input closes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.CRITICAL)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    printer = Printer()
    for line in sys.stdin.buffer:
        try:
            worked, answer = 1, printer.print(**json.loads(line))
        except Exception as failure:  # whatever one page does, the next one must be printed
            worked, answer = 0, type(failure).__name__.encode()
        answers.write(HEAD.pack(worked, len(answer)) + answer)


if __name__ == "__main__":
    serve()
