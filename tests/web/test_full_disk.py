"""A storage of three megabytes fills up while people send papers: each is told, nothing half stays, the next try works."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Runs where it alone sees the small disk: sends papers until they are refused, then gets more room.
CHILD = """
import json, os, subprocess, sys, tempfile
from pathlib import Path
from portal.app import create_app
from portal.contracts import inspection
from portal.contracts.models import ContractDocument
from portal.kernel.db import database
from portal.schema import upgrade
from portal.settings import Settings
from portal.uploads.models import Upload
from tests.support.client import StrictClient
from tests.support.make import Make
from tests.support.make_contracts import pdf, plain, post_file

folder, disk = Path(sys.argv[1]), Path(sys.argv[1]) / "storage"
disk.mkdir()
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], check=True)
inspection.inspect = lambda document: []
app = create_app(Settings(
    database_url=f"sqlite:///{folder / 'portal.db'}", secret_key="test", storage=disk, jobs_url="immediate:",
    mail_url=f"file://{folder / 'mail'}", production=False,
))
app.testing = True
upgrade()
statuses, words = [], ""
with database.connection_context():
    make, client = Make(), StrictClient(app)
    contact = make.person("Jean Delcourt", "company")
    contract = make.contract(contact=contact)
    client.sign_in(contact)
    page = lambda: client.page(f"/contracts/{contract.id}")
    form = page().select_one("input[value=training_agreement]").find_parent("form")
    papers = [pdf(str(number)) + os.urandom(700_000) for number in range(8)]
    for paper in papers:
        answer = post_file(client, form, paper)
        statuses.append(answer.status_code)
        words = answer.text if answer.status_code == 507 else words
        page()
    full = sum(path.stat().st_size for path in disk.rglob("*") if path.is_file())
    drafts = len(list((disk / "incoming").iterdir()))
    subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)
    again = post_file(client, form, papers[-1]).status_code
    storage = app.extensions["storage"]
    rows = {row.name for row in ContractDocument.select()}
    whole = [plain(storage, row.name) in papers for row in ContractDocument.select()]
    states = sorted({row.state for row in Upload.select()})
lying = {path.name for path in disk.rglob("*") if path.is_file()}
print("SAID" + json.dumps(dict(
    statuses=statuses, words=words, drafts=drafts, again=again, same=rows == lying, rows=len(rows),
    whole=all(whole), states=states,
)))
"""
WAYS = [["--mount"], ["--user", "--map-root-user", "--mount"]]


@pytest.fixture
def own_mounts():
    """A command that lets its child mount a small disk which nobody else sees."""
    for way in WAYS:
        command = [shutil.which("unshare") or "unshare", *way]
        if not shutil.which("unshare") or subprocess.run([*command, "true"]).returncode:
            continue
        return command
    pytest.xfail("this machine lets nobody mount a small disk")


@pytest.mark.slow
def test_a_storage_of_three_megabytes_fills_up_and_gets_room_again(own_mounts, tmp_path):
    done = subprocess.run(
        [*own_mounts, sys.executable, "-c", CHILD, tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout.split("SAID")[1])

    assert said["statuses"] == [204] * 4 + [507] * 4
    assert "no room for files" in said["words"]
    assert said["drafts"] == 0
    assert said["again"] == 204
    assert (said["rows"], said["same"], said["whole"]) == (5, True, True)
    assert said["states"] == ["dropped", "kept"]
