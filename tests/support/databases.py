"""One migrated database of each kind per test run; a fresh empty one per test in milliseconds."""

import os
import shutil
import socket
import subprocess
from contextlib import ExitStack
from glob import glob
from pathlib import Path
from tempfile import mkdtemp

import pytest

from portal.kernel import db
from portal.schema import upgrade
from portal.settings import Settings
from portal.tables import ALL
from tests.support import memory

TABLES = [table._meta.table_name for table in ALL]
USED_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL"


class Prepared(ExitStack):
    def __init__(self, folder: Path):
        super().__init__()
        self.folder = folder
        self.urls: dict[str, str] = {}

    def fresh(self, kind: str, tmp_path: Path) -> str:
        """The address of an empty, migrated database."""
        if kind not in self.urls:
            self.urls[kind] = self._sqlite() if kind == "sqlite" else self._postgresql()
            db.connect(self.urls[kind])
            upgrade()
            close()
        if kind == "sqlite":
            shutil.copy(self.folder / "migrated.db", tmp_path / "portal.db")
            return f"sqlite:///{tmp_path / 'portal.db'}"
        self._empty(self.urls[kind])
        return self.urls[kind]

    def _sqlite(self) -> str:
        return f"sqlite:///{self.folder / 'migrated.db'}"

    def _postgresql(self) -> str:
        return os.environ.get("PORTAL_TEST_POSTGRES_URL") or self.enter_context(Cluster())

    @staticmethod
    def _empty(url: str) -> None:
        """Take away what the last test wrote: forty times as fast as TRUNCATE of every table."""
        db.connect(url)
        with db.database.connection_context():
            used = {name for (name,) in db.database.execute_sql(USED_SEQUENCES).fetchall()}
            written = [name for name in TABLES if f"{name}_id_seq" in used]
            if written:
                db.database.execute_sql(_forget(written))
        close()


def _forget(tables: list[str]) -> str:
    """One statement for all; neither keys nor the ledger's triggers look on, and whoever still writes is waited for."""
    steps = [
        f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE",
        "SET LOCAL session_replication_role = replica",
        *(f"DELETE FROM {name}" for name in tables),
        *(f"ALTER SEQUENCE {name}_id_seq RESTART" for name in tables),
    ]
    return f"BEGIN; {'; '.join(steps)}; COMMIT"


def installation(kind: str, folder: Path, prepared: Prepared) -> Settings:
    """Settings of an empty portal on a `kind` of database, with its files in `folder`."""
    return Settings(
        database_url=prepared.fresh(kind, folder),
        secret_key="test",
        storage=folder / "storage",
        jobs_url="immediate:",
        production=False,
    )


class Cluster:
    """A throwaway PostgreSQL server; skips the test where PostgreSQL is not installed."""

    def __init__(self):
        # Not below pytest's own folder: that one is closed to other users again and again.
        self.folder = Path(mkdtemp(prefix="portal-postgresql-", dir=memory.root()))
        self.data = self.folder / "data"
        self.port = free_port()
        #: PostgreSQL refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None

    def __enter__(self) -> str:
        if not (found := shutil.which("initdb") or max(_debian_initdb(), default=None)):
            pytest.skip("LOUD: PostgreSQL is not installed and PORTAL_TEST_POSTGRES_URL is not set")
        self.bin = Path(found).parent
        self.data.mkdir()
        if self.user:
            shutil.chown(self.data, self.user)
            self.folder.chmod(0o711)
        self._run("initdb", "-D", self.data, "-U", "portal", "-A", "trust", "-E", "UTF8", "-N")
        hasty = "-c fsync=off -c full_page_writes=off -c autovacuum=off -c jit=off"
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.data} {hasty}"
        log = self.data / "server.log"
        self._run("pg_ctl", "-D", self.data, "-w", "-l", log, "-o", options, "start")
        return f"psycopg3+pool://portal@127.0.0.1:{self.port}/postgres"

    def __exit__(self, *_error) -> None:
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments) -> None:
        subprocess.run(
            [self.bin / program, *map(str, arguments)],
            check=True,
            user=self.user,
            cwd="/",
            stdout=subprocess.DEVNULL,
        )


def close() -> None:
    """Give every connection back, so that the next test may point the portal elsewhere."""
    pool = db.database.obj
    pool.close_all() if hasattr(pool, "close_all") else pool.close()


def _debian_initdb() -> list[str]:
    return glob("/usr/lib/postgresql/*/bin/initdb")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
