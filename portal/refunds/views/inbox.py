"""The inbox: lists, filters, and what colleagues changed meanwhile."""

import re
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal import programme
from portal.kernel.errors import Missing
from portal.refunds import queries, rules
from portal.refunds.forms import FilterForm
from portal.refunds.queries import Wanted
from portal.refunds.views.answers import answer, frame
from portal.refunds.views.blueprint import LARGEST_ID, pages
from portal.web.fields import tidy_line
from portal.web.guards import permission_required
from portal.web.htmx import page_or_fragment, wants_fragment
from portal.web.i18n import spoken_language
from portal.web.pages import page_number

FILTERS = ("state", "q", "older", "least", "most", "cohort", "page")
SHOWN = re.compile("([0-9]{1,10})-([0-9]{1,9})")


@pages.get("/staff/refunds")
@permission_required("finance", "director")
def inbox():
    return inbox_page(*filtered())


@pages.get("/staff/refunds/<int:refund_id>")
@permission_required("finance", "director", "registrar")
def show_row(refund_id: int):
    return answer(refund_id)


@pages.get("/staff/refunds/changes")
@permission_required("finance", "director")
def show_changes():
    """What colleagues decided since the moment in the address; nothing at all when nothing changed."""
    if not wants_fragment():
        return redirect(f"{url_for('refunds.inbox')}?{asked()}", code=303)
    shown = shown_rows(request.args.get("rows", ""))
    changes = queries.changes_since(moment(request.args.get("since", "")), shown)
    if changes is None:
        return Response(status=204)
    facts = frame(request.args.get("state", "to-approve")) | {"asked": asked()}
    return render_template("refunds/_changes.html", changes=changes, shown=changes.shown, **facts)


def asked() -> str:
    """The list and the filters of this address, for another one."""
    kept = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return urlencode(kept or {"state": "to-approve"})


def filtered() -> tuple[FilterForm, Wanted, bool]:
    """The list that the address asks for, and whether its filters make sense; `Missing` for an unknown list."""
    tab = request.args.get("state", "to-approve")
    if tab not in rules.TABS:
        raise Missing("There is no such list.")
    form = FilterForm(request.args)
    groups = programme.cohort_choices(form.cohort.data, spoken_language())
    form.cohort.offer_groups(groups, _(programme.ALL_COHORTS))
    right = form.validate()
    return form, wanted_of(tab, form) if right else Wanted(tab), right


def inbox_page(form: FilterForm, wanted: Wanted, right: bool, *, bulk_problem: str = ""):
    page = page_number()
    since = queries.newest_change()  # before the rows, so that no change falls between
    rows, more = queries.rows(wanted, page=page) if right else ([], False)
    facts = {"rows": rows, "more": more, "page": page, "filters": form, "wanted": wanted}
    facts |= {
        "since": since,
        "shown": {row.id: row.version for row in rows},
        "address": address_of(wanted),
        "asked": asked(),
        "bulk_problem": bulk_problem,
    }
    return page_or_fragment(
        "refunds/inbox.html",
        "list",
        status=200 if right and not bulk_problem else 422,
        **facts,
        **frame(wanted.tab),
    )


def address_of(wanted: Wanted) -> dict[str, str | None]:
    """The filters as an address writes them; what is empty is left out."""
    typed = {name: request.args.get(name) or None for name in ("older", "least", "most", "cohort")}
    return {"state": wanted.tab, "q": wanted.search or None, **typed}


def shown_rows(text: str) -> dict[int, int]:
    """The refunds on the page that asks, version by id, written as "12-3.7-1"; what our page never wrote is left out."""
    pairs = [SHOWN.fullmatch(one) for one in text.split(".")[: queries.PER_PAGE]]
    known = {int(one[1]): int(one[2]) for one in pairs if one}
    return {key: version for key, version in known.items() if key <= LARGEST_ID}


def wanted_of(tab: str, form: FilterForm) -> Wanted:
    return Wanted(
        tab,
        search=tidy_line(form.q.data or "")[:100],
        older_than=form.older.data,
        least=form.least.data,
        most=form.most.data,
        cohort_ids=form.cohort.ids,
    )


def moment(text: str) -> datetime:
    """The instant that our own page wrote; `Missing` for anything else."""
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise Missing("There is no such moment.")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):  # what is no moment, and what is none in UTC
        raise Missing("There is no such moment.") from None
