"""One student's money as the finance office works on it: plan and reminders."""

from uuid import uuid4

from flask import flash, request, url_for
from flask_babel import gettext
from flask_login import current_user

from portal.fees import queries, service
from portal.fees.forms import LeaveForm, PauseForm, PlanForm, PostponeForm
from portal.fees.rules import PAYER_KIND_LABELS
from portal.fees.views.blueprint import LARGEST_ID, pages
from portal.kernel import clock
from portal.kernel.errors import Missing, Refusal
from portal.kernel.money import Cents
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required
from portal.web.htmx import go, page_or_fragment

FILE = f"/staff/fees/<int(max={LARGEST_ID}):enrolment_id>"


@pages.get(FILE)
@permission_required("finance", "director")
def show_file(enrolment_id: int):
    return file_page(enrolment_id)


@pages.get(f"{FILE}/plan")
@permission_required("finance")
def write_plan(enrolment_id: int):
    money = queries.money_file(enrolment_id)
    form = PlanForm(formdata=None)
    form.propose(money.open_lines)
    return file_page(enrolment_id, opened="plan", form=form)


@pages.post(f"{FILE}/plan")
@permission_required("finance")
def agree(enrolment_id: int):
    form = PlanForm()
    if request.form.get("more"):
        form.add_lines()
        return file_page(enrolment_id, opened="plan", form=form)
    return decide(
        enrolment_id,
        "plan",
        form,
        lambda: service.agree(
            enrolment_id,
            lines=form.written,
            reason=form.reason.data,
            version=form.version.data,
            key=form.key.data,
            by=current_user.id,
        ),
        gettext("The plan is laid out anew. The student gets a mail."),
    )


@pages.get(f"{FILE}/lines/<int(max={LARGEST_ID}):line_id>/postpone")
@permission_required("finance")
def ask_for_day(enrolment_id: int, line_id: int):
    return file_page(
        enrolment_id, opened="postpone", line_id=line_id, form=PostponeForm(formdata=None)
    )


@pages.post(f"{FILE}/lines/<int(max={LARGEST_ID}):line_id>/postpone")
@permission_required("finance")
def postpone(enrolment_id: int, line_id: int):
    form = PostponeForm()
    return decide(
        enrolment_id,
        "postpone",
        form,
        lambda: service.postpone(
            enrolment_id,
            line_id,
            to=form.to.data,
            reason=form.reason.data,
            version=form.version.data,
            key=form.key.data,
            by=current_user.id,
        ),
        gettext("The payment is put off. The student gets a mail."),
        line_id=line_id,
    )


@pages.get(f"{FILE}/leave")
@permission_required("finance")
def ask_to_leave(enrolment_id: int):
    money = queries.money_file(enrolment_id)
    form = LeaveForm(formdata=None, kept=money.least_kept)
    return file_page(enrolment_id, opened="leave", form=form)


@pages.post(f"{FILE}/leave")
@permission_required("finance")
def leave(enrolment_id: int):
    form = LeaveForm()
    return decide(
        enrolment_id,
        "leave",
        form,
        lambda: service.leave(
            enrolment_id,
            kept=form.kept.data or Cents(0),
            reason=form.reason.data,
            version=form.version.data,
            key=form.key.data,
            by=current_user.id,
        ),
        gettext("The year is settled. The student gets a mail."),
    )


@pages.get(f"{FILE}/reminders")
@permission_required("finance")
def ask_for_pause(enrolment_id: int):
    return file_page(enrolment_id, opened="reminders", form=PauseForm(formdata=None))


@pages.post(f"{FILE}/reminders")
@permission_required("finance")
def pause(enrolment_id: int):
    form = PauseForm()
    return decide(
        enrolment_id,
        "reminders",
        form,
        lambda: service.pause_reminders(
            enrolment_id, until=form.until.data, reason=form.reason.data, by=current_user.id
        ),
        gettext("Saved."),
    )


def decide(enrolment_id: int, opened: str, form, verb, said: str, *, line_id: int = 0):
    """Form, verb, answer; what was typed stays when either refuses."""
    facts = {"opened": opened, "form": form, "line_id": line_id}
    if not form.validate_on_submit():
        return file_page(enrolment_id, status=422, **facts)
    try:
        verb()
    except Missing:
        raise
    except Refusal as refusal:
        problem = sentence_of(refusal)
        return file_page(enrolment_id, problem=problem, status=status_of(refusal), **facts)
    flash(said)
    return go(url_for("fees.show_file", enrolment_id=enrolment_id))


def file_page(
    enrolment_id: int, *, opened="", form=None, line_id: int = 0, problem="", status: int = 200
):
    return page_or_fragment(
        "fees/file.html",
        "file",
        status=status,
        money=queries.money_file(enrolment_id),
        opened=opened,
        form=form,
        line_id=line_id,
        problem=problem,
        today=clock.today(),
        payer_labels=PAYER_KIND_LABELS,
        may_change="finance" in current_user.permissions,
        new_key=lambda: uuid4().hex,
    )
