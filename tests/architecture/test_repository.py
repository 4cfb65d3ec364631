"""Facts about the repository itself: what lies at its top, what it depends on, what it must not give away."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version

import pytest

from portal.app import ROOT

TOP = {
    ".ci", ".gitignore", ".pre-commit-config.yaml", "LICENSE", "Makefile", "README.md", "migrations", "portal",
    "pyproject.toml", "requirements-dev.txt", "requirements-s3.txt", "requirements.txt", "static", "templates", "tests", "wsgi.py",
}  # fmt: skip
#: Below these versions a known hole is open (security guide, "Floors").
FLOORS = {
    "weasyprint": (70, 0),
    "flask": (3, 1, 3),
    "werkzeug": (3, 1, 6),
    "jinja2": (3, 1, 6),
    "pikepdf": (10, 17),
}
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)")
SOMEBODYS_FOLDER = re.compile(r"(?<![\w.])/(?:home|root|Users|work|mnt)/\w")
INDEX = re.compile(r"--(?:extra-)?index-url|--find-links|--trusted-host|https?://|file:")


def tracked():
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def pins(name):
    found = map(PINNED.match, (ROOT / name).read_text().splitlines())
    return {folded(pin[1]): pin[2] for pin in found if pin}


def folded(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_top_of_the_repository_holds_what_its_tools_need_and_nothing_else():
    assert {name.split("/")[0] for name in tracked()} == TOP


def test_no_file_names_a_folder_of_somebodys_machine():
    naming = []
    for name in tracked():
        try:
            text = (ROOT / name).read_text()
        except UnicodeDecodeError:
            continue
        naming += [f"{name}: {found[0]}" for found in SOMEBODYS_FOLDER.finditer(text)]
    assert naming == []


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-s3.txt", "requirements-dev.txt"]
)
def test_every_dependency_is_pinned_with_hashes_and_no_index(name):
    text = (ROOT / name).read_text()
    blocks = re.split(r"\n(?! )", text.strip())
    assert len(blocks) > 20
    assert [
        block for block in blocks if not PINNED.match(block) or "--hash=sha256:" not in block
    ] == []
    assert INDEX.findall(text) == []


def test_tests_run_on_the_very_versions_that_are_installed():
    product, tests = pins("requirements-s3.txt"), pins("requirements-dev.txt")
    assert pins("requirements.txt").items() <= product.items()
    assert {name: pin for name, pin in product.items() if tests.get(name) != pin} == {}


def test_every_declared_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for file, declared in (
        ("requirements.txt", project["project"]["dependencies"]),
        ("requirements-s3.txt", project["project"]["optional-dependencies"]["s3"]),
        ("requirements-dev.txt", project["dependency-groups"]["dev"]),
    ):
        names = {folded(re.match(r"[A-Za-z0-9._-]+", line)[0]) for line in declared}
        assert names - pins(file).keys() == set()


@pytest.mark.parametrize(("package", "floor"), FLOORS.items())
def test_no_version_with_a_known_hole_is_installed(package, floor):
    numbers = tuple(int(part) for part in re.findall(r"\d+", version(package)))
    assert numbers >= floor


def test_the_web_process_reads_and_draws_no_pdf_itself():
    """What a stranger's document or name can crash lives in child processes."""
    script = "import sys, portal.app; print({'weasyprint', 'pypdf', 'pikepdf'} & set(sys.modules))"
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert found.stdout.strip() == "set()"
    assert "pypdf" not in pins("requirements.txt")


def test_the_readme_explains_every_setting():
    read = set(re.findall(r"PORTAL_[A-Z_]+", (ROOT / "portal/settings.py").read_text()))
    told = set(re.findall(r"PORTAL_[A-Z_]+", (ROOT / "README.md").read_text()))
    assert read - {"PORTAL_"} - told == set()


def test_what_builds_run_can_be_run():
    scripts = [name for name in tracked() if name.startswith(".ci/")]
    assert scripts
    assert [name for name in scripts if not os.access(ROOT / name, os.X_OK)] == []
