from portal.contracts import service
from portal.infra.jobs import job


@job("contracts.tick", daily=True)
def tick() -> None:
    service.tick()


@job("contracts.expire-papers", daily=True)
def expire_papers() -> None:
    service.expire_papers()


@job("contracts.read-form")
def read_form(document_id: int) -> None:
    service.read_form(document_id)


@job("contracts.read-forms", daily=True)
def read_forms() -> None:
    """Those whose own job was lost."""
    service.read_forms()


@job("contracts.send-door")
def send_door(mark: str) -> None:
    service.send_new_link(mark)


@job("contracts.remind", daily=True)
def remind() -> None:
    service.remind_due()
