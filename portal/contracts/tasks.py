from portal.contracts import service
from portal.infra.jobs import job


@job("contracts.tick", daily=True)
def tick() -> None:
    service.tick()


@job("contracts.read-form")
def read_form(document_id: int) -> None:
    service.read_form(document_id)


@job("contracts.read-forms", daily=True)
def read_forms() -> None:
    """Those whose own job was lost."""
    service.read_forms()
