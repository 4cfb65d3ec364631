from portal.fees import service
from portal.infra.jobs import job


@job("fees.remind", daily=True)
def remind() -> None:
    service.remind()
