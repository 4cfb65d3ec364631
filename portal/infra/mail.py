"""The post. Rooms write to the outbox; only the outbox calls this."""

import smtplib
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

_send: Callable[[EmailMessage], object]


def connect(send: str | Callable[[EmailMessage], object]) -> None:
    """Post through `smtp://user:password@host:port`, `smtps://…`, into the folder `file:///folder`,
    or through any function that takes a message."""
    global _send
    if not isinstance(send, str):
        _send = send
    else:
        _send = _folder(send) if send.startswith("file:") else _smtp(send)


def post(message: EmailMessage) -> None:
    """Hand `message` over, or raise `OSError`; every SMTP error is one."""
    _send(message)


def folder_of(url: str) -> Path:
    """The folder that a `file:` address names; `file:///./var/mail` is relative to the working folder."""
    path = unquote(urlsplit(url).path)
    return Path(path[1:]) if path.startswith("/./") else Path(path)


def _folder(url: str) -> Callable[[EmailMessage], object]:
    folder = folder_of(url)

    def keep(message: EmailMessage) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = "".join(
            sign for sign in str(message["Message-ID"]) if sign.isalnum() or sign in ".-"
        )
        draft = folder / f"{name}.part"
        try:
            draft.write_bytes(message.as_bytes())
            draft.rename(folder / f"{name}.eml")
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise

    return keep


def _smtp(url: str) -> Callable[[EmailMessage], object]:
    server = urlsplit(url)
    line_type = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP

    def send(message: EmailMessage) -> None:
        with line_type(server.hostname or "localhost", server.port or 25, timeout=10) as line:
            if server.username and server.password:
                if server.scheme == "smtp":
                    line.starttls()
                line.login(unquote(server.username), unquote(server.password))
            line.send_message(message)

    return send
