"""What an installation may decide, read once from `PORTAL_…` variables and checked before anything starts."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from portal.infra import s3
from portal.infra.mail import folder_of

DATABASES = ("sqlite", "psycopg3", "psycopg3+pool")
MAILS = ("smtp", "smtps", "file")
JOBS = ("sqlite", "redis", "rediss", "immediate")
#: A host with its port, without a name and password before it.
PLAIN_HOST = re.compile(r"[^\s@]+")
SENDER = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
SHORTEST_SECRET = 16
LONGEST_AHEAD = 3650
YES, NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0", "")


class SettingsError(Exception):
    """The installation cannot start; the message says which variable is wrong and what it needs."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation. `production` is the default: an open door must be asked for."""

    secret_key: str = field(repr=False)
    data_keys: tuple[str, ...] = field(default=(), repr=False)
    database_url: str = field(default="sqlite:///var/portal.db", repr=False)
    storage: Path = Path("var/storage")
    storage_url: str = field(default="", repr=False)
    clamd_url: str = ""
    jobs_url: str = field(default="sqlite:///var/jobs.db", repr=False)
    mail_url: str = field(default="smtp://localhost:25", repr=False)
    mail_from: str = "portal@localhost"
    school: str = "ILERI"
    public_url: str = "http://127.0.0.1:5000"
    port: int = 5000
    production: bool = True
    demo: bool = False
    debug: bool = False
    trusted_proxies: int = 0
    fiscal_year_month: int = 9
    clock_ahead_days: int = 0

    def __post_init__(self) -> None:
        for problem in self._problems():
            raise SettingsError(problem)

    @property
    def sealing_keys(self) -> list[str]:
        """What bank accounts and documents are sealed with, newest first; the secret key when no key of their own is set."""
        return list(self.data_keys) or [self.secret_key]

    @property
    def folder(self) -> Path:
        """Where documents lie on this machine; with an object store only the lock of the jobs does."""
        return folder_of(self.storage_url) if self.storage_url.startswith("file:") else self.storage

    @property
    def object_store(self) -> str:
        """The address of the object store that holds the documents; empty when a folder does."""
        return self.storage_url if self.storage_url.startswith("s3:") else ""

    @property
    def secure_cookies(self) -> bool:
        """Browsers keep `Secure` cookies for https only."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings of this process; `SettingsError` with one clear sentence when one is wrong."""
        read = _Reader(environment)
        production = read.choice("PORTAL_MODE", ("production", "development")) == "production"
        port = read.number("PORTAL_PORT", 5000)
        return cls(
            production=production,
            port=port,
            secret_key=read.text("PORTAL_SECRET_KEY", ""),
            data_keys=tuple(read.text("PORTAL_DATA_KEYS", "").replace(",", " ").split()),
            database_url=read.text("PORTAL_DATABASE_URL", cls.database_url),
            storage=Path(read.text("PORTAL_STORAGE", str(cls.storage))),
            storage_url=read.text("PORTAL_STORAGE_URL", ""),
            clamd_url=read.text("PORTAL_CLAMD_URL", ""),
            jobs_url=read.text("PORTAL_JOBS_URL", cls.jobs_url),
            mail_url=read.text("PORTAL_MAIL_URL", cls.mail_url),
            mail_from=read.text("PORTAL_MAIL_FROM", cls.mail_from),
            school=read.text("PORTAL_SCHOOL", cls.school),
            public_url=read.text("PORTAL_PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/"),
            demo=read.switch("PORTAL_DEMO"),
            debug=read.switch("PORTAL_DEBUG"),
            trusted_proxies=read.number("PORTAL_TRUSTED_PROXIES", 0),
            fiscal_year_month=read.number("PORTAL_FISCAL_YEAR_MONTH", cls.fiscal_year_month),
            clock_ahead_days=read.number("PORTAL_CLOCK_AHEAD_DAYS", 0),
        )

    def _problems(self) -> list[str]:
        public, database, mail, jobs = map(
            _address, (self.public_url, self.database_url, self.mail_url, self.jobs_url)
        )
        rules = [
            (not self.secret_key, "PORTAL_SECRET_KEY is missing: set it to a long random text."),
            (
                self.production and len(self.secret_key) < SHORTEST_SECRET,
                f"PORTAL_SECRET_KEY needs at least {SHORTEST_SECRET} characters in production.",
            ),
            (
                any(len(key) < SHORTEST_SECRET for key in self.data_keys),
                f"PORTAL_DATA_KEYS needs keys of at least {SHORTEST_SECRET} characters, separated by commas.",
            ),
            (
                self.production and self.debug,
                "PORTAL_DEBUG must be off in production: it shows the inside of the portal.",
            ),
            (
                self.production and self.demo,
                "PORTAL_DEMO must be off in production: everybody knows the demo passwords.",
            ),
            (
                self.production and self.clock_ahead_days > 0,
                "PORTAL_CLOCK_AHEAD_DAYS must be 0 in production: legal terms would end too early.",
            ),
            (
                self.clock_ahead_days > LONGEST_AHEAD,
                f"PORTAL_CLOCK_AHEAD_DAYS must lie between 0 and {LONGEST_AHEAD}.",
            ),
            (
                public.scheme not in ("http", "https")
                or not public.hostname
                or not PLAIN_HOST.fullmatch(public.netloc),
                "PORTAL_PUBLIC_URL must be a full address such as https://portal.example.org.",
            ),
            (
                bool(public.path or public.query or public.fragment),
                "PORTAL_PUBLIC_URL must end with the host: the portal lives at the root of its own.",
            ),
            (
                self.production and public.scheme != "https",
                "PORTAL_PUBLIC_URL must begin with https:// in production.",
            ),
            (
                database.scheme not in DATABASES,
                "PORTAL_DATABASE_URL must begin with sqlite:/// or psycopg3+pool://.",
            ),
            (
                mail.scheme not in MAILS,
                "PORTAL_MAIL_URL must begin with smtp://, smtps:// or file:///.",
            ),
            (
                jobs.scheme not in JOBS,
                "PORTAL_JOBS_URL must begin with sqlite:/// or redis://.",
            ),
            (
                bool(self.storage_url) and not _is_store(self.storage_url),
                "PORTAL_STORAGE_URL must be file:///folder or "
                "s3://key:secret@host:port/bucket?region=…&tls=no, with signs such as / in the secret as %2F.",
            ),
            (
                self.storage not in (Settings.storage, self.folder),
                "PORTAL_STORAGE and PORTAL_STORAGE_URL name two folders: keep one of them.",
            ),
            (
                bool(self.object_store) and find_spec("boto3") is None,
                "PORTAL_STORAGE_URL needs the package boto3 for s3://: install requirements-s3.txt.",
            ),
            (
                bool(self.clamd_url) and not _is_scanner(_address(self.clamd_url)),
                "PORTAL_CLAMD_URL must be tcp://host:3310 or unix:///path/of/clamd.sock.",
            ),
            (
                not SENDER.fullmatch(self.mail_from),
                "PORTAL_MAIL_FROM must be one plain e-mail address, such as portal@example.org.",
            ),
            (not 1 <= self.port <= 65535, "PORTAL_PORT must lie between 1 and 65535."),
            (
                not 0 <= self.trusted_proxies <= 5,
                "PORTAL_TRUSTED_PROXIES must be the number of proxies in front, 0 to 5.",
            ),
            (
                not 1 <= self.fiscal_year_month <= 12,
                "PORTAL_FISCAL_YEAR_MONTH must be the number of a month, 1 to 12.",
            ),
        ]
        return [sentence for wrong, sentence in rules if wrong]


def _address(url: str) -> SplitResult:
    """The parts of `url`; empty ones, which every rule refuses, when it is no address at all."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts


def _is_scanner(where: SplitResult) -> bool:
    return bool(where.hostname if where.scheme == "tcp" else where.scheme == "unix" and where.path)


def _is_store(url: str) -> bool:
    where = _address(url)
    is_folder = where.scheme == "file" and not where.netloc and len(where.path) > 1
    return is_folder or s3.is_address(where)


class _Reader:
    """Text, numbers and switches out of the environment."""

    def __init__(self, environment: Mapping[str, str]):
        self._environment = environment

    def text(self, name: str, default: str) -> str:
        return self._environment.get(name, "").strip() or default

    def number(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit():
            raise SettingsError(f"{name} must be a whole number, not {value!r}.")
        return int(value)

    def switch(self, name: str) -> bool:
        value = self.text(name, "no").lower()
        if value not in YES + NO:
            raise SettingsError(f"{name} must be yes or no, not {value!r}.")
        return value in YES

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, allowed[0])
        if value not in allowed:
            raise SettingsError(f"{name} must be {' or '.join(allowed)}, not {value!r}.")
        return value
