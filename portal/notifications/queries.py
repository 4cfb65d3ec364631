"""The folder of a demo's mails, as a list and one by one."""

import email
import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from portal.kernel.errors import Missing

#: The newest ones; a demo is not an archive.
MOST = 100


@dataclass(frozen=True)
class Letter:
    """A mail as it left: `name` is its file's, without the ending."""

    name: str
    to: str
    subject: str
    body: str
    at: datetime


def letters(folder: Path) -> list[Letter]:
    """The mails of the folder, newest first."""
    files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return [_read(file) for file in files[:MOST]]


def letter(folder: Path, name: str) -> Letter:
    """The mail of that name, or `Missing`; only names that the folder lists are opened."""
    for file in folder.glob("*.eml"):
        if file.stem == name:
            return _read(file)
    raise Missing("There is no such mail.")


def _read(file: Path) -> Letter:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain",))
    return Letter(
        name=file.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        body=body.get_content() if body else "",
        at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
    )
