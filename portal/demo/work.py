"""Contracts and the refunds that follow, through the verbs of their rooms."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from portal import fees, uploads
from portal.contracts import Contract
from portal.contracts import service as contracts
from portal.contracts.rules import ContractKind, DocumentKind, Employer, Facts
from portal.demo.firms import CASES, Case, Paper
from portal.demo.forms import dated
from portal.demo.money import Funded
from portal.demo.people import Cast
from portal.demo.story import Story, ago, key
from portal.identity import Person
from portal.infra.files import Storage
from portal.kernel import clock
from portal.kernel.clock import months_later
from portal.kernel.money import Cents
from portal.programme import Enrolment
from portal.refunds import service as refunds
from portal.refunds.models import Refund


def tell(story: Story, cast: Cast, storage: Storage) -> None:
    """Every contract's life until today."""
    for case in CASES:
        _Life(case, story, cast, storage).tell()
    story.on(ago(1), "", contracts.tick, hour=20)


def paid_before() -> dict[str, Funded]:
    """By family name, what students with a contract had paid until they declared it."""
    return {
        case.student: Funded(
            instalments=case.instalments,
            until=ago(case.declared + 2),
            in_full=case.in_full,
            parent=case.parent,
        )
        for case in CASES
    }


class _Life:
    """One contract: who does what on which day."""

    def __init__(self, case: Case, story: Story, cast: Cast, storage: Storage):
        self.case, self.story, self.cast, self.storage = case, story, cast, storage
        self.enrolment: Enrolment = cast.of(case.student)
        self.student: Person = self.enrolment.student.person
        self.registrar, self.finance = cast.team["registrar"], cast.team["finance"]

    def tell(self) -> None:
        case = self.case
        self.story.on(ago(case.declared), self.student.name, self._declare, hour=17)
        for paper in case.papers:
            self.story.on(ago(paper.sent), case.firm.contact, partial(self._send, paper), hour=11)
            if paper.returned:
                self._later(paper.returned, self.registrar, partial(self._return, paper.reason))
        self._later(case.cancelled, self.student, self._cancel)
        self._later(case.accepted, self.registrar, self._accept)
        self._later(case.transmitted, self.registrar, self._transmit)
        self._later(case.answered, self.registrar, self._note_answer)
        self._later(case.approved, self.finance, self._approve)
        self._later(case.refused, self.finance, self._refuse)
        self._later(case.paid, self.finance, self._pay)

    def _later(self, days: int, by: Person, act: Callable[[], object]) -> None:
        if days:
            self.story.on(ago(days), by.name, act, hour=15)

    def _declare(self) -> None:
        case, firm = self.case, self.case.firm
        begins = ago(case.declared) + timedelta(days=14)
        begins += timedelta(days=-begins.weekday() % 7)
        contracts.declare(
            enrolment_id=self.enrolment.id,
            facts=Facts(
                kind=case.kind,
                job_title=case.job,
                tutor_name=case.tutor,
                starts_on=begins,
                ends_on=months_later(begins, 12) - timedelta(days=1),
                funded=None,
            ),
            employer=Employer(
                name=firm.name,
                siret=firm.siret,
                contact_name=firm.contact,
                contact_email=firm.email,
                contact_locale=firm.locale,
            ),
            by=self.student.id,
        )

    def _send(self, paper: Paper) -> None:
        self._send_file(paper.file, DocumentKind.CERFA)
        first = paper == self.case.papers[0]
        if first and self.case.kind == ContractKind.APPRENTICESHIP:
            self._send_file("convention.pdf", DocumentKind.TRAINING_AGREEMENT)

    def _send_file(self, name: str, kind: DocumentKind) -> None:
        contract = self._contract
        contracts.receive(
            contract.id,
            document=dated(
                name,
                born_on=self.enrolment.student.born_on,
                starts_on=contract.starts_on,
                ends_on=contract.ends_on,
            ),
            sent_as=name,
            storage=self.storage,
            by=contract.contact_id,
            kind=kind,
            inspect=uploads.trust,
        )

    def _return(self, reason: str) -> None:
        contract = self._contract
        contracts.send_back(
            contract.id,
            reason=reason,
            version=contract.version,
            key=key(f"return {contract.id}"),
            by=self.registrar.id,
        )

    def _cancel(self) -> None:
        contracts.cancel(self._contract.id, version=self._contract.version, by=self.student.id)

    def _accept(self) -> None:
        contract = self._contract
        contracts.accept(
            contract.id,
            funded=Cents(fees.position_of(self.enrolment.id).price),
            version=contract.version,
            key=key(f"accept {contract.id}"),
            by=self.registrar.id,
        )

    def _transmit(self) -> None:
        contracts.transmit(
            self._contract.id,
            on=clock.today(),
            opco="ATLAS",
            version=self._contract.version,
            key=key(f"transmit {self._contract.id}"),
            by=self.registrar.id,
        )

    def _note_answer(self) -> None:
        contract = self._contract
        contracts.note_acceptance(
            contract.id,
            on=clock.today(),
            number=f"DEC-{contract.id:06d}",
            funded=Cents(contract.funded_cents or 0),
            employer_share=Cents(750_00),
            version=contract.version,
            key=key(f"answer {contract.id}"),
            by=self.registrar.id,
        )

    def _approve(self) -> None:
        refunds.approve(by=self.finance.id, **self._refund("approve"))

    def _refuse(self) -> None:
        refunds.refuse(reason=self.case.reason, by=self.finance.id, **self._refund("refuse"))

    def _pay(self) -> None:
        refunds.pay(note="SEPA 2041-7", by=self.finance.id, **self._refund("pay"))

    @property
    def _contract(self) -> Contract:
        return Contract.get(Contract.enrolment == self.enrolment)

    def _refund(self, verb: str) -> dict:
        refund = Refund.get(Refund.enrolment == self.enrolment)
        return {
            "refund_id": refund.id,
            "version": refund.version,
            "key": key(f"{verb} {refund.id}"),
        }
