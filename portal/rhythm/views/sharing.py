"""The private link under which a company's calendar programs read the days, and what they read there."""

from flask import Response, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.kernel.errors import NotAllowed, Refusal
from portal.rhythm import feed, queries, rules, service
from portal.rhythm.views.blueprint import pages
from portal.rhythm.views.reading import contract_page
from portal.web.errors import sentence_of, status_of
from portal.web.guards import public, signed_in
from portal.web.htmx import go
from portal.web.limits import limiter


@pages.post("/contracts/<int:contract_id>/rhythm/link")
@signed_in
def renew_link(contract_id: int):
    contract = shared(contract_id)
    try:
        address = service.renew_link(contract, by=current_user.id)
    except Refusal as refusal:
        return contract_page(contract, problem=sentence_of(refusal), status=status_of(refusal))
    return contract_page(contract, address=address)


@pages.post("/contracts/<int:contract_id>/rhythm/link/revoke")
@signed_in
def revoke_link(contract_id: int):
    service.revoke_link(shared(contract_id), by=current_user.id)
    flash(gettext("The link is switched off."))
    return go(url_for("rhythm.show_contract", contract_id=contract_id))


@pages.get("/calendars/<secret>.ics")
@limiter.limit("60 per minute")
@public
def read_feed(secret: str):
    contract = queries.contract_behind(secret)
    school = contract.enrolment.cohort.programme.school
    answer = Response(
        feed.feed(
            queries.of_contract(contract),
            name=contract.enrolment.student.person.name,
            school=school.name,
            identity=f"urn:siret:{school.siret}:enrolment:{contract.enrolment_id}",
            since=contract.declared_at,
            language=contract.contact.locale,
        ),
        mimetype="text/calendar",
        headers={
            "Content-Disposition": 'attachment; filename="calendar.ics"',
            "Cache-Control": "private, no-cache",
            "X-Robots-Tag": "noindex",
        },
    )
    answer.add_etag()
    return answer.make_conditional(request)


def shared(contract_id: int):
    """The contract whose link the visitor may renew and revoke."""
    contract = queries.readable(contract_id, current_user)
    if not rules.may_share(current_user.role, current_user.permissions):
        raise NotAllowed("Only the registrar and the director share a calendar.")
    return contract
