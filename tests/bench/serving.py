"""The real server on a database of its own, and somebody signed in who asks it for pages."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode

import psutil
from bs4 import BeautifulSoup
from flask import Flask

from portal.app import create_app
from portal.identity import Person, start_session
from portal.kernel import db
from portal.settings import Settings
from tests.support.client import HTMX, fields_of

ROOT = Path(__file__).parents[2]


@dataclass
class Server:
    """gunicorn with one gthread worker; `app`, the same in this process, only signs people in."""

    port: int
    process: subprocess.Popen
    app: Flask

    @property
    def worker(self) -> psutil.Process:
        return psutil.Process(self.process.pid).children()[0]

    def visitor(self, email: str) -> "Visitor":
        db.connect(self.app.extensions["settings"].database_url)
        with db.database.connection_context():
            token = start_session(Person.get(Person.email == email).id)
        serializer = self.app.session_interface.get_signing_serializer(self.app)
        cookie = serializer.dumps({"_user_id": token, "_fresh": True})
        return Visitor(HTTPConnection("127.0.0.1", self.port), cookie)


@dataclass
class Answer:
    seconds: float
    body: bytes


@dataclass
class Visitor:
    """A browser that keeps its connection and its cookie."""

    line: HTTPConnection
    cookie: str

    def ask(self, path: str, *, fragment: bool = False, body: dict | None = None) -> Answer:
        headers = {"Cookie": f"session={self.cookie}"} | (HTMX if fragment else {})
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = perf_counter()
        method = "GET" if body is None else "POST"
        self.line.request(method, path, urlencode(body) if body else None, headers)
        answer = self.line.getresponse()
        content = answer.read()
        seconds = perf_counter() - began
        if answer.status >= 400:
            raise RuntimeError(f"{path} answers {answer.status}")
        if renewed := SimpleCookie(answer.headers.get("Set-Cookie", "")).get("session"):
            self.cookie = renewed.value
        return Answer(seconds, content)

    def form(self, path: str, action: str) -> dict[str, str]:
        """What a browser would send of the form on `path` that leads to `action`."""
        page = BeautifulSoup(self.ask(path).body, "html.parser")
        return fields_of(page.select_one(f"main form[action='{action}']"))


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """The portal on the database in `folder`, from its first answer to the end of the block."""
    port = _free_port()
    environment = _environment(folder, port)
    gunicorn = [sys.executable, "-m", "gunicorn", "--workers=1", "--threads=8"]
    options = [f"--bind=127.0.0.1:{port}", "--worker-class=gthread", "--log-level=error"]
    options.append("--no-control-socket")
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [*gunicorn, *options, "tests.bench.wsgi:app"],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(port)
            yield Server(port, process, open_app(folder, port))
        finally:
            process.terminate()
            process.wait()


def open_app(folder: Path, port: int = 5000) -> Flask:
    """The portal of `folder` in this process."""
    return create_app(Settings.from_environment(_environment(folder, port)))


def _environment(folder: Path, port: int) -> dict[str, str]:
    """As an installation has it, with plain http because loopback has no certificate."""
    return {
        "PORTAL_MODE": "development",
        "PORTAL_SECRET_KEY": "for this bench only",
        "PORTAL_DATABASE_URL": f"sqlite:///{folder / 'portal.db'}",
        "PORTAL_STORAGE": str(folder / "storage"),
        "PORTAL_JOBS_URL": f"sqlite:///{folder / 'jobs.db'}",
        "PORTAL_MAIL_URL": f"file://{folder / 'mail'}",
        "PORTAL_PORT": str(port),
    }


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
