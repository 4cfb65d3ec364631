"""The school's money policies: dated versions, and what a change would touch."""

from uuid import uuid4

from flask import flash, request, url_for
from flask_babel import gettext
from flask_login import current_user

from portal import fees, refunds
from portal.kernel import clock
from portal.kernel.errors import Refusal
from portal.office.policy_form import PolicyForm
from portal.office.views.blueprint import pages
from portal.web.errors import sentence_of, status_of
from portal.web.guards import permission_required
from portal.web.htmx import go, page_or_fragment

CHOICES = (
    "discount_base",
    "full_until",
    "instalment_day",
    "deposit_outside_contract",
    "shortfall_owed_by",
    "refund_from",
    "late_start",
    "recent_account_days",
    "months_without_tuition",
    "note",
)


@pages.get("/staff/finance/policies")
@permission_required("finance", "director")
def list_policies():
    return policies_page(blank())


@pages.post("/staff/finance/policies")
@permission_required("director")
def adopt():
    form = PolicyForm()
    if not form.validate_on_submit():
        return policies_page(form, status=422)
    choices = {name: form[name].data for name in CHOICES}
    choices["second_approval_above_cents"] = form.second_approval_above.data
    if request.form.get("preview"):
        return policies_page(form, touched=refunds.touched_by(fees.MoneyPolicy(**choices)))
    try:
        policy = fees.adopt_policy(
            valid_from=form.valid_from.data,
            after=form.after.data,
            key=form.key.data,
            replaces_scheduled=form.replaces_scheduled.data,
            by=current_user.id,
            **choices,
        )
    except Refusal as refusal:
        return policies_page(form, problem=sentence_of(refusal), status=status_of(refusal))
    flash(gettext("Policy no. %(version)s is written.", version=policy.version))
    return go(url_for("office.list_policies"))


def blank() -> PolicyForm:
    """The form as the policy in force today would fill it."""
    now = fees.policy_on(clock.today())
    return PolicyForm(
        formdata=None,
        key=uuid4().hex,
        valid_from=clock.today(),
        second_approval_above=now.second_approval_above_cents,
        **{name: getattr(now, name) for name in CHOICES if name != "note"},
    )


def policies_page(form: PolicyForm, *, touched=None, problem: str = "", status: int = 200):
    today, policies = clock.today(), fees.policies()
    reigns = fees.reigns((one.version, one.valid_from) for one in policies)
    if status != 422:  # whoever was shown a colleague's version may write the next one
        form.after.data = policies[0].version if policies else 0
        form.after.raw_data = None
    return page_or_fragment(
        "office/policies.html",
        "policies",
        status=status,
        form=form,
        policies=policies,
        in_force=fees.policy_on(today).version,
        reigns=reigns,
        scheduled=any(
            one.valid_from > today and not reigns[one.version].replaced_by for one in policies
        ),
        touched=touched,
        problem=problem,
        may_change="director" in current_user.permissions,
    )
