import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.settings import Settings, SettingsError

ROOT = Path(__file__).parents[2]
SOUND = {"PORTAL_SECRET_KEY": "s" * 40, "PORTAL_PUBLIC_URL": "https://portal.example.org"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"PORTAL_SECRET_KEY": ""}, "PORTAL_SECRET_KEY is missing"),
        ({"PORTAL_SECRET_KEY": "short"}, "at least 16 characters"),
        ({"PORTAL_DEBUG": "yes"}, "PORTAL_DEBUG must be off"),
        ({"PORTAL_DEMO": "yes"}, "PORTAL_DEMO must be off"),
        ({"PORTAL_CLOCK_AHEAD_DAYS": "1"}, "PORTAL_CLOCK_AHEAD_DAYS must be 0 in production"),
        ({"PORTAL_PUBLIC_URL": "http://portal.example.org"}, "must begin with https://"),
        ({"PORTAL_PUBLIC_URL": "portal"}, "must be a full address"),
        ({"PORTAL_PORT": "five"}, "whole number"),
        ({"PORTAL_PORT": "70000"}, "between 1 and 65535"),
        ({"PORTAL_PORT": "５０００"}, "whole number"),
        ({"PORTAL_DEBUG": "perhaps"}, "yes or no"),
        ({"PORTAL_MODE": "party"}, "production or development"),
        ({"PORTAL_DATABASE_URL": "mysql://x"}, "sqlite:/// or psycopg3"),
        ({"PORTAL_MAIL_URL": "pigeon://x"}, "smtp://"),
        ({"PORTAL_TRUSTED_PROXIES": "9"}, "number of proxies"),
        ({"PORTAL_FISCAL_YEAR_MONTH": "13"}, "number of a month"),
        ({"PORTAL_PUBLIC_URL": "https://[x"}, "must be a full address"),
        ({"PORTAL_PUBLIC_URL": "https://portal.example.org:b"}, "must be a full address"),
        ({"PORTAL_PUBLIC_URL": "https://por tal.example.org"}, "must be a full address"),
        ({"PORTAL_PUBLIC_URL": "https://me:secret@portal.example.org"}, "must be a full address"),
        ({"PORTAL_PUBLIC_URL": "https://example.org/portal"}, "must end with the host"),
        ({"PORTAL_MAIL_URL": "smtp://mail.example.org:port"}, "PORTAL_MAIL_URL"),
        ({"PORTAL_DATABASE_URL": "psycopg3://h:x/d"}, "PORTAL_DATABASE_URL"),
        ({"PORTAL_JOBS_URL": "post-it"}, "PORTAL_JOBS_URL"),
        ({"PORTAL_MAIL_FROM": "the school"}, "PORTAL_MAIL_FROM"),
        ({"PORTAL_STORAGE_URL": "ftp://host/papers"}, "PORTAL_STORAGE_URL must be file:"),
        ({"PORTAL_STORAGE_URL": "file:///"}, "PORTAL_STORAGE_URL must be file:"),
        ({"PORTAL_STORAGE_URL": "file://srv/papers"}, "PORTAL_STORAGE_URL must be file:"),
        ({"PORTAL_STORAGE_URL": "s3://host/papers"}, "PORTAL_STORAGE_URL must be file:"),
        ({"PORTAL_STORAGE_URL": "s3://key:secret@host"}, "PORTAL_STORAGE_URL must be file:"),
        ({"PORTAL_STORAGE_URL": "s3://key:secret@host/Papers"}, "PORTAL_STORAGE_URL must be file:"),
        ({"PORTAL_STORAGE_URL": "s3://key:secret@host:x/papers"}, "PORTAL_STORAGE_URL must be"),
        ({"PORTAL_STORAGE_URL": "s3://key:se/cret@host/papers"}, "secret as %2F"),
        ({"PORTAL_STORAGE_URL": "s3://key:secret@host/papers?zone=fr"}, "PORTAL_STORAGE_URL must"),
        (
            {"PORTAL_STORAGE_URL": "s3://key:secret@host/papers?tls=maybe"},
            "PORTAL_STORAGE_URL must",
        ),
        ({"PORTAL_STORAGE_URL": "file:///a", "PORTAL_STORAGE": "/b"}, "name two folders"),
        ({"PORTAL_MAIL_FROM": "a@example.org\r\nBcc: b@example.org"}, "PORTAL_MAIL_FROM"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(changes, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings.from_environment(SOUND | changes)


def test_production_is_the_default_and_starts_when_all_is_right():
    settings = Settings.from_environment(SOUND)
    assert settings.production
    assert settings.secure_cookies
    assert not settings.demo
    assert not settings.debug


def test_files_may_lie_in_folders_with_spaces():
    spaced = {"PORTAL_DATABASE_URL": "sqlite:////srv/my portal/portal.db"}
    assert Settings.from_environment(SOUND | spaced).database_url.endswith("my portal/portal.db")


@pytest.mark.parametrize(
    ("variables", "folder", "object_store"),
    [
        ({}, "var/storage", ""),
        ({"PORTAL_STORAGE": "/srv/papers"}, "/srv/papers", ""),
        ({"PORTAL_STORAGE_URL": "file:///srv/the%20papers"}, "/srv/the papers", ""),
        ({"PORTAL_STORAGE_URL": "file:///./papers"}, "papers", ""),
        ({"PORTAL_STORAGE_URL": (one := "s3://k:s@host:9000/papers/school?tls=no&region=fr")}, "var/storage", one),
        ({"PORTAL_STORAGE_URL": (two := "s3://k:s%2F@host/papers"), "PORTAL_STORAGE": "/srv"}, "/srv", two),
    ],
)  # fmt: skip
def test_documents_lie_in_a_folder_or_in_an_object_store(variables, folder, object_store):
    settings = Settings.from_environment(SOUND | variables)
    assert (settings.folder, settings.object_store) == (Path(folder), object_store)


def test_an_object_store_needs_its_package(monkeypatch):
    monkeypatch.setattr("portal.settings.find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match=r"requirements-s3\.txt"):
        Settings.from_environment(SOUND | {"PORTAL_STORAGE_URL": "s3://k:s@host/papers"})


def test_a_secret_is_never_printed():
    secrets = {
        "PORTAL_DATABASE_URL": "psycopg3://u:geheim@h/d",
        "PORTAL_STORAGE_URL": "s3://u:geheim@h/papers",
    }
    settings = Settings.from_environment(SOUND | secrets)
    assert "ssss" not in repr(settings)
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize(
    "command", [["-m", "flask", "--app", "portal.app", "portal", "upgrade"], ["-c", "import wsgi"]]
)
def test_a_server_with_a_wrong_setting_says_why_and_stops(command):
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PORTAL_MODE": "production"},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (2, 3)
    assert "PORTAL_SECRET_KEY is missing" in done.stderr
    assert "Traceback" not in done.stderr
