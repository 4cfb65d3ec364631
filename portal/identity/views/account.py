from flask import flash, render_template, url_for
from flask_babel import force_locale, gettext
from flask_login import current_user

from portal.identity import service
from portal.identity.forms import ChangePasswordForm, LookForm
from portal.identity.queries import account, sessions_of
from portal.identity.rules import browser_name, fingerprint
from portal.identity.views import pages
from portal.kernel.errors import Refusal
from portal.web.errors import sentence_of, status_of
from portal.web.guards import signed_in
from portal.web.htmx import go
from portal.web.limits import limiter


@pages.get("/account")
@signed_in
def show_account():
    return _page()


@pages.post("/account/look")
@signed_in
def choose_look():
    form = LookForm()
    if not form.validate_on_submit():
        return _page(look=form, status=422)
    service.choose_look(
        by=current_user.id,
        locale=form.locale.data,
        theme=form.theme.data or "",
        shortcuts=form.shortcuts.data,
    )
    with force_locale(form.locale.data):
        flash(gettext("Saved."))
    return go(url_for("identity.show_account"))


@pages.post("/account/password")
@signed_in
def change_password():
    form = ChangePasswordForm()
    form.email = current_user.email
    if not form.validate_on_submit():
        return _page(password=form, status=422)
    try:
        service.change_password(
            by=current_user.id,
            current=form.current.data,
            new=form.password.data,
            keep=current_user.token,
        )
    except Refusal as refusal:
        form.current.errors = [sentence_of(refusal)]
        return _page(password=form, status=status_of(refusal))
    flash(gettext("Your password is changed. Other browsers were signed out."))
    return go(url_for("identity.show_account"))


@pages.post("/account/password-link")
@limiter.limit("5 per minute")
@signed_in
def ask_for_password():
    """For whoever came in by a private link and wants an account with a password instead."""
    service.ask_for_reset(email=current_user.email)
    flash(
        gettext("A link to choose a password is on its way to %(email)s.", email=current_user.email)
    )
    return go(url_for("identity.show_account"))


@pages.post("/account/sessions/<int:session_id>/end")
@signed_in
def end_session(session_id: int):
    service.end_one_session(session_id, by=current_user.id)
    return go(url_for("identity.show_account"))


@pages.post("/account/sessions/end-others")
@signed_in
def end_other_sessions():
    service.end_other_sessions(by=current_user.id, keep=current_user.token)
    flash(gettext("Every other browser was signed out."))
    return go(url_for("identity.show_account"))


def _page(
    look: LookForm | None = None, password: ChangePasswordForm | None = None, status: int = 200
):
    return render_template(
        "identity/account.html",
        look=look
        or LookForm(
            formdata=None,
            locale=current_user.locale,
            theme=current_user.theme,
            shortcuts=current_user.shortcuts,
        ),
        password=password or ChangePasswordForm(formdata=None),
        chosen=bool(account(current_user.id).password_hash),
        sessions=sessions_of(current_user.id),
        here=fingerprint(current_user.token),
        browser_name=browser_name,
    ), status
