"""A contact says once what the company is called and where it is; staff decide where others rest on it."""

from portal import audit
from portal.contracts import letters, queries
from portal.contracts.models import Company, CompanyCorrection, Contract
from portal.contracts.service.events import tell_new_name
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.kernel.errors import Missing, NotPossible


def confirm_company(contract_id: int, *, name: str, address: str, by: int) -> bool:
    """Whether name and address stand now; False when they wait for the school. The same again: no effect.

    A contact may have been named by a student who made the company up. So what other students' contracts
    rest on too changes only when staff accept it; a company of this contract alone changes at once, and
    staff are told. `NotPossible` when somebody has confirmed or corrected it otherwise already.
    """
    with transaction():
        contract = Contract.hold(contract_id)
        company = Company.hold(contract.company_id)
        said = (name, address)
        same = said == (company.name, company.address)
        if company.confirmed_at is not None:
            if same:
                return True
            raise NotPossible("This is confirmed already. Write to the school to correct it.")
        if waiting := _waiting(company):
            if said == (waiting.name, waiting.address):
                return False
            raise NotPossible("The school is checking a correction already.")
        if same or not queries.shared(contract):
            _apply(company, name, address, confirmed_by=by, by=by)
            if not same:
                letters.company_corrected(contract, name=name, address=address)
            return True
        _propose(contract, company, name, address, by)
        return False


def accept_correction(correction_id: int, *, by: int) -> None:
    """What the contact said stands from now on, for every contract of the company. Again: no effect."""
    with transaction():
        correction = _decide(correction_id, "accepted", by)
        if correction is None:
            return
        company = Company.hold(correction.company_id)
        said = correction.proposed_by_id
        _apply(company, correction.name, correction.address, confirmed_by=said, by=by)


def refuse_correction(correction_id: int, *, by: int) -> None:
    """The company stays as it is; its contact may say it once more. Again: no effect."""
    with transaction():
        correction = _decide(correction_id, "refused", by)
        if correction is None:
            return
        audit.record(
            "company:correction-refused",
            subject=f"company:{correction.company_id}",
            actor_id=by,
            detail=f"{correction.name}, {correction.address}",
        )
        letters.correction_refused(Contract.find(correction.contract_id), correction.proposed_by)


def _waiting(company: Company) -> CompanyCorrection | None:
    waiting = CompanyCorrection.state == "waiting"
    return CompanyCorrection.get_or_none((CompanyCorrection.company == company) & waiting)


def _propose(contract: Contract, company: Company, name: str, address: str, by: int) -> None:
    CompanyCorrection.create(
        company=company, contract=contract, name=name, address=address, proposed_by=by
    )
    audit.record(
        "company:correction-proposed",
        subject=f"company:{company.id}",
        actor_id=by,
        detail=f"{company.name}, {company.address} → {name}, {address}",
    )
    letters.correction_proposed(contract, name=name, address=address)


def _apply(company: Company, name: str, address: str, *, confirmed_by: int, by: int) -> None:
    same = (name, address) == (company.name, company.address)
    tell_new_name(company, name)
    detail = "" if same else f"{company.name}, {company.address} → {name}, {address}"
    (
        Company.update(
            name=name, address=address, confirmed_at=clock.now(), confirmed_by=confirmed_by
        )
        .where(Company.id == company.id)
        .execute()
    )
    audit.record(
        "company:confirmed" if same else "company:corrected",
        subject=f"company:{company.id}",
        actor_id=by,
        detail=detail,
    )


def _decide(correction_id: int, state: str, by: int) -> CompanyCorrection | None:
    """The correction when this decides it; None when it was decided this way already."""
    correction = CompanyCorrection.get_or_none(CompanyCorrection.id == correction_id)
    if correction is None:
        raise Missing("There is no such correction.")
    decision = {"state": state, "decided_by": by, "decided_at": clock.now()}
    waiting = (CompanyCorrection.id == correction_id) & (CompanyCorrection.state == "waiting")
    if CompanyCorrection.update(**decision).where(waiting).execute():
        return correction
    if CompanyCorrection.find(correction_id).state == state:
        return None
    raise NotPossible("This correction was decided otherwise already. Your click changed nothing.")
