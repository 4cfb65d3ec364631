from flask import Blueprint, request

from portal.audit import queries
from portal.audit.forms import FilterForm
from portal.audit.rules import LABELS
from portal.web.guards import permission_required
from portal.web.htmx import page_or_fragment
from portal.web.pages import page_number

pages = Blueprint("audit", __name__)


@pages.get("/staff/audit")
@permission_required("director")
def trail():
    form, page = FilterForm(request.args), page_number()
    wanted = form.filter()
    lines, more = queries.trail(wanted, page=page)
    return page_or_fragment(
        "audit/trail.html",
        "list",
        form=form,
        lines=lines,
        more=more,
        page=page,
        labels=LABELS,
        filtered=wanted != queries.Filter(),
    )
