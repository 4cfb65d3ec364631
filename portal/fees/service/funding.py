from portal.fees import ledger, payer_letters, queries
from portal.fees.rules import Employer, Funding, Preview, Terms, billed, funding_entries
from portal.fees.service.invoicing import invoice_funding
from portal.fees.service.lines import add_lines, cancel_lines
from portal.fees.service.payers import company_payer
from portal.fees.service.plans import open_plan
from portal.kernel.db import transaction
from portal.kernel.money import Cents
from portal.programme import Enrolment


def apply_funding(enrolment_id: int, *, terms: Terms, employer: Employer, source: str) -> Funding:
    """Bring the ledger to what a contract takes over, never more than the price.

    Once new tuition was asked for after a break, that is what the contract pays for: all before is settled.
    What the terms leave to the employer is billed to `employer`. Lines not yet paid in full are
    cancelled and what the student still owes is spread anew, unless it is what was owed before: then the
    plan stays and nobody is told. Repeating a `source` does nothing and says so: no line cancelled, none
    added. An enrolment without a plan gets one first.
    """
    with transaction():
        Enrolment.hold(enrolment_id)
        if ledger.posted(enrolment_id, source):
            return Funding(0, (), queries.position_of(enrolment_id).company_share)
        plan = queries.plan_of(enrolment_id) or open_plan(enrolment_id)
        preview = queries.preview_funding(enrolment_id, terms)
        payer_id = _payer_id(enrolment_id, employer, preview)
        bills = billed(ledger.balances(enrolment_id))
        entries = funding_entries(
            preview.target, preview.before.funded, bills, payer_id, preview.settled
        )
        ledger.post(enrolment_id, source, entries)
        invoice_funding(enrolment_id, entries, source)
        cancelled = cancel_lines(preview.cancelled, source)
        # Every line that is left is paid, so the new ones ask for exactly what is owed.
        add_lines(plan, preview.added)
        added = tuple(line.cents for line in preview.added)
        if cancelled or added:
            payer_letters.funded(
                enrolment_id,
                [(one.due_on, one.cents) for one in preview.added],
                before=Cents(preview.before.funded + preview.before.company_share),
                now=Cents(preview.target.funded + preview.target.company_share),
            )
        return Funding(cancelled, added, preview.target.company_share)


def _payer_id(enrolment_id: int, employer: Employer, preview: Preview) -> int | None:
    return company_payer(enrolment_id, employer).id if preview.billed else None
