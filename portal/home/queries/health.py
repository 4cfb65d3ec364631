"""Whether the portal can do its work."""

from peewee import PeeweeException

from portal.kernel.db import database


def database_answers() -> bool:
    """One query that touches no table."""
    try:
        return database.execute_sql("SELECT 1").fetchone() == (1,)
    except PeeweeException:
        return False
