from portal.bank.models import BankFile
from portal.kernel import clock


def finish(file: BankFile, **facts: object) -> None:
    """Nothing more happens to this file: `facts` say what became of it."""
    BankFile.update(finished_at=clock.now(), **facts).where(BankFile.id == file.id).execute()
