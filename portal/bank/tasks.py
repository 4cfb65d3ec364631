from portal.bank import service
from portal.infra import files
from portal.infra.jobs import job


@job("bank.read")
def read_file(file_id: int) -> None:
    service.read_file(file_id, files.storage())


@job("bank.read-waiting", every_minute=True)
def read_waiting() -> None:
    service.read_waiting(files.storage())
