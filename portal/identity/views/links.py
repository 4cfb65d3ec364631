from flask import flash, make_response, render_template, url_for
from flask_babel import gettext

from portal.identity import service
from portal.identity.forms import ForgottenForm, NewPasswordForm
from portal.identity.queries import open_link
from portal.identity.rules import Purpose
from portal.identity.views import pages
from portal.identity.views.browsers import remember_browser
from portal.infra import jobs
from portal.web.guards import public
from portal.web.htmx import go, page_or_fragment
from portal.web.limits import limiter


@pages.get("/forgotten-password")
@public
def show_forgotten():
    return page_or_fragment("identity/forgotten.html", "form", form=ForgottenForm())


@pages.post("/forgotten-password")
@limiter.limit("20 per minute")
@public
def ask_for_reset():
    form = ForgottenForm()
    if not form.validate_on_submit():
        return page_or_fragment("identity/forgotten.html", "form", status=422, form=form)
    # A job, so that known and unknown addresses are answered in the same time.
    jobs.later("identity.ask-for-reset", form.email.data)
    return go(url_for("identity.reset_asked"))


@pages.get("/forgotten-password/sent")
@public
def reset_asked():
    return render_template("identity/reset_asked.html")


@pages.get("/reset/<token>")
@public
def show_reset(token: str):
    return _show(token, Purpose.RESET)


@pages.post("/reset/<token>")
@public
def reset(token: str):
    return _set_password(token, Purpose.RESET)


@pages.get("/invitation/<token>")
@public
def show_invitation(token: str):
    return _show(token, Purpose.INVITATION)


@pages.post("/invitation/<token>")
@public
def take_up_invitation(token: str):
    return _set_password(token, Purpose.INVITATION)


def _show(token: str, purpose: Purpose, form: NewPasswordForm | None = None, status: int = 200):
    link = open_link(token, purpose)
    return page_or_fragment(
        "identity/new_password.html",
        "form",
        status=status,
        form=form or NewPasswordForm(),
        name=link.person.name,
        email=link.person.email,
        invited=purpose is Purpose.INVITATION,
        token=token,
    )


def _set_password(token: str, purpose: Purpose):
    form = NewPasswordForm()
    form.email = open_link(token, purpose).person.email
    if not form.validate_on_submit():
        return _show(token, purpose, form, 422)
    person_id = service.set_password_by_link(token, purpose=purpose, password=form.password.data)
    flash(gettext("Your password is set. Sign in with it."))
    answer = make_response(go(url_for("identity.show_sign_in")))
    remember_browser(answer, person_id)
    return answer
