"""After a broken contract that no other one followed: new tuition, or the end."""

from uuid import uuid4

from flask import flash, request, url_for
from flask_babel import gettext
from flask_login import current_user

from portal import contracts, fees, programme
from portal.fees.forms import ChangeForm, PlanForm
from portal.kernel import clock
from portal.kernel.errors import Missing, Refusal
from portal.refunds import service
from portal.refunds.views.blueprint import LARGEST_ID, pages
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required
from portal.web.htmx import go, page_or_fragment

PLACE = f"/staff/refunds/after-break/<int(max={LARGEST_ID}):enrolment_id>"


@pages.get(PLACE)
@permission_required("finance")
def show_choices(enrolment_id: int):
    return choices_page(enrolment_id)


@pages.post(f"{PLACE}/tuition")
@permission_required("finance")
def go_on_without(enrolment_id: int):
    form = PlanForm()
    if request.form.get("more"):
        form.add_lines()
        return choices_page(enrolment_id, plan_form=form)
    said = gettext("The new tuition is asked for. The student and the parents get a mail.")
    return decide(enrolment_id, "plan_form", form, service.go_on_without, said, lines=form.written)


@pages.post(f"{PLACE}/leave")
@permission_required("finance")
def leave(enrolment_id: int):
    said = gettext("The student has left. The student gets a mail.")
    return decide(enrolment_id, "leave_form", ChangeForm(), service.leave, said)


def decide(enrolment_id: int, name: str, form, verb, said: str, **facts):
    if not form.validate_on_submit():
        return choices_page(enrolment_id, status=422, **{name: form})
    facts |= {"reason": form.reason.data, "version": form.version.data, "key": form.key.data}
    try:
        verb(enrolment_id, by=current_user.id, **facts)
    except Missing:
        raise
    except Refusal as refusal:
        problem = sentence_of(refusal)
        return choices_page(
            enrolment_id, problem=problem, status=status_of(refusal), **{name: form}
        )
    flash(said)
    return go(url_for("fees.show_file", enrolment_id=enrolment_id))


def choices_page(
    enrolment_id: int, *, plan_form=None, leave_form=None, problem: str = "", status: int = 200
):
    broken = contracts.last_broken(enrolment_id)
    if broken is None:
        raise Missing("There is no broken contract here.")
    plan = fees.plan_of(enrolment_id)
    if plan is None:
        raise Missing("There is no payment plan yet.")
    fresh = {"version": plan.version, "key": uuid4().hex}
    leave_form = leave_form or ChangeForm(formdata=None, **fresh)
    for field in leave_form:
        field.id = f"{field.name}-leave"  # two forms on one page
    return page_or_fragment(
        "refunds/after_break.html",
        "choices",
        status=status,
        enrolment=programme.enrolment(enrolment_id),
        broken=broken,
        follows=contracts.live(enrolment_id),
        until=contracts.tuition_free_until(broken),
        anew=fees.asked_anew_on(enrolment_id),
        today=clock.today(),
        plan_form=plan_form or PlanForm(formdata=None, **fresh),
        leave_form=leave_form,
        problem=problem,
    )
