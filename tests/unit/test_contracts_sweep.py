import os
from io import BytesIO

from tests.support.make_contracts import pdf, stored, submitted


def yesterday(app):
    """Let every file look two days old."""
    for path in app.extensions["settings"].folder.rglob("*"):
        if path.is_file():
            os.utime(path, (path.stat().st_mtime - 2 * 86400,) * 2)


def test_the_nightly_sweep_takes_old_orphans_and_leaves_papers_and_fresh_files(app, make):
    submitted(make, app)
    orphan = app.extensions["storage"].keep(BytesIO(b"nobody's"))
    yesterday(app)
    app.extensions["storage"].keep(BytesIO(b"just arriving"))
    said = app.test_cli_runner().invoke(args=["portal", "sweep"])
    assert (said.exit_code, said.output) == (0, f"removed {orphan.name}\n")
    assert sorted(stored(app)) == sorted([pdf(), pdf("agreement page"), b"just arriving"])


def test_the_sweep_refuses_to_empty_a_storage_beside_an_empty_database(app):
    app.extensions["storage"].keep(BytesIO(b"a paper"))
    yesterday(app)
    said = app.test_cli_runner().invoke(args=["portal", "sweep"])
    assert said.exit_code == 1
    assert "right database?" in said.output
    assert stored(app) == [b"a paper"]
