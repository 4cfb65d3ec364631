import os
from pathlib import Path

import pytest

from portal.app import create_app
from portal.infra import mail, virus
from portal.kernel.db import database
from tests.support import compiled, databases, living, memory
from tests.support.client import StrictClient
from tests.support.make import Make
from tests.support.scanner import Scanner

memory.prefer()
compiled.addresses()

KINDS = ["sqlite", "postgresql"]
SHARED = Path(os.environ.get("PORTAL_SHARED", Path(__file__).parents[2] / "shared"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """On a build machine a skip is a failure: what was meant to be tested was not."""
    report = (yield).get_result()
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped on a build machine: {report.longrepr}"


@pytest.fixture(scope="session")
def shared():
    """The team's folder of real forms and hostile files; never needed by the product itself."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"LOUD: the shared test data is not at {SHARED}; set PORTAL_SHARED")
    return SHARED


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """Migrated, empty databases, built when first asked for and reused by every test."""
    with databases.Prepared(tmp_path_factory.mktemp("databases")) as prepared:
        yield prepared


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory, prepared):
    """A folder with the database and the files of a demo, seeded once a run."""
    return living.live_in(tmp_path_factory.mktemp("demo"), prepared)


@pytest.fixture(params=KINDS)
def settings(request, tmp_path, prepared):
    """The same installation on each kind of database."""
    return databases.installation(request.param, tmp_path, prepared)


@pytest.fixture
def post_box():
    """Mails that left, in order."""
    return []


@pytest.fixture(scope="session")
def templates(tmp_path_factory):
    return compiled.templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture
def app(settings, post_box, templates):
    app = create_app(settings)
    app.jinja_env.bytecode_cache = templates
    mail.connect(post_box.append)
    app.testing = True
    yield app
    databases.close()


@pytest.fixture
def scanner(app):
    """A virus scanner beside the portal."""
    beside = Scanner()
    virus.connect(beside.url)
    yield beside
    virus.connect("")
    beside.close()


@pytest.fixture
def db(app):
    with database.connection_context():
        yield database


@pytest.fixture
def make(db):
    return Make()


@pytest.fixture
def client(app, db):
    return StrictClient(app)


@pytest.fixture
def new_client(app, db):
    """Another browser, for a second person."""
    return lambda: StrictClient(app)
