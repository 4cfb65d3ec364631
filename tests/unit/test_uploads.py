"""Every file that comes goes one way: received, inspected, scanned, kept; or refused with its fingerprint."""

from hashlib import sha256
from io import BytesIO

import pytest

from portal import uploads
from portal.audit.models import AuditEvent
from portal.infra import virus
from portal.kernel import clock
from portal.kernel.errors import NotPossible
from portal.uploads import service
from portal.uploads.models import Upload
from portal.uploads.rules import INFECTED
from tests.support.make_contracts import stored

VIRUS = b"%PDF-1.7 EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


@pytest.fixture
def storage(app):
    return app.extensions["storage"]


def take(storage, data=b"%PDF-1.7 fine", *, inspect=uploads.trust):
    return uploads.take(
        BytesIO(data),
        purpose=uploads.Purpose.CONTRACT,
        sent_as="contract.pdf",
        by=None,
        storage=storage,
        inspect=inspect,
    )


def trail():
    return [(one.state, one.sha256, one.reason) for one in Upload.select().order_by(Upload.id)]


def print_of(data):
    return sha256(data).hexdigest()


def test_without_a_scanner_a_sound_file_is_kept(db, app, storage):
    taken = take(storage)
    assert not taken.held
    assert trail() == [("kept", print_of(b"%PDF-1.7 fine"), "")]
    assert stored(app) == [b"%PDF-1.7 fine"]


def test_a_scanner_that_says_ok_lets_it_pass(db, app, storage, scanner):
    assert not take(storage).held
    assert scanner.heard == [b"%PDF-1.7 fine"]


def test_a_large_file_reaches_the_scanner_whole(db, storage, scanner):
    data = b"%PDF-" + bytes(range(256)) * 4096
    take(storage, data)
    assert scanner.heard == [data]


def test_an_infected_file_leaves_only_its_fingerprint_and_the_reason(db, app, storage, scanner):
    with pytest.raises(uploads.NotAccepted, match="virus check has found"):
        take(storage, VIRUS)
    assert trail() == [("refused", print_of(VIRUS), INFECTED)]
    assert stored(app) == []
    line = AuditEvent.get(AuditEvent.tag == "upload:refused")
    assert print_of(VIRUS) in line.detail


def test_a_file_the_inspection_refuses_never_reaches_scanner_or_storage(db, app, storage, scanner):
    def no(_document):
        raise NotPossible("This file is empty. Choose it again.")

    with pytest.raises(uploads.NotAccepted, match="empty"):
        take(storage, b"", inspect=no)
    assert trail() == [("refused", print_of(b""), "This file is empty. Choose it again.")]
    assert (stored(app), scanner.heard) == ([], [])


@pytest.mark.parametrize("how", ["dead", "silent", "confused", "too large"])
def test_while_the_scanner_does_not_answer_files_are_held(
    db, app, storage, scanner, how, monkeypatch
):
    monkeypatch.setattr(virus, "PATIENCE", 0.5)
    scanner.behave(how)
    assert take(storage).held
    assert [state for state, *_ in trail()] == ["held"]
    assert service.rescan(storage) == 0

    scanner.behave("well")
    assert service.rescan(storage) == 1
    assert service.rescan(storage) == 0
    assert [state for state, *_ in trail()] == ["kept"]


def test_one_file_the_scanner_never_answers_about_does_not_keep_the_others_waiting(
    db, storage, scanner, monkeypatch
):
    monkeypatch.setattr(virus, "PATIENCE", 0.5)
    scanner.behave("dead")
    for data in (b"%PDF-1.7 odd", b"%PDF-1.7 fine", b"%PDF-1.7 fine too"):
        take(storage, data)
    scanner.behave("well")
    scan = virus.scan
    monkeypatch.setattr(
        virus, "scan", lambda file: virus.Verdict.SILENT if b"odd" in file.read() else scan(file)
    )

    assert [service.rescan(storage) for _minute in range(3)] == [0, 2, 0]
    assert [state for state, *_ in trail()] == ["held", "kept", "kept"]


def test_one_file_nobody_can_take_over_does_not_keep_the_others_waiting(
    db, storage, scanner, monkeypatch
):
    monkeypatch.setattr(virus, "PATIENCE", 0.5)
    scanner.behave("dead")
    odd = take(storage, b"%PDF-1.7 odd").kept.name
    take(storage, b"%PDF-1.7 fine")
    scanner.behave("well")

    def stumble(*, name, by):
        if name == odd:
            raise RuntimeError("out of order")

    monkeypatch.setattr(service.released, "_listeners", [stumble])
    assert [service.rescan(storage) for _minute in range(2)] == [1, 0]
    assert [state for state, *_ in trail()] == ["held", "kept"]


def test_a_virus_found_late_deletes_the_file(db, app, storage, scanner, monkeypatch):
    monkeypatch.setattr(virus, "PATIENCE", 0.5)
    scanner.behave("dead")
    take(storage, VIRUS)
    scanner.behave("well")
    assert service.rescan(storage) == 1
    assert trail() == [("refused", print_of(VIRUS), INFECTED)]
    assert stored(app) == []


def test_a_full_disk_leaves_nothing_and_the_next_try_works(db, app, storage, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr("os.fsync", lambda _handle: (_ for _ in ()).throw(OSError(28, "full")))
        with pytest.raises(OSError, match="full"):
            take(storage)
    assert (stored(app), [state for state, *_ in trail()]) == ([], ["dropped"])
    take(storage)
    assert len(stored(app)) == 1


def test_the_sweep_ends_what_a_killed_process_left(db, storage):
    old = clock.now() - 2 * service.GRACE
    for state in ("received", "inspected", "scanned"):
        Upload.create(
            purpose="contract", sha256="0", size=1, sent_as="c.pdf", state=state, changed_at=old
        )
    young = Upload.create(purpose="contract", sha256="0", size=1, sent_as="c.pdf")
    used, lost = take(storage, b"used"), take(storage, b"lost")
    Upload.update(changed_at=old).where(Upload.id != young.id).execute()
    assert uploads.sweep({used.kept.name}) == 4
    assert [state for state, *_ in trail()] == [*["refused"] * 3, "received", "kept", "dropped"]
    assert lost.upload_id == Upload.select().order_by(Upload.id.desc()).get().id
