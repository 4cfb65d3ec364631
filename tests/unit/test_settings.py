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


def test_a_secret_is_never_printed():
    settings = Settings.from_environment(SOUND | {"PORTAL_DATABASE_URL": "psycopg3://u:geheim@h/d"})
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
