"""The one database handle, its base table, its own fields and its one way to write."""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Self, TypeVar

from peewee import (
    AutoField,
    BigIntegerField,
    DatabaseProxy,
    DateTimeField,
    Model,
    OperationalError,
    PeeweeException,
)
from playhouse import db_url
from playhouse.postgres_ext import ServerSideQuery

from portal.kernel.errors import Missing

log = logging.getLogger(__name__)

database = DatabaseProxy()
One = TypeVar("One")
#: So many rows go into one query: databases bound its parameters.
CHUNK = 400
#: So many rows of a streamed query come from PostgreSQL together.
READ_AHEAD = 2_000

#: Seconds to wait for the one who writes.
SQLITE_PATIENCE = 20
SQLITE = {
    # synchronous=2 (FULL): with WAL anything less may forget an acknowledged commit when the power fails
    "pragmas": {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2},
    "timeout": SQLITE_PATIENCE,
    "lock_type": "IMMEDIATE",
}
POSTGRESQL = {"max_connections": 20, "timeout": 5, "stale_timeout": 300}


def connect(url: str) -> None:
    """Point the portal at `sqlite:///portal.db` or `psycopg3+pool://user:password@host/portal`.

    SQLite takes its write lock when a transaction begins. With the default, a losing writer dies of
    "database is locked" on its first write; this way it waits and then sees the winner's row.
    """
    options = SQLITE if url.startswith("sqlite") else POSTGRESQL
    database.initialize(db_url.connect(url, unquote_password=True, autoconnect=False, **options))


def chunks(rows: Sequence[One]) -> Iterator[Sequence[One]]:
    """`rows` in the pieces that one query takes."""
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def _lock(more: str = "") -> Any:
    """Holders exclude each other; a row that only names a held one (a ledger entry its payer) does not wait."""
    return f"FOR NO KEY UPDATE{more}" if database.for_update else False


class Table(Model):
    id = AutoField()

    class Meta:
        database = database
        legacy_table_names = False

    @classmethod
    def find(cls, key: int) -> Self:
        """The row, or `Missing`."""
        return cls._first(cls.select().where(cls.id == key))

    @classmethod
    def hold(cls, key: int) -> Self:
        """The row, or `Missing`; nobody else can hold or change it before this transaction ends."""
        if not database.in_transaction():
            raise RuntimeError("hold a row inside a transaction")
        return cls._first(cls.select().where(cls.id == key).for_update(_lock()))

    @classmethod
    def hold_all(cls, keys: Iterable[int]) -> list[Self]:
        """Those of the rows that exist, held in the order of their ids; a query for every four hundred."""
        if not database.in_transaction():
            raise RuntimeError("hold rows inside a transaction")
        held: list[Self] = []
        for some in chunks(sorted(set(keys))):
            rows = cls.select().where(cls.id.in_(some)).order_by(cls.id)
            held.extend(rows.for_update(_lock()))
        return held

    @classmethod
    def hold_free(cls, condition: Any) -> list[Self]:
        """Those of the rows that fit and that nobody else holds, held: who decides on a row needs no help with it."""
        if not database.in_transaction():
            raise RuntimeError("hold rows inside a transaction")
        rows = cls.select().where(condition).order_by(cls.id)
        return list(rows.for_update(_lock(" SKIP LOCKED")))

    @classmethod
    def _first(cls, query: Any) -> Self:
        row = query.first()
        if row is None:
            raise Missing("There is no such record.")
        return row


class CentsField(BigIntegerField):
    """Whole cents. Refuses floats and booleans instead of truncating them."""

    def db_value(self, value: Any) -> Any:
        if value is not None and type(value) is not int:
            raise TypeError(f"{self.name} takes whole cents, got {value!r}")
        return super().db_value(value)


class InstantField(DateTimeField):
    """An aware datetime, stored as UTC without its zone and read back as UTC on every database."""

    def db_value(self, value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise TypeError(f"{self.name} takes an aware datetime, got {value!r}")
        return super().db_value(value.astimezone(UTC).replace(tzinfo=None))

    def python_value(self, value: Any) -> Any:
        read = super().python_value(value)
        return read.replace(tzinfo=UTC) if isinstance(read, datetime) else read


#: SQLite lets one write at a time and wakes who waits in no order, some of them never before their patience ends:
#: the threads of a process take turns here. Other processes still wait for the file.
_turn = Lock()


def _begin_turns() -> None:
    """A forked process has threads of its own, and none of those that held the lock."""
    global _turn
    _turn = Lock()


os.register_at_fork(after_in_child=_begin_turns)


@contextmanager
def _own_turn() -> Iterator[None]:
    """`OperationalError`, as for a locked file, when the turn does not come in time."""
    if database.for_update:
        yield
        return
    turn = _turn
    if not turn.acquire(timeout=SQLITE_PATIENCE):
        raise OperationalError("database is locked: many wait to write")
    try:
        yield
    finally:
        turn.release()


_after_commit: ContextVar[list[Callable[[], object]]] = ContextVar("after_commit")


@contextmanager
def transaction() -> Iterator[None]:
    """All or nothing. A nested call is a savepoint of the outermost one."""
    if database.in_transaction():
        with database.atomic():
            yield
        return
    wake_ups: list[Callable[[], object]] = []
    outside = _after_commit.set(wake_ups)
    try:
        with _own_turn(), database.atomic():
            yield
    finally:
        _after_commit.reset(outside)
    for wake_up in wake_ups:
        try:
            wake_up()
        except Exception:
            log.exception("a wake-up after commit failed; the periodic job will catch up")


def insert_all(table: type[Table], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all name the same fields, a chunk at a time; fixed defaults fill what they leave out.

    peewee's `insert_many` builds its statement anew from every value: for thousands of rows that takes
    ten times as long as the database does.
    """
    if not rows:
        return
    meta: Any = table._meta
    fixed = {field.name: value for field, value in meta.defaults.items() if not callable(value)}
    fields = [meta.combined[name] for name in {**fixed, **rows[0]}]
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    marks = f"({', '.join([database.param] * len(fields))})"
    for some in chunks(rows):
        whole = [{**fixed, **row} for row in some]
        values = [field.db_value(row[field.name]) for row in whole for field in fields]
        places = ", ".join([marks] * len(some))
        # Names come from our own tables, values travel beside the statement.
        database.execute_sql(
            f'INSERT INTO "{meta.table_name}" ({columns}) VALUES {places}',  # noqa: S608
            values,
        )


def streamed(rows: Any) -> Iterator[Any]:
    """Each row of a query while it is read; PostgreSQL keeps the rest, which psycopg would fetch whole at once."""
    if not database.for_update:
        yield from rows.iterator()
        return
    reading = ServerSideQuery(rows, READ_AHEAD)
    try:
        yield from reading
    finally:
        reading.close()


def perhaps_any(rows: Any) -> bool:
    """Whether `rows` finds one. Yes when nobody can tell: what was kept for a row is then left to the sweep.

    A commit may be done although its answer got lost: a row may name a file that an error made superfluous.
    """
    with suppress(PeeweeException):
        return bool(rows.exists())
    return True


def after_commit(wake_up: Callable[[], object]) -> None:
    """Call `wake_up` once the outermost transaction is on disk. A hint only: the row is the fact."""
    _after_commit.get().append(wake_up)
