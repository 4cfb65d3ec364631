"""What an operator types."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from time import sleep
from urllib.request import urlopen

import pytest
from click import ClickException

from portal.app import ROOT
from portal.cli import check_port
from portal.identity import Person
from portal.identity.queries import staff_with
from portal.infra.files import Storage
from portal.kernel.db import database
from tests.support.client import StrictClient
from tests.support.make_contracts import plain


@pytest.fixture
def operator(app):
    """Commands open the database themselves, so these tests look into it afterwards."""
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=["portal", *words])


def people():
    with database.connection_context():
        return list(Person.select())


def test_a_database_that_is_up_to_date_stays_as_it_is(operator):
    assert operator("upgrade").output == ""


def test_the_first_administrator_is_invited_by_a_link_that_works(operator, app):
    said = operator("add-person", "Ada@Example.org", "Ada Byron", "--locale", "en").output

    with database.connection_context():
        (administrator,) = staff_with("administrator")
    assert (administrator.email, administrator.name) == ("ada@example.org", "Ada Byron")
    link = re.search(r"/invitation/\S+", said)[0]
    assert StrictClient(app).page(link).select("input[type=password]")


def test_an_address_that_is_taken_is_refused_in_words(operator):
    operator("add-person", "ada@example.org", "Ada Byron")

    again = operator("add-person", "ada@example.org", "Ada Byron")

    assert again.exit_code == 1
    assert "already an account" in again.output
    assert len(people()) == 1


def test_nobody_fills_a_real_school_with_demo_people(operator):
    refused = operator("demo")

    assert refused.exit_code == 1
    assert "PORTAL_DEMO=yes" in refused.output
    assert people() == []


def test_a_database_with_people_gets_no_demo(operator, app, settings):
    operator("add-person", "ada@example.org", "Ada Byron")
    app.extensions["settings"] = replace(settings, demo=True)

    said = operator("demo").output

    assert [person.email for person in people()] == ["ada@example.org"]
    assert "student@demo.example" in said


def test_nothing_is_swept_from_a_database_that_names_no_file(operator):
    refused = operator("sweep")

    assert refused.exit_code == 1
    assert "is this the right database?" in refused.output


def test_after_a_new_key_a_resealing_lets_the_old_one_go(operator, app, settings):
    name = app.extensions["storage"].keep(BytesIO(b"%PDF-1.7")).name
    store = app.extensions["storage"].store
    app.extensions["storage"] = Storage(store, ["the new one", *settings.sealing_keys])

    assert operator("reseal").output == "0 accounts sealed\n1 files sealed\n"
    assert operator("reseal").output == "0 accounts sealed\n0 files sealed\n"

    assert plain(Storage(store, ["the new one"]), name) == b"%PDF-1.7"


def test_a_resealing_that_lacks_a_key_says_which_files_it_left(operator, app):
    name = app.extensions["storage"].keep(BytesIO(b"%PDF-1.7")).name
    app.extensions["storage"] = Storage(app.extensions["storage"].store, ["the new one"])

    refused = operator("reseal")

    assert refused.exit_code == 1
    assert name in refused.output
    assert "Add the key that is missing" in refused.output


@pytest.mark.slow
def test_the_server_begins_with_the_demo_and_ends_when_told(tmp_path):
    """`make run` without make: a real process, its port, its mails, Ctrl-C."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "PORTAL_MODE": "development",
        "PORTAL_DEMO": "yes",
        "PORTAL_SECRET_KEY": "for one test",
        "PORTAL_DATABASE_URL": f"sqlite:///{tmp_path / 'portal.db'}",
        "PORTAL_STORAGE": str(tmp_path / "storage"),
        "PORTAL_JOBS_URL": f"sqlite:///{tmp_path / 'jobs.db'}",
        "PORTAL_MAIL_URL": f"file://{tmp_path / 'mail'}",
        "PORTAL_PORT": str(port),
    }
    flask = [sys.executable, "-m", "flask", "--app", "portal.app", "portal", "serve"]
    with subprocess.Popen(
        flask, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as server:
        try:
            answer = first_answer(f"http://127.0.0.1:{port}/health")
        finally:  # leaving the block waits for the server, whatever happened
            server.send_signal(signal.SIGINT)
        said = server.stdout.read().decode()

    assert answer == {"status": "ok", "database": "ok"}
    assert "student@demo.example" in said
    assert f"http://127.0.0.1:{port}" in said
    assert server.returncode == 0


def first_answer(url):
    """What the address says once it answers; a busy machine fills the demo in a minute or two."""
    for _ in range(1800):
        with suppress(OSError), urlopen(url, timeout=5) as answer:
            return json.load(answer)
        sleep(0.1)
    raise AssertionError("the server did not answer")


def test_a_port_that_is_taken_is_said_with_the_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(ClickException, match=f"Port {port} cannot be used.*PORTAL_PORT"):
            check_port(port)

    check_port(port)
