"""The inbox: lists, filters, and what colleagues changed meanwhile."""

from datetime import datetime

from flask import Response, redirect, render_template, request, url_for

from portal import programme
from portal.kernel.errors import Missing
from portal.refunds import queries, rules
from portal.refunds.forms import FilterForm
from portal.refunds.queries import Wanted
from portal.refunds.views.answers import answer, frame
from portal.refunds.views.blueprint import pages
from portal.web.fields import tidy_line
from portal.web.guards import permission_required
from portal.web.htmx import page_or_fragment, wants_fragment
from portal.web.i18n import local
from portal.web.pages import page_number


@pages.get("/staff/refunds")
@permission_required("finance", "director")
def inbox():
    tab = request.args.get("state", "to-approve")
    if tab not in rules.TABS:
        raise Missing("There is no such list.")
    form = FilterForm(request.args)
    form.offer([(str(one.id), local(one, "title")) for one in programme.programmes()])
    right = form.validate()
    wanted = wanted_of(tab, form) if right else Wanted(tab)
    page = page_number()
    rows, more = queries.rows(wanted, page=page) if right else ([], False)
    facts = {"rows": rows, "more": more, "page": page, "filters": form, "wanted": wanted}
    facts["since"] = queries.newest_change()
    return page_or_fragment(
        "refunds/inbox.html", "list", status=200 if right else 422, **facts, **frame(tab)
    )


@pages.get("/staff/refunds/<int:refund_id>")
@permission_required("finance", "director", "registrar")
def show_row(refund_id: int):
    return answer(refund_id)


@pages.get("/staff/refunds/changes")
@permission_required("finance", "director")
def show_changes():
    """What colleagues decided since the moment in the address; nothing at all when nothing changed."""
    if not wants_fragment():
        return redirect(url_for("refunds.inbox"), code=303)
    changes = queries.changes_since(moment(request.args.get("since", "")))
    if not changes.rows:
        return Response(status=204)
    facts = frame(request.args.get("state", "to-approve"))
    return render_template("refunds/_changes.html", changes=changes, **facts)


def wanted_of(tab: str, form: FilterForm) -> Wanted:
    return Wanted(
        tab,
        search=tidy_line(form.q.data or "")[:100],
        older_than=form.older.data,
        least=form.least.data,
        most=form.most.data,
        programme_id=int(form.programme.data) if form.programme.data else None,
    )


def moment(text: str) -> datetime:
    """The instant that our own page wrote; `Missing` for anything else."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Missing("There is no such moment.") from None
    if instant.tzinfo is None:
        raise Missing("There is no such moment.")
    return instant
