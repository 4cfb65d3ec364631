"""What a payer without an account sees: the statement behind a private link."""

from flask import render_template

from portal.fees import queries, service
from portal.fees.rules import MEANS_LABELS
from portal.fees.views.blueprint import pages
from portal.web.guards import public
from portal.web.limits import limiter


@pages.get("/pay/<secret>")
@public
@limiter.limit("30 per minute")
def show_statement(secret: str):
    payer = service.payer_behind(secret)
    return render_template(
        "fees/statement.html", statement=queries.statement_of(payer), means_labels=MEANS_LABELS
    )
