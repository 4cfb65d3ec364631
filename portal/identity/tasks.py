from portal.identity import service
from portal.infra.jobs import job


@job("identity.ask-for-reset")
def ask_for_reset(email: str) -> None:
    service.ask_for_reset(email=email)
