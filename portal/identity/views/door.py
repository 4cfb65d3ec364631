from flask import current_app, flash, make_response, request, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_user, logout_user

from portal.identity import service
from portal.identity.forms import LanguageForm, SignInForm
from portal.identity.queries import visitor
from portal.identity.rules import local_path
from portal.identity.views import pages
from portal.identity.views.browsers import known_browser, remember_browser
from portal.kernel.errors import Refusal, TooMany
from portal.web import cookies
from portal.web.errors import sentence_of, status_of
from portal.web.guards import public, signed_in
from portal.web.htmx import go, page_or_fragment, wants_fragment
from portal.web.i18n import LANGUAGE_COOKIE

DEMO_PASSWORD = "demo-portal-2026"  # noqa: S105 - shown on the sign-in page of every demo
DEMO_ACCOUNTS = ("student", "company", "registrar", "finance", "director")


@pages.get("/sign-in")
@public
def show_sign_in():
    if current_user.is_authenticated:
        return go(_next())
    form = SignInForm()
    if _demo() and request.args.get("as") in DEMO_ACCOUNTS:
        form.email.data = f"{request.args['as']}@demo.example"
    return _sign_in_page(form)


@pages.post("/sign-in")
@public
def submit_sign_in():
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, status=422)
    try:
        token = service.sign_in(
            email=form.email.data,
            password=form.password.data,
            address=request.remote_addr or "",
            browser=request.user_agent.string,
            known=known_browser(),
        )
    except Refusal as refusal:
        if wants_fragment() and isinstance(refusal, TooMany):
            raise  # HTMX shows a 429 in the banner, not in the page
        form.form_errors.append(sentence_of(refusal))
        return _sign_in_page(form, status=status_of(refusal))
    return _enter(token)


@pages.post("/sign-out")
@signed_in
def sign_out():
    service.end_session(current_user.token)
    logout_user()
    session.clear()
    flash(gettext("You are signed out."))
    answer = make_response(go(url_for("identity.show_sign_in")))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@pages.post("/language")
@public
def choose_language():
    form = LanguageForm()
    answer = make_response(go(_next()))
    if not form.validate():
        return answer
    if current_user.is_authenticated:
        service.choose_language(by=current_user.id, locale=form.language.data)
    cookies.keep(answer, LANGUAGE_COOKIE, form.language.data)
    return answer


def _enter(token: str):
    """Begin the session in this browser: nothing from before is kept, whoever was signed in is signed out."""
    if current_user.is_authenticated:
        service.end_session(current_user.token)
    session.clear()
    login_user(visitor(token))
    answer = make_response(go(_next()))
    remember_browser(answer, current_user.id)
    return answer


def _next() -> str:
    """Where the person wanted to go, when that is a page of ours; else home."""
    return local_path(request.values.get("next"), otherwise=url_for("home.show"))


def _demo() -> bool:
    return current_app.extensions["settings"].demo


def _sign_in_page(form: SignInForm, *, status: int = 200):
    return page_or_fragment(
        "identity/sign_in.html",
        "form",
        status=status,
        form=form,
        next=local_path(request.values.get("next"), otherwise=""),
        accounts=DEMO_ACCOUNTS if _demo() else (),
        password=DEMO_PASSWORD,
    )
