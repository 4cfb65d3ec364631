"""The server dies in the middle of uploads and resealings: no row lacks its file, and the sweep leaves no file without a row."""

from datetime import timedelta
from hashlib import sha256

import pytest

from portal.contracts.models import ContractDocument
from portal.infra.files import Storage
from portal.kernel import clock
from portal.uploads.models import Upload
from tests.support.make_contracts import plain
from tests.support.nursery import Deaths, raise_and_kill
from tests.unit.test_contracts_sweep import yesterday

DEATHS = Deaths(20, soon=(0.05, 1.5), in_between=(0.0, 0.5))
DAY = timedelta(days=1)
#: Says what is on disk, line by line.
WORKERS = """
import random
from io import BytesIO
from pathlib import Path
from portal import uploads
from portal.contracts import service, tasks
from portal.infra import files, jobs, mail
from portal.infra.files import Storage
from portal.infra.local import LocalStorage
from portal.kernel import db, vault
from portal.notifications import tasks
from tests.support.make_contracts import pdf

url, place, by, contracts = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
KEYS = [["test", "another"], ["another", "test"]]

def work():
    db.connect(url); vault.configure(["test"]); mail.connect(lambda message: None)
    jobs.connect("sqlite:///" + str(place.parent / "jobs.db"), secret="x")
    with db.database.connection_context():
        say("ready")
        while True:
            act(Storage(LocalStorage(place), random.choice(KEYS)))

def act(storage):
    if random.random() < 0.25:
        return storage.reseal()
    data = pdf(os.urandom(50_000).hex())
    document = service.receive(
        int(random.choice(contracts)), document=BytesIO(data), sent_as="c.pdf", storage=storage, by=by,
        **({} if random.random() < 0.2 else {"inspect": uploads.trust}),
    )
    say("kept " + document.sha256)


"""


@pytest.mark.slow
def test_twenty_kills_leave_every_row_with_its_file_and_no_file_without_a_row(app, make, settings):
    contact = make.person("Jean Delcourt", "company")
    contracts = [make.contract(contact=contact) for _ in range(8)]
    facts = (settings.database_url, settings.folder, contact.id, *(one.id for one in contracts))
    said = raise_and_kill(WORKERS, *facts, deaths=DEATHS)["kept"]
    assert len(said) > 5, "the workers had time to do something"

    yesterday(app)
    Upload.update(changed_at=clock.now() - 2 * DAY).execute()
    swept = app.test_cli_runner().invoke(args=["portal", "sweep"])
    assert swept.exit_code == 0, swept.output

    storage = app.extensions["storage"]
    storage = Storage(storage.store, ["test", "another"])
    papers = list(ContractDocument.select())
    assert said <= {paper.sha256 for paper in papers}
    for paper in papers:
        assert sha256(plain(storage, paper.name)).hexdigest() == paper.sha256
    names = {paper.name for paper in papers}
    lying = {path.name for path in settings.folder.rglob("*") if path.is_file()}
    assert lying == names
    kept = {upload.name for upload in Upload.select().where(Upload.state == "kept")}
    assert kept == names
    assert (
        not Upload.select().where(Upload.state.in_(["received", "inspected", "scanned"])).exists()
    )
