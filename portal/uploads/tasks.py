from portal.infra import files
from portal.infra.jobs import job
from portal.uploads import service


@job("uploads.rescan", every_minute=True)
def rescan() -> None:
    service.rescan(files.storage())
