"""A school that lives: the demo's data, made once a run and copied for each test."""

import shutil
from pathlib import Path

from lxml.html import document_fromstring

from portal import demo
from portal.app import create_app
from portal.identity.models import Person
from portal.infra import mail
from portal.kernel.db import database
from portal.settings import Settings
from tests.support import databases

#: What is fetched, not read.
FILES = (".pdf", ".xml", ".csv", ".xlsx", ".txt")


def live_in(folder: Path, prepared: databases.Prepared) -> Path:
    """Seed a school in `folder`: its database and its files."""
    app = create_app(databases.installation("sqlite", folder, prepared))
    mail.connect(lambda _message: None)
    with database.connection_context():
        demo.seed(storage=app.extensions["storage"])
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    databases.close()
    return folder


def installation_in(folder: Path, lived_in: Path) -> Settings:
    """The same school in a folder of its own."""
    shutil.copytree(lived_in, folder / "school")
    return Settings(
        database_url=f"sqlite:///{folder / 'school' / 'portal.db'}",
        secret_key="test",
        storage=folder / "school" / "storage",
        jobs_url="immediate:",
        mail_url=f"file://{folder / 'mail'}",
        production=False,
        demo=True,
    )


def account(name: str) -> Person:
    return Person.get(Person.email == f"{name}@demo.example")


def crawl(client, *, most: int = 400) -> dict[str, str]:
    """Every page somebody gets to by links alone: address → HTML. Lists are entered, files are not fetched."""
    seen: dict[str, str] = {}
    waiting = ["/"]
    patterns: dict[str, int] = {}
    while waiting and len(seen) < most:
        address = waiting.pop(0)
        if address in seen or not address.startswith("/") or address.startswith("//"):
            continue
        shape = "".join("#" if sign.isdigit() else sign for sign in address.split("?")[0])
        if (
            address.split("?")[0].endswith(FILES)
            or "/documents/" in address
            or patterns.get(shape, 0) >= 3
        ):
            continue
        patterns[shape] = patterns.get(shape, 0) + 1
        answer = client.raw.get(address, follow_redirects=True)
        assert answer.status_code < 400, (address, answer.status_code)
        if answer.mimetype != "text/html":
            continue
        seen[address] = answer.text
        waiting += links_of(answer.text)
    return seen


def links_of(html: str) -> list[str]:
    return [address.split("#")[0] for address in document_fromstring(html).xpath("//a/@href")]
