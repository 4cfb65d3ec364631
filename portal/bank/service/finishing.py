"""What becomes of a file in the end."""

import json

from portal import audit
from portal.bank.models import BankFile
from portal.bank.rules import FileState
from portal.infra.files import Storage
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.i18n import mark

FAILED = mark(
    "The portal could not read this file: the fault is ours, not the bank’s. Nothing was booked. "
    "Tell whoever runs the portal, who finds the reason in its log."
)
#: So often an error of ours is tried again, because it may have been the database or the disk.
MOST_FAILURES = 3


def finish(file: BankFile, **facts: object) -> None:
    """Nothing more happens to this file: `facts` say what became of it."""
    BankFile.update(finished_at=clock.now(), **facts).where(BankFile.id == file.id).execute()


def refuse(file_id: int, problem: str, facts: dict[str, object]) -> None:
    with transaction():
        file = BankFile.hold(file_id)
        finish(
            file,
            state=FileState.REFUSED,
            problem=problem,
            facts=json.dumps(facts, default=str),
            stored=None,
        )
        audit.record(
            "bank:refused",
            subject=f"bank-file:{file_id}",
            actor_id=file.sent_by_id,
            detail=problem % facts if facts else problem,
        )


def fail(file_id: int, stored: str, storage: Storage) -> None:
    """Nothing was kept of it: it waits for another try, or is refused after the last one."""
    with transaction():
        file = BankFile.hold(file_id)
        if file.state != FileState.READING:
            return
        failures = file.failures + 1
        again = failures < MOST_FAILURES
        state = FileState.WAITING if again else FileState.READING
        BankFile.update(failures=failures, state=state).where(BankFile.id == file_id).execute()
        if again:
            return
        refuse(file_id, FAILED, {})
    storage.discard(stored)
