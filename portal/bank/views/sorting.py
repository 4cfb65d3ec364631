"""Sorting lines out, each in its place."""

import re
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.bank import queries, rules, service
from portal.bank.forms import ConfirmForm, IgnoreForm, LineForm
from portal.bank.views.blueprint import LARGEST_ID, pages
from portal.kernel.errors import Missing, Refusal
from portal.kernel.iso20022 import reason_in_words
from portal.kernel.money import format_eur
from portal.web.errors import sentence_of, status_of
from portal.web.fields import tidy_line, typed_eur
from portal.web.guards import permission_required
from portal.web.htmx import page_or_fragment, wants_fragment
from portal.web.i18n import spoken_language
from portal.web.pages import page_number

LINE = f"/staff/bank/lines/<int(max={LARGEST_ID}):line_id>"
MOST_PARTS = 20
#: The field of one payer’s part.
AMOUNT = re.compile("amount-[0-9]{1,9}")


@pages.get("/staff/bank")
@permission_required("finance", "director")
def list_lines():
    tab = request.args.get("state", "to-sort")
    if tab not in rules.TABS:
        raise Missing("There is no such list.")
    search, page = tidy_line(request.args.get("q", ""))[:100], page_number()
    rows, more = queries.lines(tab, search=search, page=page)
    return page_or_fragment(
        "bank/lines.html",
        "lines",
        rows=rows,
        more=more,
        page=page,
        search=search,
        **frame(tab),
    )


@pages.get(LINE)
@permission_required("finance", "director")
def show_line(line_id: int):
    return answer(line_id)


@pages.get(f"{LINE}/choose")
@permission_required("finance")
def choose(line_id: int):
    line = queries.line_row(line_id)
    return answer(line_id, opened="choose", choice=choice_of(line, request.args))


@pages.get(f"{LINE}/ignore")
@permission_required("finance")
def ask_to_ignore(line_id: int):
    return answer(line_id, opened="ignore", form=IgnoreForm(formdata=None))


@pages.post(f"{LINE}/match")
@permission_required("finance")
def match(line_id: int):
    line = queries.line_row(line_id)
    choice = choice_of(line, request.form)
    if means_search(request.form) or choice["errors"]:
        status = 422 if choice["errors"] else 200
        return answer(line_id, opened="choose", choice=choice, status=status)
    return decide(
        line_id, LineForm(), service.match, opened="choose", choice=choice, parts=choice["parts"]
    )


@pages.post(f"{LINE}/confirm")
@permission_required("finance")
def confirm(line_id: int):
    form = ConfirmForm()
    return decide(line_id, form, service.confirm, reading=form.reading.data)


@pages.post(f"{LINE}/ignore")
@permission_required("finance")
def ignore(line_id: int):
    form = IgnoreForm()
    return decide(line_id, form, service.ignore, opened="ignore", reason=form.reason.data)


@pages.post(f"{LINE}/undo")
@permission_required("finance")
def undo(line_id: int):
    return decide(line_id, LineForm(), service.undo)


def decide(line_id: int, form, verb, *, opened: str = "", choice=None, **facts):
    if not form.validate_on_submit():
        tampered = form.version.errors or form.key.errors
        problem = gettext("Reload the page and try again.") if tampered else ""
        return answer(line_id, opened=opened, form=form, choice=choice, problem=problem, status=422)
    try:
        verb(line_id, version=form.version.data, key=form.key.data, by=current_user.id, **facts)
    except Missing:
        raise
    except Refusal as refusal:
        problem, status = sentence_of(refusal), status_of(refusal)
        if queries.line_row(line_id).state not in rules.WAITING:
            return answer(line_id, problem=problem, status=status)
        return answer(
            line_id, opened=opened, form=form, choice=choice, problem=problem, status=status
        )
    return answer(line_id, done=True)


def means_search(typed) -> bool:
    """Enter without our script: a search when there is something new to search for."""
    search = typed.get("q", "").strip()
    return bool(
        typed.get("search") or (typed.get("enter") and search not in ("", typed.get("searched")))
    )


def choice_of(line: queries.LineRow, typed) -> dict:
    """What stands in the form of a line: the search, who was found, and the amounts typed so far."""
    search = tidy_line(typed.get("q", ""))[:100]
    amounts = {
        int(name.removeprefix("amount-")): text.strip()
        for name, text in list(typed.items())[:200]
        if AMOUNT.fullmatch(name) and text.strip()
    }
    if not typed.get("q") and not amounts and line.first:
        amounts = {int(payer_id): typed_eur(c) for payer_id, c in line.first.reading.parts.items()}
    chosen = queries.briefs(set(amounts))
    found = [one for one in queries.payers_matching(search) if one.payer_id not in chosen]
    parts, errors = {}, {}
    for payer_id in list(chosen)[:MOST_PARTS]:
        try:
            parts[payer_id] = rules.part_of(amounts[payer_id])
        except ValueError:
            errors[payer_id] = gettext("Write the amount in euros: 1,375.00.")
        except Refusal as refusal:
            errors[payer_id] = sentence_of(refusal)
    return {
        "search": search,
        "amounts": amounts,
        "chosen": list(chosen.values()),
        "found": found,
        "parts": parts,
        "errors": errors,
        "rest": line.cents - sum(parts.values()),
    }


def answer(line_id: int, *, opened="", form=None, choice=None, problem="", done=False, status=200):
    """The fresh line for HTMX; for a plain browser on a page of its own, or the list when done."""
    row = queries.line_row(line_id)
    said = sentence_about(row) if done else ""
    if done and not wants_fragment():
        flash(said)
        return redirect(url_for("bank.list_lines"), code=303)
    for field in form or ():
        field.id = f"{field.name}-{line_id}"
    facts = frame("") | {
        "opened": opened,
        "form": form,
        "choice": choice,
        "problem": problem,
        "done": done,
    }
    template = "bank/_decided.html" if wants_fragment() else "bank/one.html"
    return render_template(template, row=row, said=said, **facts), status


def sentence_about(row: queries.LineRow) -> str:
    """What has just been done with a line; the state it is in says it."""
    if row.state == "matched":
        return gettext("%(amount)s matched.", amount=format_eur(row.cents, spoken_language()))
    if row.state == "ignored":
        return gettext("Marked as not ours.")
    return gettext("Taken back.")


def frame(tab: str) -> dict[str, Any]:
    return {
        "tab": tab,
        "counts": queries.counts(),
        "labels": rules.LINE_LABELS,
        "whats": rules.WHAT_LABELS,
        "whys": rules.REASONS_WHY,
        "reason_in_words": reason_in_words,
        "new_key": lambda: uuid4().hex,
        "base": url_for("bank.list_lines"),
        "may_sort": "finance" in current_user.permissions,
        "opened": "",
        "form": None,
        "choice": None,
        "problem": "",
        "done": False,
        "typed_eur": typed_eur,
    }
