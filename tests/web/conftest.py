"""Pages are tested on one database each, by turns; and people whom many of these tests need."""

import os
from collections import defaultdict
from datetime import date
from zlib import crc32

import pytest

from portal.kernel import clock


def pytest_collection_modifyitems(config, items):
    """Half of these tests run on SQLite, the others on PostgreSQL: every page meets both in some of its tests.

    What several people do at once, and what says so by its mark, runs on both. So does everything when
    PORTAL_TEST_BOTH is set. The verbs and queries behind the pages have tests of their own, on both.
    """
    if os.environ.get("PORTAL_TEST_BOTH"):
        return
    twins = defaultdict(list)
    for item in items:
        if "web" in item.path.parts and not _needs_both(item):
            kind = getattr(item, "callspec", None) and item.callspec.params.get("settings")
            if kind in ("sqlite", "postgresql"):
                twins[item.nodeid.replace(kind, "", 1)].append(item)
    left_out = {
        pair[1 - crc32(name.encode()) % 2] for name, pair in twins.items() if len(pair) == 2
    }
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def _needs_both(item):
    return bool(item.get_closest_marker("both")) or "at_once" in item.function.__code__.co_names


@pytest.fixture
def registrar(make):
    return make.staff("registrar", name="Nadia Benali")


@pytest.fixture
def staff(client, registrar):
    """The registrar at work."""
    return client.sign_in(registrar)


@pytest.fixture
def clerk(make):
    return make.staff("finance", name="Grace Hopper")


@pytest.fixture
def finance(client, clerk):
    """The clerk at work."""
    return client.sign_in(clerk)


@pytest.fixture
def on(monkeypatch):
    """Sets the day, which begins as 1 October 2026: before the first instalment."""

    def set_day(year, month, day):
        monkeypatch.setattr(clock, "today", lambda: date(year, month, day))

    set_day(2026, 10, 1)
    return set_day
